//! A search request, and its answer over documents that come in any order.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;
use trailsearch_schema::{DEFAULT_PREFIX, Flavor, Template};

use crate::Document;
use crate::aggregation::{Aggregations, Counts};
use crate::error::QueryError;
use crate::field::Field;
use crate::leaf::moment;
use crate::literals::Literals;
use crate::query::{Context, Query};
use crate::source::Source;

/// The fields in which words without a field are searched: the index template's.
static DEFAULT_FIELDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let template =
        Template::new(Flavor::OpenSearch, DEFAULT_PREFIX).and_then(|template| template.puts()).unwrap_or_default();
    let fields = template.first().and_then(|put| put.body.pointer("/template/settings/index/query.default_field"));
    fields.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
});

/// The field by which hits are ordered.
const TIME: &str = "@timestamp";

/// A search request, read once and shared by all who look at documents.
#[derive(Debug)]
pub struct Search {
    query: Query,
    /// What hits have to match too; aggregations are made without it.
    hits: Query,
    aggregations: Aggregations,
    size: usize,
    newest_first: bool,
    source: Source,
    time: Field,
}

/// The answer so far.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    hits: Vec<Hit>,
    total: u64,
    counts: Counts,
}

/// A hit: its time, its id, and the members that were asked for.
#[derive(Debug, Clone)]
struct Hit {
    key: (i64, String),
    document: Value,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The documents, in the order asked for; those of the same time are in the order of their ids.
    pub hits: Vec<Value>,
    /// How many match.
    pub total: u64,
    /// The aggregations, by their names, as OpenSearch writes them.
    pub aggregations: Value,
}

impl Search {
    /// Reads the body of a request to `_search`; `now` is what date math begins at.
    ///
    /// # Errors
    /// Where OpenSearch would refuse the query, or knows more than is known here.
    pub fn parse(body: &Value, now: Timestamp) -> Result<Self, QueryError> {
        let context = Context { now, default_fields: &DEFAULT_FIELDS };
        let query = |name: &str| match &body[name] {
            Value::Null => Ok(Query::All),
            query => Query::parse(query, context),
        };
        Ok(Self {
            query: query("query")?,
            hits: query("post_filter")?,
            aggregations: Aggregations::parse(&body["aggs"], context)?,
            size: body["size"].as_u64().unwrap_or_default() as usize,
            newest_first: is_newest_first(&body["sort"])?,
            source: Source::parse(&body["_source"]),
            time: Field::resolve(TIME),
        })
    }

    /// Texts of which one stands, byte by byte, in the record of every document that matches, or in the name of the
    /// object that the record is from; `None` where any record may match.
    #[must_use]
    pub fn literals(&self) -> Option<BTreeSet<String>> {
        Literals::of(&self.query).map(|literals| literals.any_of)
    }

    /// Whether the document is part of the answer.
    #[must_use]
    pub fn matches(&self, document: &Document<'_>) -> bool {
        self.query.matches(document)
    }

    /// Adds a document that [matches](Self::matches). Each may be added once only.
    pub fn add(&self, tally: &mut Tally, document: &Document<'_>) {
        self.aggregations.add(&mut tally.counts, document);
        if !self.hits.matches(document) {
            return;
        }
        tally.total += 1;
        if self.size > 0 {
            let mut time = i64::MIN;
            self.time.any(document.body, &mut |value| {
                time = time.max(moment(value).unwrap_or(i64::MIN));
                false
            });
            tally.hits.push(Hit { key: (time, document.id.to_owned()), document: self.source.of(document.body) });
            if tally.hits.len() > 2 * self.size {
                self.cut(&mut tally.hits);
            }
        }
    }

    /// Adds the answer over other documents.
    pub fn merge(&self, tally: &mut Tally, other: Tally) {
        tally.total += other.total;
        tally.counts.merge(other.counts);
        tally.hits.extend(other.hits);
        self.cut(&mut tally.hits);
    }

    /// The answer over all documents that were added.
    #[must_use]
    pub fn reply(&self, mut tally: Tally) -> Reply {
        self.cut(&mut tally.hits);
        Reply {
            hits: tally.hits.into_iter().map(|hit| hit.document).collect(),
            total: tally.total,
            aggregations: self.aggregations.reply(&tally.counts),
        }
    }

