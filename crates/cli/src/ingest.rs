//! `ingest`: local files and S3 objects through the pipeline of the Lambda function.

mod local;
mod progress;
mod sources;
mod store;
mod summary;

use std::sync::Arc;

use futures::{Stream, StreamExt};
use tokio::task::JoinError;
use tokio::time::Instant;
use trailsearch_core::books::Books;
use trailsearch_ingest::{Deadline, Failure, Pipeline};
use trailsearch_search::OpenSearchIndex;

use crate::args::IngestArgs;
use crate::connect::{Cluster, LazyS3};
use crate::console::Console;
use crate::error::CliError;
use crate::setup;

use progress::Progress;
pub(crate) use sources::Source;
use sources::{Found, SourceError};
use store::Store;
use summary::Summary;

type Ingester = Pipeline<Store, OpenSearchIndex>;

/// What became of one object, or of the search for objects.
#[derive(Debug)]
enum Outcome {
    Done(Books),
    Skipped { object: String, reason: &'static str },
    Failed(Failure),
    Unfound(SourceError),
    Crashed(JoinError),
}

/// Ingests everything that the sources hold. What fails is said and does not stop the rest.
///
/// # Errors
/// When the cluster does not answer or lacks the index template, or there is nothing to ingest.
pub(crate) async fn run(cluster: Cluster, args: IngestArgs, console: &Console) -> Result<Summary, CliError> {
    setup::ensure(&cluster, args.setup, console).await?;
    let progress = Progress::start(console);
    let (Cluster { settings, index }, s3) = (cluster, LazyS3::default());
    let objects = sources::find(args.sources, s3.clone(), progress.clone());
    let concurrency = settings.ingest.object_concurrency;
    let pipeline = Arc::new(Pipeline::new(Store::new(s3, progress.clone()), index, settings.ingest));
    let outcomes = objects.map(|found| ingest(Arc::clone(&pipeline), found)).buffer_unordered(concurrency);
    let summary = gather(outcomes, &progress, console).await;
    progress.finish();
    summary.report_skipped(console);
    summary.unless_empty()
}

/// Ingests one object, on a task of its own so that several processors are used.
async fn ingest(pipeline: Arc<Ingester>, found: Result<Found, SourceError>) -> Outcome {
    let Found { object, .. } = match found {
        Ok(found) => match found.skip_reason() {
            Some(reason) => return Outcome::Skipped { object: found.object.to_string(), reason },
            None => found,
        },
        Err(error) => return Outcome::Unfound(error),
    };
    let task = tokio::spawn(async move { pipeline.ingest(&object, Deadline::NEVER).await });
    match task.await {
        Ok(Ok(books)) => Outcome::Done(books),
        Ok(Err(failure)) => Outcome::Failed(failure),
        Err(error) => Outcome::Crashed(error),
    }
}

async fn gather(outcomes: impl Stream<Item = Outcome>, progress: &Progress, console: &Console) -> Summary {
    let started = Instant::now();
    let mut summary = Summary::default();
    let mut outcomes = std::pin::pin!(outcomes);
    while let Some(outcome) = outcomes.next().await {
        report(&outcome, console);
        summary.add(outcome);
        progress.done(&summary.books);
    }
    summary.took(started.elapsed());
    summary
}

fn report(outcome: &Outcome, console: &Console) {
    match outcome {
        Outcome::Done(_) => {}
        Outcome::Skipped { object, reason } => tracing::info!(object, reason, "object skipped"),
        Outcome::Failed(failure) => console.error(failure),
        Outcome::Unfound(error) => console.error(error),
        Outcome::Crashed(error) => console.error(error),
    }
}
