//! A look at what is chosen of a bucket and not finished yet.

use std::pin::pin;
use std::sync::Arc;

use futures::{Stream, TryStreamExt, future, stream};
use indicatif::HumanCount;
use trailsearch_aws::Page;

use super::estimate::Estimate;
use super::finished::Finished;
use super::selection::{Choice, Selection};
use super::walk;
use crate::connect::LazyS3;
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::progress::Progress;
use crate::ingest::sources::{Found, Item, SourceError};

/// What is chosen, less what is finished.
pub(super) struct Survey<'c> {
    selection: Arc<Selection>,
    finished: Arc<Finished>,
    pub(super) s3: LazyS3,
    console: &'c Console,
}

impl<'c> Survey<'c> {
    pub(super) fn new(selection: Selection, finished: Finished, console: &'c Console) -> Self {
        Self { selection: Arc::new(selection), finished: Arc::new(finished), s3: LazyS3::default(), console }
    }

    /// Counts and sizes; each object is handed to `each`.
    ///
    /// # Errors
    /// When the bucket cannot be listed or nothing is chosen, and those of `each`.
    pub(super) async fn estimate(
        &self,
        each: impl FnMut(&Found) -> Result<(), CliError>,
    ) -> Result<Estimate, CliError> {
        let progress = Progress::listing(self.console);
        let estimate = self.count(each, &progress).await;
        progress.finish();
        let estimate = estimate?;
        if estimate.is_empty() { Err(CliError::NothingChosen(self.selection.source.to_string())) } else { Ok(estimate) }
    }

    async fn count(
        &self,
        mut each: impl FnMut(&Found) -> Result<(), CliError>,
        progress: &Progress,
    ) -> Result<Estimate, CliError> {
        let mut estimate = Estimate::of(&self.selection.source);
        let mut pages = pin!(self.pages().await);
        while let Some(page) = pages.try_next().await? {
            estimate.list_requests += 1;
            for found in page.objects.into_iter().map(Found::from) {
                match self.selection.choice(&found.object.key) {
                    Choice::Chosen if self.finished.holds(&found) => estimate.finished_before += 1,
                    Choice::Chosen => {
                        each(&found)?;
                        estimate.add(&found);
                    }
                    Choice::Unplaced => estimate.unplaced += 1,
                    Choice::Other => {}
                }
            }
            progress.tell(format!("{} objects to ingest", HumanCount(estimate.objects)));
        }
        estimate.close();
        Ok(estimate)
    }

    /// The objects, listed once more.
    pub(super) async fn objects(&self) -> impl Stream<Item = Item> + Send + use<> {
        let (selection, finished) = (Arc::clone(&self.selection), Arc::clone(&self.finished));
        let is_wanted =
            move |found: &Found| selection.choice(&found.object.key) == Choice::Chosen && !finished.holds(found);
        let of_page = |page: Page| stream::iter(page.objects.into_iter().map(|listed| Ok(Found::from(listed))));
        let found = self.pages().await.map_ok(of_page).try_flatten();
        found.try_filter(move |found| future::ready(is_wanted(found)))
    }

    async fn pages(&self) -> impl Stream<Item = Result<Page, SourceError>> + Send + use<> {
        walk::pages(self.s3.get().await.clone(), Arc::clone(&self.selection))
    }
}
