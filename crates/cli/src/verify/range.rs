//! The days that are verified.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::error::CliError;

/// How long after its delivery a log file is named at the latest, but for backfill digests.
pub(super) const DELAY: SignedDuration = SignedDuration::from_hours(1);

/// From the beginning of a day to the end of another, in UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Range {
    /// The range of two days, both included.
    ///
    /// # Errors
    /// When the second is before the first.
    pub(super) fn new(from: Option<Date>, to: Option<Date>) -> Result<Self, CliError> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(CliError::EmptyRange { from, to }),
            _ => Ok(Self { from: from.and_then(midnight), to: to.and_then(|day| midnight(day.tomorrow().ok()?)) }),
        }
    }

    /// Whether a digest whose hour ends then may name log files delivered in these days.
    pub(super) fn holds(&self, end: Timestamp) -> bool {
        self.from.is_none_or(|from| end > from) && self.to.is_none_or(|to| end <= to + DELAY)
    }
}

fn midnight(day: Date) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Result<Range, CliError> {
        Range::new(from.parse().ok(), to.parse().ok())
    }

    #[test]
    fn both_days_are_included() {
        let range = range("2026-10-05", "2026-10-06").unwrap();
        let holds = |end: &str| range.holds(end.parse().unwrap());
        for end in ["2026-10-05T00:10:00Z", "2026-10-06T12:00:00Z", "2026-10-07T01:00:00Z"] {
            assert!(holds(end), "{end}");
        }
        assert!(!holds("2026-10-05T00:00:00Z") && !holds("2026-10-07T01:10:00Z"));
    }

    #[test]
    fn either_day_may_be_left_out() {
        let early = "2013-11-13T00:00:00Z".parse().unwrap();
        assert!(range("", "").unwrap().holds(early) && range("", "2026-10-05").unwrap().holds(early));
        assert!(!range("2026-10-05", "").unwrap().holds(early));
    }

    #[test]
    fn a_range_does_not_run_backwards() {
        assert!(matches!(range("2026-10-06", "2026-10-05"), Err(CliError::EmptyRange { .. })));
        assert!(range("2026-10-06", "2026-10-06").is_ok());
    }
}
