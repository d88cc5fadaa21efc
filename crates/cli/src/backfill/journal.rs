//! What is finished, written down so that it is not fetched again.
//!
//! A journal is a text file with one JSON object a line. The first names the format and what the journal is about; each
//! other one an object whose records are all placed:
//!
//! ```text
//! {"trailsearch_backfill":1,"source":"s3://example-logs/AWSLogs/","endpoint":"https://search.example.com/","index_prefix":"cloudtrail"}
//! {"key":"AWSLogs/…/….json.gz","etag":"\"0123…\"","records":123}
//! ```
//!
//! It belongs to a source and an index. Which of the source's objects are chosen is not in it, so that a run with other
//! days does not fetch again what the last one has finished.
//!
//! Each line is one write as soon as its object is finished, so that a process that is killed has lost none. The file is synced
//! once a second and at the end, not at every line, which would slow small objects down to the pace of the disk: where the
//! machine itself fails, the objects of its last second are ingested again, and found to be there.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use trailsearch_ingest::Settings;
use trailsearch_search::Connection;

use super::finished::Finished;
use super::selection::BucketPrefix;
use crate::ingest::sources::Found;

#[cfg(test)]
mod tests;

/// The format's version.
pub(super) const FORMAT: u32 = 1;

/// How long a line may stay in the system's memory alone.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);

/// How many bytes of a digest stand in a journal's name.
const NAME_BYTES: usize = 8;

/// Why a journal is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// No variable tells where state belongs.
    #[error("nothing tells where the journal belongs: give --journal FILE, or set HOME")]
    NoPlace,
    /// The file system does not do what it should.
    #[error("the journal {path} cannot be read or written (--journal FILE takes another)")]
    Io {
        /// The journal.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process writes it.
    #[error("another backfill is at work with the journal {0}: wait for it")]
    Locked(PathBuf),
    /// It is some other file.
    #[error("{0} is not the journal of a backfill: give another --journal FILE")]
    Foreign(PathBuf),
    /// It was written by another version.
    #[error("the journal {path} is of format {format}, and not {FORMAT}: give another --journal FILE")]
    Format {
        /// The journal.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// It tells of other objects, or of another index.
    #[error("the journal {path} is that of another backfill, {subject}: give another --journal FILE")]
    OtherSubject {
        /// The journal.
        path: PathBuf,
        /// What it is about.
        subject: String,
    },
    /// A line in it is broken.
    #[error("line {line} of the journal {path} is broken: delete that line, and its object is ingested again")]
    Line {
        /// The journal.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl JournalError {
    /// Whether another option is needed, rather than another try.
    pub(crate) fn is_usage(&self) -> bool {
        !matches!(self, Self::Io { .. } | Self::Locked(_))
    }
}

/// What a journal is about: its first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subject {
    #[serde(rename = "trailsearch_backfill")]
    pub(super) format: u32,
    source: String,
    /// The cluster's address, without a login.
    endpoint: String,
    index_prefix: String,
}

impl Subject {
    /// Objects of `source`, ingested as the settings say.
    pub(super) fn new(source: &BucketPrefix, settings: &Settings) -> Self {
        // An address that is none has no journal, and no client either.
        let endpoint = settings.endpoint.endpoint.parse().map(|url| Connection::new(url, None).endpoint.to_string());
        Self {
            format: FORMAT,
            source: source.to_string(),
            endpoint: endpoint.unwrap_or_default(),
            index_prefix: settings.ingest.index_prefix.clone(),
        }
    }

    /// The line, with its end.
    pub(super) fn line(&self) -> io::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Where its journal is where the user names none: `$XDG_STATE_HOME/trailsearch/backfill/`, see
    /// <https://specifications.freedesktop.org/basedir-spec/latest/>.
    ///
    /// # Errors
    /// When there is no home folder either.
    pub(super) fn default_path(&self) -> Result<PathBuf, JournalError> {
        let folder = |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
        Ok(state.ok_or(JournalError::NoPlace)?.join("trailsearch/backfill").join(self.file_name()))
    }

    fn file_name(&self) -> String {
        let subject = [self.source.as_str(), &self.endpoint, &self.index_prefix].join("\n");
        let digest = Sha256::digest(subject);
        digest.iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect::<String>() + ".ndjson"
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}, index prefix {}", self.source, self.endpoint, self.index_prefix)
    }
}

/// A finished object: every line but the first.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) key: std::borrow::Cow<'a, str>,
    pub(super) etag: Option<std::borrow::Cow<'a, str>>,
    pub(super) records: u64,
}

/// A journal that this process alone appends to.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    synced: Instant,
}

impl Journal {
    /// Opens the journal at `path`, or begins it there, and reads what is finished.
    ///
    /// # Errors
    /// When it is not about `subject`, another process has it open, or the file system fails.
    pub(super) fn open(path: PathBuf, subject: &Subject) -> Result<(Self, Finished), JournalError> {
        let failed = |source| JournalError::Io { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::Locked(path.clone()),
            TryLockError::Error(error) => failed(error),
        })?;
        let (finished, whole_bytes) = Finished::read(&file, &path, subject)?;
        let mut journal = Self { path, file, synced: Instant::now() };
        journal.begin(subject, whole_bytes).map_err(|source| journal.failed(source))?;
        Ok((journal, finished))
    }

    /// Cuts off a line that was not written to its end, and writes the first one where there is none.
    fn begin(&mut self, subject: &Subject, whole_bytes: u64) -> io::Result<()> {
        self.file.set_len(whole_bytes)?;
        if whole_bytes == 0 {
            self.file.write_all(subject.line()?.as_bytes())?;
        }
        Ok(())
    }

    /// What is finished by the journal at `path`, which need not exist.
    ///
    /// # Errors
    /// When it is not about `subject`, or the file system fails.
    pub(super) fn look(path: &Path, subject: &Subject) -> Result<Finished, JournalError> {
        match File::open(path) {
            Ok(file) => Ok(Finished::read(&file, path, subject)?.0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Finished::default()),
            Err(source) => Err(JournalError::Io { path: path.to_owned(), source }),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down that all records of an object are placed.
    ///
    /// # Errors
    /// When the file system fails.
    pub(super) fn append(&mut self, found: &Found, records: u64) -> Result<(), JournalError> {
        self.write(found, records).map_err(|source| self.failed(source))
    }

    fn write(&mut self, found: &Found, records: u64) -> io::Result<()> {
        let key = found.object.key.as_str().into();
        let entry = Entry { key, etag: found.etag.as_deref().map(Into::into), records };
        self.file.write_all((serde_json::to_string(&entry)? + "\n").as_bytes())?;
        if self.synced.elapsed() >= SYNC_INTERVAL {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// Sees to it that all lines outlive the machine, and tells where they are.
    ///
    /// # Errors
    /// When the file system fails.
    pub(super) fn close(self) -> Result<PathBuf, JournalError> {
        self.file.sync_data().map_err(|source| self.failed(source))?;
        Ok(self.path)
    }

    fn failed(&self, source: io::Error) -> JournalError {
        JournalError::Io { path: self.path.clone(), source }
    }
}
