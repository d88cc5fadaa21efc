//! The objects that a journal tells to be finished.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::journal::{Entry, FORMAT, JournalError, Subject};
use crate::ingest::sources::Found;

/// The longest first line; a longer one is some other file's.
const MAX_SUBJECT_BYTES: u64 = 16 * 1024;

/// A part of the digest of an object's key and content: millions of them fit into memory where their keys would not, and two
/// objects that share one will never be met.
type Fingerprint = [u8; 16];

/// What is finished, by key and content.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Finished(HashSet<Fingerprint>);

impl Finished {
    /// Whether this very content of the object is finished.
    pub(super) fn holds(&self, found: &Found) -> bool {
        !self.0.is_empty() && self.0.contains(&fingerprint(&found.object.key, found.etag.as_deref()))
    }

    /// Reads a journal, and tells how many bytes of it are whole lines. The last line may be cut off: its writer was killed.
    ///
    /// # Errors
    /// When it is not about `subject`, or cannot be read.
    pub(super) fn read(file: &File, path: &Path, subject: &Subject) -> Result<(Self, u64), JournalError> {
        let failed = |source| JournalError::Io { path: path.to_owned(), source };
        let (mut reader, mut finished, mut line) = (BufReader::new(file), Self::default(), Vec::new());
        reader.by_ref().take(MAX_SUBJECT_BYTES).read_until(b'\n', &mut line).map_err(failed)?;
        if !line.ends_with(b"\n") {
            return match subject.line().map_err(failed)?.as_bytes().starts_with(&line) {
                true => Ok((finished, 0)),
                false => Err(JournalError::Foreign(path.to_owned())),
            };
        }
        check(&line, path, subject)?;
        let mut whole_bytes = line.len() as u64;
        for number in 2.. {
            if !next_line(&mut reader, &mut line).map_err(failed)? {
                break;
            }
            let broken = |source| JournalError::Line { path: path.to_owned(), line: number, source };
            finished.add(&serde_json::from_slice(&line).map_err(broken)?);
            whole_bytes += line.len() as u64;
        }
        Ok((finished, whole_bytes))
    }

    fn add(&mut self, entry: &Entry<'_>) {
        self.0.insert(fingerprint(&entry.key, entry.etag.as_deref()));
    }
}

/// Reads the next line, where there is a whole one.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    reader.read_until(b'\n', line)?;
    Ok(line.ends_with(b"\n"))
}

fn check(line: &[u8], path: &Path, subject: &Subject) -> Result<(), JournalError> {
    #[derive(serde::Deserialize)]
    struct Version {
        trailsearch_backfill: u32,
    }
    let path = || path.to_owned();
    match serde_json::from_slice(line) {
        Ok(Version { trailsearch_backfill: FORMAT }) => {}
        Ok(Version { trailsearch_backfill: format }) => return Err(JournalError::Format { path: path(), format }),
        Err(_) => return Err(JournalError::Foreign(path())),
    }
    match serde_json::from_slice::<Subject>(line) {
        Ok(own) if own == *subject => Ok(()),
        Ok(other) => Err(JournalError::OtherSubject { path: path(), subject: other.to_string() }),
        Err(_) => Err(JournalError::Foreign(path())),
    }
}

fn fingerprint(key: &str, etag: Option<&str>) -> Fingerprint {
    let digest = Sha256::new().chain_update(key).chain_update("\n").chain_update(etag.unwrap_or_default()).finalize();
    let mut fingerprint = Fingerprint::default();
    fingerprint.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
    fingerprint
}
