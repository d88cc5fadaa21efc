use trailsearch_testkit::{load, story};

use super::*;
use crate::testing::Dice;

/// Large enough for every record but those of the tests about the bound.
const LIMIT: usize = 1 << 20;

/// A record that was given out: its bytes, offset and depth.
type Given = (String, u64, usize);

fn at_most(record_bytes: usize) -> Limits {
    Limits { record_bytes, ..Limits::NONE }
}

/// All records of a text that arrives in `pieces`, and how it ended.
fn split<'p>(pieces: impl IntoIterator<Item = &'p [u8]>, limit: usize) -> (Vec<Given>, Result<(), SplitError>) {
    let mut splitter = Splitter::new(at_most(limit));
    let mut given = Vec::new();
    for piece in pieces {
        splitter.feed(piece);
        loop {
            match splitter.next_record() {
                Ok(Some(record)) => {
                    let text = String::from_utf8_lossy(record.raw).into_owned();
                    given.push((text, record.offset, record.depth));
                }
                Ok(None) => break,
                Err(error) => return (given, Err(error)),
            }
        }
    }
    (given, splitter.finish())
}

fn at_once(text: &[u8]) -> (Vec<Given>, Result<(), SplitError>) {
    split([text], LIMIT)
}

fn texts(given: &[Given]) -> Vec<&str> {
    given.iter().map(|(text, ..)| text.as_str()).collect()
}

/// The records of a text that must be a log.
fn records(text: &str) -> Vec<String> {
    let (given, end) = at_once(text.as_bytes());
    assert!(end.is_ok(), "{text}: {end:?}");
    given.into_iter().map(|(text, ..)| text).collect()
}

/// An error with its causes in one line.
fn chain(error: &SplitError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// How a text ends, as a line.
fn end(text: &str) -> String {
    at_once(text.as_bytes()).1.map_or_else(|error| chain(&error), |()| "ok".to_owned())
}

/// Pieces of random sizes up to `most`.
fn random_pieces<'t>(mut text: &'t [u8], dice: &mut Dice, most: usize) -> Vec<&'t [u8]> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let (piece, rest) = text.split_at((1 + dice.below(most)).min(text.len()));
        pieces.push(piece);
        text = rest;
    }
    pieces
}

