//! Where a command keeps dead letters: in S3, or in a folder of this machine.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::fs;
use trailsearch_ingest::ports::{StateError, StateStore};
use trailsearch_ingest::state::{NoBucket, S3Prefix};

/// What a user names as the place for state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StateLocation {
    S3(S3Prefix),
    Folder(PathBuf),
}

impl FromStr for StateLocation {
    type Err = NoBucket;

    fn from_str(text: &str) -> Result<Self, NoBucket> {
        match text.starts_with("s3://") {
            true => text.parse().map(Self::S3),
            false => Ok(Self::Folder(text.into())),
        }
    }
}

/// A folder that is made when something is to be kept.
#[derive(Debug)]
pub(crate) struct FolderState {
    folder: PathBuf,
}

impl FolderState {
    /// State below `folder`.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl StateStore for FolderState {
    fn put<'a>(&'a self, name: &'a str, body: Bytes) -> BoxFuture<'a, Result<(), StateError>> {
        let path = self.folder.join(name);
        async move { write(&path, &body).await.map_err(|error| failed(&path, error)) }.boxed()
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, StateError>> {
        let path = self.folder.join(name);
        async move { unless_missing(fs::read(&path).await).map_err(|error| failed(&path, error)) }
            .map(|read| Ok(read?.map(Bytes::from)))
            .boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StateError>> {
        let path = self.folder.join(name);
        async move { unless_missing(fs::remove_file(&path).await).map(drop).map_err(|error| failed(&path, error)) }
            .boxed()
    }
}

/// Writes a file whole or not at all.
async fn write(path: &Path, body: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).await?;
    }
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, body).await?;
    fs::rename(&unfinished, path).await
}

fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn failed(path: &Path, error: io::Error) -> StateError {
    StateError::Failed { location: path.display().to_string(), source: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_folders_are_told_apart() {
        assert!(matches!("s3://logs/state".parse(), Ok(StateLocation::S3(_))));
        assert_eq!("state/s3".parse(), Ok(StateLocation::Folder("state/s3".into())));
        assert_eq!("s3:///state".parse::<StateLocation>(), Err(NoBucket));
    }

    #[tokio::test]
    async fn what_is_put_is_there_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let state = FolderState::new(folder.path().join("state"));
        let name = "dead-letters/2026/11/20/a.ndjson.gz";
        assert_eq!(state.get(name).await.unwrap(), None);
        for body in ["first", "second"] {
            state.put(name, Bytes::from(body)).await.unwrap();
            assert_eq!(state.get(name).await.unwrap().as_deref(), Some(body.as_bytes()));
        }
        assert_eq!(std::fs::read_dir(folder.path().join("state/dead-letters/2026/11/20")).unwrap().count(), 1);
        for _ in 0..2 {
            state.delete(name).await.unwrap();
        }
        assert_eq!(state.get(name).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let state = FolderState::new(file.path().to_owned());
        let error = state.put("a", Bytes::new()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{}/a cannot be read or written", file.path().display()));
    }
}
