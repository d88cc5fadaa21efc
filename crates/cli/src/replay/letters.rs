//! Files of dead letters.

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use tokio::task::JoinError;
use tokio::time::Instant;
use trailsearch_core::books::Books;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::dead_letters::SUFFIX;
use trailsearch_ingest::ports::{StateError, StateStore};
use trailsearch_ingest::state::S3Prefix;
use trailsearch_ingest::{Failure, Pipeline};

use super::summary::Summary;
use crate::connect::{Cluster, LazyS3};
use crate::console::Console;
use crate::ingest::progress::Progress;
use crate::ingest::sources::{self, Found, SourceError};
use crate::ingest::store::Store;
use crate::ingest::{Ingester, Source};
use crate::state::FolderState;

/// What became of one file, or of the search for files.
#[derive(Debug)]
enum Outcome {
    Done(Books),
    Skipped,
    Failed(Failure),
    /// All records are back, but the file cannot be deleted.
    Undeleted(Books, StateError),
    Unfound(SourceError),
    Crashed(JoinError),
}

/// Replays all files of dead letters that the sources hold, and deletes those that are done, unless they are to be kept.
pub(super) async fn run(cluster: Cluster, sources: Vec<Source>, keep: bool, console: &Console) -> Summary {
    let started = Instant::now();
    let progress = Progress::start(console, holds_letters);
    let (Cluster { settings, index }, s3) = (cluster, LazyS3::default());
    let files = sources::find(sources, s3.clone(), progress.clone());
    let concurrency = settings.ingest.object_concurrency;
    let pipeline = Arc::new(Pipeline::new(Store::new(s3.clone(), progress.clone()), index, settings.ingest));
    let replay = |found| replay(Arc::clone(&pipeline), found, s3.clone(), keep);
    let mut outcomes = std::pin::pin!(files.map(replay).buffer_unordered(concurrency));
    let mut summary = Summary::of("files");
    while let Some(outcome) = outcomes.next().await {
        add(outcome, &mut summary, console);
        progress.done(&summary.books);
    }
    progress.finish();
    summary.took(started.elapsed());
    summary
}

/// Whether an object's name is one that files of dead letters have.
fn holds_letters(found: &Found) -> bool {
    found.object.key.ends_with(SUFFIX)
}

/// Replays one file, on a task of its own so that several processors are used.
async fn replay(pipeline: Arc<Ingester>, found: Result<Found, SourceError>, s3: LazyS3, keep: bool) -> Outcome {
    let file = match found {
        Ok(found) if holds_letters(&found) => found.object,
        Ok(_) => return Outcome::Skipped,
        Err(error) => return Outcome::Unfound(error),
    };
    let task = tokio::spawn(async move {
        match pipeline.replay(&file).await {
            Ok(books) if keep => Outcome::Done(books),
            Ok(books) => match delete(&file, &s3).await {
                Ok(()) => Outcome::Done(books),
                Err(error) => Outcome::Undeleted(books, error),
            },
            Err(failure) => Outcome::Failed(failure),
        }
    });
    task.await.unwrap_or_else(Outcome::Crashed)
}

/// A whole bucket, in which names are keys.
fn whole(bucket: &str) -> S3Prefix {
    S3Prefix { bucket: bucket.to_owned(), prefix: String::new() }
}

async fn delete(file: &ObjectRef, s3: &LazyS3) -> Result<(), StateError> {
    match file.bucket.as_str() {
        "" => FolderState::new(PathBuf::new()).delete(&file.key).await,
        bucket => s3.get().await.state(whole(bucket)).delete(&file.key).await,
    }
}

fn add(outcome: Outcome, summary: &mut Summary, console: &Console) {
    match outcome {
        Outcome::Done(books) => summary.replayed(books),
        Outcome::Skipped => {}
        Outcome::Failed(failure) => {
            console.error(&failure);
            summary.left(failure.books);
        }
        Outcome::Undeleted(books, error) => {
            console.error(&error);
            summary.left(books);
        }
        // A folder without dead letters is how it should be; the exit code tells.
        Outcome::Unfound(SourceError::Empty(_)) => {}
        Outcome::Unfound(error) => {
            console.error(&error);
            summary.left(Books::default());
        }
        Outcome::Crashed(error) => {
            console.error(&error);
            summary.left(Books::default());
        }
    }
}
