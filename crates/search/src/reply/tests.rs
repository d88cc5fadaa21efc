use super::*;

fn reason(body: &str) -> String {
    Reply { status: 400, retry_after: None, body: Bytes::copy_from_slice(body.as_bytes()) }.reason()
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
    let cases = [
        ("0", Some(0)),
        ("120", Some(120)),
        (" 7 ", Some(7)),
        ("Fri, 20 Nov 2026 09:00:30 GMT", Some(30)),
        ("Fri, 20 Nov 2026 08:00:00 GMT", Some(0)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ];
    for (value, expected) in cases {
        assert_eq!(retry_after_of(value, now), expected.map(Duration::from_secs), "{value:?}");
    }
}

#[test]
fn the_reason_is_found_in_every_form() {
    let cases = [
        (
            r#"{"error":{"root_cause":[{"type":"x","reason":"no such index [a]"}],"reason":"all shards failed"},"status":404}"#,
            "no such index [a]",
        ),
        (r#"{"error":{"root_cause":[],"reason":"all shards failed"}}"#, "all shards failed"),
        (r#"{"error":"no handler found for uri [/x]"}"#, "no handler found for uri [/x]"),
        (r#"{"message":"Forbidden"}"#, "Forbidden"),
        (r#"{"Message":"User: anonymous is not authorized"}"#, "User: anonymous is not authorized"),
        ("<html>Bad Gateway</html>\n", "<html>Bad Gateway</html>"),
        (r#"{"other":1}"#, r#"{"other":1}"#),
        ("", "no reason given"),
        ("\u{0}\u{1}", "\u{0}\u{1}"),
    ];
    for (body, expected) in cases {
        assert_eq!(reason(body), expected, "{body}");
    }
}

#[test]
fn a_reason_is_bounded() {
    let long = reason(&"ü".repeat(1000));
    assert!(long.len() <= SHOWN_BYTES && long.ends_with('…'), "{} bytes", long.len());
}

#[test]
fn secrets_that_the_cluster_repeats_are_left_out() {
    let message = r"The request signature does not match.\n\nThe Canonical String should have been\n'POST\n/_bulk\nhost:logs.example.com\nX-Amz-Security-Token:FwoGZXIvYXdzEXAMPLE\n\nhost'";
    for body in [format!(r#"{{"message":"{message}"}}"#), message.to_owned()] {
        let shown = reason(&body);
        assert!(shown.contains("signature does not match") && shown.contains("host:logs.example.com"), "{shown}");
        assert!(shown.contains("X-Amz-Security-Token:***") && !shown.contains("FwoGZX"), "{shown}");
    }
    assert_eq!(reason("got Authorization: Basic YWxpY2U6cw=="), "got Authorization:***");
}
