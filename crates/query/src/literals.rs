//! Texts of which one stands, byte by byte, in every record that can match a query: whoever scans records need not look
//! at those that hold none.
//!
//! A literal is a run of characters that JSON writers do not escape and URLs do not encode, so that it survives in JSON
//! within JSON and in an encoded policy too. What normalizing writes of its own accord is none.

use std::collections::BTreeSet;

use crate::field::{Field, Kind};
use crate::leaf::{Condition, Leaf};
use crate::pattern::Pattern;
use crate::query::{Bool, Query};

/// Shorter ones stand nearly everywhere.
const MIN_BYTES: usize = 3;

/// What stands in documents and perhaps not in their records: secrets' placeholder, names of actors that have none.
const WRITTEN: [&str; 7] =
    ["REDACTED", "root", "anonymous", "unknown", "Unknown", "AWSService", "cloudtrail.amazonaws.com"];

/// Fields with few values, or with ones that many records hold elsewhere: their literals tell little.
const COMMON: [&str; 12] = [
    "recipientAccountId",
    "awsRegion",
    "eventSource",
    "eventName",
    "eventType",
    "eventCategory",
    "actor.account",
    "actor.type",
    "resource.account",
    "userIdentity.type",
    "userIdentity.accountId",
    "userIdentity.invokedBy",
];

/// Texts of which one stands in every record that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literals {
    pub(crate) any_of: BTreeSet<String>,
    /// Whether they come from a field that tells little.
    common: bool,
}

impl Literals {
    /// Those of a query; `None` where any record may match.
    pub(crate) fn of(query: &Query) -> Option<Self> {
        match query {
            Query::All => None,
            Query::None => Some(Self { any_of: BTreeSet::new(), common: false }),
            Query::Ids(ids) => Self::union(ids.iter().map(|id| Self::one(id_literal(id)?, false))),
            Query::Leaf(leaf) => Self::of_leaf(leaf),
            Query::Bool(parts) => Self::of_bool(parts),
        }
    }

    fn one(literal: String, common: bool) -> Option<Self> {
        Some(Self { any_of: BTreeSet::from([literal]), common })
    }

    /// The best of what has to match, since each of it has to.
    fn of_bool(parts: &Bool) -> Option<Self> {
        let should = (parts.minimum > 0).then(|| Self::union(parts.should.iter().map(Self::of))).flatten();
        parts.must.iter().filter_map(Self::of).chain(should).max_by_key(Self::worth)
    }

    /// All of what may match; nothing where one of it has none.
    fn union(mut all: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        all.try_fold(Self { any_of: BTreeSet::new(), common: false }, |mut union, literals| {
            let literals = literals?;
            union.common |= literals.common;
            union.any_of.extend(literals.any_of);
            Some(union)
        })
    }

    fn of_leaf(leaf: &Leaf) -> Option<Self> {
        let field = &leaf.field;
        let literal = match &leaf.condition {
            Condition::Text(pattern) => text_literal(field, pattern)?,
            Condition::Address((from, to)) if from == to => address_literal(from)?,
            // How a record writes the words is unknown, but not where.
            Condition::Words(_) | Condition::Exists => name_literal(field)?,
            _ => return None,
        };
        Self::one(literal, COMMON.contains(&field.path.as_str()))
    }

    /// Which of two tells more.
    fn worth(&self) -> (bool, usize, std::cmp::Reverse<usize>) {
        let shortest = self.any_of.iter().map(String::len).min().unwrap_or(usize::MAX);
        (!self.common, shortest, std::cmp::Reverse(self.any_of.len()))
    }
}

/// What stands in a record whose field has such a text.
fn text_literal(field: &Field, pattern: &Pattern) -> Option<String> {
    let own = match field.path.split_once('.').map_or((field.path.as_str(), ""), |parts| parts) {
        ("@timestamp" | "outcome" | "noise", _) | ("resource", "kind") => true,
        // The object's own name stands in none of its records: whoever scans looks at it too.
        ("ingest", name) => !matches!(name, "object" | "bucket"),
        _ => false,
    };
    if own {
        return None;
    }
    pattern.pieces().iter().filter_map(|piece| literal(piece)).max_by_key(String::len)
}

