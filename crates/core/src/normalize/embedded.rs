//! JSON documents that stand in strings: policies, events, whole requests; URL-encoded ones too.

use std::borrow::Cow;

use super::repair;
use crate::tape::{Lexer, Progress, Value};

/// A JSON document taken out of a string.
#[derive(Debug)]
pub(super) struct Document {
    text: String,
    lexer: Lexer,
}

impl Document {
    /// The document that a string holds; `None` where it holds none, or more than one.
    pub(super) fn of(value: &Value<'_>) -> Option<Self> {
        // Nearly every string shows by its first character that it holds none.
        let first = value.raw().as_bytes().get(1)?;
        if !matches!(first, b'{' | b'[' | b'%' | b' ' | b'\\') {
            return None;
        }
        Self::parse(&decoded(&value.str()?)?)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = match repair::sound(text.as_bytes()) {
            Some(text) => text.trim().to_owned(),
            None => repair::repair(text.as_bytes()).0,
        };
        let mut lexer = Lexer::new();
        let whole = lexer.run(text.as_bytes()) == Ok(Progress::Done(text.len()));
        whole.then_some(Self { text, lexer })
    }

    /// The document itself.
    pub(super) fn value(&self) -> Value<'_> {
        Value::new(&self.text, self.lexer.tape())
    }
}

/// The text of the document that a string may hold, by its first characters.
fn decoded(string: &str) -> Option<Cow<'_, str>> {
    const ENCODED: [&str; 4] = ["%7B", "%7b", "%5B", "%5b"];
    let text = string.trim_start();
    if text.starts_with(['{', '[']) {
        return Some(Cow::Borrowed(text));
    }
    let encoded = text.get(..3).is_some_and(|start| ENCODED.contains(&start));
    encoded.then(|| percent_encoding::percent_decode_str(text).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::with_value;

    fn opened(string: &str) -> Option<String> {
        with_value(&serde_json::to_string(string).unwrap(), |value| {
            Document::of(&value).map(|document| document.value().raw().to_owned())
        })
    }

    #[test]
    fn documents_are_opened() {
        let some = |text: &str| Some(text.to_owned());
        for (string, document) in [
            ("{\"a\":1}", some("{\"a\":1}")),
            ("[]", some("[]")),
            (" \n\t{\n  \"a\": [1, 2]\n}\n", some("{\"a\":[1,2]}")),
            ("{\"a\": 1} ", some("{\"a\": 1}")),
            ("%7B%22a%22%3A%22x%20y%2B%22%7D", some("{\"a\":\"x y+\"}")),
            ("%5b1%5d", some("[1]")),
            ("{\"a\":\"line\nbreak\"}", some("{\"a\":\"line\\u000abreak\"}")),
        ] {
            assert_eq!(opened(string), document, "{string}");
        }
    }

    #[test]
    fn other_strings_are_not() {
        for string in [
            "",
            "text",
            "7",
            "\"x\"",
            "{",
            "{a}",
            "[1,2",
            "{} {}",
            "[INFO] started",
            "{\"a\":1} tail",
            "%",
            "%7",
            "%7Bno",
            "%22a%22",
            "é{}",
        ] {
            assert_eq!(opened(string), None, "{string}");
        }
    }
}
