//! `ingest`: local files and S3 objects through the pipeline of the Lambda function.

mod local;
pub(crate) mod progress;
pub(crate) mod sources;
pub(crate) mod store;
mod summary;

use std::sync::Arc;

use futures::{Stream, StreamExt};
use tokio::task::JoinError;
use tokio::time::Instant;
use trailsearch_core::books::Books;
use trailsearch_ingest::{Deadline, Failure, Pipeline};
use trailsearch_search::OpenSearchIndex;

use crate::args::{IngestArgs, StateArgs};
use crate::connect::{Cluster, LazyS3, state};
use crate::console::Console;
use crate::error::CliError;
use crate::setup;

use progress::Progress;
pub(crate) use sources::Source;
use sources::{Found, Item, SourceError};
use store::Store;
pub(crate) use summary::Summary;

/// What ingests here; it also replays.
pub(crate) type Ingester = Pipeline<Store, OpenSearchIndex>;

/// What became of one object, or of the search for objects.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done(Found, Books),
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
    let access_logs = cluster.settings.ingest.access_logs.clone();
    let progress = Progress::start(console, move |found| access_logs.skip_reason(&found.object).is_none());
    let s3 = LazyS3::default();
    let objects = sources::find(args.sources, s3.clone(), progress.clone());
    let summary = Ingestion::new(cluster, args.state, s3, progress, console).await.run(objects, |_| Ok(())).await?;
    summary.report_skipped(console);
    summary.unless_empty()
}

/// Ingests objects, several at once.
pub(crate) struct Ingestion<'c> {
    pipeline: Arc<Ingester>,
    /// Objects under way at the same time.
    concurrency: usize,
    progress: Progress,
    console: &'c Console,
}

impl<'c> Ingestion<'c> {
    /// Objects are read from local files and from `s3`, and shown as `progress`.
    pub(crate) async fn new(
        cluster: Cluster,
        args: StateArgs,
        s3: LazyS3,
        progress: Progress,
        console: &'c Console,
    ) -> Self {
        let Cluster { settings, index } = cluster;
        let state = state(args.state, &settings, &s3).await;
        let concurrency = settings.ingest.object_concurrency;
        let pipeline = Pipeline::new(Store::new(s3, progress.clone()), index, settings.ingest).with_state(state);
        Self { pipeline: Arc::new(pipeline), concurrency, progress, console }
    }

    /// Ingests the objects and hands each outcome to `observe` as it comes. What fails is said and does not stop the rest.
    ///
    /// # Errors
    /// The first of `observe`.
    pub(crate) async fn run(
        self,
        objects: impl Stream<Item = Item>,
        mut observe: impl FnMut(&Outcome) -> Result<(), CliError>,
    ) -> Result<Summary, CliError> {
        let started = Instant::now();
        let mut summary = Summary::default();
        let outcomes = objects.map(|found| ingest(Arc::clone(&self.pipeline), found));
        let mut outcomes = std::pin::pin!(outcomes.buffer_unordered(self.concurrency));
        while let Some(outcome) = outcomes.next().await {
            report(&outcome, self.console);
            observe(&outcome).inspect_err(|_| self.progress.finish())?;
            summary.add(outcome);
            self.progress.done(&summary.books);
        }
        self.progress.finish();
        summary.took(started.elapsed());
        Ok(summary)
    }
}

/// Ingests one object, on a task of its own so that several processors are used.
async fn ingest(pipeline: Arc<Ingester>, found: Item) -> Outcome {
    let found = match found {
        Ok(found) => match pipeline.skip_reason(&found.object) {
            Some(reason) => return Outcome::Skipped { object: found.object.to_string(), reason },
            None => found,
        },
        Err(error) => return Outcome::Unfound(error),
    };
    let object = found.object.clone();
    let task = tokio::spawn(async move { pipeline.ingest(&object, Deadline::NEVER).await });
    match task.await {
        Ok(Ok(books)) => Outcome::Done(found, books),
        Ok(Err(failure)) => Outcome::Failed(failure),
        Err(error) => Outcome::Crashed(error),
    }
}

fn report(outcome: &Outcome, console: &Console) {
    match outcome {
        Outcome::Done(..) => {}
        Outcome::Skipped { object, reason } => tracing::info!(object, reason, "object skipped"),
        Outcome::Failed(failure) => console.error(failure),
        Outcome::Unfound(error) => console.error(error),
        Outcome::Crashed(error) => console.error(error),
    }
}
