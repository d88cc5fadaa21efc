//! Lambda events that name objects.

use serde_json::{Value, json};

/// An S3 notification of new objects in `bucket`. The keys hold nothing that S3 would encode.
pub fn s3(bucket: &str, keys: &[String]) -> Value {
    let record = |key| {
        let s3 = json!({"bucket": {"name": bucket}, "object": {"key": key}});
        json!({"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3})
    };
    json!({"Records": keys.iter().map(record).collect::<Vec<_>>()})
}

/// SQS messages with one object each, whose ids are the object's keys.
pub fn sqs(bucket: &str, keys: &[String]) -> Value {
    let record = |key: &String| {
        let body = s3(bucket, std::slice::from_ref(key)).to_string();
        json!({"eventSource": "aws:sqs", "messageId": key, "body": body})
    };
    json!({"Records": keys.iter().map(record).collect::<Vec<_>>()})
}

/// The answer that reports these messages as failed.
pub fn failed(ids: &[String]) -> Value {
    let item = |id| json!({"itemIdentifier": id});
    json!({"batchItemFailures": ids.iter().map(item).collect::<Vec<_>>()})
}
