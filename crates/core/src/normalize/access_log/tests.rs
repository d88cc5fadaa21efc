use serde_json::{Value, json};

use super::line::tests::line;
use crate::denial::Denial;
use crate::normalize::{Normalization, Normalizer};
use crate::object::Format;
use crate::split::Reader;
use crate::testing::{Dice, access_log, origin};

const REQUEST: &str = r#""PUT /flow/a%2Bb%20c.gz HTTP/1.1""#;

/// What was made of a line.
#[derive(Debug, PartialEq)]
struct Made {
    id: String,
    index: String,
    body: Value,
    degraded: bool,
    denial: Option<Denial>,
}

fn made(line: impl AsRef<[u8]>) -> Made {
    made_by(&mut Normalizer::new(&Normalization::default()), line)
}

fn made_by(normalizer: &mut Normalizer, line: impl AsRef<[u8]>) -> Made {
    let mut reader = Reader::of_record(Format::AccessLog, line.as_ref());
    let record = reader.next_record().unwrap().unwrap();
    let document = normalizer.document(&record, &origin().of_format(Format::AccessLog), 3);
    Made {
        body: serde_json::from_slice(document.body).unwrap(),
        id: document.id.into_owned(),
        index: document.index.into_owned(),
        degraded: document.degraded,
        denial: document.denial,
    }
}

fn usual() -> String {
    line(REQUEST, "\"-\"", "\"aws-cli/2.31.0\"")
}

fn denied(requester: &str, operation: &str, status: &str) -> Option<Denial> {
    let text = usual().replace("arn:aws:iam::111122223333:user/alice", requester);
    made(text.replace("REST.PUT.OBJECT", operation).replace("\" 403 ", &format!("\" {status} "))).denial
}

#[test]
fn a_line_becomes_a_document() {
    let made = made(usual() + " later");
    assert_eq!((made.index.as_str(), made.degraded), ("2026.11", false));
    let expected = json!({
        "@timestamp": "2026-11-03T09:14:27Z",
        "bucketOwner": "0f1e2d3c4b5a",
        "bucket": "example-flow-logs",
        "remoteIP": "203.0.113.64",
        "requester": "arn:aws:iam::111122223333:user/alice",
        "requestID": "7F3A9C41D2E85B06",
        "operation": "REST.PUT.OBJECT",
        "key": "flow/a%252Bb%2520c.gz",
        "objectKey": "flow/a+b c.gz",
        "requestURI": "PUT /flow/a%2Bb%20c.gz HTTP/1.1",
        "httpStatus": 403,
        "errorCode": "AccessDenied",
        "bytesSent": 243,
        "objectSize": 104_857,
        "totalTime": 41,
        "turnAroundTime": 12,
        "userAgent": "aws-cli/2.31.0",
        "versionId": "9kVxQ2rT",
        "hostId": "k3Jr9vQ0/wX5+tYb=",
        "signatureVersion": "SigV4",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "authenticationType": "AuthHeader",
        "hostHeader": "example-flow-logs.s3.eu-central-1.amazonaws.com",
        "tlsVersion": "TLSv1.3",
        "accessPointARN": "arn:aws:s3:eu-central-1:111122223333:accesspoint/audit",
        "aclRequired": "Yes",
        "sourceRegion": "eu-central-1",
        "outcome": "failure",
        "appended": ["later"],
        "ingest": {
            "bucket": "example-logs",
            "object": "AWSLogs/x.json.gz",
            "time": "2026-11-20T09:30:00Z",
            "version": env!("CARGO_PKG_VERSION"),
            "position": 3,
        },
    });
    assert_eq!(made.body, expected);
}

#[test]
fn the_same_line_has_the_same_id_and_another_has_another() {
    assert_eq!(made(usual()), made(usual()));
    assert_eq!(made(usual()).id, made(usual() + "\r").id, "a line break is no part of it");
    for other in [usual() + " x", usual().replace("7F3A", "7F3B"), usual().replace("k3Jr", "k3Js")] {
        assert_ne!(made(usual()).id, made(other).id);
    }
    assert_eq!(made("not a line").id, made("not a line").id);
}

#[test]
fn what_cannot_be_read_is_kept_with_the_reason() {
    let made = made("not a line \"");
    assert!(made.degraded);
    assert_eq!(made.index, "2026.11", "of the day in the object's key");
    assert_eq!(made.body["@timestamp"], "2026-11-19T00:00:00Z");
    assert_eq!(made.body["ingest"]["raw"], "not a line \"");
    assert!(made.body["ingest"]["error"].as_str().unwrap().contains("ends after 4 fields"), "{}", made.body);
}

#[test]
fn a_refused_document_has_a_minimal_one() {
    let mut normalizer = Normalizer::new(&Normalization::default());
    let origin = origin().of_format(Format::AccessLog);
    let document = normalizer.degraded(usual().as_bytes(), &origin, 3, "HTTP 400");
    let body: Value = serde_json::from_slice(document.body).unwrap();
    assert_eq!((document.id.as_ref(), document.index.as_ref()), (made(usual()).id.as_str(), "2026.11"));
    assert_eq!((&body["httpStatus"], &body["operation"]), (&json!("403"), &json!("REST.PUT.OBJECT")));
    assert_eq!((&body["ingest"]["error"], &body["ingest"]["raw"]), (&json!("HTTP 400"), &json!(usual())));
}

