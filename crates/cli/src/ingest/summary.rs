//! What an ingestion came to.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use trailsearch_core::books::Books;

use super::Outcome;
use crate::console::Console;
use crate::error::CliError;
use crate::output::{Answer, Style, rows};

/// The books of all objects, and what did not get into them.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(super) books: Books,
    skipped: BTreeMap<&'static str, Skipped>,
    failed_objects: u64,
    failed_sources: u64,
    time: Duration,
}

/// Objects skipped for one reason.
#[derive(Debug, Default)]
struct Skipped {
    count: u64,
    first: String,
}

impl Summary {
    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Done(_, books) => self.books += books,
            Outcome::Skipped { object, reason } => self.skip(object, reason),
            Outcome::Failed(failure) => {
                self.books += failure.books;
                self.failed_objects += 1;
            }
            Outcome::Crashed(_) => self.failed_objects += 1,
            Outcome::Unfound(_) => self.failed_sources += 1,
        }
    }

    fn skip(&mut self, object: String, reason: &'static str) {
        let skipped = self.skipped.entry(reason).or_default();
        skipped.count += 1;
        // Objects come in whatever order they are done.
        if skipped.first.is_empty() || object < skipped.first {
            skipped.first = object;
        }
    }

    pub(super) fn took(&mut self, time: Duration) {
        self.time = time;
    }

    fn skipped(&self) -> u64 {
        self.skipped.values().map(|skipped| skipped.count).sum()
    }

    /// Says what was skipped and why, one line for each reason.
    pub(super) fn report_skipped(&self, console: &Console) {
        for (reason, Skipped { count, first }) in &self.skipped {
            let which = if *count == 1 { first.clone() } else { format!("{count} objects, the first {first}") };
            console.say(&format!("skipped: {which}: {reason}"));
        }
    }

    /// The summary, where anything was tried at all.
    pub(super) fn unless_empty(self) -> Result<Self, CliError> {
        match (self.books.objects + self.failed_objects, self.failed_sources) {
            (0, 0) => Err(CliError::AllSkipped),
            (0, _) => Err(CliError::NothingFound),
            _ => Ok(self),
        }
    }

    /// To the millisecond.
    fn seconds(&self) -> f64 {
        self.time.as_millis() as f64 / 1000.0
    }

    fn counts(&self) -> [(&'static str, u64); 10] {
        let books = &self.books;
        [
            ("objects", books.objects),
            ("failed objects", self.failed_objects),
            ("skipped", self.skipped()),
            ("records", books.records),
            ("indexed", books.indexed),
            ("duplicate", books.duplicate),
            ("degraded", books.degraded),
            ("dead-lettered", books.dead_lettered),
            ("dropped", books.dropped),
            ("failed", books.failed),
        ]
    }
}

/// The books of an ingestion, as programs read them: the names and their order stay.
impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let books = &self.books;
        let mut line = serializer.serialize_struct("Summary", 13)?;
        line.serialize_field("objects", &books.objects)?;
        line.serialize_field("records", &books.records)?;
        line.serialize_field("indexed", &books.indexed)?;
        line.serialize_field("duplicate", &books.duplicate)?;
        line.serialize_field("degraded", &books.degraded)?;
        line.serialize_field("dead_lettered", &books.dead_lettered)?;
        line.serialize_field("dropped", &books.dropped)?;
        line.serialize_field("failed", &books.failed)?;
        line.serialize_field("bytes_read", &books.bytes_read)?;
        line.serialize_field("bytes_posted", &books.bytes_posted)?;
        line.serialize_field("seconds", &self.seconds())?;
        line.serialize_field("skipped", &self.skipped())?;
        line.serialize_field("failed_objects", &self.failed_objects)?;
        line.end()
    }
}

impl Answer for Summary {
    fn table(&self, _: Style) -> String {
        let rate = self.books.records as f64 / self.time.as_secs_f64().max(0.001);
        let counts = self.counts().map(|(name, count)| (name, HumanCount(count).to_string()));
        let rest = [
            ("read", HumanBytes(self.books.bytes_read).to_string()),
            ("posted", HumanBytes(self.books.bytes_posted).to_string()),
            ("seconds", format!("{:.3} ({} records a second)", self.seconds(), HumanCount(rate as u64))),
        ];
        rows(counts.into_iter().chain(rest))
    }

    /// 1 where anything failed.
    fn exit_code(&self) -> u8 {
        u8::from(self.failed_objects + self.failed_sources > 0)
    }
}

#[cfg(test)]
mod tests {
    use trailsearch_core::object::ObjectRef;

    use super::*;
    use crate::ingest::sources::{Found, SourceError};

    fn summary() -> Summary {
        let mut summary = Summary::default();
        let books = Books { objects: 1, records: 1_200, indexed: 1_190, duplicate: 10, ..Books::default() };
        let object = ObjectRef { bucket: String::new(), key: "a.json".to_owned(), version_id: None };
        let found = Found { object, size: 2_048, etag: None };
        summary.add(Outcome::Done(found, Books { bytes_read: 2_048, bytes_posted: 4_096, ..books }));
        for object in ["b.md", "a.md"] {
            summary.add(Outcome::Skipped { object: object.to_owned(), reason: "it is no log" });
        }
        summary.took(Duration::from_micros(1_500_999));
        summary
    }

    #[test]
    fn the_line_for_programs_keeps_its_names_and_order() {
        let line =
            r#"{"objects":1,"records":1200,"indexed":1190,"duplicate":10,"degraded":0,"dead_lettered":0,"dropped":0,"failed":0,"#
                .to_owned()
                + r#""bytes_read":2048,"bytes_posted":4096,"seconds":1.5,"skipped":2,"failed_objects":0}"#;
        assert_eq!(serde_json::to_string(&summary()).unwrap(), line);
    }

    #[test]
    fn the_table_is_aligned_and_readable() {
        let table = summary().table(Style::default());
        for line in [
            "objects         1\n",
            "records         1,200\n",
            "read            2.00 KiB\n",
            "seconds         1.500 (799 records a second)\n",
        ] {
            assert!(table.contains(line), "{line} is missing in\n{table}");
        }
    }

    #[test]
    fn the_first_of_the_skipped_is_named_by_order_not_by_time() {
        assert_eq!(summary().skipped["it is no log"].first, "a.md");
    }

    #[test]
    fn anything_that_failed_shows_in_the_exit_code() {
        let mut summary = summary();
        assert_eq!(summary.exit_code(), 0);
        summary.add(Outcome::Unfound(SourceError::NoSuchPath("x".into())));
        assert_eq!(summary.exit_code(), 1);
        assert!(summary.unless_empty().is_ok());
    }

    #[test]
    fn nothing_at_all_is_an_error() {
        let mut empty = Summary::default();
        empty.add(Outcome::Skipped { object: "a.md".to_owned(), reason: "it is no log" });
        assert!(matches!(empty.unless_empty(), Err(CliError::AllSkipped)));
        let mut empty = Summary::default();
        empty.add(Outcome::Unfound(SourceError::NoSuchPath("x".into())));
        assert!(matches!(empty.unless_empty(), Err(CliError::NothingFound)));
    }
}
