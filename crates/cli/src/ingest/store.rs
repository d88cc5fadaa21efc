//! The store that the pipeline reads from: local files and S3, with every byte counted.

use futures::{StreamExt, TryStreamExt};
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::{FetchError, ObjectStore, Opened};

use super::local;
use super::progress::Progress;
use crate::connect::LazyS3;

/// Objects without a bucket are local files, all others are in S3.
#[derive(Debug)]
pub(crate) struct Store {
    s3: LazyS3,
    progress: Progress,
}

impl Store {
    pub(crate) fn new(s3: LazyS3, progress: Progress) -> Self {
        Self { s3, progress }
    }
}

impl ObjectStore for Store {
    async fn open(&self, object: &ObjectRef) -> Result<Opened, FetchError> {
        let opened = match object.bucket.as_str() {
            "" => local::open(&object.key).await?,
            _ => self.s3.get().await.open(object).await?,
        };
        let progress = self.progress.clone();
        let bytes = opened.bytes.inspect_ok(move |chunk| progress.read(chunk.len())).boxed();
        Ok(Opened { bytes, ..opened })
    }
}
