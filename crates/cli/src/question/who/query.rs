//! The searches behind the answer. All filter and none scores; the newest or oldest few are taken.

use serde_json::{Value, json};

use crate::question::query::{Order, all, any, but_not, exists, is_assigned, search, succeeded, term, touched};

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

/// The newest events that may have made the resource.
///
/// An id that AWS assigns is in the creating call's response and cannot be in its request, so that calls which only
/// mention it are left out here. Names are in the request as well: those events are looked at one by one.
pub(super) fn creations(resource: &str, verbs: &[&str]) -> Value {
    let verbs = any(verbs.iter().map(|verb| json!({"prefix": {"eventName": *verb}})));
    let (mut with, mut without) = (vec![verbs], vec![term("readOnly", true)]);
    if is_assigned(resource) {
        with.push(term("responseElements", resource));
        without.push(term("requestParameters", resource));
    }
    // Calls that issue credentials count as reads, so they have a field that tells them.
    let issued = term("issued.accessKeyId", resource);
    let query = all([touched(resource), succeeded(), any([but_not(with, without), issued])]);
    search(CANDIDATES, Order::Newest, &[&SHOWN[..], &EVIDENCE].concat(), &query)
}

/// What changed the resource; what recurs without end, such as an agent's sign of life, tells nobody anything.
pub(super) fn change(resource: &str) -> Value {
    but_not([touched(resource), succeeded()], [term("readOnly", true), exists("noise")])
}

/// The newest event that changed the resource.
pub(super) fn last_change(resource: &str) -> Value {
    search(1, Order::Newest, &SHOWN, &change(resource))
}

/// The oldest event of any kind that touched the resource.
pub(super) fn first_seen(resource: &str) -> Value {
    search(1, Order::Oldest, &SHOWN, &all([touched(resource)]))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(query["query"]["bool"].get("must").is_none());
        }
        assert_eq!(first_seen("x")["sort"][0]["@timestamp"]["order"], "asc");
        assert!(last_change("x")["_source"].as_array().unwrap().iter().all(|field| field != "requestParameters"));
    }
}
