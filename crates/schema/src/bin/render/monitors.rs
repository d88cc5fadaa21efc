//! Monitors for OpenSearch Alerting: mappings/monitors/*.yml as they stand, and their mistakes. A monitor's id is its
//! file's name.

mod body;
pub(crate) mod reference;

use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(crate) use body::body;

use crate::check::{Problem, problem};
use crate::model::Schema;
use crate::query;

/// One monitor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonitorFile {
    pub title: String,
    pub question: String,
    /// What an alert means, and what to do.
    pub why: String,
    /// From 1, the gravest, to 5.
    pub severity: u8,
    /// How often it looks.
    pub minutes: u32,
    #[serde(default)]
    pub query: String,
    /// A Painless condition for what a query cannot compare.
    pub script: Option<String>,
    /// Fields to count by; without, all events that match count together.
    #[serde(default)]
    pub per: Vec<String>,
    /// How many events make an alert.
    #[serde(default = "one")]
    pub at_least: u32,
    /// Alert on groups that have events in a week and none in the last hours, instead of on events.
    pub silent_hours: Option<u32>,
    /// The record that the cases change.
    pub record: Value,
    pub cases: Vec<CaseEntry>,
}

fn one() -> u32 {
    1
}

/// Records, and whether they make an alert. A check tries them on a server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseEntry {
    pub alerts: bool,
    pub what: String,
    /// Paths of members of the record and what they become; null removes one.
    #[serde(default)]
    pub change: Map<String, Value>,
    /// Another record altogether.
    pub record: Option<Value>,
    /// How long ago it happened; one record for each.
    #[serde(default = "just_now")]
    pub hours_ago: Vec<u32>,
    /// How often each record is repeated.
    #[serde(default = "one")]
    pub times: u32,
}

fn just_now() -> Vec<u32> {
    vec![0]
}

/// Every mistake in mappings/monitors/.
pub(crate) fn problems(schema: &Schema) -> Vec<Problem> {
    let found = schema
        .monitors
        .iter()
        .flat_map(|(id, monitor)| mistakes(monitor, schema).into_iter().map(move |what| problem("monitors", id, what)));
    found.collect()
}

fn mistakes(monitor: &MonitorFile, schema: &Schema) -> Vec<String> {
    let mut found = query::mistakes(&monitor.query, schema);
    let fixed = monitor.per.iter().filter(|field| !schema.is_counted(field));
    found.extend(fixed.map(|field| format!("{field} is no field of the schema that can be counted")));
    let has = |alerts| monitor.cases.iter().any(|case| case.alerts == alerts);
    let texts = [&monitor.title, &monitor.question, &monitor.why];
    let rules = [
        (texts.iter().any(|text| text.trim().is_empty()), "needs a title, a question and a why"),
        (query::has_own_text(&monitor.title), query::OWN_TEXT),
        (!(1..=5).contains(&monitor.severity), "its severity is not from 1 to 5"),
        (monitor.minutes == 0 || monitor.at_least == 0, "needs at least a minute and an event"),
        (monitor.query.is_empty() && monitor.silent_hours.is_none(), "has neither a query nor silent_hours"),
        (monitor.silent_hours.is_some() && monitor.per.is_empty(), "silent_hours need fields to count by"),
        (!has(true) || !has(false), "needs cases that make an alert and cases that do not"),
    ];
    found.extend(rules.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what.to_owned()));
    found
}

/// The cases of every monitor, for the check that tries them.
pub(crate) fn cases(schema: &Schema) -> Map<String, Value> {
    let monitors = schema.monitors.iter();
    monitors
        .map(|(id, monitor)| (id.clone(), monitor.cases.iter().map(|case| value(monitor, case)).collect()))
        .collect()
}

fn value(monitor: &MonitorFile, case: &CaseEntry) -> Value {
    json!({
        "alerts": case.alerts,
        "what": case.what,
        "record": case.record.as_ref().unwrap_or(&monitor.record),
        "change": case.change,
        "hours_ago": case.hours_ago,
        "times": case.times,
    })
}

#[cfg(test)]
mod tests;
