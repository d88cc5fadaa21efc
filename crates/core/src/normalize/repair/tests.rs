use super::*;

#[test]
fn sound_text_is_left_alone() {
    for text in ["{}", r#"{"a":"b\n\u00e4\ud83d\ude00\\\/\"","c":[1, 2]}"#, "\"\u{7f}\u{2028}ä\""] {
        assert_eq!(sound(text.as_bytes()), Some(text));
        assert_eq!(repair(text.as_bytes()), (text.replace(", ", ","), false));
    }
}

#[test]
fn faults_are_mended() {
    let cases: [(&[u8], &str); 16] = [
        (b"\"\xff\"", "\"\u{fffd}\""),
        (b"\"a\xe2\x82b\"", "\"a\u{fffd}b\""),
        (b"{\"\xc3\":1}", "{\"\u{fffd}\":1}"),
        (br#""\ud800""#, r#""\ufffd""#),
        (br#""\udc00x""#, r#""\ufffdx""#),
        (br#""\ud800\u0041""#, r#""\ufffd\u0041""#),
        (br#""\ud800\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
        (br#""\uDBFF\uDFFF\uDFFF""#, r#""\uDBFF\uDFFF\ufffd""#),
        (br#""\q\x41""#, r#""\\q\\x41""#),
        (br#""\u12""#, r#""\\u12""#),
        (br#""\u+123\uzzzz""#, r#""\\u+123\\uzzzz""#),
        (br#""\\\q""#, r#""\\\\q""#),
        (b"\"\x00\n\t\"", r#""\u0000\u000a\u0009""#),
        (b"\"\\\n\"", r#""\\\u000a""#),
        (b"\"\\\xff\"", "\"\\\\\u{fffd}\""),
        ("\"\\é\"".as_bytes(), "\"\\\\é\""),
    ];
    for (raw, expected) in cases {
        assert_eq!(sound(raw), None, "{expected}");
        assert_eq!(repair(raw), (expected.to_owned(), true));
        assert!(sound(expected.as_bytes()).is_some() && serde_json::from_str::<serde_json::Value>(expected).is_ok());
    }
}

#[test]
fn blanks_between_tokens_go_and_are_no_fault() {
    let text = "{\n\t\"a b\" : [ 1 ,\r\n 2 ] }\n";
    assert_eq!(sound(text.as_bytes()), None);
    assert_eq!(repair(text.as_bytes()), (r#"{"a b":[1,2]}"#.to_owned(), false));
}
