//! The metrics, each declared once.

use std::time::Duration;

use serde_json::Value;
use trailsearch_core::timing::Stage;

use super::{Group, Totals};

/// A metric that is read from a `T`.
pub(super) struct Metric<T: 'static> {
    pub(super) name: &'static str,
    /// One of CloudWatch's units.
    pub(super) unit: &'static str,
    /// Its value, or a list of them; an empty list where there is none.
    pub(super) value: fn(&T) -> Value,
    /// What it tells.
    meaning: &'static str,
    /// When to raise an alarm.
    alarm: &'static str,
}

const fn metric<T>(
    name: &'static str,
    unit: &'static str,
    value: fn(&T) -> Value,
    meaning: &'static str,
    alarm: &'static str,
) -> Metric<T> {
    Metric { name, unit, value, meaning, alarm }
}

const COUNT: &str = "Count";
const BYTES: &str = "Bytes";
const MILLISECONDS: &str = "Milliseconds";
const SECONDS: &str = "Seconds";

/// Of an invocation, by function.
pub(super) const TOTALS: [Metric<Totals>; 16] = [
    metric(
        "RecordsRead",
        COUNT,
        |totals| totals.books.records.into(),
        "Records read. The sum of the six below.",
        "Sum is 0 for some hours, where the account never rests: nothing is delivered, or nothing invokes the function.",
    ),
    metric(
        "RecordsIndexed",
        COUNT,
        |totals| totals.books.indexed.into(),
        "Documents that are new in the index.",
        "None: the others tell what keeps it from being `RecordsRead`.",
    ),
    metric(
        "RecordsDuplicate",
        COUNT,
        |totals| totals.books.duplicate.into(),
        "Documents that were there already: an object came twice.",
        "More than half of `RecordsRead` for hours: something is delivered again and again.",
    ),
    metric(
        "RecordsDegraded",
        COUNT,
        |totals| totals.books.degraded.into(),
        "Records that the index took as minimal documents only. `ingest.error:*` finds them.",
        "Sum above 0: an index has another mapping than the template's, or is full.",
    ),
    metric(
        "RecordsDeadLettered",
        COUNT,
        |totals| totals.books.dead_lettered.into(),
        "Records kept as dead letters, for which the index took no document at all.",
        "Sum above 0: mend the cause, then `trailsearch replay`.",
    ),
    metric(
        "RecordsDropped",
        COUNT,
        |totals| totals.books.dropped.into(),
        "Records of noise that `TRAILSEARCH_DROP_NOISE` keeps out of the index.",
        "A larger part of `RecordsRead` than usual: a rule takes more than was meant.",
    ),
    metric(
        "RecordsFailed",
        COUNT,
        |totals| totals.books.failed.into(),
        "Records that found no place. Their objects have failed and are delivered again.",
        "Sum above 0 for longer than the cluster's maintenance takes.",
    ),
    metric(
        "DocumentsRetried",
        COUNT,
        |totals| totals.books.retried.into(),
        "Documents sent again, since the cluster was busy or did not answer.",
        "More than `RecordsRead` for 15 minutes: the cluster is too small, or ill.",
    ),
    metric(
        "ObjectsFailed",
        COUNT,
        |totals| totals.failed_objects.into(),
        "Objects that could not be ingested whole; the log says why, at level ERROR.",
        "Sum above 0 for longer than an hour: those that fail for good end in the dead-letter queue.",
    ),
    metric(
        "MessagesUnreadable",
        COUNT,
        |totals| totals.unreadable_messages.into(),
        "Messages, or whole events, that name no object in any known shape.",
        "Sum above 0: something else than notifications is sent to the function.",
    ),
    metric(
        "BytesRead",
        BYTES,
        |totals| totals.books.bytes_read.into(),
        "Compressed bytes read.",
        "Several times the usual: somebody's API calls run wild, and the index grows with them.",
    ),
    metric(
        "BytesInflated",
        BYTES,
        |totals| totals.books.bytes_inflated.into(),
        "Bytes of text inflated.",
        "None: `BytesRead` tells, and objects of an unlikely ratio fail.",
    ),
    metric(
        "BytesPosted",
        BYTES,
        |totals| totals.books.bytes_posted.into(),
        "Compressed bytes posted, those sent again included.",
        "None: `DocumentsRetried` tells what is sent again.",
    ),
    metric(
        "FetchTime",
        MILLISECONDS,
        |totals| milliseconds(totals.books.timing.fetch),
        "Time spent waiting for objects.",
        "More than half of the function's duration for hours: S3 is slow, or far away.",
    ),
    metric(
        "InflateTime",
        MILLISECONDS,
        |totals| milliseconds(totals.books.timing.inflate),
        "Time spent inflating, splitting and normalizing.",
        "None: it falls with the function's memory, with which Lambda gives processors.",
    ),
    metric(
        "BulkTime",
        MILLISECONDS,
        |totals| milliseconds(totals.books.timing.bulk),
        "Time of bulk requests, added up; they overlap one another and the other stages.",
        "Twice the usual for the same `RecordsIndexed`: the cluster has become slow.",
    ),
];

