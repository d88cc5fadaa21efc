use super::*;

/// A line with every field that is known, and with the three that clients write as given.
pub(in crate::normalize) fn line(request: &str, referrer: &str, agent: &str) -> String {
    format!(
        "0f1e2d3c4b5a example-flow-logs [03/Nov/2026:09:14:27 +0000] 203.0.113.64 \
         arn:aws:iam::111122223333:user/alice 7F3A9C41D2E85B06 REST.PUT.OBJECT flow/a%252Bb%2520c.gz {request} 403 \
         AccessDenied 243 104857 41 12 {referrer} {agent} 9kVxQ2rT k3Jr9vQ0/wX5+tYb= SigV4 TLS_AES_128_GCM_SHA256 \
         AuthHeader example-flow-logs.s3.eu-central-1.amazonaws.com TLSv1.3 \
         arn:aws:s3:eu-central-1:111122223333:accesspoint/audit Yes eu-central-1"
    )
}

const REQUEST: &str = r#""PUT /flow/a%2Bb%20c.gz?x-team=audit HTTP/1.1""#;

fn usual() -> String {
    line(REQUEST, r#""https://console.example.com/""#, r#""aws-cli/2.31.0""#)
}

#[test]
fn every_field_is_read() {
    let text = usual();
    let line = Line::read(&text);
    assert_eq!(line.check(), Ok(()));
    assert_eq!(line.time.as_deref(), Some("2026-11-03T09:14:27Z"));
    for (name, value) in [
        ("bucketOwner", "0f1e2d3c4b5a"),
        ("bucket", "example-flow-logs"),
        ("time", "03/Nov/2026:09:14:27 +0000"),
        ("remoteIP", "203.0.113.64"),
        ("requester", "arn:aws:iam::111122223333:user/alice"),
        ("requestID", "7F3A9C41D2E85B06"),
        ("operation", "REST.PUT.OBJECT"),
        ("key", "flow/a%252Bb%2520c.gz"),
        ("requestURI", "PUT /flow/a%2Bb%20c.gz?x-team=audit HTTP/1.1"),
        ("httpStatus", "403"),
        ("errorCode", "AccessDenied"),
        ("bytesSent", "243"),
        ("objectSize", "104857"),
        ("totalTime", "41"),
        ("turnAroundTime", "12"),
        ("referrer", "https://console.example.com/"),
        ("userAgent", "aws-cli/2.31.0"),
        ("versionId", "9kVxQ2rT"),
        ("hostId", "k3Jr9vQ0/wX5+tYb="),
        ("signatureVersion", "SigV4"),
        ("cipherSuite", "TLS_AES_128_GCM_SHA256"),
        ("authenticationType", "AuthHeader"),
        ("hostHeader", "example-flow-logs.s3.eu-central-1.amazonaws.com"),
        ("tlsVersion", "TLSv1.3"),
        ("accessPointARN", "arn:aws:s3:eu-central-1:111122223333:accesspoint/audit"),
        ("aclRequired", "Yes"),
        ("sourceRegion", "eu-central-1"),
    ] {
        assert_eq!(line.get(name), Some(value), "{name}");
    }
    assert_eq!(line.appended(9), (vec![], None));
    let numbers: Vec<_> = line.fields().filter(|(_, _, is_number)| *is_number).map(|(name, ..)| name).collect();
    assert_eq!(numbers, ["httpStatus", "bytesSent", "objectSize", "totalTime", "turnAroundTime"]);
}

#[test]
fn a_dash_is_nothing_with_and_without_quotes() {
    let text =
        "- - [03/Nov/2026:09:14:27 +0000] - - - S3.EXPIRE.OBJECT - \"-\" - - - - - - \"-\" \"-\" - - - - - - - - - -";
    let line = Line::read(text);
    assert_eq!(line.check(), Ok(()));
    assert_eq!(line.fields().collect::<Vec<_>>(), [("operation", "S3.EXPIRE.OBJECT", false)]);
    let unquoted = text.replace('"', "");
    assert_eq!(Line::read(&unquoted).fields().count(), 1);
}

#[test]
fn older_lines_have_fewer_fields() {
    let text = usual();
    let until = |name: &str| text[..text.find(name).unwrap()].trim_end().to_owned();
    for (text, last) in [(until("9kVx"), "userAgent"), (until("SigV4"), "hostId"), (until("Yes"), "accessPointARN")] {
        let line = Line::read(&text);
        assert_eq!(line.check(), Ok(()), "{text}");
        assert_eq!(line.fields().last().unwrap().0, last);
        assert_eq!(line.get("userAgent"), Some("aws-cli/2.31.0"));
    }
}

#[test]
fn appended_fields_are_kept_with_their_quotes_off() {
    let text = usual() + " new-1 \"new 2\" - \"a\"b\" 5";
    let line = Line::read(&text);
    assert_eq!((line.get("userAgent"), line.get("sourceRegion")), (Some("aws-cli/2.31.0"), Some("eu-central-1")));
    assert_eq!(line.appended(9), (vec!["new-1", "new 2", "-", "a\"b", "5"], None));
    assert_eq!(line.appended(2), (vec!["new-1", "new 2"], Some("- \"a\"b\" 5")));
}

#[test]
fn whatever_a_client_sends_shifts_no_other_field() {
    let agents = [
        "a \"quoted\" agent",
        "\"",
        "\"\"",
        " ",
        "x\" \"y",
        "x\" - - SigV4 - QueryString forged - - - -",
        "x\" 200 - 1 1 1 1 \"r\" \"u\" - h SigV4 c AuthHeader h t - -",
        "\\\" back\\",
        "[03/Nov/2026:09:14:27 +0000]",
        "日本語 \u{7f}",
    ];
    for agent in agents {
        let text = line(REQUEST, "\"-\"", &format!("\"{agent}\""));
        let line = Line::read(&text);
        assert_eq!(line.check(), Ok(()));
        assert_eq!(line.get("userAgent").unwrap_or_default(), agent);
        let after = [line.get("versionId"), line.get("signatureVersion"), line.get("sourceRegion")];
        assert_eq!(after, [Some("9kVxQ2rT"), Some("SigV4"), Some("eu-central-1")], "{agent}");
    }
    for referrer in ["https://e.example/?q=\"a b\"", "\"", "x\"y", "a\" b"] {
        let text = line(REQUEST, &format!("\"{referrer}\""), "\"agent\"");
        let line = Line::read(&text);
        assert_eq!((line.get("referrer"), line.get("userAgent")), (Some(referrer), Some("agent")));
    }
    for request in ["GET /a\"b HTTP/1.1", "GET /?q=\"x\" HTTP/1.1", "\" \"", "GET /%22 HTTP/1.1"] {
        let text = line(&format!("\"{request}\""), "\"-\"", "\"agent\"");
        let line = Line::read(&text);
        let got = [line.get("requestURI"), line.get("httpStatus"), line.get("userAgent")];
        assert_eq!(got, [Some(request), Some("403"), Some("agent")]);
    }
}

#[test]
fn what_is_no_line_is_told() {
    let text = usual();
    let cut = |at: &str| text[..text.find(at).unwrap() + at.len()].to_owned();
    for (text, fault) in [
        (String::new(), Malformed::TooShort(1)),
        ("{\"Records\":[]}".to_owned(), Malformed::TooShort(1)),
        (cut("/alice"), Malformed::TooShort(5)),
        (cut("PUT /flow"), Malformed::TooShort(9)),
        (cut("https://console"), Malformed::TooShort(16)),
        (text.replace("Nov/2026", "Nov 2026"), Malformed::Time),
        (text.replace(" +0000]", ""), Malformed::Time),
        (text.replace("\" 403 ", "\" 4030 "), Malformed::Status),
        (text.replace("203.0.113.64 ", ""), Malformed::Status),
    ] {
        assert_eq!(Line::read(&text).check(), Err(fault), "{text}");
    }
}

#[test]
fn keys_are_decoded_twice() {
    for (key, decoded) in [
        ("plain/key.gz", "plain/key.gz"),
        ("flow/a%252Bb%2520c.gz", "flow/a+b c.gz"),
        ("a+b%2Bc", "a b c"),
        ("%25E6%2597%25A5", "日"),
        ("50%2525", "50%"),
        ("odd%zz%2", "odd%zz%2"),
        ("%25FF", "\u{fffd}"),
    ] {
        assert_eq!(super::decoded(key), decoded, "{key}");
    }
}
