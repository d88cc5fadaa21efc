//! The objects that a payload names.

use percent_encoding::percent_decode_str;

use super::NotificationError;
use super::node::{Node, Root};
use super::shape::Shape;
use crate::object::ObjectRef;

/// What EventBridge carries where it is a function's on-failure destination.
const FAILED_INVOCATION: &str = "Lambda Function Invocation Result - Failure";

type Objects = Result<Vec<ObjectRef>, NotificationError>;

/// What CloudTrail publishes once, when a topic is set on a trail: a test without JSON.
const VALIDATION: &str = "CloudTrail validation message.";

/// The objects of a direct event: a letter, or SNS records that hold one each.
pub(super) fn direct(event: &Node, shape: Shape) -> Objects {
    match shape {
        Shape::SnsRecords => each(&event.field("Records"), sns_record),
        other => letter(event, other),
    }
}

/// The objects of an SQS record.
pub(super) fn sqs_record(record: &Node) -> Objects {
    record.field("eventSource").is("aws:sqs")?;
    let body = record.field("body");
    sqs_body(body.path(), body.text()?)
}

/// The objects of an SQS message's body: a direct event, or an SNS envelope (no raw delivery) around a letter.
pub(super) fn sqs_body(path: &str, body: &str) -> Objects {
    read_text(path, body, |body, shape| match shape {
        Shape::SnsEnvelope => {
            body.field("Type").is("Notification")?;
            embedded(&body.field("Message"), letter)
        }
        other => direct(body, other),
    })
}

/// The object of an S3 Batch Operations task; `bucket` reads the name where the schema version has it.
pub(super) fn task(task: &Node, bucket: BucketOf) -> Result<ObjectRef, NotificationError> {
    Ok(ObjectRef {
        bucket: bucket(task)?,
        key: form_decoded(&task.field("s3Key"))?,
        version_id: version(&task.field("s3VersionId"))?,
    })
}

/// How a task names its bucket.
pub(super) type BucketOf = fn(&Node) -> Result<String, NotificationError>;

/// Schema version 1.0: `arn:PARTITION:s3:[REGION]:[ACCOUNT]:BUCKET`.
pub(super) fn bucket_by_arn(task: &Node) -> Result<String, NotificationError> {
    let arn = task.field("s3BucketArn");
    match arn.text()?.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", _, "s3", _, _, bucket] if !bucket.is_empty() => Ok(bucket.to_owned()),
        _ => Err(arn.unlike("the ARN of an S3 bucket")),
    }
}

/// Schema version 2.0.
pub(super) fn bucket_by_name(task: &Node) -> Result<String, NotificationError> {
    Ok(task.field("s3Bucket").text()?.to_owned())
}

fn letter(node: &Node, shape: Shape) -> Objects {
    match shape {
        Shape::S3Records => each(&node.field("Records"), s3_record),
        Shape::S3Test => Ok(Vec::new()),
        Shape::EventBridge => event_bridge(node),
        Shape::CloudTrail => cloudtrail(node),
        Shape::Plain => plain(node),
        Shape::Destination => destination(node),
        Shape::Sqs => Err(misplaced(node, "SQS records")),
        Shape::Batch => Err(misplaced(node, "S3 Batch Operations tasks")),
        Shape::SnsRecords => Err(misplaced(node, "SNS records")),
        Shape::SnsEnvelope => Err(misplaced(node, "an SNS notification")),
    }
}

fn misplaced(node: &Node, shape: &'static str) -> NotificationError {
    NotificationError::Misplaced { path: node.path().to_owned(), shape }
}

fn sns_record(record: &Node) -> Objects {
    record.field("EventSource").is("aws:sns")?;
    embedded(&record.field("Sns").field("Message"), letter)
}

/// Events other than a creation leave nothing to read and are no fault.
fn s3_record(record: &Node) -> Objects {
    record.field("eventSource").is("aws:s3")?;
    if !record.field("eventName").text()?.starts_with("ObjectCreated") {
        return Ok(Vec::new());
    }
    let (bucket, object) = (record.field("s3").field("bucket"), record.field("s3").field("object"));
    Ok(vec![ObjectRef {
        bucket: bucket.field("name").text()?.to_owned(),
        key: form_decoded(&object.field("key"))?,
        version_id: version(&object.field("versionId"))?,
    }])
}

fn event_bridge(event: &Node) -> Objects {
    if event.field("detail-type").is(FAILED_INVOCATION).is_ok() {
        return destination(&event.field("detail"));
    }
    event.field("detail-type").is("Object Created")?;
    let (bucket, object) = (event.field("detail").field("bucket"), event.field("detail").field("object"));
    Ok(vec![ObjectRef {
        bucket: bucket.field("name").text()?.to_owned(),
        key: object.field("key").text()?.to_owned(),
        version_id: version(&object.field("version-id"))?,
    }])
}

fn cloudtrail(message: &Node) -> Objects {
    let bucket = message.field("s3Bucket").text()?;
    each(&message.field("s3ObjectKey"), |key| {
        Ok(vec![ObjectRef { bucket: bucket.to_owned(), key: key.text()?.to_owned(), version_id: None }])
    })
}

/// The event that an asynchronous invocation failed with. Around another envelope there is none, so that nothing nests
/// without end.
fn destination(envelope: &Node) -> Objects {
    let payload = envelope.field("requestPayload");
    match Shape::of(&payload)? {
        Shape::Destination => Err(misplaced(&payload, "the record of a failed invocation")),
        shape => direct(&payload, shape),
    }
}

fn plain(object: &Node) -> Objects {
    Ok(vec![ObjectRef {
        bucket: object.field("bucket").text()?.to_owned(),
        key: object.field("key").text()?.to_owned(),
        version_id: version(&object.field("versionId"))?,
    }])
}

/// Reads every item of a list, in order.
fn each(list: &Node, read: impl Fn(&Node) -> Objects) -> Objects {
    let objects: Vec<Vec<ObjectRef>> = list.items()?.map(|item| read(&item)).collect::<Result<_, _>>()?;
    Ok(objects.concat())
}

/// Reads the JSON inside the text at `node`.
fn embedded(node: &Node, read: impl Fn(&Node, Shape) -> Objects) -> Objects {
    read_text(node.path(), node.text()?, read)
}

/// Reads the JSON `text`, which stands at `path`.
fn read_text(path: &str, text: &str, read: impl Fn(&Node, Shape) -> Objects) -> Objects {
    if text == VALIDATION {
        return Ok(Vec::new());
    }
    let root = Root::parse(path, text.as_bytes())?;
    let inner = root.node();
    read(&inner, Shape::of(&inner)?)
}

/// The key at `node`, form-encoded there: `+` is a blank, `%2B` a plus.
fn form_decoded(node: &Node) -> Result<String, NotificationError> {
    let blanks = node.text()?.replace('+', " ");
    match percent_decode_str(&blanks).decode_utf8() {
        Ok(key) => Ok(key.into_owned()),
        Err(_) => Err(node.unlike("a form-encoded UTF-8 text")),
    }
}

/// S3's literal `"null"` is the version of an object from before versioning, so no version at all.
fn version(node: &Node) -> Result<Option<String>, NotificationError> {
    Ok(node.optional_text()?.filter(|id| *id != "null").map(str::to_owned))
}