/// Of denied deliveries to one bucket by one service, by function.
pub(super) const DENIED: [Metric<u64>; 1] = [metric(
    "DeliveryDenied",
    COUNT,
    |count| (*count).into(),
    "Denied deliveries of logs among the documents that are new in the index: events that the monitor \"Log delivery is denied\" looks for, and status 403 for such a service in \
     an [access log](access-logs.md). There is a line for each `bucket` and `source`, the service, which are no dimensions.",
    "Sum above 0: a service cannot write its logs, which are lost. The lines of the log that have `DeliveryDenied` tell the bucket and the service; repair the policy of the bucket, or of its key.",
)];

/// Of a group of objects, by function and kind.
pub(super) const BY_KIND: [Metric<Group>; 1] = [metric(
    "Objects",
    COUNT,
    |group| group.objects.into(),
    "Objects named to the function, those included that hold no events and are skipped.",
    "Sum of kind `Log` is 0 for some hours, where the account never rests.",
)];

/// Of a group of objects, by function, and by function, account and region.
pub(super) const BY_TRAIL: [Metric<Group>; 2] = [
    metric(
        "EventToS3Time",
        SECONDS,
        |group| seconds(&group.event_to_stored),
        "From an object's oldest event until S3 had the object: CloudTrail's own delay. Access logs are left out.",
        "Median above 900 for an hour: CloudTrail is late, which it says is 5 minutes on average.",
    ),
    metric(
        "S3ToSearchableTime",
        SECONDS,
        |group| seconds(&group.stored_to_searchable),
        "From S3's having the object until the index had all its events, to the second. They are found after the index's refresh interval. Objects of \
         S3 Batch Operations jobs are left out, since they are old on purpose.",
        "p95 above 60 for 15 minutes: the function is throttled, retries, or has a queue before it.",
    ),
];

/// To the microsecond.
fn milliseconds(stage: Stage) -> Value {
    (stage.busy.as_micros() as f64 / 1000.0).into()
}

/// To the millisecond.
fn seconds(durations: &[Duration]) -> Value {
    durations.iter().map(|duration| duration.as_millis() as f64 / 1000.0).collect()
}

/// The reference page, Markdown.
pub fn reference() -> String {
    let (totals, kinds, trails) = (TOTALS.len() + DENIED.len(), BY_KIND.len(), BY_TRAIL.len());
    let mut page = format!(
        "# Metrics\n\nThe function prints what each invocation came to into its log, in CloudWatch's [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html). \
         CloudWatch makes metrics of it in the namespace `TRAILSEARCH_METRICS_NAMESPACE` ([settings](settings.md)); the function asks for no permission and makes no call for that.\n\n\
         CloudWatch charges by metric, and each value of a dimension makes one of its own: {totals} for a function, {kinds} for each kind of object, {trails} for all accounts and regions together, and {trails} more for each \
         account and region. `requestId` stands beside them, is no dimension, and leads to the other log lines of the invocation.\n\n\
         | metric | unit | dimensions | meaning | when to alarm |\n| --- | --- | --- | --- | --- |\n"
    );
    TOTALS.iter().for_each(|metric| row(&mut page, metric, "FunctionName"));
    DENIED.iter().for_each(|metric| row(&mut page, metric, "FunctionName"));
    BY_KIND.iter().for_each(|metric| row(&mut page, metric, "FunctionName, Kind"));
    BY_TRAIL.iter().for_each(|metric| row(&mut page, metric, "FunctionName; FunctionName, Account, Region"));
    page.push_str("\nMissing data is no fault: set alarms to treat it as not breaching, but for those on 0.\n");
    page
}

fn row<T>(page: &mut String, metric: &Metric<T>, dimensions: &str) {
    let Metric { name, unit, meaning, alarm, .. } = metric;
    page.push_str(&format!("| `{name}` | {unit} | {dimensions} | {meaning} | {alarm} |\n"));
}