    /// Brings the hits into their order, and drops what is beyond the size.
    fn cut(&self, hits: &mut Vec<Hit>) {
        if self.newest_first {
            hits.sort_by(|a, b| Reverse(&a.key).cmp(&Reverse(&b.key)));
        } else {
            hits.sort_by(|a, b| a.key.cmp(&b.key));
        }
        hits.truncate(self.size);
    }
}

/// Whether the newest hit is the first, and not the oldest.
fn is_newest_first(sort: &Value) -> Result<bool, QueryError> {
    match sort.as_array().map(Vec::as_slice) {
        None | Some([]) => Ok(false),
        Some([one]) if one[TIME].is_object() => Ok(one[TIME]["order"] == "desc"),
        Some(_) => Err(QueryError::Unsupported(format!("the order {sort}"))),
    }
}

/// Whether OpenSearch can count by the field of this name, or has to be given a script that reads a path. Here any path
/// can be counted by, so this is so of every name that does not ask for a sub-field which is not there.
#[must_use]
pub fn is_countable(name: &str) -> bool {
    let field = Field::resolve(name);
    field.is_countable() || (!name.ends_with(".keyword") && field.kind != crate::field::Kind::Text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn events() -> Vec<(String, Value)> {
        let event = |n: u32| {
            (
                format!("id-{n}"),
                json!({"@timestamp": format!("2026-11-20T08:00:0{}Z", n % 4), "eventID": format!("id-{n}"), "readOnly": n.is_multiple_of(2)}),
            )
        };
        (0..8).map(event).collect()
    }

    fn reply(body: &Value) -> Reply {
        let search = Search::parse(body, Timestamp::UNIX_EPOCH).unwrap();
        let mut tally = Tally::default();
        for (id, body) in events() {
            let (document, mut own) = (Document { id: &id, body: &body }, Tally::default());
            if search.matches(&document) {
                search.add(&mut own, &document);
            }
            search.merge(&mut tally, own);
        }
        search.reply(tally)
    }

    fn ids(reply: &Reply) -> Vec<&str> {
        reply.hits.iter().filter_map(|hit| hit["eventID"].as_str()).collect()
    }

    #[test]
    fn the_newest_or_oldest_few_are_given() {
        let sorted =
            |order: &str| json!({"size": 3, "sort": [{"@timestamp": {"order": order, "unmapped_type": "date"}}]});
        assert_eq!(ids(&reply(&sorted("desc"))), ["id-7", "id-3", "id-6"]);
        let oldest = reply(&sorted("asc"));
        assert_eq!((ids(&oldest), oldest.total), (vec!["id-0", "id-4", "id-1"], 8));
    }

    #[test]
    fn a_filter_of_hits_does_not_filter_counts() {
        let reads = json!({"term": {"readOnly": true}});
        let body =
            json!({"size": 9, "post_filter": reads, "aggs": {"writes": {"filter": {"term": {"readOnly": false}}}}});
        let reply = reply(&body);
        assert_eq!((reply.hits.len(), reply.total), (4, 4));
        assert_eq!(reply.aggregations, json!({"writes": {"doc_count": 4}}));
    }

    #[test]
    fn words_without_a_field_are_searched_where_the_index_does() {
        assert!(DEFAULT_FIELDS.len() > 20, "{DEFAULT_FIELDS:?}");
        assert!(DEFAULT_FIELDS.iter().all(|name| !matches!(Field::resolve(name).kind, crate::field::Kind::Unmapped)));
        let body = json!({"size": 9, "query": {"query_string": {"query": "id-3 OR id-4"}}});
        assert_eq!(ids(&reply(&body)), ["id-4", "id-3"]);
    }

    #[test]
    fn another_order_is_refused() {
        let body = json!({"sort": [{"eventName": {"order": "asc"}}]});
        assert!(matches!(Search::parse(&body, Timestamp::UNIX_EPOCH), Err(QueryError::Unsupported(_))));
    }

    #[test]
    fn every_path_can_be_counted_by() {
        for (name, countable) in [
            ("eventName", true),
            ("requestParameters.x", true),
            ("errorMessage", false),
            ("errorMessage.keyword", true),
            ("eventName.keyword", false),
        ] {
            assert_eq!(is_countable(name), countable, "{name}");
        }
    }
}
