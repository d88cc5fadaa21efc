//! What a backfill came to.

use std::path::PathBuf;

use indicatif::HumanCount;
use serde::Serialize;
use trailsearch_core::ack::with_causes;
use trailsearch_ingest::Failure;

use super::estimate::Estimate;
use crate::ingest::Summary;
use crate::output::{Answer, Style, rows};

/// Failures that are told one by one; all of them have been said already.
const SHOWN: usize = 1_000;

/// The summary of an ingestion, and of what was finished before it.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    source: String,
    journal: PathBuf,
    finished_before: u64,
    #[serde(flatten)]
    ingested: Summary,
    failures: Vec<Failed>,
}

/// The objects that failed, the first of them.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<Failed>);

#[derive(Debug, Serialize)]
struct Failed {
    object: String,
    error: String,
}

impl Failures {
    /// Adds an object.
    pub(super) fn add(&mut self, failure: &Failure) {
        if self.0.len() < SHOWN {
            self.0.push(Failed { object: failure.object.clone(), error: with_causes(&failure.error) });
        }
    }
}

impl Report {
    /// The report of what was estimated so.
    pub(super) fn new(estimate: Estimate, journal: PathBuf, ingested: Summary, failures: Failures) -> Self {
        let Estimate { source, finished_before, .. } = estimate;
        Self { source, journal, finished_before, ingested, failures: failures.0 }
    }
}

impl Answer for Report {
    fn table(&self, style: Style) -> String {
        let about = rows([
            ("source", self.source.clone()),
            ("journal", self.journal.display().to_string()),
            ("finished before", format!("{} objects", HumanCount(self.finished_before))),
        ]);
        let failures = self.failures.iter().map(|Failed { object, error }| format!("  {object}: {error}\n"));
        let failures: String = failures.collect();
        let title = if failures.is_empty() { "" } else { "\nto be tried again by the next run\n" };
        format!("{about}\n{}{title}{failures}", self.ingested.table(style))
    }

    fn exit_code(&self) -> u8 {
        self.ingested.exit_code()
    }
}
