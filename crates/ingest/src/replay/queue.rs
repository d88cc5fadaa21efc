//! A dead-letter queue, drained: what each message names is ingested, and the message deleted once that is done.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use futures::{StreamExt, stream};
use trailsearch_core::ack::with_causes;
use trailsearch_core::books::Books;
use trailsearch_core::notification::Message;

use crate::deadline::Deadline;
use crate::error::{Failure, MessageError};
use crate::pipeline::Pipeline;
use crate::ports::{ObjectStore, Queue, QueueError, QueueMessage, SearchIndex};

/// How long a message is hidden from other receivers; it is hidden again for as long as the work on it goes on.
const HIDDEN: Duration = Duration::from_secs(300);

/// What became of one message.
#[derive(Debug)]
pub struct MessageOutcome {
    /// Its id.
    pub id: String,
    /// What was read and indexed, also where it failed.
    pub books: Books,
    /// Whether it is done and deleted; else it goes back to the queue.
    pub result: Result<(), MessageError>,
}

/// The latest receipts of messages that failed, by the messages' ids.
type Failed = HashMap<String, String>;

/// Works on the messages of `queue` until it is empty, and tells `report` of each. A message that failed is worked on once
/// and is there for others again when this ends.
///
/// # Errors
/// When the queue cannot be read.
pub async fn drain<Q: Queue, S: ObjectStore, I: SearchIndex>(
    queue: &Q,
    pipeline: &Pipeline<S, I>,
    mut report: impl FnMut(MessageOutcome),
) -> Result<(), QueueError> {
    let mut failed = Failed::new();
    let drained = loop {
        match queue.receive(HIDDEN).await {
            Ok(messages) if messages.is_empty() => break Ok(()),
            Ok(messages) => work_on(queue, pipeline, messages, &mut failed, &mut report).await,
            Err(error) => break Err(error),
        }
    };
    release(queue, failed.into_values()).await;
    drained
}

/// Works on those messages that did not fail before.
async fn work_on<Q: Queue, S: ObjectStore, I: SearchIndex>(
    queue: &Q,
    pipeline: &Pipeline<S, I>,
    messages: Vec<QueueMessage>,
    failed: &mut Failed,
    report: &mut impl FnMut(MessageOutcome),
) {
    let (known, new): (Vec<_>, Vec<_>) = messages.into_iter().partition(|message| failed.contains_key(&message.id));
    failed.extend(known.into_iter().map(|message| (message.id, message.receipt)));
    let mut work = stream::iter(new)
        .map(|message| async { (settle(queue, pipeline, &message).await, message.receipt) })
        .buffer_unordered(pipeline.settings.object_concurrency);
    while let Some((outcome, receipt)) = work.next().await {
        if outcome.result.is_err() {
            failed.insert(outcome.id.clone(), receipt);
        }
        report(outcome);
    }
}

/// Gives messages back at once: whoever mends the cause need not wait for them.
async fn release<Q: Queue>(queue: &Q, receipts: impl Iterator<Item = String>) {
    for receipt in receipts {
        if let Err(error) = queue.hide(&receipt, Duration::ZERO).await {
            tracing::warn!(error = with_causes(&error), "a message stays hidden for some minutes");
        }
    }
}

async fn settle<Q: Queue, S: ObjectStore, I: SearchIndex>(
    queue: &Q,
    pipeline: &Pipeline<S, I>,
    message: &QueueMessage,
) -> MessageOutcome {
    let mut books = Books::default();
    let work = ingest(pipeline, message, &mut books);
    let mut result = hidden_during(queue, &message.receipt, work).await;
    if result.is_ok() {
        result = queue.delete(&message.receipt).await.map_err(MessageError::from);
    }
    MessageOutcome { id: message.id.clone(), books, result }
}

/// What comes of `work`, during which the message stays hidden.
async fn hidden_during<T>(queue: &impl Queue, receipt: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        if let Ok(done) = tokio::time::timeout(HIDDEN / 2, work.as_mut()).await {
            return done;
        }
        if let Err(error) = queue.hide(receipt, HIDDEN).await {
            tracing::warn!(error = with_causes(&error), "others may receive the message too");
        }
    }
}

/// Ingests all objects of a message; the first one that fails is its error.
async fn ingest<S: ObjectStore, I: SearchIndex>(
    pipeline: &Pipeline<S, I>,
    message: &QueueMessage,
    books: &mut Books,
) -> Result<(), MessageError> {
    let objects = Message::of_sqs(&message.id, &message.body).objects?;
    let mut result = Ok(());
    for object in objects.iter().filter(|object| pipeline.skip_reason(object).is_none()) {
        match pipeline.ingest(object, Deadline::NEVER).await {
            Ok(done) => *books += done,
            Err(failure) => {
                *books += failure.books.clone();
                result = result.and(Err(failure));
            }
        }
    }
    result.map_err(|failure: Failure| Box::new(failure).into())
}

#[cfg(test)]
mod tests;
