use super::*;
use crate::normalize::UNDATED;
use crate::testing::{document, with_value};

fn id(record: &str) -> String {
    with_value(record, |value| document_id(&value).into_owned())
}

fn time(record: &str) -> Option<String> {
    with_value(record, |value| timestamp(&value).map(Cow::into_owned))
}

#[test]
fn events_keep_their_own_id() {
    for (record, expected) in [
        (r#"{"eventID":"3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b"}"#, "3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b"),
        (r#"{"eventId":"an-aggregated-one"}"#, "an-aggregated-one"),
        (r#"{"eventId":"b","eventID":"a"}"#, "a"),
        (r#"{"eventID":"","eventId":"b"}"#, "b"),
        (r#"{"eventID":null,"eventId":"b"}"#, "b"),
        (r#"{"event\u0049D":"\u0061"}"#, "a"),
    ] {
        assert_eq!(id(record), expected, "{record}");
    }
}

#[test]
fn events_without_a_usable_id_get_a_digest() {
    let long = format!(r#"{{"eventID":"{}"}}"#, "x".repeat(513));
    for record in ["{}", r#"{"eventID":""}"#, r#"{"eventID":7}"#, r#"{"eventID":"a b"}"#, r#"{"eventID":"ä"}"#, &long]
    {
        let id = id(record);
        assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{record}: {id}");
    }
    assert_eq!(id(&long.replacen('x', "", 1)).len(), 512, "as long as allowed");
}

#[test]
fn the_order_of_members_makes_no_other_event() {
    let one = id(r#"{"a":1,"b":{"c":[1,2],"d":"x"}}"#);
    assert_eq!(id(r#"{ "b": {"d":"\u0078", "c":[1, 2]}, "a": 1 }"#), one);
    assert_ne!(id(r#"{"a":1,"b":{"c":[2,1],"d":"x"}}"#), one);
    assert_ne!(id(r#"{"a":"1","b":{"c":[1,2],"d":"x"}}"#), one);
    // Too deep for the canonical form: the bytes decide.
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500));
    assert_eq!(id(&deep), id(&deep));
}

#[test]
fn the_event_says_when() {
    let some = |time: &str| Some(time.to_owned());
    for (record, expected) in [
        (r#"{"eventTime":"2026-11-20T09:14:27Z"}"#, some("2026-11-20T09:14:27Z")),
        (r#"{"eventTime":"2026-11-20T09:14:27.123456789Z"}"#, some("2026-11-20T09:14:27.123456789Z")),
        (r#"{"eventTime":"2024-02-29T00:00:00Z"}"#, some("2024-02-29T00:00:00Z")),
        (
            r#"{"timeWindow":{"windowStart":"2026-11-20T09:00:00Z","windowEnd":"2026-11-20T10:00:00Z"}}"#,
            some("2026-11-20T10:00:00Z"),
        ),
        (r#"{"timeWindow":{"windowStart":"2026-11-20T09:00:00Z"}}"#, some("2026-11-20T09:00:00Z")),
        (r#"{"eventTime":"soon","timeWindow":{"windowEnd":"2026-11-20T10:00:00Z"}}"#, some("2026-11-20T10:00:00Z")),
        (r#"{"eventTime":null,"timeWindow":{"windowEnd":"2026-11-20T10:00:00Z"}}"#, some("2026-11-20T10:00:00Z")),
        ("{}", None),
    ] {
        assert_eq!(time(record), expected, "{record}");
    }
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "",
        "Z",
        "2026",
        "2026-11-20",
        "2026-11-20T09:14:27",
        "2026-11-20T09:14:27z",
        "2026-11-20 09:14:27Z",
        "20261120T091427Z",
        "2026-11-20T09:14:27.Z",
        "2026-11-20T09:14:27.1234567890Z",
        "2026-11-20T09:14:27.1x3Z",
        "2026-11-20T09:14:27+00:00",
        "2026-00-20T09:14:27Z",
        "2026-13-20T09:14:27Z",
        "2026-11-00T09:14:27Z",
        "2026-11-31T09:14:27Z",
        "2026-02-29T09:14:27Z",
        "2100-02-29T09:14:27Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T09:60:27Z",
        "2026-11-20T09:14:60Z",
        "-026-11-20T09:14:27Z",
        "2026-11-2éT09:14:27Z",
    ] {
        assert_eq!(time(&format!(r#"{{"eventTime":"{text}"}}"#)), None, "{text}");
    }
}

#[test]
fn events_without_a_time_take_the_day_of_their_object() {
    let made = document(r#"{"eventTime":"soon"}"#);
    assert_eq!((made.at("/@timestamp"), made.index.as_str()), ("2026-11-19T00:00:00Z".into(), "2026.11"));
    let wild = document(r#"{"eventTime":"9999-12-31T23:59:59Z"}"#);
    assert_eq!((wild.at("/@timestamp"), wild.index.as_str()), ("9999-12-31T23:59:59Z".into(), UNDATED));
}
