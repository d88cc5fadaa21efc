//! What the index holds of the log files.

use std::ops::AddAssign;

use serde::Serialize;
use trailsearch_core::object::ObjectRef;

/// What the index holds of one log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) object: ObjectRef,
    /// Records that belong into the index.
    pub(super) records: u64,
    /// Those that were not there.
    pub(super) missing: u64,
    /// Why not all records of the file are known.
    pub(super) unread: Option<String>,
    /// Whether the file was ingested since, and whole.
    pub(super) ingested: bool,
}

/// What the index holds of all log files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    pub(super) files: u64,
    pub(super) records: u64,
    /// Records that were not there, whether or not they were ingested since.
    pub(super) missing: u64,
    pub(super) incomplete: Vec<Incomplete>,
}

/// A log file of which the index lacks records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Incomplete {
    /// The log file, `s3://bucket/key` or a path.
    pub(super) object: String,
    pub(super) records: u64,
    pub(super) missing: u64,
    /// Whether it was ingested since, and whole.
    pub(super) ingested: bool,
    /// Why not all records of the file are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unread: Option<String>,
}

impl Tally {
    pub(super) fn add(&mut self, presence: Presence) {
        let Presence { object, records, missing, unread, ingested } = presence;
        self.files += 1;
        self.records += records;
        self.missing += missing;
        if missing > 0 || unread.is_some() {
            self.incomplete.push(Incomplete { object: object.to_string(), records, missing, ingested, unread });
        }
    }

    /// Records that are in the index now.
    pub(super) fn present(&self) -> u64 {
        let lacking = self.incomplete.iter().filter(|file| !file.ingested).map(|file| file.missing);
        self.records - lacking.sum::<u64>()
    }

    /// Whether every record is in the index now.
    pub(super) fn is_complete(&self) -> bool {
        self.incomplete.iter().all(|file| file.ingested)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.records += other.records;
        self.missing += other.missing;
        self.incomplete.extend(other.incomplete);
    }
}

impl Incomplete {
    /// What it means and what to do.
    pub(super) fn meaning(&self) -> String {
        let Self { records, missing, .. } = self;
        match &self.unread {
            Some(reason) => format!(
                "its records cannot be read to the end ({reason}), so nobody knows what is missing: look at the file"
            ),
            None if self.ingested => format!("{missing} of its {records} records were not in the index and are now"),
            None => format!(
                "{missing} of its {records} records are not in the index: ingest it (--ingest-missing does), and replay what went to the dead letters"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(key: &str, missing: u64) -> Presence {
        let object = ObjectRef { bucket: "example-logs".to_owned(), key: key.to_owned(), version_id: None };
        Presence { object, records: 10, missing, unread: None, ingested: false }
    }

    #[test]
    fn what_was_ingested_since_is_there() {
        let mut tally = Tally::default();
        tally.add(presence("a", 0));
        assert!(tally.is_complete());
        tally.add(Presence { ingested: true, ..presence("b", 3) });
        assert!(tally.is_complete());
        tally += Tally { files: 1, records: 10, missing: 4, incomplete: Vec::new() };
        tally.add(presence("c", 2));
        assert_eq!((tally.files, tally.records, tally.missing, tally.present()), (4, 40, 9, 38));
        assert!(!tally.is_complete());
    }

    #[test]
    fn a_file_that_cannot_be_read_to_its_end_is_incomplete() {
        let mut tally = Tally::default();
        tally.add(Presence { unread: Some("not JSON".to_owned()), ..presence("a", 0) });
        assert!(!tally.is_complete());
        assert!(tally.incomplete[0].meaning().contains("(not JSON)"));
    }
}
