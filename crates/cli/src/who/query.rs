//! The searches behind the answer. All filter and none scores; the newest or oldest few are taken.

use serde_json::{Value, json};

/// How a call's name begins that makes something.
pub(super) const MAKERS: &[&str] = &[
    "Create",
    "Run",
    "Launch",
    "Allocate",
    "Import",
    "Copy",
    "Register",
    "Request",
    "Provision",
    "Restore",
    "Associate",
];

/// How a call's name begins that makes something only now and then; asked where no maker is found.
pub(super) const OTHERS: &[&str] = &["Put", "Start"];

/// What is shown of an event: the document's own paths.
const SHOWN: [&str; 12] = [
    "@timestamp",
    "actor",
    "awsRegion",
    "eventID",
    "eventName",
    "eventSource",
    "ingest.bucket",
    "ingest.object",
    "outcome",
    "recipientAccountId",
    "sourceIPAddress",
    "userAgent",
];

/// What tells whether an event made the resource, and is not shown.
pub(super) const EVIDENCE: [&str; 3] = ["issued", "requestParameters", "responseElements"];

/// How many candidates are looked at.
const CANDIDATES: u32 = 50;

/// What to search for: EC2's events hold the id `i-0abc1234def567890` and not the ARN that ends in it.
pub(super) fn searched(resource: &str) -> &str {
    let id = resource.rsplit('/').next().unwrap_or(resource);
    if resource.starts_with("arn:") && is_assigned(id) { id } else { resource }
}

/// The newest events that may have made the resource.
///
/// An id that AWS assigns is in the creating call's response and cannot be in its request, so that calls which only
/// mention it are left out here. Names are in the request as well: those events are looked at one by one.
pub(super) fn creations(resource: &str, verbs: &[&str]) -> Value {
    let verbs = any(verbs.iter().map(|verb| json!({"prefix": {"eventName": *verb}})).collect());
    let (mut with, mut without) = (vec![verbs], vec![json!({"term": {"readOnly": true}})]);
    if is_assigned(resource) {
        with.push(json!({"term": {"responseElements": resource}}));
        without.push(json!({"term": {"requestParameters": resource}}));
    }
    let made = json!({"bool": {"filter": with, "must_not": without}});
    // Calls that issue credentials count as reads, so they have a field that tells them.
    let issued = json!({"term": {"issued.accessKeyId": resource}});
    let filter = [touched(resource), succeeded(), any(vec![made, issued])];
    newest(CANDIDATES, &[&SHOWN[..], &EVIDENCE].concat(), json!({"filter": filter}))
}

/// The newest event that changed the resource.
pub(super) fn last_change(resource: &str) -> Value {
    let change = json!({"filter": [touched(resource), succeeded()], "must_not": [{"term": {"readOnly": true}}]});
    newest(1, &SHOWN, change)
}

/// The oldest event of any kind that touched the resource.
pub(super) fn first_seen(resource: &str) -> Value {
    search(1, "asc", &SHOWN, json!({"filter": [touched(resource)]}))
}

fn newest(size: u32, fields: &[&str], query: Value) -> Value {
    search(size, "desc", fields, query)
}

fn search(size: u32, order: &str, fields: &[&str], query: Value) -> Value {
    json!({
        "size": size,
        "track_total_hits": false,
        "_source": fields,
        "query": {"bool": query},
        "sort": [{"@timestamp": {"order": order, "unmapped_type": "date"}}],
    })
}

fn touched(resource: &str) -> Value {
    any(["resource.id", "resource.arn", "issued.accessKeyId"].map(|field| json!({"term": {field: resource}})).into())
}

fn succeeded() -> Value {
    json!({"term": {"outcome": "success"}})
}

fn any(queries: Vec<Value>) -> Value {
    json!({"bool": {"should": queries, "minimum_should_match": 1}})
}

/// Whether AWS assigns ids of this shape: `i-0abc1234def567890`, `AKIA…` (see
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
fn is_assigned(resource: &str) -> bool {
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
    fn an_arn_with_an_assigned_id_is_searched_by_the_id() {
        let instance = "arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234def567890";
        assert_eq!(searched(instance), "i-0abc1234def567890");
        for other in ["arn:aws:iam::111122223333:role/deployer", "a/i-0abc1234def567890", "deployer"] {
            assert_eq!(searched(other), other);
        }
    }

    #[test]
    fn the_creation_of_an_assigned_id_answers_it_and_is_not_asked_for_it() {
        let query = creations("i-0abc1234def567890", MAKERS);
        let made = &query["query"]["bool"]["filter"][2]["bool"]["should"][0]["bool"];
        assert_eq!(made["filter"][0]["bool"]["should"][0], json!({"prefix": {"eventName": "Create"}}));
        assert_eq!(made["filter"][1], json!({"term": {"responseElements": "i-0abc1234def567890"}}));
        assert_eq!(made["must_not"][1], json!({"term": {"requestParameters": "i-0abc1234def567890"}}));
        assert_eq!(query["sort"][0]["@timestamp"]["order"], "desc");
    }

    #[test]
    fn the_creation_of_a_name_may_be_asked_for_it() {
        let query = creations("deployer", OTHERS);
        let made = &query["query"]["bool"]["filter"][2]["bool"]["should"][0]["bool"];
        assert_eq!(made["must_not"], json!([{"term": {"readOnly": true}}]));
        assert_eq!(made["filter"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn every_search_is_exact_small_and_ordered() {
        for query in [creations("x", MAKERS), last_change("x"), first_seen("x")] {
            assert_eq!(query["track_total_hits"], false);
            assert_eq!(query["query"]["bool"]["filter"][0], touched("x"));
            assert_eq!(query["query"]["bool"].as_object().unwrap().keys().filter(|key| *key == "must").count(), 0);
        }
        assert_eq!(first_seen("x")["sort"][0]["@timestamp"]["order"], "asc");
        assert!(last_change("x")["_source"].as_array().unwrap().iter().all(|field| field != "requestParameters"));
    }
}
