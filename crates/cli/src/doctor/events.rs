//! What the events themselves tell: since when which account and region is silent, how late events come, and how many
//! could only be indexed in part.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailsearch_schema::monitor_query;

use super::finding::{Asked, Finding, counted, some_of};
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::question::delivery::pace::{self, AT_LEAST, Pace, SILENT_AFTER, WINDOW, told};
use crate::question::event::Event;
use crate::question::events::Events;
use crate::question::query::{but_not, count, lucene};
use crate::question::scope::{Bounds, Scope, ScopeArgs, span};

const SEARCH: Asked = Asked { request: "POST PREFIX-*/_search", permission: "indices:data/read/search" };

/// How many of the events that were ingested last tell how late they come.
const LATEST: u32 = 1000;

/// Older events than this, when they are ingested, are a backfill's and tell nothing of lateness.
const BACKFILLED: SignedDuration = SignedDuration::from_hours(24);

/// How late half of the events may be. CloudTrail itself takes about five minutes on average
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>).
const LATE: SignedDuration = SignedDuration::from_mins(30);

/// Looks at the newest events.
///
/// # Errors
/// When the options of `delivery` have unusable defaults.
pub(super) async fn look(cluster: &Cluster, console: &Console) -> Result<Vec<Finding>, CliError> {
    let now = Timestamp::now();
    let bounds = Bounds { since: now.checked_sub(WINDOW).ok(), until: Some(now) };
    let week = Events::new(cluster, console, Scope::within(&ScopeArgs::default(), bounds));
    let all = Events::new(cluster, console, Scope::default());
    let (paces, latest, degraded) = futures::join!(pace::of_regions(&week), all.find(latest()), all.search(degraded()));
    let unanswered = |check, error| Finding::unanswered_by(check, SEARCH, &error);
    let silent_after = span(SILENT_AFTER).unwrap_or(WINDOW);
    let judged = |pace: Pace| pace.judged(now, silent_after, AT_LEAST);
    Ok(vec![
        paces.map_or_else(
            |error| unanswered("silence", error),
            |paces| silence(paces.into_iter().map(judged).collect()),
        ),
        latest.map_or_else(|error| unanswered("lag", error), |events| lag(&events)),
        degraded.map_or_else(|error| unanswered("degraded", error), |found| reduced(found.total)),
    ])
}

fn silence(paces: Vec<Pace>) -> Finding {
    let Some(newest) = paces.iter().map(|pace| pace.newest).max() else {
        let todo = "see that the trail logs and its objects are ingested: `trailsearch delivery`, `trailsearch verify`";
        return Finding::warning("silence", "no event is of the last seven days", todo);
    };
    let silent: Vec<String> = paces
        .iter()
        .filter(|pace| pace.is_silent())
        .map(|pace| format!("{} in {} since {}", pace.account, pace.region, pace.newest))
        .collect();
    if silent.is_empty() {
        return Finding::ok(
            "silence",
            format!("{} accounts and regions are heard, the newest event is of {newest}", paces.len()),
        );
    }
    let found = format!("{} of {} accounts and regions are silent: {}", silent.len(), paces.len(), some_of(&silent));
    Finding::warning("silence", found, "see `trailsearch delivery`, and compare with the newest objects in the bucket")
}

/// The events that were ingested last.
fn latest() -> Value {
    let newest = json!([{"ingest.time": {"order": "desc", "unmapped_type": "date"}}]);
    json!({"size": LATEST, "track_total_hits": false, "_source": ["@timestamp", "ingest.time"], "sort": newest,
        "query": but_not([], [])})
}

fn lag(events: &[Event]) -> Finding {
    let time = |event: &Event, place: &str| event.text(place).parse::<Timestamp>().ok();
    let lag = |event: &Event| Some(time(event, "/ingest/time")?.duration_since(time(event, "/@timestamp")?));
    let mut lags: Vec<SignedDuration> = events.iter().filter_map(lag).filter(|lag| *lag < BACKFILLED).collect();
    lags.sort();
    let at = |percent: usize| lags.get((lags.len().saturating_sub(1)) * percent / 100).copied().unwrap_or_default();
    if lags.is_empty() {
        return Finding::ok("lag", "no event was ingested within a day, which is what would tell");
    }
    let (median, most) = (at(50), at(95));
    let found = format!(
        "of the last {} events half were ingested within {}, 95 % within {}",
        lags.len(),
        told(median),
        told(most)
    );
    let todo = "see whether the function is throttled or its queue grows (docs/metrics.md); a backfill of a day looks like this too";
    Finding::warning_if(median > LATE, "lag", found, todo)
}

/// A count of what the monitor of degraded events alerts of.
fn degraded() -> Value {
    count(&lucene(&monitor_query("degraded").unwrap_or_default()), &json!({}))
}

fn reduced(total: u64) -> Finding {
    let found = match total {
        0 => "every event is indexed whole".to_owned(),
        total => format!("{} only in part", counted(total, "event is indexed", "events are indexed")),
    };
    let todo = "see why with `trailsearch top ingest.error`; mostly the index has another mapping, which `trailsearch setup` mends for the next month";
    Finding::warning_if(total > 0, "degraded", found, todo)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    fn event(time: &str, ingested: &str) -> Event {
        Event::new(json!({"@timestamp": time, "ingest": {"time": ingested}}))
    }

    #[test]
    fn half_of_the_events_tell_how_late_they_come() {
        let ingested = "2026-11-20T12:00:00Z";
        let soon = event("2026-11-20T11:56:00Z", ingested);
        let late = event("2026-11-20T10:00:00Z", ingested);
        let old = event("2024-11-20T10:00:00Z", ingested);
        assert_eq!(lag(&[soon.clone(), soon.clone(), late.clone(), old.clone()]).level, Level::Ok);
        assert_eq!(lag(&[soon, late.clone(), late]).level, Level::Warning);
        assert_eq!((lag(&[old]).level, lag(&[]).level), (Level::Ok, Level::Ok));
    }

    #[test]
    fn nothing_of_a_week_is_worth_a_warning() {
        assert_eq!(silence(Vec::new()).level, Level::Warning);
        assert_eq!([reduced(0).level, reduced(1).level], [Level::Ok, Level::Warning]);
    }
}
