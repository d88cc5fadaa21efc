//! Questions to log files, without a cluster: what is recorded, what is said of files that are damaged, and that the
//! answers are those of a real server. Without `OPENSEARCH_ENDPOINT` or `AWS_ENDPOINT_URL` the tests of that server are
//! skipped (`make up`, then `. target/local/env`).
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

mod common;

use std::path::Path;
use std::time::Instant;

use common::server::{Cluster, address, http};
use common::{Run, assert_recorded, run, write};
use serde_json::Value;
use trailsearch_testkit::{gzip, load, story};

/// The day of the story as files.
fn day() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let objects = story::objects(story::DAY);
    let objects: Vec<(&str, Vec<u8>)> =
        objects.iter().map(|object| (object.key.as_str(), gzip(&object.body))).collect();
    write(folder.path(), &objects);
    folder
}

/// Asks the files of a folder, which is `FOLDER` in what comes of it.
fn ask(folder: &Path, arguments: &[&str]) -> Run {
    let folder = folder.to_str().unwrap();
    run(&[arguments, &["--files", folder]].concat(), &[]).replacing(folder, "FOLDER")
}

#[test]
fn every_question_is_answered_out_of_files() {
    let folder = day();
    let ask = |arguments: &[&str]| ask(folder.path(), arguments);
    assert_recorded(
        "files",
        &[
            ask(&["who", story::INSTANCE_ID]),
            ask(&["who", story::BUCKET, "--output", "csv"]),
            ask(&["who", "i-00000000000000000"]),
            ask(&["history", story::ROUTE_TABLE_ID]),
            ask(&["history", "rtb-00000000000000000"]),
            ask(&["search", "eventName:(Create* AND NOT CreateLogStream)", "--human", "--limit", "3"]),
            ask(&["search", "--region", "us-east-1", "--account", story::DEV, "--changes", "--output", "csv"]),
            ask(&["search", "eventName:NoSuchCall"]),
            ask(&["trace", story::CHAINED_ACCESS_KEY_ID]),
            ask(&["trace", "ASIAEXAMPLENOBODY234"]),
            ask(&["top", "requestParameters.instanceType", "actor.name", "--query", "eventName:RunInstances"]),
            ask(&["top", "awsRegion", "--by", "day", "--output", "ndjson"]),
            ask(&["errors", "--limit", "3"]),
            ask(&["logins"]),
            ask(&["explain", "00000000-0000-4000-8000-000000000000"]),
        ],
    );
}

