//! Bearer secrets never survive, wherever they stand.

use crate::node::Node;
use crate::{Made, check::check, document, origin};
use trailsearch_core::normalize::bounds::MAX_LEAVES;
use trailsearch_core::normalize::{Normalization, Normalizer};

/// The secret, which no document may hold.
const SECRET: &str = "s3cr3tT0ken";

const NAMES: [&str; 24] = [
    "sessionToken",
    "secretAccessKey",
    "sAMLAssertion",
    "samlAssertionString",
    "webIdentityToken",
    "accessToken",
    "refreshToken",
    "idToken",
    "clientSecret",
    "clientAssertion",
    "password",
    "masterUserPassword",
    "newPassword",
    "oldPassword",
    "authToken",
    "authorizationToken",
    "bearerToken",
    "secretString",
    "secretBinary",
    "privateKey",
    "keyMaterial",
    "X-Amz-Security-Token",
    "x-amz-signature",
    "Authorization",
];

/// A JSON text as a JSON string.
fn quoted(json: &str) -> String {
    serde_json::to_string(json).expect("a string")
}

/// A JSON text, URL-encoded, as a JSON string.
fn encoded(json: &str) -> String {
    let bytes = json
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    format!("\"{}\"", bytes.collect::<String>())
}

fn deep(member: &str, depth: usize) -> String {
    format!("{}{{{member}}}{}", "{\"a\":".repeat(depth), "}".repeat(depth))
}

