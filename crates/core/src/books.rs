//! The books: every record that is read is accounted for.

use std::ops::AddAssign;

use serde::Serialize;

use crate::denial::Denials;
use crate::timing::Timing;

/// What became of the records of one or more objects.
///
/// The books balance when every record read is indexed, a duplicate, degraded,
/// dead-lettered or dropped; else some have `failed` and the source must deliver again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Books {
    /// Objects read.
    pub objects: u64,
    /// Records read; those that an earlier attempt at the object has placed are passed over and not counted again.
    pub records: u64,
    /// Documents that are in the index now.
    pub indexed: u64,
    /// Documents that were there already.
    pub duplicate: u64,
    /// Records of which a minimal document was indexed.
    pub degraded: u64,
    /// Records written to the dead-letter prefix.
    pub dead_lettered: u64,
    /// Records of noise that the settings keep out of the index.
    pub dropped: u64,
    /// Records that could not be placed anywhere.
    pub failed: u64,
    /// Documents that the index refused as they were.
    pub rejected: u64,
    /// Documents sent again.
    pub retried: u64,
    /// Compressed bytes read.
    pub bytes_read: u64,
    /// Uncompressed bytes read.
    pub bytes_inflated: u64,
    /// Compressed bytes posted.
    pub bytes_posted: u64,
    /// Bulk requests sent.
    pub requests: u64,
    /// Denied deliveries of logs, among the documents that are new in the index.
    #[serde(skip)]
    pub denials: Denials,
    /// How long it took, and how old the events are.
    #[serde(skip)]
    pub timing: Timing,
}

impl Books {
    /// Whether every record read is accounted for.
    pub fn balance(&self) -> bool {
        self.records == self.placed()
    }

    /// Records that are accounted for.
    pub fn placed(&self) -> u64 {
        self.indexed + self.duplicate + self.degraded + self.dead_lettered + self.dropped
    }
}

impl AddAssign for Books {
    fn add_assign(&mut self, other: Self) {
        self.objects += other.objects;
        self.records += other.records;
        self.indexed += other.indexed;
        self.duplicate += other.duplicate;
        self.degraded += other.degraded;
        self.dead_lettered += other.dead_lettered;
        self.dropped += other.dropped;
        self.failed += other.failed;
        self.rejected += other.rejected;
        self.retried += other.retried;
        self.bytes_read += other.bytes_read;
        self.bytes_inflated += other.bytes_inflated;
        self.bytes_posted += other.bytes_posted;
        self.requests += other.requests;
        self.denials += other.denials;
        self.timing += other.timing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_record_unbalances() {
        let mut books = Books { records: 4, indexed: 1, duplicate: 1, degraded: 1, dropped: 1, ..Books::default() };
        assert!(books.balance());
        books += Books { records: 1, failed: 1, ..Books::default() };
        assert!(!books.balance());
    }
}
