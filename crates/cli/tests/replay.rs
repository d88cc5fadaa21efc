//! `replay` and `--state` against the real servers of the local stack. Without `OPENSEARCH_ENDPOINT` they are skipped.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::Path;

use common::server::{Cluster, http};
use common::{Run, write};
use serde_json::{Value, json};

/// A log of three events, of which the mapping takes two.
const LOG: &str = r#"{"Records":[
    {"eventID":"e-1","eventTime":"2026-11-20T09:21:40Z","eventName":"RunInstances"},
    {"eventID":"e-2","eventTime":"2026-11-20T09:21:41Z","eventName":"RunInstances","errorCode":"Poison"},
    {"eventID":"e-3","eventTime":"2026-11-20T09:21:42Z","eventName":"StopInstances"}
]}"#;

/// A mapping of the month's index that takes no text as an error's code, or just leaves it out of the index.
fn map_error_codes(cluster: &Cluster, path: &str, lenient: bool) {
    let properties = json!({"properties": {"errorCode": {"type": "integer", "ignore_malformed": lenient}}});
    let body = if lenient { properties } else { json!({"mappings": properties}) };
    let path = format!("/{}-2026.11{path}", cluster.prefix);
    let (status, reply) = http(&cluster.endpoint, "PUT", &path, body.to_string().as_bytes());
    assert_eq!(status, 200, "{reply}");
}

/// What the summary says of these counts.
fn counts<const N: usize>(run: &Run, names: [&str; N]) -> [u64; N] {
    let summary = run.json();
    names.map(|name| summary[name].as_u64().unwrap())
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => files.extend(self::files(&entry)),
            false => files.push(entry.to_str().unwrap().to_owned()),
        }
    }
    files
}

#[test]
fn dead_letters_in_a_folder_come_back_when_the_fault_is_gone() {
    let Some(cluster) = Cluster::new("replay") else { return };
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("log.json", LOG.as_bytes().to_vec())]);
    let (log, state) = (folder.path().join("log.json"), folder.path().join("state"));
    let (log, state) = (log.to_str().unwrap(), state.to_str().unwrap());
    assert_eq!(cluster.run(&["setup", "--replicas", "0"]).code, Some(0));
    map_error_codes(&cluster, "", false);

    let without = cluster.run(&["ingest", log, "--output", "json"]);
    assert_eq!((without.code, counts(&without, ["indexed", "dead_lettered", "failed"])), (Some(1), [2, 0, 1]));
    let ingested = cluster.run(&["ingest", log, "--state", state, "--output", "json"]);
    assert_eq!((ingested.code, counts(&ingested, ["duplicate", "dead_lettered", "failed"])), (Some(0), [2, 1, 0]));
    assert!(ingested.stderr.contains("records became dead letters"), "{}", ingested.stderr);
    assert_eq!(files(Path::new(state)).len(), 1);

    let replay = |more: &[&str]| cluster.run(&[&["replay", state, "--output", "json"], more].concat());
    let names = ["replayed", "left", "indexed", "duplicate", "failed"];
    let early = replay(&[]);
    assert_eq!((early.code, counts(&early, names)), (Some(1), [0, 1, 0, 0, 1]));
    assert!(early.stderr.contains("1 records could not be delivered: HTTP 400"), "{}", early.stderr);

    map_error_codes(&cluster, "/_mapping", true);
    let kept = replay(&["--keep"]);
    assert_eq!((kept.code, counts(&kept, names), kept.stderr.as_str()), (Some(0), [1, 0, 1, 0, 0], ""));
    let again = replay(&[]);
    assert_eq!((again.code, counts(&again, names)), (Some(0), [1, 0, 0, 1, 0]));
    assert!(files(Path::new(state)).is_empty());
    assert_eq!((replay(&[]).code, replay(&[]).stderr.as_str()), (Some(3), ""));

    cluster.refresh();
    let (_, found) = cluster.get("/PREFIX-2026.11/_search?q=eventID:e-2");
    let found: Value = serde_json::from_str(&found).unwrap();
    let document = &found["hits"]["hits"][0]["_source"];
    assert_eq!((&document["ingest"]["position"], &document["ingest"]["object"]), (&json!(1), &json!(log)));
}

#[test]
fn what_is_not_there_is_said() {
    let Some(cluster) = Cluster::new("replay-nothing") else { return };
    assert_eq!(cluster.run(&["setup"]).code, Some(0));
    let run = cluster.run(&["replay", "no/such/folder"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.starts_with("error: no/such/folder does not exist"), "{}", run.stderr);
}
