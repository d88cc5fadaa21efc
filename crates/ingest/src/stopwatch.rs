//! Times a stage of the work.

use std::time::{Instant, SystemTime};

use trailsearch_core::timing::Stage;

/// Runs from its start until it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch {
    started: SystemTime,
    /// A clock that nobody sets, unlike that of the day.
    since: Instant,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { started: SystemTime::now(), since: Instant::now() }
    }

    /// The time since the start.
    pub(crate) fn read(&self) -> Stage {
        let busy = self.since.elapsed();
        Stage { busy, span: Some((self.started, self.started + busy)) }
    }
}

/// What comes of `work`, whose time is added to `stage`.
pub(crate) async fn timed<T>(stage: &mut Stage, work: impl Future<Output = T>) -> T {
    let stopwatch = Stopwatch::start();
    let result = work.await;
    *stage += stopwatch.read();
    result
}
