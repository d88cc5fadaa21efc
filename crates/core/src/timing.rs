//! How long the work took, stage by stage, and how old what it was done on: figures for metrics and traces.

use std::ops::AddAssign;
use std::time::{Duration, SystemTime};

/// The time that one stage took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stage {
    /// How long it was at work or waited for an answer. Work that went on at the same time counts each for itself.
    pub busy: Duration,
    /// From when, until when; nothing where it was not reached.
    pub span: Option<(SystemTime, SystemTime)>,
}

/// What took how long, and what happened before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// Waiting for the objects' bytes.
    pub fetch: Stage,
    /// Inflating, splitting and normalizing.
    pub inflate: Stage,
    /// Bulk requests: each from the compression of its body until its reply is read.
    pub bulk: Stage,
    /// When the oldest event happened that was read.
    pub oldest_event: Option<SystemTime>,
    /// When the oldest object was stored, where the store says so.
    pub stored: Option<SystemTime>,
}

impl Timing {
    /// From the oldest event until its object was stored; never less than nothing, since clocks differ.
    pub fn event_to_stored(&self) -> Option<Duration> {
        Some(self.stored?.duration_since(self.oldest_event?).unwrap_or_default())
    }

    /// From the storing of the object until `now`; never less than nothing, since clocks differ.
    pub fn stored_until(&self, now: SystemTime) -> Option<Duration> {
        Some(now.duration_since(self.stored?).unwrap_or_default())
    }
}

impl AddAssign for Stage {
    fn add_assign(&mut self, other: Self) {
        self.busy += other.busy;
        self.span = either(self.span, other.span, |own, other| (own.0.min(other.0), own.1.max(other.1)));
    }
}

impl AddAssign for Timing {
    fn add_assign(&mut self, other: Self) {
        self.fetch += other.fetch;
        self.inflate += other.inflate;
        self.bulk += other.bulk;
        self.oldest_event = either(self.oldest_event, other.oldest_event, SystemTime::min);
        self.stored = either(self.stored, other.stored, SystemTime::min);
    }
}

/// The one that is there, or what comes of both.
fn either<T>(one: Option<T>, other: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(join(one, other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn stage(from: u64, until: u64) -> Stage {
        Stage { busy: Duration::from_secs(until - from), span: Some((at(from), at(until))) }
    }

    #[test]
    fn work_adds_up_and_its_span_covers_all_of_it() {
        let mut sum = Stage::default();
        for stage in [stage(20, 25), stage(10, 12), Stage::default(), stage(11, 14)] {
            sum += stage;
        }
        assert_eq!(sum, Stage { busy: Duration::from_secs(10), span: Some((at(10), at(25))) });
    }

    #[test]
    fn the_oldest_counts() {
        let of = |event, stored| Timing { oldest_event: event, stored, ..Timing::default() };
        let mut sum = of(None, Some(at(300)));
        sum += of(Some(at(100)), Some(at(200)));
        sum += of(Some(at(150)), None);
        assert_eq!(sum.event_to_stored(), Some(Duration::from_secs(100)));
        assert_eq!(sum.stored_until(at(207)), Some(Duration::from_secs(7)));
    }

    #[test]
    fn clocks_that_differ_and_times_that_nobody_knows_do_no_harm() {
        let ahead = Timing { oldest_event: Some(at(9)), stored: Some(at(8)), ..Timing::default() };
        assert_eq!((ahead.event_to_stored(), ahead.stored_until(at(7))), (Some(Duration::ZERO), Some(Duration::ZERO)));
        assert_eq!((Timing::default().event_to_stored(), Timing::default().stored_until(at(7))), (None, None));
    }
}