/// Where a member with a secret may stand in a record.
fn places(member: &str, name: &str) -> Vec<(&'static str, String)> {
    let object = format!("{{{member}}}");
    let request = |json: &str| format!(r#"{{"eventID":"e1","requestParameters":{json}}}"#);
    let crowd: Vec<String> = (0..MAX_LEAVES).map(|key| format!("\"k{key}\":1")).collect();
    let long = "k".repeat(600);
    vec![
        ("in the request", request(&object)),
        ("in the response", format!(r#"{{"responseElements":{{"credentials":{object}}}}}"#)),
        ("in additional data", format!(r#"{{"additionalEventData":{object}}}"#)),
        (
            "in a part that is a list",
            format!(r#"{{"additionalEventData":[{object}],"requestParameters":[[{object}]]}}"#),
        ),
        ("in a dropped key", format!(r#"{{"additionalEventData":{{"x-amz-id-2":{object}}}}}"#)),
        ("at the top", object.clone()),
        ("in an unknown member", format!(r#"{{"unknown":[{object}]}}"#)),
        ("in a typed object", format!(r#"{{"userIdentity":{{"sessionContext":{object}}}}}"#)),
        ("in the place of a typed scalar", format!(r#"{{"eventName":{object}}}"#)),
        ("in every item", format!(r#"{{"resources":[{object},{object}]}}"#)),
        ("deeper than allowed", request(&deep(member, 60))),
        ("just at the depth allowed", request(&deep(member, 46))),
        ("deep in an unknown member", format!(r#"{{"unknown":{}}}"#, deep(member, 60))),
        ("below an immense name", request(&format!(r#"{{"{long}":{object}}}"#))),
        ("beyond the leaves allowed", request(&format!("{{{},{member}}}", crowd.join(",")))),
        ("as a duplicate", request(&format!(r#"{{"{name}":"HIDDEN_DUE_TO_SECURITY_REASONS",{member}}}"#))),
        ("in a duplicate", request(&format!(r#"{{"a":1,"a":{object}}}"#))),
        ("in a JSON document in a string", request(&format!(r#"{{"a":{}}}"#, quoted(&object)))),
        ("in an indented JSON document", request(&format!(r#"{{"a":{}}}"#, quoted(&format!("\n  {object}\n"))))),
        ("in a URL-encoded document", request(&format!(r#"{{"a":{}}}"#, encoded(&object)))),
        (
            "in a document in a document",
            request(&format!(r#"{{"a":{}}}"#, quoted(&format!(r#"{{"b":{}}}"#, quoted(&object))))),
        ),
        (
            "in a URL-encoded document in a document",
            request(&format!(r#"{{"a":{}}}"#, quoted(&format!(r#"[{}]"#, encoded(&object))))),
        ),
        (
            "in a large document in a string",
            request(&format!(r#"{{"a":{}}}"#, quoted(&format!(r#"{{"x":"{}",{member}}}"#, "x".repeat(5_000))))),
        ),
        ("in a string in an unknown member", format!(r#"{{"unknown":{}}}"#, quoted(&object))),
        ("in a string that is cut", request(&format!(r#"{{"a":1,"a":{}}}"#, quoted(&object)))),
        ("in an error message", format!(r#"{{"errorMessage":{}}}"#, quoted(&object))),
        ("in a deep string", request(&format!("{}{}{}", "{\"a\":".repeat(60), quoted(&object), "}".repeat(60)))),
    ]
}

/// Values that hold the secret.
fn values() -> Vec<String> {
    let large = format!("\"{}{}\"", "x".repeat(33_000), SECRET);
    let inside = quoted(&format!("{{\"x\":\"{SECRET}\"}}"));
    let plain = [
        format!("\"{SECRET}\""),
        format!("[\"{SECRET}\",{{\"x\":1}},\"{SECRET}\"]"),
        format!("{{\"value\":\"{SECRET}\"}}"),
        format!("{{\"items\":[{{\"value\":\"{SECRET}\"}}]}}"),
        format!("\"\\ud800{SECRET}\\q\""),
    ];
    plain.into_iter().chain([large, inside]).collect()
}

fn holds_secret(made: &Made) -> bool {
    String::from_utf8_lossy(&made.body).contains(SECRET)
}

fn is_listed(made: &Made) -> bool {
    let document = Node::strict(&made.body);
    let listed = document.get("ingest").and_then(|ingest| ingest.get("redacted")).map(|list| list.texts().len());
    listed.unwrap_or(0) > 0 && String::from_utf8_lossy(&made.body).contains("REDACTED")
}

#[test]
fn no_secret_survives_in_any_place() {
    for value in values() {
        let member = format!(r#""sessionToken":{value}"#);
        for (place, record) in places(&member, "sessionToken") {
            let made = document(record.as_bytes());
            assert!(!holds_secret(&made), "{place}: {value:.80}");
            assert!(is_listed(&made), "not listed {place}: {value:.80}");
            check(record.as_bytes(), &made);
        }
    }
}

#[test]
fn every_secret_name_counts_in_any_case() {
    for name in NAMES {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            let member = format!(r#""{name}":"{SECRET}""#);
            for record in [
                format!(r#"{{"requestParameters":{{{member}}}}}"#),
                format!(r#"{{"unknown":{{"a":1,"a":{{{member}}}}}}}"#),
            ] {
                let made = document(record.as_bytes());
                assert!(!holds_secret(&made) && is_listed(&made), "{record}");
            }
        }
    }
}

#[test]
fn records_that_are_no_objects_keep_no_secret() {
    let member = format!(r#""sessionToken":"{SECRET}""#);
    for record in [
        format!("[{{{member}}}]"),
        quoted(&format!("{{{member}}}")),
        format!("[{{\"x\":\"\\ud800\",{member}}}]"),
        format!("[{{\"x\":\"\u{1}\",{member}}}]"),
    ] {
        let made = document(record.as_bytes());
        assert!(made.degraded && !holds_secret(&made), "{record}");
    }
    let mut not_utf8 = format!("[{{\"x\":\"~\",{member}}}]").into_bytes();
    not_utf8[7] = 0xff;
    assert!(!holds_secret(&document(&not_utf8)));
}

#[test]
fn refused_documents_keep_no_secret() {
    // A document that was made without redaction, refused, and made smaller with it.
    let member = format!(r#""sessionToken":"{SECRET}""#);
    for (place, record) in places(&member, "sessionToken").into_iter().filter(|(place, _)| !place.contains("string")) {
        let mut normalizer = Normalizer::new(&Normalization::default());
        let made = normalizer.degraded(record.as_bytes(), &origin(), 0, "refused");
        assert!(!String::from_utf8_lossy(made.body).contains(SECRET), "{place}");
    }
}

#[test]
fn presigned_addresses_lose_what_lets_their_bearer_in() {
    let query =
        format!("https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Security-Token={SECRET}%2F&X-Amz-Signature={SECRET}");
    let url = quoted(&query);
    for record in [
        format!(r#"{{"requestParameters":{{"url":{url}}}}}"#),
        format!(r#"{{"unknown":[{url},{url}]}}"#),
        format!(r#"{{"errorMessage":{url}}}"#),
        format!(r#"{{"requestParameters":{{"a":1,"a":{url}}}}}"#),
        format!(r#"{{"requestParameters":{{"a":{}}}}}"#, quoted(&format!("[{url}]"))),
        format!(r#"{{"requestParameters":{{"a":{}}}}}"#, quoted(&format!("{query}&x={}", "x".repeat(9_000)))),
    ] {
        let made = document(record.as_bytes());
        assert!(!holds_secret(&made) && is_listed(&made), "{record:.200}");
        assert!(String::from_utf8_lossy(&made.body).contains("X-Amz-Date=1"), "{record:.200}");
        check(record.as_bytes(), &made);
    }
}

#[test]
fn what_aws_hid_and_what_is_no_secret_stays() {
    let record =
        br#"{"requestParameters":{"password":"HIDDEN_DUE_TO_SECURITY_REASONS","newPassword":"","oldPassword":null,
        "idToken":true,"accessKeyId":"AKIAEXAMPLE111111111","passwordPolicy":"x","tokenType":"bearer"}}"#;
    let made = document(record);
    assert!(!is_listed(&made));
    assert!(!String::from_utf8_lossy(&made.body).contains("REDACTED"));
}

#[test]
fn redaction_can_be_switched_off() {
    let record =
        format!(r#"{{"requestParameters":{{"sessionToken":"{SECRET}","a":"{{\"password\":\"{SECRET}\"}}"}}}}"#);
    let mut normalizer = Normalizer::new(&Normalization { redact: false, ..Normalization::default() });
    let made = normalizer.degraded(record.as_bytes(), &origin(), 0, "refused");
    assert!(String::from_utf8_lossy(made.body).matches(SECRET).count() == 2);
}
