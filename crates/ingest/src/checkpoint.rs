//! How far an object was ingested when time ran out, so that the next attempt goes on from there.
//!
//! A checkpoint says how many of the object's first records are all placed. The next attempt inflates and splits them
//! again, which is far quicker than posting them, and each attempt that places one more batch moves it on. An attempt that
//! ends without a checkpoint is no harm either: the records that it placed are found to be duplicates.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;

use crate::ports::{Opened, StateStore};
use crate::state::name_of;

/// The smallest object that has checkpoints, in bytes as it is stored. What is smaller holds some 10,000 records, which are
/// posted in seconds; looking for its checkpoint would be one more request for nearly every object of a trail.
const LEAST_BYTES: u64 = 1 << 20;

/// The oldest checkpoint that counts. Lambda and SQS deliver again within hours; whoever ingests an object much later may
/// do so because the index was lost, and must not skip what it held.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// What a checkpoint says.
#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    bucket: String,
    key: String,
    etag: String,
    /// How many of the object's first records are all placed.
    records: u64,
    /// When that was, in seconds since 1970.
    time: i64,
}

/// The place of one object's checkpoint.
#[derive(Debug)]
pub(crate) struct Bookmark {
    state: Arc<dyn StateStore>,
    name: String,
    object: ObjectRef,
    etag: String,
    /// Whether a checkpoint stands there.
    found: bool,
    records: u64,
}

impl Bookmark {
    /// The place of the checkpoint of an object that may need one.
    pub(crate) fn of(
        state: Arc<dyn StateStore>,
        index_prefix: &str,
        object: &ObjectRef,
        opened: &Opened,
    ) -> Option<Self> {
        let etag = opened.etag.clone().filter(|_| opened.size >= Some(LEAST_BYTES))?;
        // The name is none that CloudTrail's objects have: nobody who watches the bucket takes it for a log.
        let name = format!("checkpoints/{}.checkpoint", name_of(index_prefix, object));
        Some(Self { state, name, object: object.clone(), etag, found: false, records: 0 })
    }

    /// Looks for a checkpoint; none is like one of no records.
    pub(crate) async fn look(&mut self) {
        match self.state.get(&self.name).await {
            Ok(found) => self.open(found.as_deref()),
            Err(error) => self.warn(&error, "the checkpoint cannot be read: beginning at the first record"),
        }
    }

    fn open(&mut self, found: Option<&[u8]>) {
        self.found = found.is_some();
        let checkpoint = found.and_then(|bytes| serde_json::from_slice::<Checkpoint>(bytes).ok());
        self.records =
            checkpoint.filter(|checkpoint| self.counts(checkpoint)).map_or(0, |checkpoint| checkpoint.records);
        if self.records > 0 {
            self.tell(self.records, "going on from the checkpoint");
        }
    }

    fn counts(&self, checkpoint: &Checkpoint) -> bool {
        let age = Timestamp::now().as_second().saturating_sub(checkpoint.time);
        let same = (&checkpoint.bucket, &checkpoint.key, &checkpoint.etag)
            == (&self.object.bucket, &self.object.key, &self.etag);
        same && age <= OLDEST.as_secs()
    }

    /// Writes that the first `records` are all placed, where that is news. It is tried for at most `patience`.
    pub(crate) async fn keep(&self, records: u64, patience: Duration) {
        if records <= self.records {
            return;
        }
        let ObjectRef { bucket, key, .. } = self.object.clone();
        let checkpoint =
            Checkpoint { bucket, key, etag: self.etag.clone(), records, time: Timestamp::now().as_second() };
        // Numbers and texts are always JSON.
        let body = Bytes::from(serde_json::to_vec(&checkpoint).unwrap_or_default());
        match tokio::time::timeout(patience, self.state.put(&self.name, body)).await {
            Ok(Ok(())) => self.tell(records, "the next attempt goes on from the checkpoint"),
            Ok(Err(error)) => self.warn(&error, "the checkpoint cannot be written"),
            Err(error) => self.warn(&error, "the checkpoint was not written in time"),
        }
    }

    /// Removes the checkpoint of an object that is done.
    pub(crate) async fn remove(&self, patience: Duration) {
        if !self.found {
            return;
        }
        match tokio::time::timeout(patience, self.state.delete(&self.name)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.warn(&error, "the checkpoint cannot be removed"),
            Err(error) => self.warn(&error, "the checkpoint was not removed in time"),
        }
    }

    /// How many of the object's first records an earlier attempt has placed.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    fn tell(&self, records: u64, message: &str) {
        tracing::info!(bucket = self.object.bucket, object = self.object.key, records, "{message}");
    }

    fn warn(&self, error: &(dyn std::error::Error + 'static), message: &str) {
        let error = with_causes(error);
        tracing::warn!(bucket = self.object.bucket, object = self.object.key, error, "{message}");
    }
}

/// Which records are placed: those up to a point, and ranges beyond it.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    leading: u64,
    beyond: BTreeMap<u64, u64>,
}

impl Placed {
    /// The first `records` are placed.
    pub(crate) fn from_start(records: u64) -> Self {
        Self { leading: records, beyond: BTreeMap::new() }
    }

    /// Adds a range, which overlaps no other.
    pub(crate) fn add(&mut self, range: Range<u64>) {
        if !range.is_empty() {
            self.beyond.insert(range.start, range.end);
        }
        while let Some(end) = self.beyond.remove(&self.leading) {
            self.leading = end;
        }
    }

    /// How many of the first records are all placed.
    pub(crate) fn leading(&self) -> u64 {
        self.leading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_gap_before_it_leads() {
        let mut placed = Placed::from_start(10);
        for (range, leading) in [(20..30, 10), (10..10, 10), (10..20, 30), (40..50, 30), (50..60, 30), (30..40, 60)] {
            placed.add(range);
            assert_eq!(placed.leading(), leading);
        }
    }
}
