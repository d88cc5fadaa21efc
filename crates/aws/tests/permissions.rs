//! docs/permissions.md names every call that the code makes, and none that it does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");

/// The source files below a folder, tests left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs")).collect()
}

/// The source of a crate, without its tests.
fn source(name: &str) -> String {
    let files = files(&Path::new(CRATES).join(name).join("src")).into_iter();
    let texts = files.map(|path| fs::read_to_string(path).unwrap());
    texts.map(|text| text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned()).collect()
}

/// What is called on a client, by what follows its name: `.operation()` or `(of).operation()`, on one line or several.
fn operation(after: &str) -> Option<&str> {
    let after = after.strip_prefix('(').and_then(|rest| Some(rest.split_once(')')?.1)).unwrap_or(after);
    let (name, _) = after.trim_start().strip_prefix('.')?.split_once("()")?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    Some(name).filter(|name| is_name && *name != "clone")
}

/// The cells of the table with this header.
fn rows(header: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(PAGE).unwrap();
    let (_, table) = page.split_once(header).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| "));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The texts between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The action that allows an operation, without its service.
fn action(operation: &str) -> String {
    match operation {
        "list_objects_v2" => "ListBucket".to_owned(),
        other => other.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect(),
    }
}

#[test]
fn every_call_to_aws_is_in_the_table() {
    let source = source("aws");
    let made: BTreeSet<&str> = source.split("client").skip(1).filter_map(operation).collect();
    assert!(made.contains("get_object") && made.contains("list_public_keys"), "{made:?}");

    // What a call needs beside its own action.
    let beside = ["s3:GetObjectVersion", "s3:ListBucket"];
    let rows = rows("| action | on | call | who | when |");
    for (row, call) in rows.iter().flat_map(|row| quoted(&row[2]).into_iter().map(move |call| (row, call))) {
        let is_allowing = |name: &&str| name.ends_with(&format!(":{}", action(call))) || beside.contains(name);
        assert!(quoted(&row[0]).iter().any(is_allowing), "{call} needs {}: {row:?}", action(call));
    }
    let named: BTreeSet<&str> = rows.iter().flat_map(|row| quoted(&row[2])).collect();
    assert_eq!(made, named, "calls in the code, and in docs/permissions.md");
}

#[test]
fn nobody_else_calls_aws() {
    for name in ["core", "digest", "ingest", "search", "setup", "lambda", "cli"] {
        assert!(!source(name).contains("aws_sdk_"), "{name} has a client of its own");
    }
}

#[test]
fn every_call_to_the_cluster_is_in_the_table() {
    let search = source("search");
    let methods = search.split("Method::").skip(1).filter_map(|rest| rest.split_once(','));
    let made: BTreeSet<String> = methods.map(|(method, _)| method.to_uppercase()).collect();

    let sources = ["search", "setup", "cli", "lambda", "schema"].map(source).concat();
    let mut named = BTreeSet::new();
    let rows = rows("| action | call | who | when |");
    for (row, call) in rows.iter().flat_map(|row| quoted(&row[1]).into_iter().map(move |call| (row, call))) {
        let (verb, path) = call.split_once(' ').unwrap();
        assert_eq!(row[0].to_uppercase(), format!("`ES:ESHTTP{verb}`"), "{row:?}");
        let api = path.split('/').find(|part| part.starts_with('_')).unwrap_or(path);
        assert!(sources.contains(api), "nobody calls {api}");
        named.insert(verb.to_owned());
    }
    assert_eq!(made, named, "methods in the code, and in docs/permissions.md");
}

/// The paths of requests in texts of the source: what begins with an API's name behind a quote or a slash.
fn apis(source: &str) -> BTreeSet<&str> {
    let begins = |at: usize| at > 0 && matches!(source.as_bytes()[at - 1], b'"' | b'/');
    let api = |(at, _)| {
        let length = source[at..].find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or_default();
        Some(&source[at..at + length]).filter(|name| begins(at) && name.len() > 1)
    };
    source.match_indices('_').filter_map(api).collect()
}

/// Names with an underscore that are members of documents and replies, or a file.
const NO_APIS: [&str; 10] =
    ["_clusters", "_id", "_index", "_key", "_meta", "_primary_term", "_seq_no", "_shards", "_source", "_trailsearch"];

#[test]
fn every_api_that_is_called_is_in_the_table() {
    let sources = ["search", "setup", "cli", "lambda"].map(source).concat();
    let rows = rows("| action | call | who | when |");
    let named: Vec<&str> = rows.iter().flat_map(|row| quoted(&row[1])).collect();
    let made: Vec<&str> = apis(&sources).into_iter().filter(|name| !NO_APIS.contains(name)).collect();
    assert!(made.contains(&"_field_caps") && made.contains(&"_alerting"), "{made:?}");
    for api in made {
        assert!(named.iter().any(|call| call.contains(api)), "{api} is called, and not in docs/permissions.md");
    }
}
