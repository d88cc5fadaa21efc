//! What a backfill will come to, guessed from the sizes of its objects.

use std::path::PathBuf;

use indicatif::{DecimalBytes, HumanBytes, HumanCount};
use serde::Serialize;
use trailsearch_core::object::Encoding;

use super::cost::{self, Cost, dollars};
use super::selection::BucketPrefix;
use crate::ingest::sources::Found;
use crate::output::{Answer, Style, rows};

/// The size of a gzip object of one record, in bytes. Measured with the next two on 623 records of attack simulations in objects
/// of 1 to 300: the guess is within 10 % from 5 to 100 records, and a fourth too low for 300, which repeat more.
const FIRST_RECORD_BYTES: u64 = 900;

/// What each further record adds to it.
const NEXT_RECORD_BYTES: u64 = 230;

/// A record as text.
const PLAIN_RECORD_BYTES: u64 = 1_430;

/// What the index stores of an event: 11.87 MB for 25,000 of them, as mappings/README.md tells.
const INDEXED_RECORD_BYTES: u64 = 475;

/// What is still to be ingested; all but the counts of objects and bytes is a guess.
#[derive(Debug, Serialize)]
pub(crate) struct Estimate {
    pub(super) source: String,
    pub(super) objects: u64,
    /// As they are stored.
    pub(super) bytes: u64,
    /// Objects that the journal tells to be finished.
    pub(super) finished_before: u64,
    /// Objects that may hold events, but whose keys do not tell what was asked for.
    pub(super) unplaced: u64,
    records: u64,
    /// In each copy of the index.
    index_bytes: u64,
    pub(super) list_requests: u64,
    cost_usd: Cost,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) journal: Option<PathBuf>,
}

impl Estimate {
    /// Nothing yet of this source.
    pub(super) fn of(source: &BucketPrefix) -> Self {
        Self {
            source: source.to_string(),
            objects: 0,
            bytes: 0,
            finished_before: 0,
            unplaced: 0,
            records: 0,
            index_bytes: 0,
            list_requests: 0,
            cost_usd: Cost::default(),
            journal: None,
        }
    }

    /// Adds an object that is to be ingested.
    pub(super) fn add(&mut self, found: &Found) {
        self.objects += 1;
        self.bytes += found.size;
        self.records += records(&found.object.key, found.size);
    }

    /// All objects are added.
    pub(super) fn close(&mut self) {
        self.index_bytes = self.records * INDEXED_RECORD_BYTES;
        self.cost_usd = Cost::of(self.objects, self.bytes, self.list_requests);
    }

    /// Whether no object is chosen at all.
    pub(super) fn is_empty(&self) -> bool {
        self.objects + self.finished_before == 0
    }

    /// What it tells people, by its label.
    pub(super) fn rows(&self) -> Vec<(&'static str, String)> {
        let Cost { requests, transfer, decryption } = self.cost_usd;
        let mut table = vec![
            ("source", self.source.clone()),
            ("objects", self.objects_row()),
            ("bytes", HumanBytes(self.bytes).to_string()),
            ("records", format!("about {}", HumanCount(two_digits(self.records)))),
            ("index", format!("about {}, and as much for each replica", DecimalBytes(two_digits(self.index_bytes)))),
            ("requests", dollars(requests)),
            ("transfer", format!("{} where it leaves the bucket's region", dollars(transfer))),
            ("decryption", format!("{} where a KMS key encrypts every object", dollars(decryption))),
            ("estimated", format!("all but objects and bytes; {}", cost::SOURCE)),
        ];
        table.extend(self.journal.as_ref().map(|path| ("journal", path.display().to_string())));
        table
    }
    fn objects_row(&self) -> String {
        let mut row = HumanCount(self.objects).to_string();
        for (count, what) in [
            (self.finished_before, "finished before"),
            (self.unplaced, "left out, being outside of CloudTrail's layout"),
        ] {
            if count > 0 {
                row += &format!("; {} {what}", HumanCount(count));
            }
        }
        row
    }
}

fn records(key: &str, size: u64) -> u64 {
    match Encoding::of_name(key) {
        Encoding::Gzip => 1 + size.saturating_sub(FIRST_RECORD_BYTES) / NEXT_RECORD_BYTES,
        Encoding::Plain | Encoding::Either => size.div_ceil(PLAIN_RECORD_BYTES),
    }
}

/// A number that is known to two digits only.
fn two_digits(number: u64) -> u64 {
    let unit = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    (number + unit / 2) / unit * unit
}

impl Answer for Estimate {
    fn table(&self, _: Style) -> String {
        rows(self.rows())
    }
}

#[cfg(test)]
mod tests {
    use trailsearch_core::object::ObjectRef;
    use trailsearch_testkit::{gzip, load};

    use super::*;

    fn found(key: &str, size: u64) -> Found {
        let object = ObjectRef { bucket: "logs".to_owned(), key: key.to_owned(), version_id: None };
        Found { object, size, etag: None }
    }

    #[test]
    fn records_are_guessed_from_the_size() {
        for count in [1_u64, 10, 100] {
            let text = load::object(7, count as usize);
            let size = gzip(&text).len() as u64;
            let guessed = records("a.json.gz", size);
            assert!((count / 3..=count * 3).contains(&guessed), "{guessed} instead of {count}");
            assert!((count / 2..=count * 2).contains(&records("a.json", text.len() as u64)));
        }
        assert_eq!(records("empty.json.gz", 0), 1);
    }

    #[test]
    fn only_what_is_still_to_be_done_counts() {
        let mut estimate = Estimate::of(&"s3://logs/AWSLogs/".parse().unwrap());
        assert!(estimate.is_empty());
        for _ in 0..1_000_000 {
            estimate.add(&found("a.json.gz", 900 + 99 * 230));
        }
        estimate.finished_before = 1_200;
        estimate.list_requests = 1_000;
        estimate.close();
        let table = estimate.table(Style::default());
        for line in [
            "objects     1,000,000; 1,200 finished before\n",
            "records     about 100,000,000\n",
            "index       about 48.00 GB, and as much for each replica\n",
            "requests    $0.41\n",
        ] {
            assert!(table.contains(line), "{line} is missing in\n{table}");
        }
    }

    #[test]
    fn numbers_are_no_more_exact_than_they_are_known() {
        for (number, expected) in [(0, 0), (7, 7), (61_234, 61_000), (1_960, 2_000), (99_600, 100_000)] {
            assert_eq!(two_digits(number), expected);
        }
    }
}
