//! Counts and extremes over the documents that match. See <https://docs.opensearch.org/latest/aggregations/>.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::Document;
use crate::error::QueryError;
use crate::field::{Field, Kind, text};
use crate::leaf::{flag, keyword, moment, number};
use crate::query::{Context, Query, only};

/// How many buckets there are where a request does not say.
const DEFAULT_SIZE: u64 = 10;

/// How OpenSearch writes a time.
const TIME: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

/// Aggregations, by their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aggregations(Vec<(String, Aggregation)>);

/// What is counted, and what for each of its buckets.
#[derive(Debug, Clone)]
struct Aggregation {
    what: What,
    below: Aggregations,
}

#[derive(Debug, Clone)]
enum What {
    /// Documents by their values of the fields, the most frequent first.
    Terms {
        fields: Vec<Field>,
        size: usize,
        missing: Option<String>,
        several: bool,
    },
    /// Documents by their days, in UTC.
    Days(Field),
    Filter(Query),
    Max(Field),
}

/// A value that documents are counted by; the order is that of buckets with equal counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Flag(bool),
    /// Milliseconds since 1970.
    Time(i64),
    /// A number's bits, in the order of the numbers.
    Number(i64),
    Text(String),
}

/// The counts so far of all aggregations, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Vec<Count>);

/// The count so far of one aggregation.
#[derive(Debug, Clone, Default)]
struct Count {
    buckets: BTreeMap<Vec<Key>, Bucket>,
    most: Option<i64>,
}

#[derive(Debug, Clone, Default)]
struct Bucket {
    documents: u64,
    below: Counts,
}

