//! A monitor as the Alerting plugin takes it: a query-level monitor with one search and one trigger.
//!
//! <https://docs.opensearch.org/latest/observing-your-data/alerting/api/>

use serde_json::{Value, json};
use trailsearch_schema::DEFAULT_PREFIX;

use super::MonitorFile;

/// What an alert shows of each event.
const SHOWN: [&str; 11] = [
    "@timestamp",
    "eventSource",
    "eventName",
    "errorCode",
    "actor.name",
    "actor.account",
    "resource.id",
    "sourceIPAddress",
    "awsRegion",
    "recipientAccountId",
    "eventID",
];

/// How many events, or groups, an alert shows.
const MOST_SHOWN: u32 = 20;

/// The body of the request that creates the monitor.
pub(crate) fn body(monitor: &MonitorFile) -> Value {
    let period = json!({"interval": monitor.minutes, "unit": "MINUTES"});
    let search = json!({"indices": [format!("{DEFAULT_PREFIX}-*")], "query": search(monitor)});
    let trigger = json!({
        "name": monitor.title,
        "severity": monitor.severity.to_string(),
        "condition": {"script": {"source": condition(monitor), "lang": "painless"}},
        "actions": [],
    });
    json!({
        "type": "monitor",
        "monitor_type": "query_level_monitor",
        "name": format!("CloudTrail: {}", monitor.title),
        "enabled": true,
        "schedule": {"period": period},
        "inputs": [{"search": search}],
        "triggers": [{"query_level_trigger": trigger}],
    })
}

fn search(monitor: &MonitorFile) -> Value {
    let mut filters = times(monitor);
    if !monitor.query.is_empty() {
        filters.push(json!({"query_string": {"query": monitor.query, "analyze_wildcard": true}}));
    }
    filters.extend(
        monitor.script.as_ref().map(|source| json!({"script": {"script": {"source": source, "lang": "painless"}}})),
    );
    let query = json!({"bool": {"filter": filters}});
    if monitor.per.is_empty() {
        json!({"size": MOST_SHOWN, "query": query, "_source": SHOWN, "sort": [{"@timestamp": "desc"}]})
    } else {
        json!({"size": 0, "query": query, "aggregations": {"found": groups(monitor)}})
    }
}

/// Which events it looks at: those ingested since it looked last, so that none is missed that comes late, and one
/// minute more, since they are searchable a moment later. What happened more than a day before is left out: that is a
/// backfill. Whoever looks for silence looks at a week.
fn times(monitor: &MonitorFile) -> Vec<Value> {
    match monitor.silent_hours {
        Some(_) => vec![since("@timestamp", "7d")],
        None => vec![since("ingest.time", &format!("{}m", monitor.minutes + 1)), since("@timestamp", "1d")],
    }
}

/// A filter for what is younger than `age` when the monitor runs.
fn since(field: &str, age: &str) -> Value {
    json!({"range": {field: {"gt": format!("{{{{period_end}}}}||-{age}"), "format": "epoch_millis"}}})
}

fn groups(monitor: &MonitorFile) -> Value {
    let (size, least) = (MOST_SHOWN, monitor.at_least);
    let mut groups = match monitor.per.as_slice() {
        [field] => json!({"terms": {"field": field, "size": size, "min_doc_count": least}}),
        fields => {
            let terms: Vec<_> = fields.iter().map(|field| json!({"field": field})).collect();
            json!({"multi_terms": {"terms": terms, "size": size, "min_doc_count": least}})
        }
    };
    if let Some(hours) = monitor.silent_hours {
        let selector = json!({"buckets_path": {"recent": "recent._count"}, "script": "params.recent == 0"});
        groups["aggregations"] = json!({
            "newest": {"max": {"field": "@timestamp"}},
            "recent": {"filter": since("@timestamp", &format!("{hours}h"))},
            "silent": {"bucket_selector": selector},
        });
    }
    groups
}

/// When the trigger fires, in Painless.
fn condition(monitor: &MonitorFile) -> String {
    if monitor.per.is_empty() {
        format!("ctx.results[0].hits.total.value >= {}", monitor.at_least)
    } else {
        "ctx.results[0].aggregations.found.buckets.size() > 0".to_owned()
    }
}
