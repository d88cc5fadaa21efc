//! Listing objects.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::Object;
use futures::{Stream, TryStreamExt, stream};
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::Cause;

use crate::S3Store;
use crate::store::status_of;

/// What parts a key's folders.
const DELIMITER: &str = "/";

/// Which part of a bucket is listed, in the order of S3: that of the keys' UTF-8 bytes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What keys begin with.
    pub prefix: String,
    /// Only keys behind this text.
    pub after: Option<String>,
    /// No page behind the one that reaches this text.
    pub until: Option<String>,
    /// Whether to name the folders right below the prefix instead of listing what is in them.
    pub folders: bool,
}

/// An object, as a listing names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its address.
    pub object: ObjectRef,
    /// As it is stored, in bytes.
    pub size: u64,
    /// What tells its content from any other at the same address.
    pub etag: Option<String>,
}

/// One reply: up to 1,000 objects and folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Objects, by their keys.
    pub objects: Vec<Listed>,
    /// Prefixes that end in `/`, where folders are asked for.
    pub folders: Vec<String>,
}

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
    /// All objects of `bucket` whose keys start with `prefix`, in the order of S3. Pages are fetched as
    /// the stream is read; it ends after the first error.
    pub fn list(&self, bucket: &str, prefix: &str) -> impl Stream<Item = Result<Listed, ListError>> + use<> {
        let listing = Listing { prefix: prefix.to_owned(), ..Listing::default() };
        self.pages(bucket, listing).map_ok(|page| stream::iter(page.objects.into_iter().map(Ok))).try_flatten()
    }

    /// The same page by page, for a part of a bucket.
    pub fn pages(&self, bucket: &str, listing: Listing) -> impl Stream<Item = Result<Page, ListError>> + use<> {
        let Listing { prefix, after, until, folders } = listing;
        let request = self.client.list_objects_v2().bucket(bucket).prefix(prefix).set_start_after(after);
        let replies = request.set_delimiter(folders.then(|| DELIMITER.to_owned())).into_paginator().send();
        stream::try_unfold((Some(replies), bucket.to_owned()), move |(replies, bucket)| {
            let until = until.clone();
            async move {
                let Some(mut replies) = replies else { return Ok(None) };
                let reply = replies.try_next().await.map_err(|error| list_error(&bucket, error))?;
                Ok(reply.map(|reply| {
                    let page = Page::read(&bucket, reply);
                    let is_last = until.is_some_and(|until| page.reaches(&until));
                    (page, ((!is_last).then_some(replies), bucket))
                }))
            }
        })
    }
}

impl Page {
    fn read(bucket: &str, reply: ListObjectsV2Output) -> Self {
        let objects = reply.contents.unwrap_or_default();
        let folders = reply.common_prefixes.unwrap_or_default();
        Self {
            objects: objects.into_iter().filter_map(|object| listed(bucket, object)).collect(),
            folders: folders.into_iter().filter_map(|folder| folder.prefix).collect(),
        }
    }

    fn reaches(&self, until: &str) -> bool {
        let object = self.objects.last().map(|listed| listed.object.key.as_str());
        object.max(self.folders.last().map(String::as_str)).is_some_and(|last| last >= until)
    }
}

fn listed(bucket: &str, object: Object) -> Option<Listed> {
    let size = object.size.and_then(|size| size.try_into().ok()).unwrap_or(0);
    let address = ObjectRef { bucket: bucket.to_owned(), key: object.key?, version_id: None };
    Some(Listed { object: address, size, etag: object.e_tag })
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
