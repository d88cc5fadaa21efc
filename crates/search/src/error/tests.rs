use std::time::Duration;

use bytes::Bytes;

use super::*;

const WAIT: Option<Duration> = Some(Duration::from_secs(3));

fn reply(status: u16) -> Reply {
    Reply { status, retry_after: WAIT, body: Bytes::from_static(br#"{"error":{"reason":"because"}}"#) }
}

#[test]
fn every_status_of_a_bulk_request_has_its_error() {
    for status in [500, 501, 502, 503, 504, 520, 599] {
        let error = bulk_error(&reply(status), "check");
        let expected = matches!(&error, BulkError::Unavailable { status: found, retry_after, body }
            if *found == status && *retry_after == WAIT && body == "because");
        assert!(expected, "{status}: {error:?}");
    }
    for status in [301, 400, 401, 403, 404, 405, 406, 408, 415] {
        let error = bulk_error(&reply(status), "check");
        let expected = matches!(&error, BulkError::Refused { status: found, body }
            if *found == status && body.starts_with("because; check"));
        assert!(expected, "{status}: {error:?}");
    }
    assert!(matches!(bulk_error(&reply(429), "check"), BulkError::Throttled { retry_after: WAIT }));
    assert!(matches!(bulk_error(&reply(413), "check"), BulkError::TooLarge));
}

#[test]
fn every_status_of_a_question_has_its_error() {
    let cases = [
        (401, "http://c denies access (HTTP 401): because; check"),
        (403, "http://c denies access (HTTP 403): because; check"),
        (404, "http://c does not have it (HTTP 404): because"),
        (400, "http://c rejects the request (HTTP 400): because"),
        (429, "http://c cannot answer now (HTTP 429): because; try again later"),
        (503, "http://c cannot answer now (HTTP 503): because; try again later"),
    ];
    for (status, expected) in cases {
        assert_eq!(search_error(&reply(status), "http://c", "check").to_string(), expected);
    }
}