/// An IPv4 address is written in one way.
fn address_literal(address: &std::ops::Bound<u128>) -> Option<String> {
    let std::ops::Bound::Included(bits) = address else { return None };
    std::net::Ipv6Addr::from_bits(*bits).to_ipv4_mapped().map(|address| address.to_string())
}

/// The name of the member that holds a field of the record itself.
fn name_literal(field: &Field) -> Option<String> {
    let path = match &field.kind {
        Kind::Flat(Some(below)) => below,
        Kind::Flat(None) | Kind::Text => &field.path,
        _ => return None,
    };
    let in_record =
        trailsearch_schema::find(trailsearch_schema::record_fields(), field.path.split('.').next()?.as_bytes());
    in_record.and(literal(path.rsplit('.').next()?))
}

/// A document's id is its event's, or a digest of a record that has none.
fn id_literal(id: &str) -> Option<String> {
    let is_digest = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest { None } else { literal(id) }
}

/// The longest run of a text; of an ARN, the longest behind its account and type.
fn literal(text: &str) -> Option<String> {
    let name = text.strip_prefix("arn:").and_then(|rest| Some(rest.splitn(5, ':').nth(4)?.split_once(['/', ':'])?.1));
    name.and_then(longest_run).or_else(|| longest_run(text))
}

fn longest_run(text: &str) -> Option<String> {
    let survives = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let runs = text.split(|c: char| !survives(c));
    let usable = runs.filter(|run| run.len() >= MIN_BYTES && !WRITTEN.iter().any(|written| written.contains(run)));
    usable.max_by_key(|run| run.len()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::query::Context;
    use crate::query_string;

    fn literals(query: &str) -> Option<Vec<String>> {
        let default_fields = ["eventID", "errorMessage", "ingest.object", "actor.name"].map(str::to_owned);
        let context = Context { now: Timestamp::UNIX_EPOCH, default_fields: &default_fields };
        let query = query_string::parse(query, context).unwrap();
        Some(Literals::of(&query)?.any_of.into_iter().collect())
    }

    #[test]
    fn one_of_them_stands_in_every_record_that_matches() {
        for (query, expected) in [
            ("resource.id:i-0abc1234def567890", &["i-0abc1234def567890"][..]),
            ("i-0abc1234def567890", &["errorMessage", "i-0abc1234def567890"]),
            ("resource.arn:\"arn:aws:iam::111122223333:role/deployer\"", &["deployer"]),
            ("resource.arn:\"arn:aws:s3:::example-logs\"", &["example-logs"]),
            ("eventName:Run*", &["Run"]),
            ("userAgent:*aws-cli?2*", &["aws-cli"]),
            ("eventName:Run* AND requestParameters.instanceType:t3.micro", &["t3.micro"]),
            ("eventName:Run* AND outcome:failure", &["Run"]),
            ("eventName:(RunInstances OR StopInstances)", &["RunInstances", "StopInstances"]),
            ("eventName:RunInstances OR recipientAccountId:111122223333", &["111122223333", "RunInstances"]),
            ("+eventID:abc-def eventName:x", &["abc-def"]),
            ("sourceIPAddress:203.0.113.7", &["203.0.113.7"]),
            ("_exists_:requestParameters.instanceType", &["instanceType"]),
            ("errorMessage:auth*", &["errorMessage"]),
            ("_id:0a1b", &["0a1b"]),
            ("no.such:x", &[]),
        ] {
            assert_eq!(
                literals(query).as_deref(),
                Some(&expected.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()[..]),
                "{query}"
            );
        }
    }

    #[test]
    fn where_any_record_may_match_there_are_none() {
        for query in [
            "*",
            "actor.name:root",
            "actor.name:*kno*",
            "requestParameters.password:REDACTED",
            "outcome:failure",
            "noise:config-read",
            "eventID:ab",
            "sourceIPAddress:203.0.113.0\\/24",
            "sourceIPAddress:\"2001:db8::1\"",
            "eventTime:2026-11-20",
            "NOT eventName:RunInstances",
            "eventName:RunInstances OR readOnly:true",
            "_exists_:errorCode",
            "_exists_:request.instanceType",
            "ingest.version:1.2.3",
            "eventName:[RunA TO RunZ]",
            &format!("_id:{}", "0".repeat(64)),
        ] {
            assert_eq!(literals(query), None, "{query}");
        }
    }
}