#[test]
fn both_envelopes_give_their_records() {
    let cases: [(&str, &[&str]); 14] = [
        (r#"{"Records":[{"a":1},{"b":2}]}"#, &[r#"{"a":1}"#, r#"{"b":2}"#]),
        (r#"[{"a":1},{"b":2}]"#, &[r#"{"a":1}"#, r#"{"b":2}"#]),
        ("\u{feff}{\"Records\":[{}]}", &["{}"]),
        ("\u{feff}[{}]", &["{}"]),
        (r#"{"Records":[]}"#, &[]),
        ("[]", &[]),
        (" [ ] ", &[]),
        (r#"{"x":{"Records":[1]},"y":[2,"Records"],"Records":[{}],"z":null,"w":1.5}"#, &["{}"]),
        (r#"{"Records":[{"Records":[{"a":1}]}]}"#, &[r#"{"Records":[{"a":1}]}"#]),
        (r#"{"v":"Records","Records":[{}]}"#, &["{}"]),
        ("\n{\t\"Records\" :\r\n[ { \"a\" : 1 } ,\n{} ] , \"x\" : 1 }\n", &[r#"{ "a" : 1 }"#, "{}"]),
        (r#"{"Records":[1,"two",null,[3],true]}"#, &["1", "\"two\"", "null", "[3]", "true"]),
        (r#"{"Records":[{"a":"}]"},{"b":"\"]}"}]}"#, &[r#"{"a":"}]"}"#, r#"{"b":"\"]}"}"#]),
        (r#"{"records":[{"no":1}],"Records":[{"yes":1}]}"#, &[r#"{"yes":1}"#]),
    ];
    for (text, expected) in cases {
        assert_eq!(records(text), expected, "{text}");
    }
}

#[test]
fn records_know_their_offset_and_depth() {
    let text = "\u{feff}{\"x\":0, \"Records\":[ {\"a\":[{}]} ,\"b\",{}]}";
    for pieces in [vec![text.as_bytes()], text.as_bytes().chunks(1).collect()] {
        let (given, end) = split(pieces, LIMIT);
        assert!(end.is_ok());
        for (record, offset, _) in &given {
            assert!(text[*offset as usize..].starts_with(record.as_str()), "{record} is not at {offset}");
        }
        assert_eq!(given.iter().map(|given| given.2).collect::<Vec<_>>(), [3, 0, 1]);
    }
}

#[test]
fn what_is_no_log_says_where_and_why() {
    let not_json = |offset: usize, expected: &str| {
        format!("not JSON at byte {offset} of the uncompressed object: expected {expected}")
    };
    let no_log = |offset: usize, found: &str| {
        format!(
            "no CloudTrail log at byte {offset} of the uncompressed object: expected {{\"Records\":[…]}} or a list of records, found {found}"
        )
    };
    let cut = |offset: usize, inside: &str| format!("the object ends at byte {offset} (uncompressed), inside {inside}");
    let cases = [
        ("", cut(0, "an empty object")),
        (" \n", cut(2, "an empty object")),
        ("\u{feff}", cut(3, "an empty object")),
        ("{}", no_log(0, "an object without Records")),
        (r#"{"logs":[{}]}"#, no_log(0, "an object without Records")),
        (r#"{"Records":{}}"#, no_log(11, "Records that are not a list")),
        (r#"{"Records": null}"#, no_log(12, "Records that are not a list")),
        (r#"{"Records":[{}],"Records":[{}]}"#, no_log(25, "a second list of Records")),
        ("<xml/>", not_json(0, "'{' or '['")),
        ("  hello", not_json(2, "'{' or '['")),
        ("\u{feff}\u{feff}[]", not_json(3, "'{' or '['")),
        (" \u{feff}[]", not_json(1, "'{' or '['")),
        ("\u{f000}[]", not_json(0, "'{' or '['")),
        ("\"Records\"", not_json(0, "'{' or '['")),
        ("{Records:[]}", not_json(1, "a member's name in quotes")),
        (r#"{"Records"[]}"#, not_json(10, "':'")),
        (r#"{"a"}"#, not_json(4, "':'")),
        (r#"{"a":}"#, not_json(5, "a value")),
        (r#"{"a":1 "b":2}"#, not_json(7, "',' or '}'")),
        (r#"{"a":1,}"#, not_json(7, "a member's name in quotes")),
        (r#"{"Records":[{}]]"#, not_json(15, "',' or '}'")),
        (r#"{"Records":[{} {}]}"#, not_json(15, "',' or ']'")),
        (r#"{"Records":[{},]}"#, not_json(15, "a value")),
        (r#"{"Records":[,{}]}"#, not_json(12, "a value")),
        (r#"{"Records":[{"a":1}}"#, not_json(19, "',' or ']'")),
        (r#"{"Records":[{"a" 1}]}"#, not_json(17, "':'")),
        (r#"{"Records":[{}]} x"#, not_json(17, "the end of the object")),
        ("[{}]{\"Records\":[]}", not_json(4, "the end of the object")),
        ("[]\0", not_json(2, "the end of the object")),
    ];
    for (text, expected) in cases {
        assert_eq!(end(text), expected, "{text}");
    }
}

#[test]
fn good_records_before_an_error_are_given_out() {
    let (given, end) = at_once(br#"{"Records":[{"a":1},{"b":2},{"c":tru}]}"#);
    assert_eq!(texts(&given), [r#"{"a":1}"#, r#"{"b":2}"#]);
    assert!(matches!(end, Err(SplitError::Malformed { offset: 33, .. })), "{end:?}");
}

#[test]
fn a_text_cut_at_any_byte_is_truncated() {
    for text in [
        r#"{"v":[1,{"x":"\"y"}],"Records":[{"a":"ä\\\""},{"b":[1.5e3,null]}, {}],"z":{"Records":1}}"#,
        "\u{feff}[{\"a\":1},{\"b\":[]}]",
    ] {
        let (whole, _) = at_once(text.as_bytes());
        for length in 0..text.len() {
            let (given, end) = at_once(&text.as_bytes()[..length]);
            let Err(SplitError::Truncated { offset, .. }) = end else { panic!("cut at {length}: {end:?}") };
            assert_eq!(offset, length as u64);
            let complete = whole.iter().take_while(|(record, offset, _)| *offset as usize + record.len() <= length);
            assert_eq!(given, complete.cloned().collect::<Vec<_>>(), "cut at {length}");
        }
    }
}

#[test]
fn truncation_names_what_was_not_complete() {
    let cases = [
        (r#"{"Records":[{"a"#, "a record"),
        (r#"{"Records":[12"#, "a record"),
        (r#"{"Records":["#, "the list of records"),
        (r#"{"Records":[{}"#, "the list of records"),
        (r#"{"Records":[{},"#, "the list of records"),
        (r#"{"Records":[{}]"#, "the object around the records"),
        (r#"{"Records":"#, "the object around the records"),
        (r#"{"Rec"#, "the object around the records"),
    ];
    for (text, inside) in cases {
        assert_eq!(end(text), format!("the object ends at byte {} (uncompressed), inside {inside}", text.len()));
    }
}

#[test]
fn pieces_of_any_size_give_the_same_records() {
    let mut dice = Dice(7);
    let mut texts: Vec<Vec<u8>> =
        story::objects(story::DAY).into_iter().map(|object| object.body.into_bytes()).collect();
    texts.push(load::object(3, 40).into_bytes());
    texts.push(br#"{"Records":[{"a":"\\\"\u00e4 \\"},{"k\"":-1.5E+3}]}"#.to_vec());
    for text in &texts {
        let expected = at_once(text);
        let same = |(given, end): (Vec<Given>, Result<(), SplitError>)| {
            assert_eq!(given, expected.0);
            assert_eq!(end.map_err(|error| chain(&error)), expected.1.as_ref().copied().map_err(chain));
        };
        same(split(text.chunks(1), LIMIT));
        for most in [3, 100, 5_000] {
            same(split(random_pieces(text, &mut dice, most), LIMIT));
        }
    }
}

#[test]
fn damaged_texts_end_the_same_way_in_any_pieces() {
    let text = br#"{"v":[1],"Records":[{"a":"x\\","b":[1.5,null]},{"Records":{}}],"w":true}"#;
    let mut dice = Dice(11);
    for _ in 0..20_000 {
        let mut damaged = text.to_vec();
        let at = dice.below(damaged.len());
        match dice.below(3) {
            0 => damaged[at] = *dice.pick(b"{}[],:\"\\ 1x\n\xff"),
            1 => drop(damaged.remove(at)),
            _ => damaged.insert(at, *dice.pick(b"{}[],:\"\\ 1x\n\xff")),
        }
        let limit = *dice.pick(&[LIMIT, 20, 5]);
        let expected = split([damaged.as_slice()], limit);
        let given = split(random_pieces(&damaged, &mut dice, 9), limit);
        assert_eq!(given.0, expected.0);
        assert_eq!(given.1.map_err(|error| chain(&error)), expected.1.map_err(|error| chain(&error)));
    }
}

#[test]
fn a_record_is_at_most_as_large_as_allowed() {
    let record = r#"{"a":"0123456789"}"#;
    let text = format!(r#"{{"Records":[{{}},{record}]}}"#);
    for pieces in [vec![text.as_bytes()], text.as_bytes().chunks(1).collect(), text.as_bytes().chunks(7).collect()] {
        let (given, end) = split(pieces.clone(), record.len());
        assert!(end.is_ok() && given.len() == 2, "{end:?}");
        let (given, end) = split(pieces, record.len() - 1);
        assert_eq!(texts(&given), ["{}"]);
        assert!(matches!(end, Err(SplitError::RecordTooLarge { offset: 15, limit: 17 })), "{end:?}");
    }
}

#[test]
fn an_object_holds_at_most_as_many_records_as_allowed() {
    for (text, offset) in [("{\"Records\":[{},{}, 1]}", 19), ("[ 1,{},[]]", 7)] {
        for (object_records, expected) in [(3, None), (2, Some(offset))] {
            let mut splitter = Splitter::new(Limits { object_records, ..Limits::NONE });
            splitter.feed(text.as_bytes());
            let mut given = 0;
            let end = loop {
                match splitter.next_record() {
                    Ok(Some(_)) => given += 1,
                    Ok(None) => break splitter.finish(),
                    Err(error) => break Err(error),
                }
            };
            let found = end.err().map(|error| match error {
                SplitError::TooManyRecords { offset, limit: 2 } => offset,
                other => panic!("{other}"),
            });
            assert_eq!((given, found), (object_records, expected));
        }
    }
}

#[test]
fn an_endless_record_is_refused_before_it_fills_the_memory() {
    let mut splitter = Splitter::new(at_most(10_000));
    splitter.feed(b"[\"");
    let refused = (0..100).find(|_| {
        splitter.feed(&[b'x'; 1_000]);
        splitter.next_record().is_err()
    });
    assert_eq!(refused, Some(9));
}

#[test]
fn bytes_that_are_no_utf8_pass_inside_strings() {
    let (given, end) = at_once(b"[{\"a\":\"\xff\xfe\\\xc3\"},{\"\xe2\x82\":1}]");
    assert!(end.is_ok(), "{end:?}");
    assert_eq!(given.len(), 2);
}

#[test]
fn deep_and_wide_records_are_given_out_whole() {
    let deep = format!("{}1{}", "{\"a\":[".repeat(2_500), "]}".repeat(2_500));
    let wide: Vec<String> = (0..60_000).map(|key| format!("\"k{key}\":{key}")).collect();
    let wide = format!("{{{}}}", wide.join(","));
    let text = format!("[{deep},{wide}]");
    for pieces in [vec![text.as_bytes()], text.as_bytes().chunks(4096).collect()] {
        let (given, end) = split(pieces, LIMIT);
        assert!(end.is_ok(), "{end:?}");
        assert_eq!(texts(&given), [&deep, &wide]);
        assert_eq!((given[0].2, given[1].2), (5_000, 1));
    }
}

#[test]
fn memory_does_not_grow_with_the_object() {
    let mut splitter = Splitter::new(at_most(LIMIT));
    splitter.feed(b"[{}");
    for _ in 0..2_000 {
        splitter.feed(b",{\"a\":\"0123456789012345678901234567890123456789\"}");
        while splitter.next_record().unwrap().is_some() {}
    }
    assert!(splitter.buffer.capacity() < 1_024, "{}", splitter.buffer.capacity());
}
