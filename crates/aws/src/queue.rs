//! Reading a queue of Amazon SQS.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::Message;
use trailsearch_ingest::ports::{Cause, Queue, QueueError, QueueMessage};

/// The most messages that SQS hands out at once.
const MESSAGES: i32 = 10;

/// How long SQS waits for a message, in seconds. Where it does not wait at all, it asks only some of its servers, and an
/// empty reply does not mean an empty queue; see
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>.
const WAIT_SECONDS: i32 = 2;

/// One queue.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue at `url`, with these settings, usually those of [`load_config`](crate::load_config).
    pub fn from_config(config: &SdkConfig, url: String) -> Self {
        Self { client: Client::new(config), url }
    }

    fn error<E>(&self, error: SdkError<E>) -> QueueError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        class_of(error.code())(self.url.clone(), error.into())
    }
}

impl Queue for SqsQueue {
    async fn receive(&self, hidden: Duration) -> Result<Vec<QueueMessage>, QueueError> {
        let request = self.client.receive_message().queue_url(&self.url).visibility_timeout(seconds(hidden));
        let request = request.max_number_of_messages(MESSAGES).wait_time_seconds(WAIT_SECONDS);
        let reply = request.send().await.map_err(|error| self.error(error))?;
        Ok(reply.messages.unwrap_or_default().into_iter().filter_map(received).collect())
    }

    async fn hide(&self, receipt: &str, hidden: Duration) -> Result<(), QueueError> {
        let request = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
        request.visibility_timeout(seconds(hidden)).send().await.map(drop).map_err(|error| self.error(error))
    }

    async fn delete(&self, receipt: &str) -> Result<(), QueueError> {
        let request = self.client.delete_message().queue_url(&self.url).receipt_handle(receipt);
        request.send().await.map(drop).map_err(|error| self.error(error))
    }
}

/// SQS always gives all three; a message without them cannot be deleted either.
fn received(message: Message) -> Option<QueueMessage> {
    Some(QueueMessage { id: message.message_id?, receipt: message.receipt_handle?, body: message.body? })
}

/// SQS takes at most twelve hours.
fn seconds(duration: Duration) -> i32 {
    duration.as_secs().min(12 * 60 * 60) as i32
}

/// Codes: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>; a queue that is not
/// there has had two.
fn class_of(code: Option<&str>) -> fn(String, Cause) -> QueueError {
    match code {
        Some("QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue") => QueueError::NotFound,
        Some("AccessDenied" | "AccessDeniedException") => QueueError::Denied,
        _ => QueueError::Failed,
    }
}
