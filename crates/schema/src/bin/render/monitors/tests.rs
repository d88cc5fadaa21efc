use super::*;
use crate::check;
use crate::source::Source;
use crate::testing;

fn schema(monitor: Value) -> Result<Schema, Vec<Problem>> {
    let monitor = serde_json::from_value(monitor).unwrap();
    check::check(Source { monitors: vec![("m".to_owned(), monitor)], ..testing::source() })
}

/// A monitor in which `change` changes members.
fn monitor(change: Value) -> Value {
    let mut monitor = json!({
        "title": "Alice acts", "question": "Does Alice act?", "why": "She left.", "severity": 1, "minutes": 5,
        "query": "name:alice",
        "record": {"name": "alice"},
        "cases": [
            {"alerts": true, "what": "she does"},
            {"alerts": false, "what": "bob does", "change": {"name": "bob"}},
        ],
    });
    monitor.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    monitor
}

fn made(change: Value) -> Value {
    body(&schema(monitor(change)).unwrap().monitors[0].1)
}

#[test]
fn mistakes_are_named() {
    let cases = [
        (json!({"query": "nmae:alice"}), "the query names nmae"),
        (json!({"query": ""}), "neither a query nor silent_hours"),
        (json!({"per": ["parts.x"]}), "parts.x is no field of the schema that can be counted"),
        (json!({"silent_hours": 3}), "silent_hours need fields"),
        (json!({"severity": 6}), "its severity is not from 1 to 5"),
        (json!({"cases": []}), "needs cases that make an alert"),
        (json!({"why": " "}), "needs a title"),
    ];
    for (change, expected) in cases {
        let found = schema(monitor(change)).unwrap_err()[0].to_string();
        assert!(found.starts_with("monitors: m: ") && found.contains(expected), "{found}");
    }
}

#[test]
fn a_monitor_looks_at_what_was_ingested_since_it_looked_last() {
    let body = made(json!({"script": "1 == 1"}));
    let filters = &body["inputs"][0]["search"]["query"]["query"]["bool"]["filter"];
    assert_eq!(filters[0]["range"]["ingest.time"]["gt"], "{{period_end}}||-6m");
    assert_eq!(filters[1]["range"]["@timestamp"]["gt"], "{{period_end}}||-1d");
    assert_eq!(filters[2]["query_string"]["query"], "name:alice");
    assert_eq!(filters[3]["script"]["script"]["source"], "1 == 1");
    assert_eq!(body["inputs"][0]["search"]["indices"], json!(["cloudtrail-*"]));
    assert_eq!(body["schedule"]["period"]["interval"], 5);
}

#[test]
fn a_trigger_counts_events_or_groups() {
    let trigger = |body: &Value| body["triggers"][0]["query_level_trigger"]["condition"]["script"]["source"].clone();
    assert_eq!(trigger(&made(json!({"at_least": 3}))), "ctx.results[0].hits.total.value >= 3");
    let grouped = made(json!({"per": ["name"], "at_least": 3}));
    assert_eq!(trigger(&grouped), "ctx.results[0].aggregations.found.buckets.size() > 0");
    let found = &grouped["inputs"][0]["search"]["query"]["aggregations"]["found"];
    assert_eq!(found["terms"], json!({"field": "name", "size": 20, "min_doc_count": 3}));
}

#[test]
fn silence_is_a_group_without_recent_events() {
    let body = made(json!({"query": "", "per": ["name", "@timestamp"], "silent_hours": 6}));
    let query = &body["inputs"][0]["search"]["query"];
    assert_eq!(query["query"]["bool"]["filter"][0]["range"]["@timestamp"]["gt"], "{{period_end}}||-7d");
    let found = &query["aggregations"]["found"];
    assert_eq!(found["multi_terms"]["terms"], json!([{"field": "name"}, {"field": "@timestamp"}]));
    assert_eq!(found["aggregations"]["recent"]["filter"]["range"]["@timestamp"]["gt"], "{{period_end}}||-6h");
    assert_eq!(found["aggregations"]["silent"]["bucket_selector"]["script"], "params.recent == 0");
}
