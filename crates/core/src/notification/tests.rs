use serde_json::json;

use super::*;
use crate::ack::with_causes;

fn error_of(event: &serde_json::Value) -> String {
    with_causes(&Notification::parse(event.to_string().as_bytes()).unwrap_err())
}

fn s3_record(s3: &serde_json::Value) -> serde_json::Value {
    json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]})
}

#[test]
fn an_unknown_shape_shows_its_keys_and_what_is_accepted() {
    assert_eq!(
        error_of(&json!({"widget": 1, "gadget": {"bucket": "b", "key": "k"}})),
        "event has an unknown shape: an object with the keys [gadget, widget]; accepted are S3, SQS or SNS records, \
         an SNS notification, an EventBridge \"Object Created\" event, S3 Batch Operations tasks, \
         CloudTrail's {\"s3Bucket\", \"s3ObjectKey\"}, the record of a failed invocation and a plain {\"bucket\", \"key\"}; the function also takes {\"setup\"}"
    );
}

#[test]
fn values_that_are_no_object_have_an_unknown_shape() {
    for (event, found) in [
        (json!([]), "a list"),
        (json!("x"), "neither"),
        (json!(null), "neither"),
        (json!({}), "an object with the keys []"),
    ] {
        let error = error_of(&event);
        assert!(error.starts_with(&format!("event has an unknown shape: {found}")), "{error}");
    }
}

#[test]
fn what_an_error_shows_is_bounded() {
    let keys: serde_json::Map<_, _> = (0..5000).map(|at| (format!("kéy{at}"), json!(at))).collect();
    assert!(error_of(&keys.into()).len() < 600);
    assert!(error_of(&json!({"bucket": "b", "key": ["x".repeat(5000)]})).len() < 600);
}

#[test]
fn a_log_file_taken_for_a_notification_is_named_as_such() {
    let error = error_of(&json!({"Records": [{"eventVersion": "1.11", "eventSource": "ec2.amazonaws.com"}]}));
    assert_eq!(
        error,
        "event.Records[0].eventSource should be aws:s3, aws:sqs or aws:sns, but is \"ec2.amazonaws.com\""
    );
}

#[test]
fn errors_name_the_field() {
    let cases = [
        (json!({"Records": []}), "event.Records should be a list with items, but is []"),
        (json!({"Records": 7}), "event.Records should be a list with items, but is 7"),
        (json!({"Records": [{"s3": {}}]}), "event.Records[0] has an unknown shape: an object with the keys [s3]"),
        (s3_record(&json!({"bucket": {}})), "event.Records[0].s3.bucket.name should be a text, but is missing"),
        (
            s3_record(&json!({"bucket": {"name": "b"}, "object": {"key": ""}})),
            "event.Records[0].s3.object.key should be a text, but is \"\"",
        ),
        (
            s3_record(&json!({"bucket": {"name": "b"}, "object": {"key": "%FF"}})),
            "event.Records[0].s3.object.key should be a form-encoded UTF-8 text, but is \"%FF\"",
        ),
        (
            s3_record(&json!({"bucket": {"name": "b"}, "object": {"key": "k", "versionId": 7}})),
            "event.Records[0].s3.object.versionId should be a text, but is 7",
        ),
        (
            json!({"detail-type": "Object Restored"}),
            "event.detail-type should be \"Object Created\", but is \"Object Restored\"",
        ),
        (json!({"s3Bucket": "b", "s3ObjectKey": "k"}), "event.s3ObjectKey should be a list with items, but is \"k\""),
        (json!({"bucket": 1, "key": "k"}), "event.bucket should be a text, but is 1"),
        (
            json!({"invocationSchemaVersion": "3.0"}),
            "event.invocationSchemaVersion should be \"1.0\" or \"2.0\", but is \"3.0\"",
        ),
        (
            json!({"invocationSchemaVersion": "2.0", "invocationId": "i", "tasks": [{"s3Key": "k"}]}),
            "event.tasks[0].taskId should be a text, but is missing",
        ),
        (
            json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}),
            "event.Records[0].messageId should be a text, but is missing",
        ),
        (
            json!({"Records": [{"EventSource": "aws:sns", "Sns": {}}]}),
            "event.Records[0].Sns.Message should be a text, but is missing",
        ),
        (json!({"Type": "Notification", "TopicArn": "t"}), "event holds an SNS notification, which is not accepted"),
    ];
    for (event, expected) in cases {
        let error = error_of(&event);
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn records_of_another_source_among_the_first_ones_are_refused() {
    let mut event = s3_record(&json!({"bucket": {"name": "b"}, "object": {"key": "k"}}));
    event["Records"].as_array_mut().unwrap().push(json!({"eventSource": "aws:sqs"}));
    assert_eq!(error_of(&event), "event.Records[1].eventSource should be \"aws:s3\", but is \"aws:sqs\"");
}

#[test]
fn text_that_is_not_json_is_an_error() {
    for event in ["", "hello", "{\"Records\": [", "\u{feff}{}"] {
        let error = with_causes(&Notification::parse(event.as_bytes()).unwrap_err());
        assert!(error.starts_with("event is not JSON: "), "{error}");
    }
    assert!(Notification::parse(&[0xff, 0xfe]).is_err());
    assert!(Notification::parse("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn an_sns_notification_cannot_hold_another() {
    let inner = json!({"Type": "Notification", "TopicArn": "t", "Message": "{}"}).to_string();
    let outer = json!({"Type": "Notification", "TopicArn": "t", "Message": inner}).to_string();
    let event = json!({"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": outer}]}).to_string();
    let notification = Notification::parse(event.as_bytes()).unwrap();
    let error = notification.messages[0].objects.as_ref().unwrap_err().to_string();
    assert_eq!(
        error,
        "event.Records[0].body.Message holds an SNS notification, which is not accepted inside another message"
    );
}

/// What Lambda sends to an on-failure destination.
fn failed_invocation(payload: &serde_json::Value) -> serde_json::Value {
    json!({
        "version": "1.0",
        "timestamp": "2026-11-20T09:21:40.568Z",
        "requestContext": {"requestId": "r", "condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": payload,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
    })
}

fn keys(message: &Message) -> Vec<&str> {
    message.objects.as_ref().unwrap().iter().map(|object| object.key.as_str()).collect()
}

#[test]
fn a_failed_invocation_names_the_objects_of_its_event() {
    let s3 = s3_record(&json!({"bucket": {"name": "b"}, "object": {"key": "a+b"}}));
    let sns = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": s3.to_string()}}]});
    for payload in [s3, sns, json!({"bucket": "b", "key": "a b"})] {
        let failed = failed_invocation(&payload);
        let bridged = json!({"detail-type": "Lambda Function Invocation Result - Failure", "detail": failed});
        let published = json!({"Type": "Notification", "TopicArn": "t", "Message": failed.to_string()});
        for body in [payload, failed, bridged, published] {
            assert_eq!(keys(&Message::of_sqs("m", &body.to_string())), ["a b"], "{body}");
        }
    }
}

#[test]
fn a_failed_invocation_holds_no_other_one_and_no_sqs_records() {
    let twice = failed_invocation(&failed_invocation(&json!({"bucket": "b", "key": "k"})));
    assert_eq!(
        error_of(&twice),
        "event.requestPayload holds the record of a failed invocation, which is not accepted inside another message"
    );
    let sqs = failed_invocation(&json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": "{}"}]}));
    assert!(error_of(&sqs).starts_with("event.requestPayload holds SQS records"));
}
