//! Listing objects.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::Object;
use futures::{Stream, TryStreamExt, stream};
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::Cause;

use crate::S3Store;
use crate::store::status_of;

/// Why a bucket could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The bucket does not exist.
    #[error("the bucket {0} does not exist (check its name and the region)")]
    NoSuchBucket(String, #[source] Cause),
    /// The credentials may not list it.
    #[error("access to the bucket {0} is denied (s3:ListBucket is needed)")]
    Denied(String, #[source] Cause),
    /// No reply, or one that says neither.
    #[error("listing the bucket {0} failed (check the credentials, the region and the endpoint)")]
    Failed(String, #[source] Cause),
}

impl S3Store {
    /// All objects of `bucket` whose keys start with `prefix`, with their sizes in bytes, in the
    /// order of S3. Pages are fetched as the stream is read; it ends after the first error.
    pub fn list(&self, bucket: &str, prefix: &str) -> impl Stream<Item = Result<(ObjectRef, u64), ListError>> + use<> {
        let bucket = bucket.to_owned();
        let pages = self.client.list_objects_v2().bucket(&bucket).prefix(prefix).into_paginator().send();
        let name = bucket.clone();
        stream::try_unfold(pages, |mut pages| async { Ok(pages.try_next().await?.map(|page| (page, pages))) })
            .map_ok(move |page| {
                let objects: Vec<_> = page
                    .contents
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|object| listed(&bucket, object))
                    .collect();
                stream::iter(objects.into_iter().map(Ok))
            })
            .map_err(move |error| list_error(&name, error))
            .try_flatten()
    }
}

fn listed(bucket: &str, object: Object) -> Option<(ObjectRef, u64)> {
    let size = object.size.and_then(|size| size.try_into().ok()).unwrap_or(0);
    Some((ObjectRef { bucket: bucket.to_owned(), key: object.key?, version_id: None }, size))
}

fn list_error<E>(bucket: &str, error: SdkError<E>) -> ListError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let class = match status_of(&error) {
        Some(404) => ListError::NoSuchBucket,
        Some(403) => ListError::Denied,
        _ => ListError::Failed,
    };
    class(bucket.to_owned(), error.into())
}