#[test]
fn what_cannot_be_asked_is_said() {
    let folder = day();
    let (empty, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(other.path(), &[("README.md", Vec::new())]);
    let search = |query: &str| ask(folder.path(), &["search", query]);
    assert_recorded(
        "files-nothing",
        &[
            search("eventName:(("),
            search("eventName:Runinstance~"),
            search("eventName:/Run.*/"),
            search("example-logs/key"),
            search("readOnly:perhaps"),
            ask(folder.path(), &["search", "--since", "2026-11-21", "--until", "2026-11-20"]),
            run(&["who", story::INSTANCE_ID, "--files", "/no/such/folder"], &[]),
            run(&["who", story::INSTANCE_ID, "--files", "s3:///AWSLogs/"], &[]),
            ask(empty.path(), &["who", story::INSTANCE_ID]),
            ask(other.path(), &["who", story::INSTANCE_ID]),
        ],
    );
}

#[test]
fn damaged_files_are_named_and_the_rest_is_answered() {
    let folder = day();
    let whole = ask(folder.path(), &["who", story::INSTANCE_ID, "--output", "json"]);
    let log = gzip(load::object(1, 50));
    let text = load::object(2, 50).into_bytes();
    write(
        folder.path(),
        &[
            ("damaged/cut.json.gz", log[..log.len() / 2].to_vec()),
            ("damaged/cut.json", text[..text.len() / 2].to_vec()),
            ("damaged/empty.json.gz", Vec::new()),
            ("damaged/html.json", b"<html>".to_vec()),
        ],
    );
    let damaged = ask(folder.path(), &["who", story::INSTANCE_ID, "--output", "json"]);
    assert_eq!((damaged.code, &damaged.stdout), (Some(1), &whole.stdout));
    for name in ["cut.json.gz", "cut.json", "empty.json.gz", "html.json"] {
        let said = format!("warning: events may be missing: FOLDER/damaged/{name}: ");
        assert_eq!(damaged.stderr.matches(&said).count(), 1, "{}", damaged.stderr);
    }
    let missing =
        run(&["who", story::INSTANCE_ID, "--files", folder.path().to_str().unwrap(), "--files", "/no/such"], &[]);
    assert!(missing.stderr.contains("/no/such does not exist") && missing.code == Some(1), "{missing:?}");
}

/// Queries as people write them; the wrong ones are wrong for both.
const QUERIES: [&str; 64] = [
    "*",
    "*:*",
    "",
    "eventName:RunInstances",
    "eventName: RunInstances",
    "event.action:RunInstances",
    "RunInstances",
    "alice",
    "alice OR bob",
    "alice AND NOT bob",
    "alice bob",
    "\"not authorized\"",
    "authorized",
    "errorMessage:(not authorized)",
    "errorMessage:not-authorized",
    "errorMessage:\"is not authorized\"",
    "errorMessage:AUTH*",
    "errorMessage:*thor*",
    "errorMessage:arn\\:aws*",
    "errorMessage.keyword:User*",
    "errorMessage:*",
    "_exists_:errorMessage",
    "_exists_:actor",
    "_exists_:requestParameters",
    "_exists_:requestParameters.instanceType",
    "_exists_:requestParameters.instancesSet",
    "requestParameters.tagSpecificationSet.items.tags.value:*",
    "requestParameters.instanceType:t3*",
    "requestParameters.instanceType:[a TO t3.z]",
    "requestParameters:t3.micro",
    "responseElements:i-0abc1234def567890",
    "i-0abc1234def567890",
    "i-0abc*",
    "eventName:run*",
    "eventName:Run?nstances",
    "eventName:Run\\*",
    "eventName:(RunInstances StopInstances)",
    "eventName:(RunInstances OR StopInstances)",
    "eventName:(Create* -CreateLogStream)",
    "eventName:(Create* AND NOT CreateLogStream)",
    "eventName:RunInstances OR eventName:StopInstances AND awsRegion:us-east-1",
    "(eventName:RunInstances OR eventName:StopInstances) AND awsRegion:eu-central-1",
    "eventName:RunInstances && !errorCode:*",
    "eventName:RunInstances || eventName:StopInstances",
    "+eventName:RunInstances -errorCode:*",
    "eventSource:ec2* AND (NOT eventName:RunInstances)",
    "NOT readOnly:true",
    "noise:*",
    "eventName:[A TO C]",
    "eventName:{A TO C}",
    "eventName:>=S",
    "eventTime:2026-11-20",
    "@timestamp:[2026-11-20T08 TO 2026-11-20T09}",
    "@timestamp:>2026-11-20T12",
    "@timestamp:\"2026-11-20T08:52:40Z\"",
    "sourceIPAddress:203.0.113.0\\/24",
    "sourceIPAddress:[203.0.113.1 TO 203.0.113.9]",
    "source.address:*.amazonaws.com",
    "additional.bytesTransferredOut:>100",
    "user.name:alice AND _exists_:user",
    "\"arn:aws:iam::111122223333:user/alice\"",
    "eventName:((",
    "arn:aws:iam::111122223333:user/alice",
    "eventName:RunInstances AND",
];

/// The ids that a search finds, in order, or its exit code where there is no answer.
fn ids(run: &Run) -> Result<Vec<String>, Option<i32>> {
    let answered = matches!(run.code, Some(0 | 3));
    let events = if answered { run.json()["events"].as_array().unwrap().clone() } else { return Err(run.code) };
    Ok(events
        .iter()
        .map(|event| event["eventID"].as_str().or(event["eventId"].as_str()).unwrap_or_default().to_owned())
        .collect())
}

/// A cluster with the files of a folder in it.
fn cluster_of(folder: &Path, test: &str) -> Option<Cluster> {
    let cluster = Cluster::new(test)?;
    let ingest = cluster.run(&["ingest", folder.to_str().unwrap(), "--setup"]);
    assert_eq!(ingest.code, Some(0), "{ingest:?}");
    cluster.refresh();
    Some(cluster)
}

#[test]
fn queries_find_what_they_find_in_the_index() {
    let folder = day();
    let Some(cluster) = cluster_of(folder.path(), "files-queries") else { return };
    let mut found = 0;
    for query in QUERIES {
        let search = ["search", query, "--limit", "1000", "--output", "json"];
        let (files, index) = (ask(folder.path(), &search), cluster.run(&search));
        assert_eq!(ids(&files), ids(&index), "{query}: {} {}", files.stderr, index.stderr);
        found += ids(&files).map_or(0, |ids| ids.len());
    }
    assert!(found > 2000, "{found}");
}

/// The same without what differs from run to run: when documents were made.
fn without_time(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.remove("time");
            members.iter_mut().for_each(|(_, value)| *value = without_time(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_time(item.take())),
        _ => {}
    }
    value
}

#[test]
fn answers_are_those_of_the_index() {
    let folder = day();
    let Some(cluster) = cluster_of(folder.path(), "files-answers") else { return };
    let explained = "979464b2-28e1-45ff-b672-1fbe2251c0ec";
    for question in [
        &["who", story::INSTANCE_ID][..],
        &["who", story::TERMINATED_INSTANCE_ID],
        &["who", story::BUCKET],
        &["who", story::CREATED_USER],
        &["who", story::CREATED_ACCESS_KEY_ID],
        &["who", story::SUBNET_ID],
        &["who", "arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234def567890"],
        &["history", story::ROUTE_TABLE_ID],
        &["history", story::INSTANCE_ID, "--reads"],
        &["history", "arn:aws:iam::111122223333:user/support-tmp"],
        &["history", story::BUCKET, "--since", "2026-11-20T08:00:00Z", "--until", "2026-11-20T12:00:00Z"],
        &["search", "--errors", "--no-noise", "--limit", "10"],
        &["search", "--human", "--changes", "--region", "us-east-1"],
        &["trace", story::CHAINED_ACCESS_KEY_ID],
        &["trace", story::CREATED_ACCESS_KEY_ID],
        &["trace", "DevAdmin/alice"],
        &["top", "actor.name", "--limit", "3"],
        &["top", "eventName", "readOnly", "--limit", "50"],
        &["top", "sourceIPAddress"],
        &["top", "readOnly"],
        &["top", "eventTime", "--limit", "5"],
        &["top", "additional.bytesTransferredOut", "--limit", "5"],
        &["top", "requestParameters.roleArn", "--by", "day"],
        &["top", "no.such.path"],
        &["errors"],
        &["logins"],
        &["explain", explained],
    ] {
        let question = [question, &["--output", "json"]].concat();
        let (files, index) = (
            ask(folder.path(), &question),
            cluster.run(&question).replacing(folder.path().to_str().unwrap(), "FOLDER"),
        );
        assert_eq!((files.code, without_time(files.json())), (index.code, without_time(index.json())), "{question:?}");
    }
}

#[test]
fn a_bucket_is_asked_as_a_folder_is() {
    let Some(s3) = address("AWS_ENDPOINT_URL") else { return };
    let bucket = format!("files-{}", std::process::id());
    let put = |path: &str, body: &[u8]| assert_eq!(http(&s3, "PUT", path, body).0, 200, "{path}");
    put(&format!("/{bucket}"), b"");
    for object in story::objects(story::DAY) {
        put(&format!("/{bucket}/{}", object.key), &gzip(&object.body));
    }
    let environment = [
        ("AWS_ENDPOINT_URL", s3.as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
    ];
    let source = format!("s3://{bucket}/AWSLogs/");
    let answer = run(&["who", story::INSTANCE_ID, "--output", "json", "--files", &source], &environment);
    assert_eq!(answer.json()["created"]["actor"]["name"], "alice", "{answer:?}");
    let nothing = run(&["who", story::INSTANCE_ID, "--files", &format!("s3://{bucket}/none/")], &environment);
    assert!(nothing.stderr.contains("holds no objects") && nothing.code == Some(1), "{nothing:?}");
}

/// The rate is that of the build at hand; `make bench-files` measures a release.
#[test]
fn one_instance_among_many_is_found() {
    const OBJECTS: usize = 20;
    const EACH: usize = 500;
    let folder = tempfile::tempdir().unwrap();
    let mut records = load::Records::new(11);
    let limit = load::Limit { records: EACH as u64, bytes: u64::MAX };
    for number in 0..OBJECTS {
        let file = std::fs::File::create(folder.path().join(format!("{number}.json.gz"))).unwrap();
        load::write_object_within(&mut records, limit, file).unwrap();
    }
    let launch = ask(
        folder.path(),
        &["search", "eventName:RunInstances AND outcome:success", "--limit", "1", "--output", "json"],
    )
    .json();
    let ids = launch["events"][0]["resource"]["id"].as_array().unwrap().clone();
    let instance = ids.iter().filter_map(Value::as_str).find(|id| id.starts_with("i-")).unwrap();
    let started = Instant::now();
    let answer = ask(folder.path(), &["who", instance, "--output", "json"]);
    eprintln!("{} events in {:.2} s", OBJECTS * EACH, started.elapsed().as_secs_f64());
    assert_eq!(answer.json()["created"]["eventID"], launch["events"][0]["eventID"], "{answer:?}");
}
