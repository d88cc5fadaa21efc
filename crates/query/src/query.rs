//! Queries as requests hold them, and whether a document matches. See <https://docs.opensearch.org/latest/query-dsl/>.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::Document;
use crate::error::QueryError;
use crate::field::{self, Field};
use crate::leaf::{End, Leaf};
use crate::query_string;

/// What a document has to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Query {
    All,
    None,
    /// One of these ids.
    Ids(Vec<String>),
    Leaf(Leaf),
    Bool(Bool),
}

/// Queries of which all, some or none have to match.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bool {
    pub(crate) must: Vec<Query>,
    pub(crate) should: Vec<Query>,
    pub(crate) must_not: Vec<Query>,
    /// How many of `should` have to match.
    pub(crate) minimum: usize,
}

/// What queries are read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'c> {
    /// What `now` means.
    pub(crate) now: Timestamp,
    /// The names of the fields in which words without a field are searched.
    pub(crate) default_fields: &'c [String],
}

impl Query {
    /// What matches one of the queries.
    pub(crate) fn any(mut queries: Vec<Self>) -> Self {
        queries.retain(|query| *query != Self::None);
        match queries.len() {
            0 => Self::None,
            1 => queries.swap_remove(0),
            _ => Self::Bool(Bool { should: queries, minimum: 1, ..Bool::default() }),
        }
    }

    /// Whether the document is as it has to be.
    pub(crate) fn matches(&self, document: &Document<'_>) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Ids(ids) => ids.iter().any(|id| id == document.id),
            Self::Leaf(leaf) => leaf.matches(document.body),
            Self::Bool(parts) => parts.matches(document),
        }
    }

    /// Reads a query.
    ///
    /// # Errors
    /// Where OpenSearch would refuse it, or knows more than is known here.
    pub(crate) fn parse(query: &Value, context: Context<'_>) -> Result<Self, QueryError> {
        let (name, body) = only(query)?;
        match name {
            "match_all" => Ok(Self::All),
            "ids" => Ok(Self::Ids(texts(&body["values"]))),
            "bool" => Ok(Self::Bool(Bool::parse(body, context)?)),
            "exists" => Ok(Field::resolve(&string(&body["field"])).exists()),
            "query_string" => query_string::parse(&string(&body["query"]), context),
            "term" | "terms" | "prefix" | "wildcard" | "range" => Self::of_field(name, body, context),
            _ => Err(QueryError::Unsupported(format!("the query {name}"))),
        }
    }

    fn of_field(name: &str, body: &Value, context: Context<'_>) -> Result<Self, QueryError> {
        let (field, value) = only(body)?;
        let field = Field::resolve(field);
        match name {
            "terms" => {
                let terms = texts(value).into_iter().map(|text| field.clone().term(&text, context.now));
                Ok(Self::any(terms.collect::<Result<_, _>>()?))
            }
            "prefix" => field.prefix(&string(value)),
            "wildcard" => field.wildcard(&string(value)),
            "range" => range(field, value, context.now),
            _ => field.term(&string(value), context.now),
        }
    }
}

impl Bool {
    fn parse(body: &Value, context: Context<'_>) -> Result<Self, QueryError> {
        let part = |name: &str| -> Result<Vec<Query>, QueryError> {
            let queries = match &body[name] {
                Value::Null => &[][..],
                Value::Array(queries) => queries,
                one => std::slice::from_ref(one),
            };
            queries.iter().map(|query| Query::parse(query, context)).collect()
        };
        let mut must = part("filter")?;
        must.extend(part("must")?);
        let should = part("should")?;
        let least = usize::from(must.is_empty() && !should.is_empty());
        let minimum = body["minimum_should_match"].as_u64().map_or(least, |minimum| minimum as usize);
        Ok(Self { must, should, must_not: part("must_not")?, minimum })
    }

