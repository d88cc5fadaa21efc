use serde::de::IgnoredAny;

use super::*;
use crate::testing::Dice;

fn lex(text: &[u8]) -> Result<Progress, Malformed> {
    Lexer::new().run(text)
}

/// The lexer after it was given `text` byte by byte.
fn slowly(text: &[u8]) -> (Lexer, Result<Progress, Malformed>) {
    let mut lexer = Lexer::new();
    let mut result = Ok(Progress::NeedMore);
    for end in 0..=text.len() {
        result = lexer.run(&text[..end]);
        if !matches!(result, Ok(Progress::NeedMore)) {
            break;
        }
    }
    (lexer, result)
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let value = Expect::Value.text();
    let value_or_end = Expect::ValueOrEnd.text();
    let key = Expect::Key.text();
    let key_or_end = Expect::KeyOrEnd.text();
    let comma = Expect::CommaOrEnd.text();
    let cases: [(&str, usize, &str); 36] = [
        ("]", 0, value),
        ("  }", 2, value),
        (":", 0, value),
        (",", 0, value),
        ("x ", 0, value),
        ("{,", 1, key_or_end),
        ("{1", 1, key_or_end),
        ("{:", 1, key_or_end),
        ("{]", 1, key_or_end),
        ("{[", 1, key_or_end),
        (r#"{"a" 1"#, 5, Expect::Colon.text()),
        (r#"{"a","#, 4, Expect::Colon.text()),
        (r#"{"a"}"#, 4, Expect::Colon.text()),
        (r#"{"a""b""#, 4, Expect::Colon.text()),
        (r#"{"a":}"#, 5, value),
        (r#"{"a":,"#, 5, value),
        (r#"{"a"::"#, 5, value),
        (r#"{"a":1 2}"#, 7, comma),
        (r#"{"a":1]"#, 6, comma),
        (r#"{"a":1:"#, 6, comma),
        (r#"{"a":1,}"#, 7, key),
        (r#"{"a":1,2}"#, 7, key),
        (r#"{"a":{"b":[1,{}}"#, 15, comma),
        ("[,1]", 1, value_or_end),
        ("[}", 1, value_or_end),
        ("[1,]", 3, value),
        ("[1,,2]", 3, value),
        ("[1 2]", 3, comma),
        ("[1}", 2, comma),
        (r#"["a":1]"#, 4, comma),
        (r#"["a" "b"]"#, 5, comma),
        ("['a']", 1, value_or_end),
        ("[\0]", 1, value_or_end),
        ("[é]", 1, value_or_end),
        ("[1_0]", 2, comma),
        ("[[1],\u{feff}[2]]", 5, value),
    ];
    for (text, at, expected) in cases {
        let error = Err(Malformed { at, expected });
        assert_eq!(lex(text.as_bytes()), error, "{text}");
        assert_eq!(slowly(text.as_bytes()).1, error, "{text}, byte by byte");
    }
}

#[test]
fn scalars_are_those_of_rfc_8259() {
    for good in ["0", "-0", "10", "1.5", "-1.50", "1e5", "1E+5", "0e-0", "0.0000098", "true", "false", "null"] {
        assert_eq!(lex(format!("[{good}]").as_bytes()), Ok(Progress::Done(good.len() + 2)), "{good}");
    }
    for bad in [
        "01", "-", "-01", "+1", ".5", "1.", "1.e5", "1e", "1e+", "1e1.5", "0x1f", "1-2", "NaN", "Infinity", "tru",
        "True", "nul", "nulll",
    ] {
        let error = Malformed { at: 1, expected: Expect::ValueOrEnd.text() };
        assert_eq!(lex(format!("[{bad}]").as_bytes()), Err(error), "{bad}");
    }
}

#[test]
fn accepts_what_another_parser_accepts() {
    const PARTS: [&str; 20] = [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\\"\"", "\"\\\\\"", "1", "-", "0", ".", "e", "true", "null", " ",
        "{\"a\":", "[1,", "\"b\":[]",
    ];
    let mut dice = Dice(1);
    let mut accepted = 0;
    for _ in 0..100_000 {
        let parts = 1 + dice.below(8);
        let inner: String = (0..parts).map(|_| *dice.pick(&PARTS)).collect();
        let text = if dice.below(2) == 0 { format!("[{inner}]") } else { format!("{{{inner}}}") };
        let good = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        assert_eq!(lex(text.as_bytes()) == Ok(Progress::Done(text.len())), good, "{text}");
        accepted += u32::from(good);
    }
    assert!(accepted > 1_000, "only {accepted} texts were JSON");
}

#[test]
fn tokens_know_where_their_value_ends() {
    let text = r#"{"a":[1,{}],"b\"":"x"} rest"#;
    let mut lexer = Lexer::new();
    assert_eq!(lexer.run(text.as_bytes()), Ok(Progress::Done(22)));
    let tokens: Vec<(Kind, &str, u32)> = lexer
        .tape()
        .iter()
        .map(|token| (token.kind, &text[token.start as usize..token.end as usize], token.next))
        .collect();
    let expected = [
        (Kind::Object, &text[..22], 10),
        (Kind::Key, "\"a\"", 2),
        (Kind::Array, "[1,{}]", 7),
        (Kind::Number, "1", 4),
        (Kind::Object, "{}", 6),
        (Kind::End, "}", 6),
        (Kind::End, "]", 7),
        (Kind::Key, r#""b\"""#, 8),
        (Kind::String, "\"x\"", 9),
        (Kind::End, "}", 10),
    ];
    assert_eq!(tokens, expected);
    assert_eq!(lexer.tape().iter().map(|token| token.escaped).filter(|escaped| *escaped).count(), 1);
    assert_eq!(lexer.deepest(), 3);
}

#[test]
fn stopping_at_any_byte_changes_nothing() {
    let text = r#" {"k\\":"\"\\","n":-1.5e3,"l":[true,null,[]],"u":"\u00e4ß"} "#;
    let mut whole = Lexer::new();
    let at_once = whole.run(text.as_bytes());
    let (lexer, result) = slowly(text.as_bytes());
    assert_eq!(result, at_once);
    assert_eq!(lexer.tape(), whole.tape());
}

#[test]
fn a_reset_lexer_is_as_new() {
    let mut lexer = Lexer::new();
    assert_eq!(lexer.run(br#"{"a":"unfinished \"#), Ok(Progress::NeedMore));
    lexer.reset();
    assert_eq!(lexer.run(b"[\"\"]"), Ok(Progress::Done(4)));
    assert_eq!((lexer.tape().len(), lexer.deepest()), (3, 1));
    assert!(!lexer.tape()[1].escaped);
}

#[test]
fn no_byte_of_a_long_token_is_looked_at_twice() {
    for byte in [b'x', b'7'] {
        let mut text = vec![b'['];
        text.extend((byte == b'x').then_some(b'"'));
        let mut lexer = Lexer::new();
        for _ in 0..256 {
            text.resize(text.len() + 4096, byte);
            assert_eq!(lexer.run(&text), Ok(Progress::NeedMore));
            assert_eq!(lexer.resume, text.len());
        }
    }
}
