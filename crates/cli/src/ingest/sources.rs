//! Where objects come from: paths and buckets.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::str::FromStr;

use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt, future, stream};
use tokio::sync::mpsc;
use trailsearch_aws::{ListError, Listed};
use trailsearch_core::object::ObjectRef;

use super::local::Walk;
use super::progress::Progress;
use crate::connect::LazyS3;

/// How many objects are found ahead of those at work: enough for the progress bar to know the whole
/// of most runs, few enough for the memory of any.
const AHEAD: usize = 10_000;

/// What a user names as a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file or a folder.
    Path(PathBuf),
    /// All objects of a bucket whose keys begin with the prefix, or the one object of that key.
    Bucket { bucket: String, prefix: String },
}

/// An S3 address without a bucket.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it names no bucket: write s3://bucket/prefix")]
pub(crate) struct NoBucket;

impl FromStr for Source {
    type Err = NoBucket;

    fn from_str(text: &str) -> Result<Self, NoBucket> {
        Ok(match text.strip_prefix("s3://") {
            Some(rest) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(NoBucket);
                }
                Self::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() }
            }
            None => Self::Path(text.into()),
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// An object that a source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) object: ObjectRef,
    /// As it is stored, in bytes.
    pub(crate) size: u64,
    /// What tells its content from any other at the same address, where the source says so.
    pub(crate) etag: Option<String>,
}

impl From<Listed> for Found {
    fn from(Listed { object, size, etag }: Listed) -> Self {
        Self { object, size, etag }
    }
}

/// Why a source, or a part of it, gives no objects.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// There is no such file or folder.
    #[error("{0} does not exist (check the path; objects in S3 are given as s3://bucket/prefix)")]
    NoSuchPath(PathBuf),
    /// A file or folder cannot be looked at.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The path is no text.
    #[error("{0} is not UTF-8 (rename it)")]
    NotUtf8(PathBuf),
    /// The bucket cannot be listed.
    #[error("{source_name} cannot be listed")]
    List {
        /// What the user named.
        source_name: String,
        /// What S3 says.
        source: ListError,
    },
    /// There is nothing in it.
    #[error(
        "{0} holds no objects (a folder needs files in it; a prefix is the beginning of keys, such as AWSLogs/111122223333/CloudTrail/)"
    )]
    Empty(Source),
}

impl SourceError {
    pub(crate) fn unreadable(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoSuchPath(path.to_owned()),
            _ => Self::Unreadable { path: path.to_owned(), source },
        }
    }
}

/// An object, or why there is none.
pub(crate) type Item = Result<Found, SourceError>;

/// The objects of all sources, in their order, found ahead of their use; `progress` learns of each.
pub(crate) fn find(sources: Vec<Source>, s3: LazyS3, progress: Progress) -> impl Stream<Item = Item> {
    let found = stream::iter(sources).then(move |source| objects_or_empty(source, s3.clone())).flatten();
    ahead(found.inspect_ok(move |found| progress.found(found)))
}

/// The same items, up to 10,000 of them found ahead of their use.
pub(crate) fn ahead(items: impl Stream<Item = Item> + Send + 'static) -> impl Stream<Item = Item> {
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut items = pin!(items);
        while let Some(item) = items.next().await {
            if sender.send(item).await.is_err() {
                return; // Nobody listens any more.
            }
        }
    });
    stream::poll_fn(move |context| receiver.poll_recv(context))
}

/// What a source holds, or that it holds nothing.
async fn objects_or_empty(source: Source, s3: LazyS3) -> BoxStream<'static, Item> {
    let mut items = objects(&source, &s3).await.peekable();
    match Pin::new(&mut items).peek().await {
        Some(_) => items.boxed(),
        None => stream::iter([Err(SourceError::Empty(source))]).boxed(),
    }
}

async fn objects(source: &Source, s3: &LazyS3) -> BoxStream<'static, Item> {
    match source {
        Source::Path(path) => stream::iter(Walk::new(path.clone())).boxed(),
        Source::Bucket { bucket, prefix } => {
            let source_name = source.to_string();
            let list_error = move |source| SourceError::List { source_name: source_name.clone(), source };
            let listed = s3.get().await.list(bucket, prefix).map_ok(Found::from);
            one_or_all(listed.map_err(list_error), prefix.clone()).boxed()
        }
    }
}

/// Where an object has exactly the key that was given, it is meant and not the others whose keys only begin
/// so. It is listed first, since keys come in order.
fn one_or_all(found: impl Stream<Item = Item>, key: String) -> impl Stream<Item = Item> {
    let mut exact = false;
    found.try_take_while(move |found| {
        let more = !exact;
        exact = found.object.key == key;
        future::ready(Ok(more))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        text.parse().unwrap()
    }

    fn bucket(bucket: &str, prefix: &str) -> Source {
        Source::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() }
    }

    #[test]
    fn buckets_and_paths_are_told_apart() {
        assert_eq!(source("s3://logs/AWSLogs/a b+"), bucket("logs", "AWSLogs/a b+"));
        assert_eq!(source("s3://logs"), bucket("logs", ""));
        assert_eq!(source("s3://logs/"), bucket("logs", ""));
        assert_eq!(source("logs/s3"), Source::Path("logs/s3".into()));
        assert_eq!("s3:///AWSLogs/".parse::<Source>(), Err(NoBucket));
    }

    #[test]
    fn a_source_is_shown_as_it_was_given() {
        for text in ["s3://logs/AWSLogs/x", "some/path"] {
            assert_eq!(source(text).to_string(), text);
        }
    }

    fn found(key: &str) -> Item {
        let object = ObjectRef { bucket: "logs".to_owned(), key: key.to_owned(), version_id: None };
        Ok(Found { object, size: 1, etag: None })
    }

    async fn taken(keys: &[&str], prefix: &str) -> Vec<String> {
        let listed = stream::iter(keys.iter().map(|key| found(key)).collect::<Vec<_>>());
        let taken: Vec<Found> = one_or_all(listed, prefix.to_owned()).try_collect().await.unwrap();
        taken.into_iter().map(|found| found.object.key).collect()
    }

    #[tokio::test]
    async fn a_whole_key_means_that_object_alone() {
        assert_eq!(taken(&["a.json", "a.json.gz"], "a.json").await, ["a.json"]);
        assert_eq!(taken(&["a.json", "a.json.gz"], "a").await, ["a.json", "a.json.gz"]);
        assert!(taken(&[], "a").await.is_empty());
    }
}
