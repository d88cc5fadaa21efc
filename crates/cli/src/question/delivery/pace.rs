//! How often accounts and regions tell something, and since when one tells nothing.

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::error::CliError;
use crate::question::events::Events;
use crate::question::query::{but_not, count};
use crate::question::top::buckets;

/// The most accounts and regions that are told.
const MOST: u32 = 1000;

/// How far back the usual pace is looked for, as the monitor does.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a region tells nothing before that is silence, unless asked otherwise; the monitor's.
pub(crate) const SILENT_AFTER: &str = "6h";

/// How many events of the window make a region one of which silence can be told, unless asked otherwise; the monitor's.
pub(crate) const AT_LEAST: u64 = 100;

/// One account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Pace {
    pub(crate) account: String,
    pub(crate) region: String,
    /// How many there were in the window.
    events: u64,
    /// How many seconds usually lie between two of them; none where there is only one.
    usual_seconds: Option<i64>,
    #[serde(serialize_with = "as_text")]
    pub(crate) newest: Timestamp,
    pub(crate) state: State,
}

/// What the time since the newest event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Heard,
    /// Nothing for long where there used to be much.
    Silent,
    /// Nothing for long where there never was much.
    Rare,
}

/// Asks for all accounts and regions, those first that were heard longest ago.
///
/// # Errors
/// When the cluster does not answer.
pub(crate) async fn of_regions(events: &Events<'_>) -> Result<Vec<Pace>, CliError> {
    let regions = json!({
        "multi_terms": {
            "terms": [{"field": "recipientAccountId"}, {"field": "awsRegion"}], "size": MOST, "order": {"newest": "asc"},
        },
        "aggs": {"newest": {"max": {"field": "@timestamp"}}, "oldest": {"min": {"field": "@timestamp"}}},
    });
    let found = events.search(count(&but_not([], []), &json!({"regions": regions}))).await?;
    Ok(buckets(&found.aggregations["regions"]).iter().filter_map(Pace::of).collect())
}

impl Pace {
    fn of(bucket: &Value) -> Option<Self> {
        let key = |number: usize| bucket["key"][number].as_str().map(str::to_owned);
        let time = |name: &str| Timestamp::from_millisecond(bucket[name]["value"].as_f64()? as i64).ok();
        let (events, newest) = (bucket["doc_count"].as_u64()?, time("newest")?);
        let gaps = i64::try_from(events).ok()? - 1;
        let usual_seconds = newest.duration_since(time("oldest")?).as_secs().checked_div(gaps);
        Some(Self { account: key(0)?, region: key(1)?, events, usual_seconds, newest, state: State::Heard })
    }

    /// The same, judged at `now`.
    #[must_use]
    pub(crate) fn judged(self, now: Timestamp, silent_after: SignedDuration, at_least: u64) -> Self {
        let state = match (self.since(now) >= silent_after, self.events >= at_least) {
            (false, _) => State::Heard,
            (true, true) => State::Silent,
            (true, false) => State::Rare,
        };
        Self { state, ..self }
    }

    fn since(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.newest)
    }

    /// Whether nothing comes where there used to be much.
    pub(crate) fn is_silent(&self) -> bool {
        self.state == State::Silent
    }

    /// The heads of the columns of [`Self::row`].
    pub(super) const HEADER: [&str; 6] = ["ACCOUNT", "REGION", "EVENTS", "USUALLY", "NEWEST", "STATE"];

    /// The region in a table, as of `now`.
    pub(super) fn row(&self, now: Timestamp) -> Vec<String> {
        let usually = self.usual_seconds.map(|seconds| format!("every {}", told(SignedDuration::from_secs(seconds))));
        let for_long = format!("for {}", told(self.since(now)));
        let state = match self.state {
            State::Heard => "heard".to_owned(),
            State::Silent => format!("silent {for_long}"),
            State::Rare => format!("nothing {for_long}, and rarely before"),
        };
        let newest = self.newest.to_string();
        vec![
            self.account.clone(),
            self.region.clone(),
            self.events.to_string(),
            usually.unwrap_or_default(),
            newest,
            state,
        ]
    }
}

/// A time as JSON has it.
pub(super) fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

/// A span of time for people: minutes where it takes hours.
pub(crate) fn told(span: SignedDuration) -> String {
    let unit = if span >= SignedDuration::from_hours(1) { Unit::Minute } else { Unit::Second };
    format!("{:#}", span.round(unit).unwrap_or(span))
}

#[cfg(test)]
mod tests {
    use trailsearch_schema::monitors;

    use super::*;

    #[test]
    fn silence_is_what_the_monitor_means_by_it() {
        let monitors = monitors("audit").unwrap();
        let silent =
            monitors.iter().find(|monitor| monitor["name"].as_str().unwrap().ends_with("falls silent")).unwrap();
        let found = silent.pointer("/inputs/0/search/query/aggregations/found").unwrap();
        assert_eq!(found["multi_terms"]["min_doc_count"], AT_LEAST);
        assert!(found["aggregations"]["recent"].to_string().contains(&format!("||-{SILENT_AFTER}")));
        let window = silent.pointer("/inputs/0/search/query/query").unwrap().to_string();
        assert!(window.contains(&format!("||-{}d", WINDOW.as_hours() / 24)), "{window}");
    }

    #[test]
    fn the_pace_tells_silence_from_rarity() {
        let bucket = json!({"key": ["111122223333", "us-east-1"], "doc_count": 121,
            "oldest": {"value": 1_795_132_800_000_i64}, "newest": {"value": 1_795_176_000_000_i64}});
        let pace = Pace::of(&bucket).unwrap();
        assert_eq!(pace.row(pace.newest)[3..], ["every 6m", "2026-11-20T12:00:00Z", "heard"]);
        let now = "2026-11-20T18:10:00Z".parse().unwrap();
        let judged = |at_least| pace.clone().judged(now, SignedDuration::from_hours(6), at_least);
        assert_eq!(judged(100).row(now)[5], "silent for 6h 10m");
        assert_eq!(judged(200).row(now)[5], "nothing for 6h 10m, and rarely before");
        assert_eq!(pace.clone().judged(now, SignedDuration::from_hours(7), 1).state, State::Heard);
    }

    #[test]
    fn one_event_has_no_pace() {
        let at = json!({"value": 1_795_176_000_000_i64});
        let pace = Pace::of(&json!({"key": ["1", "r"], "doc_count": 1, "oldest": at, "newest": at})).unwrap();
        assert_eq!(pace.usual_seconds, None);
    }
}
