//! The table of identities in docs/identity.md, row by row against its golden records.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{pairs, text};

/// The types of identity that CloudTrail writes
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>).
pub(crate) const TYPES: [&str; 12] = [
    "Root",
    "IAMUser",
    "AssumedRole",
    "Role",
    "FederatedUser",
    "Directory",
    "AWSAccount",
    "AWSService",
    "Unknown",
    "SAMLUser",
    "WebIdentityUser",
    "IdentityCenterUser",
];

const TABLE: &str = include_str!("../../../../docs/identity.md");

/// The area of the records that the table names.
const AREA: &str = "identity/";

/// A row of the table: the first cell, whether the actor is human, and of the last cell the record and its actor's name.
struct Row {
    kind: &'static str,
    human: bool,
    record: &'static str,
    actor: &'static str,
}

impl Row {
    fn parse(line: &'static str) -> Self {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [kind, _, _, _, _, human, golden] = cells[..] else { panic!("not seven cells: {line}") };
        let (link, actor) = golden.split_once("): ").unwrap_or_else(|| panic!("no record and its actor: {golden}"));
        let (name, path) = link.split_once("](").unwrap_or_else(|| panic!("no link: {link}"));
        let record = name.trim_start_matches('[');
        assert_eq!(path, format!("../crates/core/tests/golden/identity/{record}.json"));
        Self { kind: kind.trim_matches('`'), human: human == "yes", record, actor: actor.trim_matches('`') }
    }
}

fn rows() -> Vec<Row> {
    TABLE.lines().filter(|line| line.starts_with('|')).skip(2).map(Row::parse).collect()
}

#[test]
fn each_row_holds_of_its_record() {
    let pairs = pairs();
    for row in rows() {
        let name = format!("{AREA}{}", row.record);
        let pair = pairs.iter().find(|pair| pair.name == name).unwrap_or_else(|| panic!("no record {name}"));
        let (record, actor) = (pair.record(), pair.actual()["actor"].take());
        assert_eq!(text(&record, "/userIdentity/type").unwrap_or("none"), row.kind, "{name}");
        assert_eq!(text(&actor, "/name"), Some(row.actor), "{name}");
        assert_eq!(actor["human"], Value::from(row.human), "{name}");
    }
}

#[test]
fn each_record_has_its_row() {
    let rows = rows();
    let named: BTreeSet<&str> = rows.iter().map(|row| row.record).collect();
    let pairs = pairs();
    let there: BTreeSet<&str> = pairs.iter().filter_map(|pair| pair.name.strip_prefix(AREA)).collect();
    assert_eq!(named, there);
    assert_eq!(rows.len(), named.len(), "two rows name one record");
    assert!(TYPES.iter().all(|kind| rows.iter().any(|row| row.kind == *kind)), "a type has no row");
}
