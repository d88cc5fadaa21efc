//! The progress bar.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use trailsearch_core::books::Books;

use super::sources::Found;
use crate::console::Console;

/// Bytes are what is known ahead and moves steadily; objects and records stand beside them.
const TEMPLATE: &str = "{spinner} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {msg}";

/// How often the bar moves while nothing else happens.
const TICK: Duration = Duration::from_millis(200);

/// The progress of an ingestion, shown where standard error is a terminal. Clones share one bar.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shows the console's bar.
    pub(super) fn start(console: &Console) -> Self {
        let bar = console.bar.clone();
        bar.set_length(0);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar }
    }

    /// An object is to be read.
    pub(super) fn found(&self, found: &Found) {
        if found.skip_reason().is_none() {
            self.bar.inc_length(found.size);
        }
    }

    /// So many bytes have been read.
    pub(super) fn read(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// The books of all objects so far.
    pub(super) fn done(&self, books: &Books) {
        let (objects, records) = (HumanCount(books.objects), HumanCount(books.records));
        self.bar.set_message(format!("{objects} objects, {records} records"));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
