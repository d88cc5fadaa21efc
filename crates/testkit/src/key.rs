//! Keys of log objects.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>

use crate::clock::{Moment, Style};

/// CloudTrail collects for at most so many seconds before it delivers.
const HOUR: u64 = 3600;
/// How long after the hour the object arrives, in seconds.
const DELAY: u64 = 300;

/// Which kind of events an object holds: each has a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trail {
    /// Management and data events.
    Log,
    /// Insight events.
    Insight,
    /// Network activity events of VPC endpoints.
    NetworkActivity,
    /// Aggregated events.
    Aggregated,
}

impl Trail {
    /// The trail of an `eventCategory`.
    pub(crate) fn of(category: &str) -> Self {
        match category {
            "Insight" => Self::Insight,
            "NetworkActivity" => Self::NetworkActivity,
            "Aggregated" => Self::Aggregated,
            _ => Self::Log,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Log => "CloudTrail",
            Self::Insight => "CloudTrail-Insight",
            Self::NetworkActivity => "CloudTrail-NetworkActivity",
            Self::Aggregated => "CloudTrail-Aggregated",
        }
    }
}

/// What the events of one object have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    account: &'static str,
    pub(crate) trail: Trail,
    region: &'static str,
    /// When the object arrives.
    delivered: Moment,
}

impl Place {
    /// The place of an event of `time`: its hour's.
    pub(crate) fn new(account: &'static str, trail: Trail, region: &'static str, time: Moment) -> Self {
        let delivered = Moment((time.0 / HOUR + 1) * HOUR + DELAY);
        Self { account, trail, region, delivered }
    }

    /// The object's key; `unique` gives the 16 characters at its end.
    pub(crate) fn key(&self, organization: &str, unique: u64) -> String {
        let Self { account, region, .. } = self;
        let (trail, day) = (self.trail.name(), self.spelled(Style::Path));
        // The time in a name has no seconds.
        let minute = self.spelled(Style::Basic).replace("00Z", "Z");
        format!(
            "AWSLogs/{organization}/{account}/{trail}/{region}/{day}/\
             {account}_{trail}_{region}_{minute}_{unique:016X}.json.gz"
        )
    }

    fn spelled(&self, style: Style) -> String {
        let mut out = String::new();
        self.delivered.write(style, &mut out);
        out
    }
}
