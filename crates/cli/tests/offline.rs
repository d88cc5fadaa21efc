//! What needs no cluster: help, completions, and the errors before anything is sent.

mod common;

use std::io::Read;
use std::process::Stdio;

use common::{NOBODY, assert_recorded, command, run};

const COMMANDS: [&str; 17] = [
    "backfill",
    "doctor",
    "ingest",
    "setup",
    "replay",
    "verify",
    "who",
    "history",
    "search",
    "trace",
    "top",
    "errors",
    "logins",
    "delivery",
    "tail",
    "explain",
    "completions",
];

#[test]
fn every_command_has_help_with_examples() {
    let mut runs = vec![run(&["--help"], &[])];
    runs.extend(COMMANDS.map(|name| run(&[name, "--help"], &[])));
    assert!(runs.iter().all(|run| run.stdout.contains("\nExamples:\n") && run.code == Some(0)), "{runs:?}");
    assert_recorded("help", &runs);
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(run(&["--version"], &[]).stdout, format!("trailsearch {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = run(&["completions", shell], &[]);
        assert!(COMMANDS.iter().all(|name| run.stdout.contains(name)), "{shell}: {}", run.stdout);
        assert!(run.stdout.contains("index-prefix") && run.stderr.is_empty(), "{shell}");
    }
}

#[test]
fn wrong_usage_is_said_before_anything_is_sent() {
    let endpoint = [("OPENSEARCH_ENDPOINT", NOBODY)];
    assert_recorded(
        "usage",
        &[
            run(&[], &[]),
            run(&["backfill"], &[]),
            run(&["backfill", "logs/"], &endpoint),
            run(&["backfill", "s3://example-logs"], &[]),
            run(&["backfill", "s3://example-logs", "--concurrency", "0"], &endpoint),
            run(&["backfill", "s3://example-logs", "--from", "2026-11-31"], &endpoint),
            run(
                &["backfill", "s3://example-logs", "--from", "2026-11-20", "--to", "2026-11-19", "--dry-run"],
                &endpoint,
            ),
            run(&["backfill", "s3://example-logs", "--batch-manifest", "s3://example-state"], &endpoint),
            run(&["backfill", "s3://example-logs", "--role-arn", "arn:aws:iam::111122223333:role/backfill"], &endpoint),
            run(&["ingest"], &[]),
            run(&["ingest", "s3:///AWSLogs/"], &[]),
            run(&["who", "i-0abc1234def567890"], &[]),
            run(&["who", "i-0abc1234def567890"], &[("OPENSEARCH_ENDPOINT", "")]),
            run(&["who", "i-0abc1234def567890", "--endpoint", "127.0.0.1:9200"], &[]),
            run(&["who", "i-0abc1234def567890", "--index-prefix", "Audit"], &endpoint),
            run(&["who", "i-0abc1234def567890"], &[endpoint[0], ("TRAILSEARCH_BATCH_BYTES", "many")]),
            run(&["who", "i-0abc1234def567890"], &[endpoint[0], ("TRAILSEARCH_LOG", "trailsearch=loud")]),
            run(&["setup"], &[endpoint[0], ("TRAILSEARCH_PROMOTE", "request.a.b")]),
            run(&["setup", "--shards", "0"], &endpoint),
            run(&["replay"], &endpoint),
            run(&["replay", "letters/", "--queue", "https://sqs.example.com/1/q"], &endpoint),
            run(&["replay", "letters/", "--state", "s3:///state"], &endpoint),
            run(&["who", "x", "--output", "yaml"], &endpoint),
            run(&["history"], &endpoint),
            run(&["history", "i-0abc1234def567890", "--limit", "0"], &endpoint),
            run(&["search", "--since", "yesterday"], &endpoint),
            run(&["search", "--since", "1h", "--until", "2h"], &endpoint),
            run(&["trace"], &endpoint),
            run(&["top"], &endpoint),
            run(&["top", "actor.name", "--by", "hour"], &endpoint),
            run(&["explain"], &endpoint),
            run(&["who", "foo", "bar"], &endpoint),
            run(&["who", ""], &endpoint),
            run(&["history", " "], &endpoint),
            run(&["trace", ""], &endpoint),
            run(&["explain", ""], &endpoint),
            run(&["delivery", "--silent-after", "soon"], &endpoint),
            run(&["delivery", "--at-least", "0"], &endpoint),
            run(&["tail", "--interval", "0s"], &endpoint),
            run(&["tail", "--output", "json"], &endpoint),
            run(&["logins", "--open"], &endpoint),
            run(&["logins", "--dashboards", "127.0.0.1:5601"], &endpoint),
            run(&["logins"], &[endpoint[0], ("TRAILSEARCH_DASHBOARDS_URL", "dashboards.example.com")]),
            run(&["delivery", "--files", "logs/"], &[]),
            run(&["tail", "--files", "logs/"], &[]),
            run(&["logins", "--files", "logs/", "--open"], &[]),
            run(&["logins", "--indices", "other-*", "--open"], &endpoint),
            run(&["doctor", "--state", "s3:///state"], &endpoint),
            run(&["completions", "tcsh"], &[]),
        ],
    );
}

#[test]
fn a_cluster_that_is_not_there_is_said_by_every_command() {
    let endpoint = [("OPENSEARCH_ENDPOINT", NOBODY)];
    assert_recorded(
        "unreachable",
        &[
            run(&["ingest", "logs/"], &endpoint),
            run(&["setup"], &endpoint),
            run(&["who", "i-0abc1234def567890", "--output", "json"], &endpoint),
            run(&["history", "i-0abc1234def567890"], &endpoint),
            run(&["search", "eventName:RunInstances"], &endpoint),
            run(&["trace", "ASIAEXAMPLEADMINSES2"], &endpoint),
            run(&["top", "actor.name"], &endpoint),
            run(&["errors"], &endpoint),
            run(&["logins"], &endpoint),
            run(&["delivery"], &endpoint),
            run(&["tail"], &endpoint),
            run(&["explain", "00000000-0000-4000-8000-000000000000"], &endpoint),
            run(&["doctor"], &endpoint),
        ],
    );
}

#[test]
fn a_password_in_the_endpoint_is_not_repeated() {
    for arguments in [&["setup"][..], &["who", "x"], &["--help"]] {
        let run = run(arguments, &[("OPENSEARCH_ENDPOINT", "http://alice:s3cret@127.0.0.1:9")]);
        assert!(!format!("{run:?}").contains("s3cret"), "{run:?}");
    }
}

#[test]
fn a_dry_run_prints_every_request() {
    let arguments = ["setup", "--dry-run", "--shards", "3", "--index-prefix", "audit"];
    let endpoint = [("OPENSEARCH_ENDPOINT", NOBODY)];
    let table = run(&arguments, &endpoint);
    assert_eq!(table.stdout.lines().filter(|line| line.starts_with("PUT /")).count(), 4, "{}", table.stdout);

    let requests = run(&[&arguments[..], &["--output", "json"]].concat(), &endpoint).json();
    let paths: Vec<&str> =
        requests.as_array().unwrap().iter().map(|request| request["path"].as_str().unwrap()).collect();
    assert_eq!(paths[..1], ["/_component_template/audit-settings"]);
    assert_eq!(paths[3], "/_index_template/audit");
    assert!(paths[4..].iter().all(|path| *path == "/_plugins/_alerting/monitors"), "{paths:?}");
    assert_eq!(requests[0]["body"]["template"]["settings"]["index"]["number_of_shards"], 3);

    let serverless = run(&[&arguments[..], &["--flavor", "serverless", "--output", "json"]].concat(), &endpoint).json();
    assert_eq!(serverless.as_array().unwrap().len(), 3);
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let mut child = command(&["setup", "--dry-run"], &[("OPENSEARCH_ENDPOINT", NOBODY)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn an_unknown_setting_is_refused() {
    let run = run(&["setup"], &[("OPENSEARCH_ENDPOINT", NOBODY), ("TRAILSEARCH_NO_SUCH", "1")]);
    assert!(run.stderr.contains("TRAILSEARCH_NO_SUCH is no setting"), "{run:?}");
    assert_eq!(run.code, Some(2));
}
