//! Log objects whose events nobody has seen before.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use serde_json::Value;
use trailsearch_testkit::load::Records;
use trailsearch_testkit::{Day, gzip};

/// The text of a log object, and its events.
pub struct Log {
    /// The JSON text.
    pub text: String,
    /// The `eventID` of each record, in their order.
    pub ids: Vec<String>,
}

impl Log {
    /// A log of `count` new events of October 2026.
    pub fn new(count: usize) -> Self {
        Self::of(Records::new(new_seed()), count)
    }

    /// A log of `count` new events of `day`.
    pub fn on(day: Day, count: usize) -> Self {
        Self::of(Records::new(new_seed()).over(day, 1), count)
    }

    fn of(records: Records, count: usize) -> Self {
        let records: Vec<String> = records.take(count).collect();
        Self {
            text: format!("{{\"Records\":[{}]}}", records.join(",")),
            ids: records.iter().map(|record| event_id(record)).collect(),
        }
    }

    /// The text as CloudTrail delivers it.
    pub fn gzip(&self) -> Vec<u8> {
        gzip(&self.text)
    }
}

fn event_id(record: &str) -> String {
    let record: Value = serde_json::from_str(record).unwrap();
    record["eventID"].as_str().unwrap().to_owned()
}

/// Differs within a run and between runs.
fn new_seed() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 ^ NEXT.fetch_add(1, Ordering::Relaxed) << 48
}

/// A key as CloudTrail writes them, whose file is told apart by `name`.
pub fn key(name: &str) -> String {
    let folder = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/15";
    format!("{folder}/111122223333_CloudTrail_us-east-1_20261015T0910Z_{name}.json.gz")
}
