//! Which shape a JSON value has, decided by its discriminator.

use super::NotificationError;
use super::node::Node;

/// What an error tells about the shapes that are accepted.
pub(super) const ACCEPTED: &str = "S3, SQS or SNS records, an SNS notification, \
    an EventBridge \"Object Created\" event, S3 Batch Operations tasks, \
    CloudTrail's {\"s3Bucket\", \"s3ObjectKey\"}, the record of a failed invocation \
    and a plain {\"bucket\", \"key\"}; the function also takes {\"setup\"}";

/// The accepted shapes, each with its discriminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `Records` with `eventSource: aws:sqs`.
    Sqs,
    /// `Records` with `EventSource: aws:sns`.
    SnsRecords,
    /// `Records` with `eventSource: aws:s3`.
    S3Records,
    /// `Event: s3:TestEvent`.
    S3Test,
    /// `invocationSchemaVersion`.
    Batch,
    /// `detail-type`.
    EventBridge,
    /// `Type` and `TopicArn`.
    SnsEnvelope,
    /// `s3Bucket` and `s3ObjectKey`.
    CloudTrail,
    /// `requestContext` and `requestPayload`.
    Destination,
    /// `bucket` and `key`.
    Plain,
}

/// Shapes that the mere presence of fields gives away.
const BY_FIELDS: [(&[&str], Shape); 6] = [
    (&["invocationSchemaVersion"], Shape::Batch),
    (&["detail-type"], Shape::EventBridge),
    (&["Type", "TopicArn"], Shape::SnsEnvelope),
    (&["s3Bucket", "s3ObjectKey"], Shape::CloudTrail),
    (&["requestContext", "requestPayload"], Shape::Destination),
    (&["bucket", "key"], Shape::Plain),
];

impl Shape {
    /// The shape of what stands at `node`.
    pub(super) fn of(node: &Node) -> Result<Self, NotificationError> {
        if node.field("Records").exists() {
            Self::of_records(node)
        } else if node.field("Event").is("s3:TestEvent").is_ok() {
            Ok(Self::S3Test)
        } else {
            let found = BY_FIELDS.iter().find(|(names, _)| names.iter().all(|name| node.field(name).exists()));
            found.map(|(_, shape)| *shape).ok_or_else(|| node.unknown())
        }
    }

    /// AWS sends records of one source in one event; the readers check that again for each record.
    fn of_records(node: &Node) -> Result<Self, NotificationError> {
        let first = node.field("Records").items()?.next().ok_or_else(|| node.unknown())?;
        let sources = ["eventSource", "EventSource"].map(|name| first.field(name));
        let source = sources.iter().find(|source| source.exists()).ok_or_else(|| first.unknown())?;
        match source.text()? {
            "aws:sqs" => Ok(Self::Sqs),
            "aws:sns" => Ok(Self::SnsRecords),
            "aws:s3" => Ok(Self::S3Records),
            _ => Err(source.unlike("aws:s3, aws:sqs or aws:sns")),
        }
    }
}
