//! A query's text to tokens, as Lucene's classic query parser cuts it. See
//! <https://lucene.apache.org/core/9_12_0/queryparser/org/apache/lucene/queryparser/classic/package-summary.html>.

use std::iter::Peekable;
use std::str::CharIndices;

/// What has a meaning of its own, and ends a word.
const SPECIAL: &str = "+-!():^[]\"{}~*?\\/";

/// One token. Words keep their backslashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    And,
    Or,
    Not,
    Plus,
    Minus,
    Open,
    Close,
    Colon,
    /// `*` alone.
    Star,
    Word(String),
    /// A word with `*` at its end alone, which is left out here.
    Start(String),
    /// A word with `*` or `?`.
    Wildcard(String),
    /// An operator with a blank behind it, which stands for itself.
    Bare(char),
    Quoted(String),
    /// `^2`, which changes ranks and not what matches.
    Boost,
    /// `~`, with what follows it.
    Fuzzy,
    Regexp,
    Range(Range),
}

/// `[from TO to]`; ends that are open are `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: String,
    pub(super) to: String,
    /// Whether the ends belong to it.
    pub(super) with_from: bool,
    pub(super) with_to: bool,
}

struct Lexer<'q> {
    text: &'q str,
    chars: Peekable<CharIndices<'q>>,
}

/// The tokens of a query, or what is wrong with it.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut lexer = Lexer { text, chars: text.char_indices().peekable() };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        let Some((at, c)) = lexer.chars.peek().copied() else { return Ok(tokens) };
        tokens.push(lexer.token(at, c)?);
    }
}

impl Lexer<'_> {
    fn token(&mut self, at: usize, c: char) -> Result<Token, String> {
        if is_word_start(c) || matches!(c, '\\' | '*' | '?') {
            return self.word();
        }
        self.chars.next();
        match c {
            '+' | '-' | '!' if self.chars.peek().is_some_and(|(_, next)| is_blank(*next)) => Ok(Token::Bare(c)),
            '+' => Ok(Token::Plus),
            '-' => Ok(Token::Minus),
            '!' => Ok(Token::Not),
            '(' => Ok(Token::Open),
            ')' => Ok(Token::Close),
            ':' => Ok(Token::Colon),
            '^' => self.boost(),
            '~' => self.word_chars().map(|_| Token::Fuzzy),
            '"' => self.until('"').map(Token::Quoted).ok_or_else(|| format!("the quote at byte {at} is not closed")),
            '/' => match self.until('/') {
                Some(_) => Ok(Token::Regexp),
                None => Err(format!("the / at byte {at} begins a regular expression: write \\/ for a slash")),
            },
            '[' | '{' => {
                self.range(c == '[').ok_or_else(|| format!("the range at byte {at} is not one: write [A TO B]"))
            }
            _ => Err(format!("{c} at byte {at} has no meaning there: write \\{c} where it is meant as it is")),
        }
    }

    fn skip_blanks(&mut self) {
        while self.chars.next_if(|(_, c)| is_blank(*c)).is_some() {}
    }

    /// The rest of a word, wildcards included.
    fn word_chars(&mut self) -> Result<String, String> {
        let mut word = String::new();
        while let Some((at, c)) = self.chars.next_if(|(_, c)| is_word_start(*c) || "-+*?\\".contains(*c)) {
            word.push(c);
            if c == '\\' {
                word.push(self.chars.next().ok_or_else(|| format!("nothing follows the backslash at byte {at}"))?.1);
            }
        }
        Ok(word)
    }

    fn word(&mut self) -> Result<Token, String> {
        let word = self.word_chars()?;
        let wildcards = wildcards(&word);
        Ok(match (word.as_str(), wildcards.as_slice()) {
            ("AND" | "&&", _) => Token::And,
            ("OR" | "||", _) => Token::Or,
            ("NOT", _) => Token::Not,
            ("*", _) => Token::Star,
            (_, []) => Token::Word(word),
            (_, [(at, '*')]) if at + 1 == word.len() => Token::Start(word[..*at].to_owned()),
            _ => Token::Wildcard(word),
        })
    }

    /// `^2.5`
    fn boost(&mut self) -> Result<Token, String> {
        let number = self.word_chars()?;
        let is_number = number.parse::<f32>().is_ok();
        is_number.then_some(Token::Boost).ok_or_else(|| "a number is missing behind ^".to_owned())
    }

    /// The text up to a character that no backslash precedes, backslashes included.
    fn until(&mut self, end: char) -> Option<String> {
        let start = self.chars.peek()?.0;
        while let Some((at, c)) = self.chars.next() {
            if c == end {
                return self.text.get(start..at).map(str::to_owned);
            }
            if c == '\\' {
                self.chars.next()?;
            }
        }
        None
    }

    fn range(&mut self, with_from: bool) -> Option<Token> {
        let from = self.end_of_range()?;
        let mut to = self.end_of_range()?;
        if to == "TO" {
            to = self.end_of_range()?;
        }
        self.skip_blanks();
        let with_to = match self.chars.next()?.1 {
            ']' => true,
            '}' => false,
            _ => return None,
        };
        Some(Token::Range(Range { from, to, with_from, with_to }))
    }

    /// One end of a range: what stands in quotes, or up to a blank or the closing bracket.
    fn end_of_range(&mut self) -> Option<String> {
        self.skip_blanks();
        if self.chars.next_if(|(_, c)| *c == '"').is_some() {
            return self.until('"');
        }
        let mut end = String::new();
        while let Some((_, c)) = self.chars.next_if(|(_, c)| !is_blank(*c) && !matches!(c, ']' | '}')) {
            end.push(c);
        }
        (!end.is_empty()).then_some(end)
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

fn is_word_start(c: char) -> bool {
    !is_blank(c) && !SPECIAL.contains(c)
}

/// The wildcards of a word, and where they stand.
fn wildcards(word: &str) -> Vec<(usize, char)> {
    let mut chars = word.char_indices();
    let mut found = Vec::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '*' | '?' => found.push((at, c)),
            _ => {}
        }
    }
    found
}