#[test]
fn errors_and_statuses_tell_the_outcome() {
    for (status, code, outcome) in [
        ("200", "-", "success"),
        ("304", "-", "success"),
        ("-", "-", "success"),
        ("404", "-", "failure"),
        ("200", "InternalError", "failure"),
    ] {
        let text = usual().replace("403 AccessDenied", &format!("{status} {code}"));
        assert_eq!(made(text).body["outcome"], outcome, "{status} {code}");
    }
}

#[test]
fn signatures_of_presigned_urls_are_replaced() {
    let request =
        "\"GET /k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0badc0de&X-Amz-Security-Token=t0ken HTTP/1.1\"";
    let whole = made(line(request, "\"-\"", "\"a\""));
    assert_eq!(whole.body["ingest"]["redacted"], json!(["requestURI"]));
    let cut = made(format!("cut {request}"));
    assert!(cut.degraded);
    for made in [whole, cut] {
        let text = made.body.to_string();
        assert!(!text.contains("0badc0de") && !text.contains("t0ken") && text.contains("AWS4-HMAC"), "{text}");
    }
}

#[test]
fn long_and_many_values_are_told_and_kept() {
    let long = "x".repeat(9_000);
    let made_long = made(line(&format!("\"{long}\""), &format!("\"{long}\""), "\"a\""));
    assert_eq!(made_long.body["ingest"]["truncated"], json!(["referrer"]));
    assert_eq!(made_long.body["referrer"], json!(long));
    let many = made(usual() + &" f".repeat(300));
    assert_eq!(many.body["appended"].as_array().unwrap().len(), 256);
    assert_eq!(many.body["ingest"]["truncated"], json!(["appended"]));
    assert_eq!(many.body["ingest"]["full"][0]["value"].as_str().unwrap().split(' ').count(), 44);
}

#[test]
fn bytes_that_are_no_text_are_mended() {
    let mut text = line(REQUEST, "\"-\"", "\"agent ?\0\"").into_bytes();
    *text.iter_mut().rfind(|byte| **byte == b'?').unwrap() = 0xff;
    let made = made(text);
    assert_eq!((&made.body["userAgent"], &made.body["ingest"]["repaired"]), (&json!("agent \u{fffd}\0"), &json!(true)));
}

#[test]
fn denied_deliveries_are_told() {
    let delivery = "svc:delivery.logs.amazonaws.com";
    let source =
        |source: &str| Some(Denial { bucket: Some("example-flow-logs".to_owned()), source: source.to_owned() });
    assert_eq!(denied(delivery, "REST.PUT.OBJECT", "403"), source("delivery.logs.amazonaws.com"));
    assert_eq!(denied("svc:logging.s3.amazonaws.com", "REST.PUT.PART", "403"), source("logging.s3.amazonaws.com"));
    assert_eq!(
        denied("svc:logs.eu-central-1.amazonaws.com", "REST.GET.ACL", "403"),
        source("logs.eu-central-1.amazonaws.com")
    );
    for (requester, operation, status) in [
        (delivery, "REST.PUT.OBJECT", "200"),
        (delivery, "REST.PUT.OBJECT", "503"),
        (delivery, "REST.GET.OBJECT", "403"),
        ("svc:inventory.s3.amazonaws.com", "REST.PUT.OBJECT", "403"),
        ("arn:aws:iam::111122223333:user/logs", "REST.PUT.OBJECT", "403"),
        ("-", "REST.PUT.OBJECT", "403"),
    ] {
        assert_eq!(denied(requester, operation, status), None, "{requester} {operation} {status}");
    }
}

/// A line of hostile pieces.
fn hostile(dice: &mut Dice) -> Vec<u8> {
    const PIECES: [&[u8]; 19] = [
        b" ",
        b" ",
        b" ",
        b"\"",
        b"\"",
        b"\" ",
        b"-",
        b"- ",
        b"[",
        b"]",
        b"[03/Nov/2026:09:14:27 +0000] ",
        b"403 ",
        b"SigV4 ",
        b"\\",
        b"%25",
        b"\xff",
        b"\0",
        "日".as_bytes(),
        b"x",
    ];
    let mut line = if dice.below(2) == 0 { usual().into_bytes() } else { Vec::new() };
    for _ in 0..dice.below(60) {
        let at = dice.below(line.len() + 1);
        let end = at + dice.below(3).min(line.len() - at);
        line.splice(at..end, dice.pick(&PIECES).iter().copied());
    }
    line
}

#[test]
fn any_line_becomes_a_document_that_keeps_all_of_it() {
    let (mut dice, mut normalizer) = (Dice(7), Normalizer::new(&Normalization::default()));
    for _ in 0..20_000 {
        let line = hostile(&mut dice);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let made = made_by(&mut normalizer, &line);
        access_log::check(&made.body, &line, made.degraded);
    }
}