impl Aggregations {
    /// Reads `aggs`.
    ///
    /// # Errors
    /// Where OpenSearch knows more than is known here.
    pub(crate) fn parse(aggregations: &Value, context: Context<'_>) -> Result<Self, QueryError> {
        let named = aggregations.as_object().into_iter().flatten();
        named
            .map(|(name, body)| Ok((name.clone(), Aggregation::parse(body, context)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Counts a document.
    pub(crate) fn add(&self, counts: &mut Counts, document: &Document<'_>) {
        counts.0.resize_with(self.0.len(), Count::default);
        for ((_, aggregation), count) in self.0.iter().zip(&mut counts.0) {
            aggregation.add(count, document);
        }
    }

    /// The reply, by the aggregations' names.
    pub(crate) fn reply(&self, counts: &Counts) -> Value {
        let none = Count::default();
        let counts = counts.0.iter().chain(std::iter::repeat(&none));
        let replies =
            self.0.iter().zip(counts).map(|((name, aggregation), count)| (name.clone(), aggregation.reply(count)));
        Value::Object(replies.collect())
    }
}

impl Counts {
    /// Adds the counts of other documents.
    pub(crate) fn merge(&mut self, others: Self) {
        self.0.resize_with(self.0.len().max(others.0.len()), Count::default);
        for (own, other) in self.0.iter_mut().zip(others.0) {
            own.most = own.most.max(other.most);
            for (key, bucket) in other.buckets {
                let own = own.buckets.entry(key).or_default();
                own.documents += bucket.documents;
                own.below.merge(bucket.below);
            }
        }
    }
}

impl Aggregation {
    fn parse(body: &Value, context: Context<'_>) -> Result<Self, QueryError> {
        let mut body = body.clone();
        let below = body.as_object_mut().and_then(|body| body.remove("aggs")).unwrap_or_default();
        let below = Aggregations::parse(&below, context)?;
        let (name, body) = only(&body)?;
        let what = match name {
            "terms" => Ok(What::terms(vec![field(&body["field"])], body, false)),
            "multi_terms" => {
                let fields = body["terms"].as_array().into_iter().flatten().map(|one| field(&one["field"]));
                Ok(What::terms(fields.collect(), body, true))
            }
            "date_histogram" if body["calendar_interval"] == "day" => Ok(What::Days(field(&body["field"]))),
            "filter" => Query::parse(body, context).map(What::Filter),
            "max" => Ok(What::Max(field(&body["field"]))),
            _ => Err(QueryError::Unsupported(format!("the aggregation {name}"))),
        };
        Ok(Self { what: what?, below })
    }

    fn add(&self, count: &mut Count, document: &Document<'_>) {
        match &self.what {
            What::Filter(query) if !query.matches(document) => {}
            What::Filter(_) => self.add_to(count, Vec::new(), document),
            What::Max(field) => count.most = count.most.max(latest(field, document)),
            What::Days(field) => {
                let days: BTreeSet<i64> =
                    times(field, document).iter().map(|time| time.div_euclid(DAY) * DAY).collect();
                days.into_iter().for_each(|day| self.add_to(count, vec![Key::Time(day)], document));
            }
            What::Terms { fields, missing, .. } => {
                let values: Vec<BTreeSet<Key>> =
                    fields.iter().map(|field| keys(field, missing.as_deref(), document)).collect();
                combinations(&values).into_iter().for_each(|key| self.add_to(count, key, document));
            }
        }
    }

    fn add_to(&self, count: &mut Count, key: Vec<Key>, document: &Document<'_>) {
        let bucket = count.buckets.entry(key).or_default();
        bucket.documents += 1;
        self.below.add(&mut bucket.below, document);
    }

    fn reply(&self, count: &Count) -> Value {
        match &self.what {
            What::Max(field) => max_reply(field, count.most),
            What::Filter(_) => {
                let none = Bucket::default();
                let bucket = count.buckets.values().next().unwrap_or(&none);
                self.bucket(Map::new(), bucket)
            }
            What::Days(_) => {
                let day =
                    |key: &[Key]| Map::from_iter([("key_as_string".to_owned(), json!(key.first().map(Key::day)))]);
                let buckets = count.buckets.iter().map(|(key, bucket)| self.bucket(day(key), bucket));
                json!({"buckets": buckets.collect::<Vec<_>>()})
            }
            What::Terms { size, several, .. } => self.terms(count, *size, *several),
        }
    }

    fn terms(&self, count: &Count, size: usize, several: bool) -> Value {
        let mut buckets: Vec<(&Vec<Key>, &Bucket)> = count.buckets.iter().collect();
        // Those with equal counts stay in the order of their keys.
        buckets.sort_by_key(|(_, bucket)| std::cmp::Reverse(bucket.documents));
        let others: u64 = buckets.iter().skip(size).map(|(_, bucket)| bucket.documents).sum();
        let shown = buckets.into_iter().take(size).map(|(key, bucket)| self.bucket(key_members(key, several), bucket));
        json!({"buckets": shown.collect::<Vec<_>>(), "sum_other_doc_count": others})
    }

    fn bucket(&self, mut members: Map<String, Value>, bucket: &Bucket) -> Value {
        members.insert("doc_count".to_owned(), json!(bucket.documents));
        if let Value::Object(below) = self.below.reply(&bucket.below) {
            members.extend(below);
        }
        Value::Object(members)
    }
}

impl What {
    fn terms(fields: Vec<Field>, body: &Value, several: bool) -> Self {
        let size = body["size"].as_u64().unwrap_or(DEFAULT_SIZE) as usize;
        Self::Terms { fields, size, missing: body["missing"].as_str().map(str::to_owned), several }
    }
}

/// The milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

fn field(name: &Value) -> Field {
    Field::resolve(name.as_str().unwrap_or_default())
}

fn times(field: &Field, document: &Document<'_>) -> Vec<i64> {
    let mut times = Vec::new();
    field.any(document.body, &mut |value| {
        times.extend(moment(value));
        false
    });
    times
}

fn latest(field: &Field, document: &Document<'_>) -> Option<i64> {
    times(field, document).into_iter().max()
}

/// The distinct values of a field, or what stands for none.
fn keys(field: &Field, missing: Option<&str>, document: &Document<'_>) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    field.any(document.body, &mut |value| {
        keys.extend(Key::of(&field.kind, value));
        false
    });
    if keys.is_empty() {
        keys.extend(missing.map(|text| Key::Text(text.to_owned())));
    }
    keys
}

/// Each way to take one value of each field.
fn combinations(values: &[BTreeSet<Key>]) -> Vec<Vec<Key>> {
    values.iter().fold(vec![Vec::new()], |before, values| {
        before
            .iter()
            .flat_map(|key| values.iter().map(|value| [&key[..], std::slice::from_ref(value)].concat()))
            .collect()
    })
}

impl Key {
    fn of(kind: &Kind, value: &Value) -> Option<Self> {
        match kind {
            Kind::Boolean => flag(value).map(Self::Flag),
            Kind::Date => moment(value).map(Self::Time),
            Kind::Number => number(value).map(|number| Self::Number(ordered(number))),
            Kind::Ip => Some(Self::Text(value.as_str()?.parse::<std::net::IpAddr>().ok()?.to_string())),
            Kind::Keyword(_) => keyword(kind, value).map(|text| Self::Text(text.into_owned())),
            // Any path counts its scalars.
            _ => text(value).map(|text| Self::Text(text.into_owned())),
        }
    }

    /// As one of several keys, or beside a number.
    fn text(&self) -> Value {
        match self {
            Self::Flag(flag) => json!(flag.to_string()),
            Self::Time(time) => json!(told(*time, TIME)),
            Self::Number(bits) => plain(unordered(*bits)),
            Self::Text(text) => json!(text),
        }
    }

    fn day(&self) -> String {
        match self {
            Self::Time(time) => told(*time, "%Y-%m-%d"),
            _ => String::new(),
        }
    }
}

/// `key`, and beside a key that is a number for something else `key_as_string`.
fn key_members(key: &[Key], several: bool) -> Map<String, Value> {
    let member = |name: &str, value| (name.to_owned(), value);
    match key {
        [one] if !several => match one {
            Key::Flag(flag) => {
                [member("key", json!(u8::from(*flag))), member("key_as_string", one.text())].into_iter().collect()
            }
            Key::Time(time) => [member("key", json!(time)), member("key_as_string", one.text())].into_iter().collect(),
            _ => Map::from_iter([member("key", one.text())]),
        },
        keys => Map::from_iter([member("key", keys.iter().map(Key::text).collect())]),
    }
}

fn max_reply(field: &Field, most: Option<i64>) -> Value {
    match most {
        Some(most) if field.kind == Kind::Date => json!({"value": most, "value_as_string": told(most, TIME)}),
        most => json!({"value": most}),
    }
}

fn told(millisecond: i64, format: &str) -> String {
    Timestamp::from_millisecond(millisecond).map(|time| time.strftime(format).to_string()).unwrap_or_default()
}

/// A number without a fraction as an integer.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// The bits of a number, whose order as integers is that of the numbers.
fn ordered(number: f64) -> i64 {
    let bits = number.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn unordered(bits: i64) -> f64 {
    f64::from_bits((bits ^ (((bits >> 63) as u64) >> 1) as i64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context<'_> = Context { now: Timestamp::UNIX_EPOCH, default_fields: &[] };

    fn reply(aggregation: &Value, documents: &[Value]) -> Value {
        let aggregations = Aggregations::parse(&json!({"a": aggregation}), CONTEXT).unwrap();
        // Counted apart and put together, as several threads do.
        let mut counts = Counts::default();
        for body in documents {
            let mut own = Counts::default();
            aggregations.add(&mut own, &Document { id: "", body });
            counts.merge(own);
        }
        aggregations.reply(&counts)["a"].take()
    }

    fn documents() -> Vec<Value> {
        vec![
            json!({"@timestamp": "2026-11-20T08:00:00Z", "eventName": "A", "readOnly": true, "request": {"instanceType": ["x", "y", "x"]}}),
            json!({"@timestamp": "2026-11-20T09:00:00Z", "eventName": "B", "readOnly": true, "additional": {"bytesTransferredIn": -1.5}}),
            json!({"@timestamp": "2026-11-21T09:00:00Z", "eventName": "A", "readOnly": false, "requestParameters": {"n": [{"m": 7}, {"m": 7}]}}),
        ]
    }

    #[test]
    fn values_are_counted_once_for_each_document() {
        let terms = |field: &str, size: u64| reply(&json!({"terms": {"field": field, "size": size}}), &documents());
        assert_eq!(terms("eventName", 1), json!({"buckets": [{"key": "A", "doc_count": 2}], "sum_other_doc_count": 1}));
        assert_eq!(terms("request.instanceType", 5)["buckets"].as_array().unwrap().len(), 2);
        assert_eq!(terms("readOnly", 1)["buckets"], json!([{"key": 1, "key_as_string": "true", "doc_count": 2}]));
        assert_eq!(terms("requestParameters.n.m", 1)["buckets"], json!([{"key": "7", "doc_count": 1}]));
        assert_eq!(terms("additional.bytesTransferredIn", 1)["buckets"], json!([{"key": -1.5, "doc_count": 1}]));
        assert_eq!(terms("no.such", 1)["buckets"], json!([]));
        let missing = reply(&json!({"terms": {"field": "errorCode", "missing": "none"}}), &documents());
        assert_eq!(missing["buckets"], json!([{"key": "none", "doc_count": 3}]));
    }

    #[test]
    fn fields_are_counted_together() {
        let several = json!({"multi_terms": {"terms": [{"field": "eventName"}, {"field": "readOnly"}], "size": 2}});
        let expected = json!([{"key": ["A", "false"], "doc_count": 1}, {"key": ["A", "true"], "doc_count": 1}]);
        assert_eq!(reply(&several, &documents()), json!({"buckets": expected, "sum_other_doc_count": 1}));
    }

    #[test]
    fn days_filters_and_extremes_nest() {
        let newest = json!({"newest": {"max": {"field": "@timestamp"}}});
        let days = json!({"date_histogram": {"field": "@timestamp", "calendar_interval": "day"}, "aggs": newest});
        let newest = |time: &str, millisecond: i64| json!({"value": millisecond, "value_as_string": time});
        let expected = json!([
            {"key_as_string": "2026-11-20", "doc_count": 2, "newest": newest("2026-11-20T09:00:00.000Z", 1_795_165_200_000)},
            {"key_as_string": "2026-11-21", "doc_count": 1, "newest": newest("2026-11-21T09:00:00.000Z", 1_795_251_600_000)},
        ]);
        assert_eq!(reply(&days, &documents())["buckets"], expected);
        let filter = json!({"filter": {"term": {"eventName": "C"}}, "aggs": {"b": {"terms": {"field": "eventName"}}}});
        assert_eq!(
            reply(&filter, &documents()),
            json!({"doc_count": 0, "b": {"buckets": [], "sum_other_doc_count": 0}})
        );
    }

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [f64::NEG_INFINITY, -1.5, -0.0, 0.0, 1e-9, 2.0, f64::INFINITY];
        assert!(numbers.is_sorted_by_key(|number| ordered(*number)));
        assert!(numbers.iter().all(|number| unordered(ordered(*number)) == *number));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let aggregation = json!({"a": {"cardinality": {"field": "eventName"}}});
        assert!(matches!(Aggregations::parse(&aggregation, CONTEXT), Err(QueryError::Unsupported(_))));
    }
}
