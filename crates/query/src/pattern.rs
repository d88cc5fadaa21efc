//! Conditions on text.

use std::ops::Bound;

/// What a text has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    Is(String),
    Starts(String),
    Like(Wildcard),
    /// In the order of the UTF-8 bytes.
    Between(Bound<String>, Bound<String>),
}

impl Pattern {
    /// Whether the text is as it has to be.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Is(other) => text == other,
            Self::Starts(start) => text.starts_with(start.as_str()),
            Self::Like(wildcard) => wildcard.matches(text),
            Self::Between(from, to) => is_behind(text, from) && is_before(text, to),
        }
    }

    /// Pieces that every text has which matches.
    pub(crate) fn pieces(&self) -> Vec<String> {
        match self {
            Self::Is(text) | Self::Starts(text) => vec![text.clone()],
            Self::Like(wildcard) => wildcard.pieces(),
            Self::Between(..) => Vec::new(),
        }
    }
}

fn is_behind(text: &str, bound: &Bound<String>) -> bool {
    match bound {
        Bound::Included(from) => text >= from.as_str(),
        Bound::Excluded(from) => text > from.as_str(),
        Bound::Unbounded => true,
    }
}

fn is_before(text: &str, bound: &Bound<String>) -> bool {
    match bound {
        Bound::Included(to) => text <= to.as_str(),
        Bound::Excluded(to) => text < to.as_str(),
        Bound::Unbounded => true,
    }
}

/// One place of a wildcard pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `*`: any number of characters.
    Many,
    /// `?`: one character.
    One,
    Char(char),
}

/// A pattern with `*` and `?`; a backslash takes their meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wildcard(Vec<Place>);

impl Wildcard {
    /// Reads a pattern; every text is one.
    pub(crate) fn new(text: &str) -> Self {
        let mut places = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            places.push(match c {
                '*' => Place::Many,
                '?' => Place::One,
                '\\' => Place::Char(chars.next().unwrap_or('\\')),
                c => Place::Char(c),
            });
        }
        Self(places)
    }

    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut place) = (0, 0);
        // Where to go on with one character more for the last `*`.
        let mut retry = None;
        while at < text.len() {
            match self.0.get(place) {
                Some(Place::Many) => {
                    place += 1;
                    retry = Some((at + 1, place));
                }
                Some(Place::One) => (at, place) = (at + 1, place + 1),
                Some(Place::Char(c)) if *c == text[at] => (at, place) = (at + 1, place + 1),
                _ => match retry {
                    Some((next, behind)) => {
                        (at, place) = (next, behind);
                        retry = Some((next + 1, behind));
                    }
                    None => return false,
                },
            }
        }
        self.0[place..].iter().all(|place| *place == Place::Many)
    }

    fn pieces(&self) -> Vec<String> {
        let literal = |place: &Place| match place {
            Place::Char(c) => Some(*c),
            _ => None,
        };
        self.0.split(|place| literal(place).is_none()).map(|piece| piece.iter().filter_map(literal).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_characters() {
        for (pattern, text, matches) in [
            ("Run*", "RunInstances", true),
            ("Run*", "run", false),
            ("*Instances", "RunInstances", true),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "abab", true),
            ("*a*b", "aba", false),
            ("R?n", "Rün", true),
            ("R?n", "Rn", false),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Wildcard::new(pattern).matches(text), matches, "{pattern} {text}");
        }
        assert_eq!(Wildcard::new("a*bc?d").pieces(), ["a", "bc", "d"]);
    }

    #[test]
    fn texts_are_in_the_order_of_their_bytes() {
        let between = Pattern::Between(Bound::Included("A".to_owned()), Bound::Excluded("C".to_owned()));
        assert!(between.matches("A") && between.matches("Bz") && !between.matches("C") && !between.matches("a"));
    }
}
