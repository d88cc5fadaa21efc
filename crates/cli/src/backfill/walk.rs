//! The walk through a bucket: several listings at once, folders opened as the selection wants it.

use std::sync::Arc;

use futures::stream::{BoxStream, SelectAll};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use trailsearch_aws::{ListError, Listing, Page, S3Store};

use super::selection::Selection;
use crate::ingest::sources::SourceError;

/// Listings under way at the same time. Each waits for S3 most of the time.
const LISTINGS_AT_ONCE: usize = 16;

struct Walk {
    store: S3Store,
    selection: Arc<Selection>,
    /// Listings that have not begun.
    ahead: Vec<Listing>,
    under_way: SelectAll<BoxStream<'static, Result<Page, ListError>>>,
}

/// The pages in which the chosen objects stand, with others between them, in no particular order.
pub(super) fn pages(
    store: S3Store,
    selection: Arc<Selection>,
) -> impl Stream<Item = Result<Page, SourceError>> + Send + 'static {
    let ahead = selection.root().into_iter().collect();
    let walk = Walk { store, selection, ahead, under_way: SelectAll::new() };
    stream::try_unfold(walk, |mut walk| async { Ok(walk.page().await?.map(|page| (page, walk))) })
}

impl Walk {
    async fn page(&mut self) -> Result<Option<Page>, SourceError> {
        let source = &self.selection.source;
        let list_error = |error| SourceError::List { source_name: source.to_string(), source: error };
        loop {
            while self.under_way.len() < LISTINGS_AT_ONCE
                && let Some(listing) = self.ahead.pop()
            {
                self.under_way.push(self.store.pages(&source.bucket, listing).boxed());
            }
            match self.under_way.try_next().await.map_err(list_error)? {
                Some(page) => {
                    self.ahead.extend(page.folders.iter().filter_map(|folder| self.selection.folder(folder)));
                    return Ok(Some(page));
                }
                None if self.ahead.is_empty() => return Ok(None),
                None => {}
            }
        }
    }
}