    fn matches(&self, document: &Document<'_>) -> bool {
        self.must.iter().all(|query| query.matches(document))
            && !self.must_not.iter().any(|query| query.matches(document))
            && (self.minimum == 0
                || self.should.iter().filter(|query| query.matches(document)).take(self.minimum).count()
                    == self.minimum)
    }
}

fn range(field: Field, ends: &Value, now: Timestamp) -> Result<Query, QueryError> {
    let known = |name: &String| ["gt", "gte", "lt", "lte"].contains(&name.as_str());
    if let Some(name) = ends.as_object().and_then(|ends| ends.keys().find(|name| !known(name))) {
        return Err(QueryError::Unsupported(format!("{name} of a range")));
    }
    let texts = ["gt", "gte", "lt", "lte"].map(|name| field::text(&ends[name]));
    let [gt, gte, lt, lte] = &texts;
    fn end<'t>(open: &'t Option<std::borrow::Cow<'_, str>>, closed: &'t Option<std::borrow::Cow<'_, str>>) -> End<'t> {
        open.as_deref().map(|text| (text, false)).or(closed.as_deref().map(|text| (text, true)))
    }
    field.range(end(gt, gte), end(lt, lte), now)
}

/// The one member of an object: a query's name, or a field's.
pub(crate) fn only(value: &Value) -> Result<(&str, &Value), QueryError> {
    let members = value.as_object().filter(|members| members.len() == 1);
    let first = members.and_then(|members: &Map<String, Value>| members.iter().next());
    first
        .map(|(name, value)| (name.as_str(), value))
        .ok_or_else(|| QueryError::Unsupported(format!("the query {value}")))
}

/// A scalar as text; one that is wrapped with options, likewise.
fn string(value: &Value) -> String {
    let value = if value.is_object() { &value["value"] } else { value };
    field::text(value).unwrap_or_default().into_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|value| Some(field::text(value)?.into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(query: &Value) -> bool {
        let body = json!({"eventName": "RunInstances", "readOnly": false, "resource": {"id": ["i-1", "sg-1"]}});
        let context = Context { now: Timestamp::UNIX_EPOCH, default_fields: &[] };
        Query::parse(query, context).unwrap().matches(&Document { id: "a", body: &body })
    }

    #[test]
    fn queries_mean_what_they_mean_to_the_index() {
        let (run, stop) = (
            json!({"term": {"eventName": "RunInstances"}}),
            json!({"term": {"eventName": {"value": "StopInstances"}}}),
        );
        for (query, expected) in [
            (json!({"match_all": {}}), true),
            (json!({"ids": {"values": ["b", "a"]}}), true),
            (json!({"term": {"readOnly": false}}), true),
            (json!({"terms": {"resource.id": ["sg-1", "x"]}}), true),
            (json!({"prefix": {"eventName": "Run"}}), true),
            (json!({"exists": {"field": "noise"}}), false),
            (json!({"range": {"eventName": {"gte": "R", "lt": "S"}}}), true),
            (json!({"query_string": {"query": "eventName:Run*", "analyze_wildcard": true}}), true),
            (json!({"bool": {"filter": [], "must_not": []}}), true),
            (json!({"bool": {"filter": [run], "must_not": [stop]}}), true),
            (json!({"bool": {"filter": [run, stop]}}), false),
            (json!({"bool": {"should": [run, stop]}}), true),
            (json!({"bool": {"should": [run, stop], "minimum_should_match": 2}}), false),
            (json!({"bool": {"must": run, "should": [stop]}}), true),
            (json!({"bool": {"must_not": run}}), false),
        ] {
            assert_eq!(matches(&query), expected, "{query}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let context = Context { now: Timestamp::UNIX_EPOCH, default_fields: &[] };
        for query in [json!({"fuzzy": {"eventName": "x"}}), json!({}), json!({"range": {"eventTime": {"from": 1}}})] {
            assert!(matches!(Query::parse(&query, context), Err(QueryError::Unsupported(_))), "{query}");
        }
    }
}
