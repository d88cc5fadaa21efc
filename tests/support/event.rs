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

/// What CloudFormation asks of a custom resource: `Create`, `Update` or `Delete`.
pub fn custom_resource(request_type: &str, response_url: &str, setup: &Value) -> Value {
    let mut request = json!({
        "RequestType": request_type,
        "ResponseURL": response_url,
        "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/trail/7f3a0d10-c6a5-11f0-8de9-0242ac120002",
        "RequestId": "0b3a7e39-46b0-4f5c-9d0b-5b0f6f3c8c11",
        "ResourceType": "Custom::TrailsearchSetup",
        "LogicalResourceId": "Setup",
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:tests", "Setup": setup},
    });
    if request_type != "Create" {
        request["PhysicalResourceId"] = json!("trailsearch-setup-Setup");
    }
    request
}
