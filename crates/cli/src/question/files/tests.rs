//! That a record without any of a query's literals cannot match it: over the sample day, over generated records, and over
//! the logs that `CORPUS_SAMPLES` names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Normalization, Normalizer, Origin};
use trailsearch_core::object::Encoding;
use trailsearch_core::split::Splitter;
use trailsearch_query::{Document, Search};
use trailsearch_testkit::{gzip, load, story};

use super::*;
use crate::question::scope::ScopeArgs;

/// Fields in which the ids of things, keys and events stand.
const ID_FIELDS: [&str; 5] =
    ["resource.id", "resource.arn", "issued.accessKeyId", "userIdentity.accessKeyId", "eventID"];

/// A record, and the document that is made of it.
struct Pair {
    raw: Vec<u8>,
    id: String,
    document: Value,
}

fn pairs(text: &[u8]) -> Vec<Pair> {
    let mut splitter = Splitter::new(Limits::NONE);
    let mut normalizer = Normalizer::new(&Normalization::default());
    let origin = Origin::new("", "AWSLogs/x.json.gz", None, "2026-11-21T00:00:00Z".to_owned());
    let mut pairs = Vec::new();
    splitter.feed(text);
    while let Some(record) = splitter.next_record().unwrap() {
        let document = normalizer.document(&record, &origin, 0);
        let id = document.id.clone().into_owned();
        pairs.push(Pair { raw: record.raw.to_vec(), id, document: serde_json::from_slice(document.body).unwrap() });
    }
    pairs
}

fn search(query: Value) -> Search {
    Search::parse(&json!({"size": 1, "query": query}), Timestamp::now()).unwrap()
}

/// Every scalar of a document under its path, and under each object around it, as flat objects have it.
fn values(value: &Value, path: &str, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            values(value, &path, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| values(item, path, found)),
        Value::Null => {}
        scalar => {
            let text = scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned);
            let top = path.split('.').next().unwrap_or_default();
            found.insert((path.to_owned(), text.clone()));
            found.insert((top.to_owned(), text));
        }
    }
}

/// Asserts that each value which a document holds is found by literals that its record holds: whatever matches an exact
/// query for a value holds that value. How many values had literals.
fn check(text: &[u8]) -> usize {
    let mut with_literals = 0;
    for pair in pairs(text) {
        let mut found = BTreeSet::new();
        values(&pair.document, "", &mut found);
        for (path, value) in &found {
            let Ok(by_path) = Search::parse(&json!({"query": {"term": {path: value}}}), Timestamp::now()) else {
                continue;
            };
            with_literals += usize::from(stands(&by_path, &pair, path));
            stands(&search(json!({"exists": {"field": path}})), &pair, path);
            if ID_FIELDS.contains(&path.as_str()) && !value.is_empty() {
                let quoted = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
                stands(&search(json!({"query_string": {"query": quoted}})), &pair, path);
            }
        }
    }
    with_literals
}

/// Whether the search has literals, of which one must then stand in the record of a document that matches.
fn stands(search: &Search, pair: &Pair, path: &str) -> bool {
    let Some(literals) = search.literals() else { return false };
    let matches = search.matches(&Document { id: &pair.id, body: &pair.document });
    let raw = String::from_utf8_lossy(&pair.raw);
    let stands =
        literals.iter().any(|literal| raw.contains(literal.as_str()) || "AWSLogs/x.json.gz".contains(literal.as_str()));
    assert!(stands || !matches, "{path}: none of {literals:?} stands in {raw}");
    true
}

#[test]
fn literals_stand_in_the_records_of_the_sample_day() {
    let found: usize = story::objects(story::DAY)
        .iter()
        .filter(|object| object.records > 0)
        .map(|object| check(object.body.as_ref()))
        .sum();
    assert!(found > 10_000, "{found}");
}

#[test]
fn literals_stand_in_generated_records() {
    assert!(check(load::object(3, 300).as_bytes()) > 5_000);
}

