//! `top`: counts by any field or path.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::NOTHING;
use super::events::Events;
use super::field::{self, Field};
use super::query::count;
use super::search::matching;
use crate::args::questions::{Interval, TopArgs};
use crate::error::CliError;
use crate::output::{Answer, Style, bar, columns};

/// The values of the fields, the most frequent first.
#[derive(Debug, Serialize)]
pub(super) struct Top {
    fields: Vec<String>,
    /// How many events match, those included that have no value.
    total: u64,
    /// How many events have other values than those that are listed.
    others: u64,
    counts: Vec<Count>,
}

/// One value, or one value of each field, and how many events have it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Count {
    /// The day, where days are counted one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    values: Vec<String>,
    events: u64,
}

/// Asks for the most frequent values.
///
/// # Errors
/// When the cluster does not answer, or the query cannot be read.
pub(super) async fn run(events: &Events<'_>, args: &TopArgs) -> Result<Top, CliError> {
    let fields = field::resolve(events, &args.fields).await?;
    let mut body = count(&matching(args.query.as_deref(), &args.matching), &aggregation(&fields, args));
    body["derived"] = fields.iter().filter_map(Field::derived).collect::<serde_json::Map<_, _>>().into();
    let found = events.search(body).await?;
    let days = match args.by {
        None => vec![(None, &found.aggregations["top"])],
        Some(Interval::Day) => days(&found.aggregations["days"]),
    };
    Ok(Top {
        fields: args.fields.clone(),
        total: found.total,
        others: days.iter().filter_map(|(_, top)| top["sum_other_doc_count"].as_u64()).sum(),
        counts: days.into_iter().flat_map(|(day, top)| counts(day.as_deref(), top)).collect(),
    })
}

fn aggregation(fields: &[Field], args: &TopArgs) -> Value {
    let sources: Vec<Value> = fields.iter().map(|field| json!({"field": field.name()})).collect();
    let top = match sources.as_slice() {
        [one] => json!({"terms": {"field": one["field"], "size": args.limit}}),
        _ => json!({"multi_terms": {"terms": sources, "size": args.limit}}),
    };
    match args.by {
        None => json!({"top": top}),
        Some(Interval::Day) => json!({"days": {
            "date_histogram": {"field": "@timestamp", "calendar_interval": "day", "format": "yyyy-MM-dd", "min_doc_count": 1},
            "aggs": {"top": top},
        }}),
    }
}

fn days(histogram: &Value) -> Vec<(Option<String>, &Value)> {
    let day = |bucket: &Value| bucket["key_as_string"].as_str().map(str::to_owned);
    buckets(histogram).iter().map(|bucket| (day(bucket), &bucket["top"])).collect()
}

fn counts(day: Option<&str>, top: &Value) -> Vec<Count> {
    let count = |bucket: &Value| Count {
        day: day.map(str::to_owned),
        values: values(bucket),
        events: bucket["doc_count"].as_u64().unwrap_or_default(),
    };
    buckets(top).iter().map(count).collect()
}

/// The values of a bucket: one, or one of each field. Booleans and dates have a text beside their number.
fn values(bucket: &Value) -> Vec<String> {
    match &bucket["key"] {
        Value::Array(values) => values.iter().map(text).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![bucket["key_as_string"].as_str().map_or_else(|| text(other), str::to_owned)],
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The time that an aggregation answers, as events have it.
pub(super) fn time(aggregation: &Value) -> String {
    let text = aggregation["value_as_string"].as_str().unwrap_or_default();
    text.parse().map_or_else(|_| text.to_owned(), |time: Timestamp| time.to_string())
}

/// The buckets of an aggregation, none where the index pattern matches nothing.
pub(super) fn buckets(aggregation: &Value) -> &[Value] {
    aggregation["buckets"].as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Answer for Top {
    fn table(&self, style: Style) -> String {
        if self.counts.is_empty() {
            return format!(
                "none of {} events has {} (check the spelling with `trailsearch explain`, --since and --until)\n",
                self.total,
                self.fields.join(" and "),
            );
        }
        let most = self.counts.iter().map(|count| count.events).max().unwrap_or_default();
        let row = |count: &Count| {
            let numbers = [count.events.to_string(), bar(count.events, most)];
            count.day.clone().into_iter().chain(count.values.clone()).chain(numbers).collect()
        };
        let rows: Vec<Vec<String>> = self.counts.iter().map(row).collect();
        let day = self.counts.iter().any(|count| count.day.is_some()).then_some("DAY");
        let fields = self.fields.iter().map(String::as_str);
        let header: Vec<&str> = day.into_iter().chain(fields).chain(["EVENTS", ""]).collect();
        let others = if self.others == 0 { String::new() } else { format!(", {} with other values", self.others) };
        let total = style.dim(&format!("{} events in all{others}", self.total));
        format!("{}\n{total}\n", columns(&header, &rows, style))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        Ok(self.counts.iter().map(|count| count.record(&self.fields)).collect())
    }

    fn exit_code(&self) -> u8 {
        if self.counts.is_empty() { NOTHING } else { 0 }
    }
}

impl Count {
    /// The same with each value under its field's name.
    fn record(&self, fields: &[String]) -> Value {
        let day = self.day.iter().map(|day| ("day".to_owned(), json!(day)));
        let values = fields.iter().cloned().zip(self.values.iter().map(|value| json!(value)));
        Value::Object(day.chain(values).chain([("events".to_owned(), json!(self.events))]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_values_and_counts() {
        let top = json!({"buckets": [
            {"key": ["t3.micro", "alice"], "key_as_string": "t3.micro|alice", "doc_count": 2},
            {"key": 1, "key_as_string": "true", "doc_count": 1},
            {"key": 7, "doc_count": 1},
        ]});
        let found: Vec<Vec<String>> = counts(None, &top).into_iter().map(|count| count.values).collect();
        assert_eq!(found, [vec!["t3.micro", "alice"], vec!["true"], vec!["7"]]);
        assert!(counts(None, &Value::Null).is_empty());
    }

    #[test]
    fn a_record_names_its_values() {
        let count = Count { day: Some("2026-11-20".to_owned()), values: vec!["alice".to_owned()], events: 3 };
        let expected = json!({"day": "2026-11-20", "actor.name": "alice", "events": 3});
        assert_eq!(count.record(&["actor.name".to_owned()]), expected);
    }
}
