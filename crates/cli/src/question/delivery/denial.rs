//! Deliveries that were denied, by what was to be written where.

use serde::Serialize;
use serde_json::{Value, json};

use crate::question::event::Event;
use crate::question::top::{buckets, time};

/// The fields that groups are made by: who delivers, what it called, and how it failed where.
const GROUPED: [&str; 5] = ["userIdentity.invokedBy", "eventName", "errorCode", "recipientAccountId", "awsRegion"];

/// What the calls name as the place they write to: a bucket, a key, a log group or a topic.
const TARGETS: [&str; 4] = ["request.bucketName", "request.keyId", "request.logGroupName", "request.topicArn"];

/// The most groups that are told.
const MOST: u32 = 100;

/// Denied deliveries of one service to one place.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Denial {
    service: String,
    call: String,
    /// The bucket, key, log group or topic; empty where the call names none.
    target: String,
    error: String,
    account: String,
    region: String,
    pub(super) events: u64,
    first: String,
    newest: String,
    /// What the newest one said, and its id.
    message: String,
    event: String,
}

/// The aggregation that makes the groups.
pub(super) fn groups() -> Value {
    let fields = GROUPED.iter().chain(&TARGETS);
    let terms: Vec<Value> = fields.map(|field| json!({"field": field, "missing": ""})).collect();
    let newest =
        json!({"size": 1, "sort": [{"@timestamp": "desc"}], "_source": ["@timestamp", "eventID", "errorMessage"]});
    json!({
        "multi_terms": {"terms": terms, "size": MOST},
        "aggs": {"first": {"min": {"field": "@timestamp"}}, "newest": {"top_hits": newest}},
    })
}

impl Denial {
    /// The groups of an answer, the most frequent first.
    pub(super) fn all(denied: &Value) -> Vec<Self> {
        buckets(&denied["groups"]).iter().map(Self::of).collect()
    }

    fn of(bucket: &Value) -> Self {
        let key = |number: usize| bucket["key"][number].as_str().unwrap_or_default().to_owned();
        let newest = bucket.pointer("/newest/hits/hits/0/_source").cloned().unwrap_or_default();
        let newest = Event::new(newest);
        let targets = GROUPED.len()..GROUPED.len() + TARGETS.len();
        Self {
            service: key(0),
            call: key(1),
            target: targets.map(key).find(|target| !target.is_empty()).unwrap_or_default(),
            error: key(2),
            account: key(3),
            region: key(4),
            events: bucket["doc_count"].as_u64().unwrap_or_default(),
            first: time(&bucket["first"]),
            newest: newest.time().to_owned(),
            message: newest.text("/errorMessage").to_owned(),
            event: newest.id().to_owned(),
        }
    }

    /// The heads of the columns of [`Self::row`].
    pub(super) const HEADER: [&str; 10] =
        ["SERVICE", "CALL", "WHERE", "ERROR", "EVENTS", "FIRST", "NEWEST", "ACCOUNT", "REGION", "EVENT"];

    /// The group in a table.
    pub(super) fn row(&self) -> Vec<String> {
        let Self { service, call, target, error, account, region, events, first, newest, message: _, event } = self;
        let events = events.to_string();
        [service, call, target, error, &events, first, newest, account, region, event].map(Clone::clone).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_names_the_place_it_could_not_write_to() {
        let newest = json!({"@timestamp": "T2", "eventID": "e", "errorMessage": "no"});
        let bucket = json!({
            "key": ["cloudtrail.amazonaws.com", "GenerateDataKey", "AccessDenied", "1", "r", "", "arn:key", "", ""],
            "doc_count": 3, "first": {"value_as_string": "T1"}, "newest": {"hits": {"hits": [{"_source": newest}]}},
        });
        let row = Denial::of(&bucket).row();
        let expected =
            ["cloudtrail.amazonaws.com", "GenerateDataKey", "arn:key", "AccessDenied", "3", "T1", "T2", "1", "r", "e"];
        assert_eq!(row, expected);
    }
}