/// Real logs, where the developer has some: `CORPUS_SAMPLES` names a folder of log objects.
#[test]
fn literals_stand_in_real_records() {
    let Some(folder) = std::env::var_os("CORPUS_SAMPLES") else {
        eprintln!("skipped: CORPUS_SAMPLES names no folder of log objects");
        return;
    };
    let found: usize = logs(Path::new(&folder)).iter().map(|path| check(&inflated(path))).sum();
    assert!(found > 0, "{folder:?}");
}

fn logs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".json")).collect()
}

fn inflated(path: &Path) -> Vec<u8> {
    let mut inflater = Inflater::new(Encoding::of_name(&path.to_string_lossy()), Limits::NONE);
    let bytes = std::fs::read(path).unwrap();
    Inflater::pieces(&bytes).flat_map(|piece| inflater.push(piece).unwrap().to_vec()).collect()
}

/// The sample day as files.
fn day() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for object in story::objects(story::DAY) {
        let path = folder.path().join(&object.key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, gzip(&object.body)).unwrap();
    }
    folder
}

fn files<'a>(folder: &Path, console: &'a Console) -> Files<'a> {
    Files::new(vec![folder.to_str().unwrap().parse().unwrap()], console).unwrap()
}

fn body(id: &str) -> Value {
    let terms: Vec<Value> = ID_FIELDS.iter().map(|field| json!({"term": {*field: id}})).collect();
    let sort = json!([{"@timestamp": {"order": "asc"}}]);
    json!({"size": 1000, "sort": sort, "_source": ["eventID"], "query": {"bool": {"should": terms, "minimum_should_match": 1}}})
}

#[tokio::test]
async fn a_scan_with_literals_finds_what_one_without_finds() {
    let (folder, console, scope) =
        (day(), Console::default(), Scope::new(&ScopeArgs::default(), Timestamp::now()).unwrap());
    let whole = files(folder.path(), &console);
    let all = whole.search(&json!({"size": 1000}), &scope).await.unwrap();
    let mut ids = BTreeSet::new();
    for document in &all.hits {
        values(document, "", &mut ids);
    }
    let ids: BTreeSet<String> =
        ids.into_iter().filter(|(path, _)| ID_FIELDS.contains(&path.as_str())).map(|(_, id)| id).collect();
    assert!(ids.len() > 700, "{}", ids.len());
    // Each takes a scan of its own, so every fifth is asked for.
    for id in ids.iter().step_by(5) {
        let scanned = files(folder.path(), &console).search(&body(id), &scope).await.unwrap();
        assert_eq!(scanned.hits, whole.search(&body(id), &scope).await.unwrap().hits, "{id}");
        assert!(!scanned.hits.is_empty(), "{id}");
    }
}

#[tokio::test]
async fn an_event_that_was_delivered_twice_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let event = |id: &str| json!({"eventID": id, "eventName": "RunInstances", "eventTime": "2026-11-20T08:00:00Z"});
    for (name, ids) in [("a.json", ["one", "two"]), ("b.json", ["two", "three"])] {
        std::fs::write(folder.path().join(name), json!({"Records": ids.map(event)}).to_string()).unwrap();
    }
    let (console, scope) = (Console::default(), Scope::default());
    let files = files(folder.path(), &console);
    for query in [json!({"term": {"eventName": "RunInstances"}}), json!({"match_all": {}})] {
        assert_eq!(files.search(&json!({"size": 9, "query": query}), &scope).await.unwrap().total, 3);
    }
}

#[tokio::test]
async fn what_one_search_has_kept_need_not_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = json!({"Records": [{"eventID": "one", "awsRegion": "eu-central-1"}, {"eventID": "two"}]});
    std::fs::write(folder.path().join("a.json"), log.to_string()).unwrap();
    let (console, scope) = (Console::default(), Scope::default());
    let files = files(folder.path(), &console);
    let found = files.search(&body("one"), &scope).await.unwrap();
    folder.close().unwrap();
    assert_eq!((found.total, &files.search(&body("one"), &scope).await.unwrap()), (1, &found));
    assert!(!files.are_incomplete());
    files.search(&body("two"), &scope).await.unwrap();
    assert!(files.are_incomplete(), "the file is gone");
}
