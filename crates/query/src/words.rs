//! Text as words, as OpenSearch's standard analyzer takes it apart: by Unicode's word boundaries, in lower case. See
//! <https://docs.opensearch.org/latest/analyzers/supported-analyzers/standard/>.

use unicode_segmentation::UnicodeSegmentation;

use crate::pattern::Pattern;

/// What the words of a text have to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Words {
    /// One of them matches one of these.
    Any(Vec<Pattern>),
    /// These stand side by side, in this order.
    Phrase(Vec<String>),
}

impl Words {
    /// Whether the text's words are as they have to be.
    pub(crate) fn match_text(&self, text: &str) -> bool {
        let words = words(text);
        match self {
            Self::Any(patterns) => words.iter().any(|word| patterns.iter().any(|pattern| pattern.matches(word))),
            Self::Phrase(phrase) => !phrase.is_empty() && words.windows(phrase.len()).any(|part| part == phrase),
        }
    }
}

/// The words of a text.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_standard_analyzer() {
        let text =
            "User: arn:aws:iam::111122223333:user/alice is not authorized, i-0abc_x a.b.c 1,5 foo-bar don't é日本";
        let expected = [
            "user",
            "arn:aws:iam",
            "111122223333",
            "user",
            "alice",
            "is",
            "not",
            "authorized",
            "i",
            "0abc_x",
            "a.b.c",
            "1,5",
            "foo",
            "bar",
            "don't",
            "é",
            "日",
            "本",
        ];
        assert_eq!(words(text), expected);
    }

    #[test]
    fn a_phrase_stands_in_order() {
        let phrase = |text: &str| Words::Phrase(words(text)).match_text("User is not authorized to perform");
        assert!(phrase("not authorized") && phrase("USER is") && !phrase("authorized not") && !phrase(""));
        assert!(Words::Any(vec![Pattern::Starts("auth".to_owned())]).match_text("not AUTHORIZED"));
    }
}
