//! docs/questions.md: every command of the page has an answer for the demo's day, and every query in its bar finds what
//! the command asks for.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::command;
use common::server::{Cluster, http};
use common::story::day;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../docs/questions.md");

const SAVED_OBJECTS: &str = include_str!("../../../mappings/rendered/dashboards.ndjson");

/// A question of the page: in the bar, as a saved search, as a command.
struct Row {
    bar: &'static str,
    saved: &'static str,
    command: &'static str,
}

fn rows() -> Vec<Row> {
    let (_, table) = PAGE.split_once("| question | in the bar | saved search | command |\n").unwrap();
    let rows = table.lines().skip(1).take_while(|line| line.starts_with("| "));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let code = |cell: usize| cells[cell].split('`').nth(1).unwrap();
        Row { bar: code(1), saved: cells[2], command: code(3) }
    })
    .collect()
}

/// The arguments of a command of the page, of which those with spaces stand in single quotes.
fn arguments(line: &str) -> Vec<&str> {
    let line = line.split(" #").next().unwrap().trim().strip_prefix("trailsearch ").unwrap();
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(number, part)| if number % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
        .collect()
}

/// The text in the bar that a link leads to.
fn bar_of(link: &str) -> String {
    let (_, text) = link.split_once("language:lucene,query:'").unwrap();
    let text = percent_decode_str(text.strip_suffix("'))").unwrap()).decode_utf8().unwrap();
    text.replace("!'", "'").replace("!!", "!")
}

/// How many events a query finds that stands in the bar.
fn found(cluster: &Cluster, bar: &str) -> u64 {
    let query = json!({"query": {"query_string": {"query": bar, "analyze_wildcard": true}}}).to_string();
    let (status, reply) = http(&cluster.endpoint, "POST", &format!("/{}-*/_count", cluster.prefix), query.as_bytes());
    assert_eq!(status, 200, "{bar}: {reply}");
    serde_json::from_str::<Value>(&reply).unwrap()["count"].as_u64().unwrap()
}

#[test]
fn every_row_has_an_answer_in_the_bar_and_in_the_terminal() {
    let Some(day) = day("docs") else { return };
    let rows = rows();
    assert!(rows.len() > 15, "the table is read whole");
    for Row { bar, command, .. } in rows {
        let more = ["--dashboards", "http://127.0.0.1:5601", "--output", "json"];
        let run = day.cluster.run(&[&arguments(command)[..], &more].concat());
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{command}: {run:?}");
        assert_eq!(bar_of(run.json()["dashboards"].as_str().unwrap()), bar, "{command}");
        assert!(found(&day.cluster, bar) > 0, "{bar}");
        let table = day.cluster.run(&arguments(command));
        assert!(table.code == Some(0) && table.stdout.lines().count() > 2, "{table:?}");
    }
}

#[test]
fn every_saved_search_is_one_that_setup_installs() {
    let objects = SAVED_OBJECTS.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let titles: Vec<String> = objects
        .filter(|object| object["type"] == "search")
        .map(|object| object["attributes"]["title"].as_str().unwrap().to_owned())
        .collect();
    for Row { saved, .. } in rows() {
        assert!(titles.contains(&format!("CloudTrail: {saved}")), "{saved}");
    }
}

#[test]
fn the_commands_below_the_table_work_too() {
    let Some(day) = day("docs-below") else { return };
    let block = PAGE.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let lines: Vec<&str> = block.lines().collect();
    assert!(lines[0].starts_with("trailsearch tail") && lines[1].starts_with("trailsearch doctor"), "{lines:?}");
    assert_eq!(day.cluster.run(&arguments(lines[1])).code, Some(0));

    let own =
        [("OPENSEARCH_ENDPOINT", day.cluster.endpoint.as_str()), ("TRAILSEARCH_INDEX_PREFIX", &day.cluster.prefix)];
    let mut tail = command(&arguments(lines[0]), &own).stdout(Stdio::piped()).spawn().unwrap();
    let shown = BufReader::new(tail.stdout.take().unwrap()).lines().take(11).count();
    assert!(Command::new("kill").args(["-INT", &tail.id().to_string()]).status().unwrap().success());
    assert_eq!((shown, tail.wait().unwrap().code()), (11, Some(0)));
}