/// The text without the backslashes that took a meaning away.
pub(super) fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        plain.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Token {
        Token::Word(text.to_owned())
    }

    #[test]
    fn a_query_is_cut_into_tokens() {
        let range = |from: &str, to: &str, with_from, with_to| {
            Token::Range(Range { from: from.to_owned(), to: to.to_owned(), with_from, with_to })
        };
        for (text, expected) in [
            ("a:b", vec![word("a"), Token::Colon, word("b")]),
            ("a-b+c -d", vec![word("a-b+c"), Token::Minus, word("d")]),
            ("a AND b && c", vec![word("a"), Token::And, word("b"), Token::And, word("c")]),
            ("OR || ORDER", vec![Token::Or, Token::Or, word("ORDER")]),
            ("NOT !x !  y", vec![Token::Not, Token::Not, word("x"), Token::Bare('!'), word("y")]),
            (
                "a* *a a?b * a\\*",
                vec![
                    Token::Start("a".to_owned()),
                    Token::Wildcard("*a".to_owned()),
                    Token::Wildcard("a?b".to_owned()),
                    Token::Star,
                    word("a\\*"),
                ],
            ),
            ("\"a \\\" b\"", vec![Token::Quoted("a \\\" b".to_owned())]),
            ("[a TO b] {1 TO *}", vec![range("a", "b", true, true), range("1", "*", false, false)]),
            ("[\"a b\" c}", vec![range("a b", "c", true, false)]),
            ("a~2 a^1.5 /x y/", vec![word("a"), Token::Fuzzy, word("a"), Token::Boost, Token::Regexp]),
            (">=5", vec![word(">=5")]),
            ("", vec![]),
        ] {
            assert_eq!(tokens(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_said() {
        for text in ["\"a", "a/b", "[a", "[a TO b", "[a TO b c]", "]", "a\\", "a^x"] {
            assert!(tokens(text).is_err(), "{text}");
        }
    }

    #[test]
    fn backslashes_take_meaning_away() {
        assert_eq!(unescaped("a\\:b\\\\c"), "a:b\\c");
    }
}
