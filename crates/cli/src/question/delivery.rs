//! `delivery`: whether logs arrive: deliveries that are denied, accounts and regions that fell silent, and changes of
//! trails and of the buckets that logs go to.
//!
//! What counts as denied, as a change of a trail and as silence is what the monitors of mappings/monitors/ alert of.

mod answer;
mod denial;
pub(crate) mod pace;

use jiff::Timestamp;
use serde_json::{Value, json};
use trailsearch_schema::monitor_query;

use super::event::{LISTED, sort_by_time};
use super::events::{Events, Found};
use super::query::{Order, all, any, but_not, count, lucene, search, term, terms};
use super::scope::{Bounds, ScopeArgs};
use super::top::buckets;
use crate::args::questions::DeliveryArgs;
use crate::error::CliError;
pub(super) use answer::Delivery;
use denial::Denial;

/// The calls by which a bucket stops to take logs. See
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>.
const BUCKET_CALLS: [&str; 10] = [
    "DeleteBucket",
    "DeleteBucketEncryption",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "PutBucketEncryption",
    "PutBucketLifecycle",
    "PutBucketNotification",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
];

/// How many changes are told, the newest ones.
const CHANGES: u32 = 200;

/// How many buckets logs may go to.
const BUCKETS: u32 = 100;

/// The week before the end of what is asked about, which silence is told by whatever its beginning is.
///
/// # Errors
/// When no time is left.
pub(super) fn week(scope: &ScopeArgs, now: Timestamp) -> Result<Bounds, CliError> {
    let until = scope.bounds(now)?.until.unwrap_or(now);
    Ok(Bounds { since: until.checked_sub(pace::WINDOW).ok(), until: Some(until) })
}

/// Asks for all that keeps logs from arriving. `week` is the part of the index in which silence shows, which ends `at`.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn run(
    events: &Events<'_>,
    week: &Events<'_>,
    at: Timestamp,
    args: &DeliveryArgs,
) -> Result<Delivery, CliError> {
    let (found, paces) = futures::try_join!(events.search(survey()), pace::of_regions(week))?;
    let regions = paces.into_iter().map(|pace| pace.judged(at, args.silent_after, args.at_least)).collect();
    let mut listed = search(CHANGES, Order::Newest, &LISTED, &changes(&log_buckets(&found)));
    listed["track_total_hits"] = true.into();
    let mut changed = events.search(listed).await?;
    sort_by_time(&mut changed.events);
    Ok(Delivery::new(Denial::all(&found.aggregations["denied"]), regions, at, changed))
}

/// The query of denied deliveries and changes of trails.
pub(super) fn asked() -> Value {
    any([denials(), trail_changes()])
}

/// Deliveries that were refused.
fn denials() -> Value {
    lucene(&monitor_query("delivery-denied").unwrap_or_default())
}

/// Changes of trails, also those that were only tried.
fn trail_changes() -> Value {
    lucene(&monitor_query("trail-changed").unwrap_or_default())
}

/// Denied deliveries in groups, and the buckets that logs go to.
fn survey() -> Value {
    let named = |query: Value, field: &str| {
        let names = json!({"terms": {"field": field, "size": BUCKETS}});
        json!({"filter": query, "aggs": {"names": names}})
    };
    let aggregations = json!({
        "denied": {"filter": denials(), "aggs": {"groups": denial::groups()}},
        "read_from": {"terms": {"field": "ingest.bucket", "size": BUCKETS}},
        "denied_at": named(denials(), "request.bucketName"),
        "trails": named(term("eventSource", "cloudtrail.amazonaws.com"), "request.s3BucketName"),
    });
    count(&but_not([], []), &aggregations)
}

/// The buckets that logs were read from, that trails name, and that deliveries were denied at.
fn log_buckets(found: &Found) -> Vec<String> {
    let places = ["/read_from", "/denied_at/names", "/trails/names"];
    let known = places.iter().filter_map(|place| found.aggregations.pointer(place));
    let mut names: Vec<String> =
        known.flat_map(buckets).filter_map(|bucket| bucket["key"].as_str().map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    names
}

/// Changes of trails and of the buckets.
fn changes(buckets: &[String]) -> Value {
    let calls = terms("eventName", BUCKET_CALLS);
    let named = terms("request.bucketName", buckets.iter().map(String::as_str));
    any([trail_changes()].into_iter().chain((!buckets.is_empty()).then(|| all([calls, named]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_and_changes_are_those_of_the_monitors() {
        assert!(denials()["query_string"]["query"].as_str().unwrap().contains("delivery.logs.amazonaws.com"));
        let trails = changes(&[]);
        let query = trails.pointer("/bool/should/0/query_string/query").unwrap();
        assert!(query.as_str().unwrap().contains("StopLogging"), "{query}");
        assert_eq!(trails["bool"]["should"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn buckets_are_gathered_once() {
        let names =
            |names: &[&str]| json!({"buckets": names.iter().map(|name| json!({"key": name})).collect::<Vec<_>>()});
        let aggregations = json!({
            "read_from": names(&["example-logs"]), "denied_at": {"names": names(&["example-flow-logs", "example-logs"])},
        });
        let found = Found { aggregations, ..Found::default() };
        assert_eq!(log_buckets(&found), ["example-flow-logs", "example-logs"]);
        let query = changes(&log_buckets(&found));
        let named = query.pointer("/bool/should/1/bool/filter/1/terms/request.bucketName").unwrap();
        assert_eq!(named, &json!(["example-flow-logs", "example-logs"]));
    }
}
