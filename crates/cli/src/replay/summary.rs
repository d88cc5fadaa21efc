//! What a replay came to.

use std::time::Duration;

use indicatif::HumanCount;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use trailsearch_core::books::Books;

use crate::output::{Answer, Style, rows};

/// The exit code where there was nothing to replay.
const NOTHING: u8 = 3;

/// What is back, and what stays where it was.
#[derive(Debug)]
pub(crate) struct Summary {
    /// What is replayed: files or messages.
    unit: &'static str,
    pub(super) books: Books,
    replayed: u64,
    left: u64,
    time: Duration,
}

impl Summary {
    /// The summary of a replay of these things.
    pub(super) fn of(unit: &'static str) -> Self {
        Self { unit, books: Books::default(), replayed: 0, left: 0, time: Duration::ZERO }
    }

    /// One is done.
    pub(super) fn replayed(&mut self, books: Books) {
        self.books += books;
        self.replayed += 1;
    }

    /// One failed and stays where it was.
    pub(super) fn left(&mut self, books: Books) {
        self.books += books;
        self.left += 1;
    }

    pub(super) fn took(&mut self, time: Duration) {
        self.time = time;
    }

    /// To the millisecond.
    fn seconds(&self) -> f64 {
        self.time.as_millis() as f64 / 1000.0
    }

    /// Names as programs read them.
    fn counts(&self) -> [(&'static str, u64); 9] {
        let books = &self.books;
        [
            ("replayed", self.replayed),
            ("left", self.left),
            ("records", books.records),
            ("indexed", books.indexed),
            ("duplicate", books.duplicate),
            ("degraded", books.degraded),
            ("dead_lettered", books.dead_lettered),
            ("dropped", books.dropped),
            ("failed", books.failed),
        ]
    }
}

/// As programs read it: the names and their order stay.
impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.counts();
        let mut line = serializer.serialize_struct("Summary", counts.len() + 2)?;
        line.serialize_field("unit", self.unit)?;
        for (name, count) in counts {
            line.serialize_field(name, &count)?;
        }
        line.serialize_field("seconds", &self.seconds())?;
        line.end()
    }
}

impl Answer for Summary {
    fn table(&self, _: Style) -> String {
        let count = |(name, count)| match name {
            "replayed" | "left" => (name, format!("{} {}", HumanCount(count), self.unit)),
            "dead_lettered" => ("dead-lettered", HumanCount(count).to_string()),
            _ => (name, HumanCount(count).to_string()),
        };
        rows(self.counts().map(count).into_iter().chain([("seconds", format!("{:.3}", self.seconds()))]))
    }

    /// 1 where anything stays where it was, 3 where there was nothing.
    fn exit_code(&self) -> u8 {
        match (self.replayed, self.left) {
            (0, 0) => NOTHING,
            (_, 0) => 0,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        let mut summary = Summary::of("files");
        let books = Books { objects: 1, records: 1_200, indexed: 1_190, duplicate: 10, ..Books::default() };
        summary.replayed(books);
        summary.took(Duration::from_millis(1_500));
        summary
    }

    #[test]
    fn the_line_for_programs_keeps_its_names_and_order() {
        let line = r#"{"unit":"files","replayed":1,"left":0,"records":1200,"indexed":1190,"duplicate":10,"degraded":0,"#
            .to_owned() + r#""dead_lettered":0,"dropped":0,"failed":0,"seconds":1.5}"#;
        assert_eq!(serde_json::to_string(&summary()).unwrap(), line);
    }

    #[test]
    fn the_table_tells_what_was_replayed() {
        let table = summary().table(Style::default());
        assert!(table.starts_with("replayed       1 files\nleft           0 files\nrecords        1,200\n"), "{table}");
    }

    #[test]
    fn the_exit_code_tells_whether_all_is_back() {
        let mut summary = summary();
        assert_eq!((Summary::of("files").exit_code(), summary.exit_code()), (3, 0));
        summary.left(Books::default());
        assert_eq!(summary.exit_code(), 1);
    }
}
