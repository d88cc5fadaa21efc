//! The last stage: what happened to each message, in the form its sender reads.
//!
//! SQS reads [`batchItemFailures`](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html),
//! S3 Batch Operations reads
//! [`results`](https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html),
//! and for everyone else the invocation itself succeeds or fails.

use std::borrow::Cow;
use std::error::Error;

use serde::Serialize;

use crate::notification::{Message, Notification, Source};

#[cfg(test)]
mod tests;

/// The longest `resultString`, in bytes; S3 takes 1,024 characters.
const RESULT_BYTES: usize = 1024;

/// What happened to a message: a summary of what was done, or why it failed.
pub type Outcome = Result<String, Failure>;

/// Why a message failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Whether trying again can help.
    pub retryable: bool,
    /// The whole story, causes included.
    pub message: String,
}

/// The outcomes of a notification's messages, gathered one by one.
///
/// It starts with every message as failed and retryable, so that a message which nobody came to
/// settle (the deadline was near) is answered too, and delivered again.
#[derive(Debug)]
pub struct Acks {
    source: Source,
    outcomes: Vec<(String, Outcome)>,
}

impl Acks {
    /// Opens the books of `notification`; messages that could not be read are settled as failed for good.
    pub fn open(notification: &Notification) -> Self {
        let outcomes =
            notification.messages.iter().map(|message| (message.id.clone(), first_outcome(message))).collect();
        Self { source: notification.source.clone(), outcomes }
    }

    /// Settles the message with this id; ids that the notification does not hold change nothing.
    pub fn settle(&mut self, id: &str, outcome: Outcome) {
        if let Some((_, settled)) = self.outcomes.iter_mut().find(|(known, _)| known == id) {
            *settled = outcome;
        }
    }

    /// The function's answer, in which every message has its place exactly once.
    ///
    /// # Errors
    /// Where the sender reads no answer ([`Source::Direct`]): the failure, with which the invocation is to fail.
    pub fn reply(self) -> Result<Reply, Failure> {
        match self.source {
            Source::Direct => direct_reply(self.outcomes),
            Source::Sqs => {
                Ok(Reply::Sqs { batch_item_failures: self.outcomes.into_iter().filter_map(sqs_failure).collect() })
            }
            Source::Batch { invocation_id, schema_version } => Ok(Reply::Batch {
                invocation_schema_version: schema_version,
                treat_missing_keys_as: ResultCode::TemporaryFailure,
                invocation_id,
                results: self.outcomes.into_iter().map(task_result).collect(),
            }),
        }
    }
}

/// The JSON that the function answers.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Reply {
    /// To a direct event; read by people only.
    Direct {
        /// What was done.
        summary: String,
    },
    /// To an SQS event source mapping with `ReportBatchItemFailures`.
    Sqs {
        /// The messages to deliver again; all others are deleted from the queue.
        batch_item_failures: Vec<ItemFailure>,
    },
    /// To an S3 Batch Operations job.
    Batch {
        /// As in the request.
        invocation_schema_version: String,
        /// What tasks without a result count as.
        treat_missing_keys_as: ResultCode,
        /// As in the request.
        invocation_id: String,
        /// One for each task.
        results: Vec<TaskResult>,
    },
}

/// A failed SQS message.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    /// Its `messageId`.
    pub item_identifier: String,
}

/// The result of an S3 Batch Operations task.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskResult {
    /// As in the request.
    pub task_id: String,
    /// How it went.
    pub result_code: ResultCode,
    /// The summary or the failure, at most 1,024 bytes; it stands in the job's report.
    pub result_string: String,
}

/// How a task went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ResultCode {
    /// It is done.
    Succeeded,
    /// The job tries it again.
    TemporaryFailure,
    /// The job does not try it again.
    PermanentFailure,
}

/// `text`, or its first `max_bytes` bytes (less where that would part a character) and an ellipsis within them.
pub fn shortened(text: &str, max_bytes: usize) -> Cow<'_, str> {
    const ELLIPSIS: &str = "…";
    if text.len() <= max_bytes {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(max_bytes.saturating_sub(ELLIPSIS.len()));
    Cow::Owned(format!("{}{ELLIPSIS}", &text[..end]))
}

/// An error and its causes in one line, as `outer: inner: innermost`. A cause that an error of another
/// crate repeats in its own text is left out.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

fn first_outcome(message: &Message) -> Outcome {
    match &message.objects {
        Ok(_) => Err(Failure { retryable: true, message: "not processed before the invocation ended".to_owned() }),
        Err(error) => Err(Failure { retryable: false, message: with_causes(error) }),
    }
}

fn direct_reply(outcomes: Vec<(String, Outcome)>) -> Result<Reply, Failure> {
    let summaries: Vec<String> = outcomes.into_iter().map(|(_, outcome)| outcome).collect::<Result<_, _>>()?;
    Ok(Reply::Direct { summary: summaries.join("; ") })
}

/// SQS knows no permanent failure: its redrive policy moves such messages to the dead-letter queue.
fn sqs_failure((id, outcome): (String, Outcome)) -> Option<ItemFailure> {
    outcome.is_err().then_some(ItemFailure { item_identifier: id })
}

fn task_result((task_id, outcome): (String, Outcome)) -> TaskResult {
    let (result_code, text) = match outcome {
        Ok(summary) => (ResultCode::Succeeded, summary),
        Err(Failure { retryable: true, message }) => (ResultCode::TemporaryFailure, message),
        Err(Failure { retryable: false, message }) => (ResultCode::PermanentFailure, message),
    };
    TaskResult { task_id, result_code, result_string: shortened(&text, RESULT_BYTES).into_owned() }
}
