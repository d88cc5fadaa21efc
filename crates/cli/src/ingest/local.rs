//! Local files: finding and reading them.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::{FetchError, Opened};

use super::sources::{Found, SourceError};

/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Opens the file at `path` as a stream of chunks of at most 64 KiB.
///
/// # Errors
/// When it cannot be opened; an error while reading is an item of the stream.
pub(super) async fn open(path: &str) -> Result<Opened, FetchError> {
    let file = File::open(path).await.map_err(fetch_error)?;
    let size = file.metadata().await.ok().map(|metadata| metadata.len());
    Ok(Opened { bytes: stream::try_unfold(file, next_chunk).boxed(), size, etag: None, stored: None })
}

async fn next_chunk(mut file: File) -> Result<Option<(Bytes, File)>, FetchError> {
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    let read = file.read_buf(&mut chunk).await.map_err(fetch_error)?;
    Ok((read > 0).then(|| (chunk.freeze(), file)))
}

fn fetch_error(error: io::Error) -> FetchError {
    match error.kind() {
        io::ErrorKind::NotFound => FetchError::NotFound(error.into()),
        _ => FetchError::Transient(error.into()),
    }
}

/// The files at and below a path, each folder's in the order of their names.
///
/// Links to files are followed; links to folders only where they are the path itself, so that no
/// circle is walked.
#[derive(Debug)]
pub(super) struct Walk {
    root: PathBuf,
    /// What is still to be looked at, the next one last.
    ahead: Vec<PathBuf>,
}

impl Walk {
    /// A walk over the file at `root`, or over all files below it.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { ahead: vec![root.clone()], root }
    }

    /// Looks at one path: a file is found, a folder's entries are looked at next.
    fn visit(&mut self, path: PathBuf) -> Result<Option<Found>, SourceError> {
        let unreadable = |source| SourceError::unreadable(&path, source);
        let metadata = std::fs::metadata(&path).map_err(unreadable)?;
        if !metadata.is_dir() {
            return found(&path, &metadata).map(Some);
        }
        if path == self.root || !path.is_symlink() {
            self.ahead.extend(entries(&path).map_err(unreadable)?);
        }
        Ok(None)
    }
}

impl Iterator for Walk {
    type Item = Result<Found, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let path = self.ahead.pop()?;
            if let Some(item) = self.visit(path).transpose() {
                return Some(item);
            }
        }
    }
}

/// The entries of a folder, the first one last.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort_unstable_by(|a, b| b.cmp(a));
    Ok(entries)
}

/// A file as an object: without a bucket, its path as the key.
fn found(path: &Path, metadata: &Metadata) -> Result<Found, SourceError> {
    let key = path.to_str().ok_or_else(|| SourceError::NotUtf8(path.to_owned()))?;
    let object = ObjectRef { bucket: String::new(), key: key.to_owned(), version_id: None };
    Ok(Found { object, size: metadata.len(), etag: None })
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        folder
    }

    fn walk(root: &Path) -> Vec<String> {
        let relative = |found: Found| found.object.key.strip_prefix(root.to_str().unwrap()).unwrap().to_owned();
        Walk::new(root.to_owned()).map(|found| relative(found.unwrap())).collect()
    }

    #[test]
    fn files_are_found_at_every_depth_in_order() {
        let folder = folder(&["b/2.json", "b/10.json", "a.json", "c/d/e.json"]);
        assert_eq!(walk(folder.path()), ["/a.json", "/b/10.json", "/b/2.json", "/c/d/e.json"]);
        assert_eq!(walk(&folder.path().join("a.json")), [""]);
    }

    #[test]
    fn sizes_are_known_before_reading() {
        let folder = folder(&["a.json"]);
        let found = Walk::new(folder.path().to_owned()).next().unwrap().unwrap();
        assert_eq!((found.size, found.object.bucket.as_str()), (6, ""));
    }

    #[cfg(unix)]
    #[test]
    fn a_circle_of_links_is_not_walked() {
        let folder = folder(&["a/b.json"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/circle")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("a/b.json"), folder.path().join("link.json")).unwrap();
        assert_eq!(walk(folder.path()), ["/a/b.json", "/link.json"]);
        std::os::unix::fs::symlink(folder.path().join("a"), folder.path().join("linked")).unwrap();
        assert_eq!(walk(&folder.path().join("linked")), ["/b.json"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let items: Vec<_> = Walk::new("/no/such/path".into()).collect();
        assert!(matches!(&items[..], [Err(SourceError::NoSuchPath(path))] if path == Path::new("/no/such/path")));
    }

    #[tokio::test]
    async fn a_file_is_read_in_chunks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        let large: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &large).unwrap();
        let chunks: Vec<Bytes> = open(path.to_str().unwrap()).await.unwrap().bytes.try_collect().await.unwrap();
        assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK_BYTES), "chunks are bounded");
        assert_eq!(chunks.concat(), large);
    }

    #[tokio::test]
    async fn a_missing_file_is_not_found() {
        assert!(matches!(open("/no/such/file").await, Err(FetchError::NotFound(_))));
    }
}
