//! From a Lambda event to the objects it names.
//!
//! ```text
//! event:  SQS records, each with SNS records, a letter or an SNS notification around one
//!         SNS records, each with a letter
//!         S3 Batch Operations tasks
//!         a letter
//! letter: S3 records | s3:TestEvent | EventBridge | CloudTrail's own | {"bucket", "key"}
//!         the record of a failed asynchronous invocation, around S3 or SNS records or a letter
//! ```
//!
//! A failed invocation's record holds no other one, and what stands in a text is longer there with every level, so nothing
//! nests without end. A shape is decided by its discriminator alone and never by trying
//! decoders in turn. The shapes:
//! [S3](https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html),
//! [SQS](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html),
//! [SNS](https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html),
//! [EventBridge](https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html),
//! [S3 Batch Operations](https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html),
//! [CloudTrail](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html),
//! [failed invocations](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).

use crate::object::ObjectRef;

use node::{Node, Root};
use shape::Shape;

mod letter;
mod node;
mod shape;
#[cfg(test)]
mod tests;

/// A Lambda event, read.
#[derive(Debug)]
pub struct Notification {
    /// Who sent it, and so how it is answered.
    pub source: Source,
    /// What is answered one by one: exactly one for a direct event.
    pub messages: Vec<Message>,
}

/// Who invoked the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// S3, SNS, EventBridge or a person: the invocation succeeds or fails as a whole.
    Direct,
    /// An SQS event source mapping: the failed messages are reported back.
    Sqs,
    /// An S3 Batch Operations job: every task gets a result.
    Batch {
        /// `invocationId`, to be repeated in the answer.
        invocation_id: String,
        /// `invocationSchemaVersion`, to be repeated in the answer: `1.0` or `2.0`.
        schema_version: String,
    },
}

/// The part of a notification that is answered on its own.
#[derive(Debug)]
pub struct Message {
    /// The SQS `messageId` or the batch `taskId`; empty for a direct event.
    pub id: String,
    /// The objects to ingest (none for a test event or a removed object), or why they cannot be told.
    pub objects: Result<Vec<ObjectRef>, NotificationError>,
}

/// Why an event, or a message in it, could not be read. Trying again cannot help.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// The event, or a text inside it, is not JSON.
    #[error("{path} is not JSON")]
    NotJson {
        /// Where the text stands.
        path: String,
        /// What the JSON parser says.
        source: serde_json::Error,
    },
    /// No discriminator of an accepted shape is there.
    #[error("{path} has an unknown shape: {found}; accepted are {}", shape::ACCEPTED)]
    UnknownShape {
        /// Where it stands.
        path: String,
        /// Its top-level keys, or its type.
        found: String,
    },
    /// An accepted shape, where it cannot stand.
    #[error("{path} holds {shape}, which is not accepted inside another message")]
    Misplaced {
        /// Where it stands.
        path: String,
        /// The shape's name.
        shape: &'static str,
    },
    /// A field is missing or not what its shape has there.
    #[error("{path} should be {expected}, but is {found}")]
    Field {
        /// Where the field stands.
        path: String,
        /// What the shape has there.
        expected: String,
        /// What stands there, shortened.
        found: String,
    },
}

impl Message {
    /// Reads an SQS message that no event source mapping brought: one of a dead-letter queue.
    pub fn of_sqs(id: &str, body: &str) -> Self {
        Self { id: id.to_owned(), objects: letter::sqs_body("body", body) }
    }
}

impl Notification {
    /// Reads a Lambda event.
    ///
    /// # Errors
    /// When the event as a whole cannot be read. An unreadable SQS message or batch task fails alone:
    /// its [`Message::objects`] is the error.
    pub fn parse(event: &[u8]) -> Result<Self, NotificationError> {
        let root = Root::parse("event", event)?;
        let event = root.node();
        match Shape::of(&event)? {
            Shape::Sqs => Self::of_sqs(&event),
            Shape::Batch => Self::of_batch(&event),
            shape => Self::of_direct(letter::direct(&event, shape)?),
        }
    }

    fn of_direct(objects: Vec<ObjectRef>) -> Result<Self, NotificationError> {
        Ok(Self { source: Source::Direct, messages: vec![Message { id: String::new(), objects: Ok(objects) }] })
    }

    fn of_sqs(event: &Node) -> Result<Self, NotificationError> {
        let message = |record: Node| {
            let id = record.field("messageId").text()?.to_owned();
            Ok(Message { id, objects: letter::sqs_record(&record) })
        };
        let messages = event.field("Records").items()?.map(message).collect::<Result<_, _>>()?;
        Ok(Self { source: Source::Sqs, messages })
    }

    fn of_batch(event: &Node) -> Result<Self, NotificationError> {
        let version = event.field("invocationSchemaVersion");
        let bucket = match version.text()? {
            "1.0" => letter::bucket_by_arn,
            "2.0" => letter::bucket_by_name,
            _ => return Err(version.unlike("\"1.0\" or \"2.0\"")),
        };
        let message = |task: Node| {
            let id = task.field("taskId").text()?.to_owned();
            Ok(Message { id, objects: letter::task(&task, bucket).map(|object| vec![object]) })
        };
        let messages = event.field("tasks").items()?.map(message).collect::<Result<_, _>>()?;
        let invocation_id = event.field("invocationId").text()?.to_owned();
        let schema_version = version.text()?.to_owned();
        Ok(Self { source: Source::Batch { invocation_id, schema_version }, messages })
    }
}
