//! The messages of an SQS dead-letter queue.

use tokio::time::Instant;
use trailsearch_aws::{SqsQueue, load_config};
use trailsearch_ingest::replay::{MessageOutcome, drain};
use trailsearch_ingest::{MessageError, Pipeline};

use super::summary::Summary;
use crate::connect::{Cluster, LazyS3, state};
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::progress::Progress;
use crate::ingest::store::Store;
use crate::state::StateLocation;

/// A message that stays in the queue.
#[derive(Debug, thiserror::Error)]
#[error("message {id}")]
struct Left {
    id: String,
    source: MessageError,
}

/// Ingests what the messages name and deletes those that are done, until the queue is empty.
///
/// # Errors
/// When the queue cannot be read.
pub(super) async fn run(
    cluster: Cluster,
    url: String,
    location: Option<StateLocation>,
    console: &Console,
) -> Result<Summary, CliError> {
    let started = Instant::now();
    let queue = SqsQueue::from_config(&load_config().await, url);
    let progress = Progress::endless(console);
    let (Cluster { settings, index }, s3) = (cluster, LazyS3::default());
    let state = state(location, &settings, &s3).await;
    let pipeline = Pipeline::new(Store::new(s3, progress.clone()), index, settings.ingest).with_state(state);
    let mut summary = Summary::of("messages");
    let drained = drain(&queue, &pipeline, |outcome| {
        add(outcome, &mut summary, console);
        progress.done(&summary.books);
    });
    let drained = drained.await;
    progress.finish();
    summary.took(started.elapsed());
    drained.map(|()| summary).map_err(CliError::from)
}

fn add(outcome: MessageOutcome, summary: &mut Summary, console: &Console) {
    let MessageOutcome { id, books, result } = outcome;
    match result {
        Ok(()) => summary.replayed(books),
        Err(source) => {
            console.error(&Left { id, source });
            summary.left(books);
        }
    }
}
