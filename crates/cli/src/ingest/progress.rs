//! The progress bar.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use trailsearch_core::books::Books;

use super::sources::Found;
use crate::console::Console;

/// Bytes are what is known ahead and moves steadily; objects and records stand beside them.
const TEMPLATE: &str = "{spinner} [{bar:20}] {bytes}/{total_bytes} {eta} left {wide_msg}";

/// Where nobody knows how much there will be.
const ENDLESS_TEMPLATE: &str = "{spinner} {bytes} {bytes_per_sec} {msg}";

/// Where nothing is read yet.
const LISTING_TEMPLATE: &str = "{spinner} {msg}";

/// How often the bar moves while nothing else happens.
const TICK: Duration = Duration::from_millis(200);

/// The progress of an ingestion, shown where standard error is a terminal. Clones share one bar.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    wanted: Arc<dyn Fn(&Found) -> bool + Send + Sync>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("bar", &self.bar).finish_non_exhaustive()
    }
}

impl Progress {
    /// Shows the console's bar, for those objects that are `wanted` of all that are found.
    pub(crate) fn start(console: &Console, wanted: impl Fn(&Found) -> bool + Send + Sync + 'static) -> Self {
        Self::show(console, TEMPLATE, wanted)
    }

    /// Shows the console's bar, for objects that nobody has looked for.
    pub(crate) fn endless(console: &Console) -> Self {
        Self::show(console, ENDLESS_TEMPLATE, |_| false)
    }

    /// Shows the console's bar, for a search that comes before all reading.
    pub(crate) fn listing(console: &Console) -> Self {
        Self::show(console, LISTING_TEMPLATE, |_| false)
    }

    fn show(console: &Console, template: &str, wanted: impl Fn(&Found) -> bool + Send + Sync + 'static) -> Self {
        let bar = console.bar.clone();
        bar.set_message("");
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_length(0);
        bar.reset();
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, wanted: Arc::new(wanted) }
    }

    /// So many bytes will be read of objects that are not [`found`](Self::found) one by one.
    pub(crate) fn expect(&self, bytes: u64) {
        self.bar.inc_length(bytes);
    }

    /// An object is to be read.
    pub(crate) fn found(&self, found: &Found) {
        if (self.wanted)(found) {
            self.bar.inc_length(found.size);
        }
    }

    /// So many bytes have been read.
    pub(crate) fn read(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// The books of all objects so far.
    pub(crate) fn done(&self, books: &Books) {
        let (objects, records) = (HumanCount(books.objects), HumanCount(books.records));
        let rate = HumanCount((books.records as f64 / self.bar.elapsed().as_secs_f64().max(0.001)) as u64);
        self.tell(format!("{objects} objects, {records} records, {rate}/s"));
    }

    /// What is to be read beside the bar.
    pub(crate) fn tell(&self, text: String) {
        self.bar.set_message(text);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
