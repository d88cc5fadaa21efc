//! The parts that queries are made of. All filter and none scores. See
//! <https://docs.opensearch.org/latest/query-dsl/>.

use serde_json::{Value, json};

/// The fields that a resource's id, name or ARN stands in.
pub(crate) const TOUCHED: [&str; 3] = ["resource.id", "resource.arn", "issued.accessKeyId"];

/// Which end of the answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
}

/// A search for `size` documents that match, with these of their fields.
pub(crate) fn search(size: u32, order: Order, fields: &[&str], query: &Value) -> Value {
    let order = match order {
        Order::Newest => "desc",
        Order::Oldest => "asc",
    };
    json!({
        "size": size,
        "track_total_hits": false,
        "_source": fields,
        "query": query,
        "sort": [{"@timestamp": {"order": order, "unmapped_type": "date"}}],
    })
}

/// A count of what matches, by aggregations.
pub(crate) fn count(query: &Value, aggregations: &Value) -> Value {
    json!({"size": 0, "track_total_hits": true, "query": query, "aggs": aggregations})
}

/// What matches the text as the search bar of Dashboards reads it, with Lucene's syntax. See
/// <https://docs.opensearch.org/latest/query-dsl/full-text/query-string/>.
pub(crate) fn lucene(text: &str) -> Value {
    json!({"query_string": {"query": text, "analyze_wildcard": true}})
}

/// What has the value in the field.
pub(crate) fn term(field: &str, value: impl Into<Value>) -> Value {
    json!({"term": {field: value.into()}})
}

/// What has one of the values in the field.
pub(crate) fn terms<T: Into<Value>>(field: &str, values: impl IntoIterator<Item = T>) -> Value {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    json!({"terms": {field: values}})
}

/// What has the field at all.
pub(crate) fn exists(field: &str) -> Value {
    json!({"exists": {"field": field}})
}

/// What matches one of the queries.
pub(crate) fn any(queries: impl IntoIterator<Item = Value>) -> Value {
    let queries: Vec<Value> = queries.into_iter().collect();
    json!({"bool": {"should": queries, "minimum_should_match": 1}})
}

/// What matches all of the queries.
pub(crate) fn all(queries: impl IntoIterator<Item = Value>) -> Value {
    but_not(queries, [])
}

/// What matches all of the first and none of the second queries.
pub(crate) fn but_not(with: impl IntoIterator<Item = Value>, without: impl IntoIterator<Item = Value>) -> Value {
    let (with, without): (Vec<Value>, Vec<Value>) = (with.into_iter().collect(), without.into_iter().collect());
    json!({"bool": {"filter": with, "must_not": without}})
}

/// What touched the resource.
pub(crate) fn touched(resource: &str) -> Value {
    any(TOUCHED.map(|field| term(field, resource)))
}

/// What went well.
pub(crate) fn succeeded() -> Value {
    term("outcome", "success")
}

/// The event with this id, which is the document's too where the index does not make its own.
pub(crate) fn event(id: &str) -> Value {
    any([json!({"ids": {"values": [id]}}), term("eventID", id)])
}

/// Whether AWS assigns ids of this shape: `i-0abc1234def567890`, `AKIA…` (see
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
pub(crate) fn is_assigned(resource: &str) -> bool {
    let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let with_prefix = resource.rsplit_once('-').is_some_and(|(prefix, digits)| {
        let prefix_fits = prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        prefix_fits && matches!(digits.len(), 8 | 17) && digits.bytes().all(hexadecimal)
    });
    let unique = resource.len() >= 16
        && resource.starts_with('A')
        && resource.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    with_prefix || unique
}

/// Whether the text has the shape of an access key id
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>).
pub(crate) fn is_access_key(text: &str) -> bool {
    let rest = ["AKIA", "ASIA"].iter().find_map(|prefix| text.strip_prefix(prefix));
    rest.is_some_and(|rest| rest.len() >= 12 && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

/// What to search for: EC2's events hold the id `i-0abc1234def567890` and not the ARN that ends in it.
pub(crate) fn searched(resource: &str) -> &str {
    let id = resource.rsplit('/').next().unwrap_or(resource);
    if resource.starts_with("arn:") && is_assigned(id) { id } else { resource }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_aws_assigns_are_known_by_their_shape() {
        for id in ["i-0abc1234def567890", "sg-1a2b3c4d", "tgw-attach-0abc1234def567890", "ASIAEXAMPLEADMINSES2"] {
            assert!(is_assigned(id), "{id}");
        }
        for name in
            ["example-logs", "deployer", "alice", "arn:aws:iam::111122223333:role/deployer", "web-2026", "ALICE"]
        {
            assert!(!is_assigned(name), "{name}");
        }
    }

    #[test]
    fn a_key_is_known_by_its_shape() {
        assert!(is_access_key("ASIAEXAMPLEADMINSES2") && is_access_key("AKIAEXAMPLESUPPORT22"));
        assert!(
            !is_access_key("AROAEXAMPLEADMINPROD2") && !is_access_key("ASIA") && !is_access_key("AKIAexamplesupport22")
        );
    }

    #[test]
    fn an_arn_with_an_assigned_id_is_searched_by_the_id() {
        let instance = "arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234def567890";
        assert_eq!(searched(instance), "i-0abc1234def567890");
        for whole in ["arn:aws:iam::111122223333:role/deployer", "example-logs/a/i-0abc1234def567890", "example-logs"] {
            assert_eq!(searched(whole), whole);
        }
    }
}
