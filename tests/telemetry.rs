//! What the real Lambda binary tells of itself in its log, metrics and traces; and what none of them may tell.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::net::UdpSocket;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use trailsearch_testkit::gzip;
use trailsearch_tests::{Function, Log, Sandbox, event, invoke_traced, key, sandbox};

/// A trace that is recorded.
const SAMPLED: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";

/// Two good objects, one that is no log, and one of hashes only.
async fn objects(sandbox: &Sandbox) -> [String; 4] {
    let digest = key("digest").replace("/CloudTrail/", "/CloudTrail-Digest/");
    let keys = [key("one"), key("two"), key("bad"), digest];
    sandbox.put_log(&keys[0], 4).await;
    sandbox.put_log(&keys[1], 7).await;
    sandbox.put(&sandbox.name, &keys[2], gzip("hello")).await;
    keys
}

/// The metrics among what was logged.
fn metrics(function: &Function) -> Vec<Value> {
    function.log().into_iter().filter(|line| line.get("_aws").is_some()).collect()
}

#[tokio::test]
async fn an_invocation_prints_its_metrics() {
    sandbox("metrics", async |sandbox| {
        let function = sandbox.function(&[("TRAILSEARCH_METRICS_NAMESPACE", "audit")]).await;
        function.invoke(&event::sqs(&sandbox.name, &objects(sandbox).await)).await;
        let metrics = metrics(&function);
        assert!(metrics.iter().all(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "audit"));
        let of_kind = |kind: Value| metrics.iter().find(|line| line["Kind"] == kind).unwrap();

        let whole = of_kind(Value::Null);
        for (name, count) in [("RecordsRead", 11), ("RecordsIndexed", 11), ("RecordsFailed", 0), ("ObjectsFailed", 1)] {
            assert_eq!(whole[name], count, "{name}");
        }
        for name in ["FetchTime", "InflateTime", "BulkTime"] {
            assert!((0.001..10_000.0).contains(&whole[name].as_f64().unwrap()), "{name}: {whole}");
        }

        assert_eq!((&of_kind("Log".into())["Objects"], &of_kind("Digest".into())["Objects"]), (&json!(3), &json!(1)));
        let searchable = of_kind("Log".into())["S3ToSearchableTime"].as_array().unwrap();
        assert_eq!(searchable.len(), 2, "of those that are searchable");
        assert!(searchable.iter().all(|seconds| seconds.as_f64().unwrap() < 30.0), "{searchable:?}");
    })
    .await;
}

#[tokio::test]
async fn no_metrics_are_printed_where_none_are_wanted() {
    sandbox("no-metrics", async |sandbox| {
        let function = sandbox.function(&[("TRAILSEARCH_METRICS_NAMESPACE", "")]).await;
        function.invoke(&event::sqs(&sandbox.name, &objects(sandbox).await)).await;
        assert_eq!((metrics(&function).len(), function.logged("object ingested").len()), (0, 2));
    })
    .await;
}

#[tokio::test]
async fn each_line_has_the_request_id_and_a_failure_is_told_once() {
    sandbox("log", async |sandbox| {
        let keys = objects(sandbox).await;
        for level in ["info", "warn", "trailsearch_ingest=debug"] {
            let function = sandbox.function(&[("TRAILSEARCH_LOG", level)]).await;
            for event in [event::sqs(&sandbox.name, &keys), event::s3(&sandbox.name, &keys), json!({"order": 1})] {
                function.invoke(&event).await;
            }
            let lines = function.log();
            let has_id = |line: &Value| line["requestId"].as_str().is_some_and(|id| id.len() == 36);
            assert!(lines.iter().all(has_id), "{level}: {lines:#?}");
            let causes =
                lines.iter().filter(|line| line.to_string().contains("not JSON at byte 0 of the uncompressed"));
            assert_eq!(causes.count(), 2, "once for each invocation: {lines:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn stages_are_traced_where_the_invocation_is() {
    sandbox("traces", async |sandbox| {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        daemon.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let address = daemon.local_addr().unwrap().to_string();
        let settings = [("TRAILSEARCH_INDEX_PREFIX", sandbox.name.as_str()), ("AWS_XRAY_DAEMON_ADDRESS", &address)];
        let event = event::sqs(&sandbox.name, &objects(sandbox).await);
        for header in [SAMPLED.replace("Sampled=1", "Sampled=0").as_str(), SAMPLED] {
            assert_eq!(invoke_traced(&settings, &event, header).await, event::failed(&[key("bad")]));
        }

        let documents: Vec<Value> = (0..3).map(|_| received(&daemon)).collect();
        daemon.set_nonblocking(true).unwrap();
        assert!(daemon.recv(&mut [0]).is_err(), "one for each object that was read");
        let faults = documents.iter().filter(|document| document["fault"] == true);
        assert_eq!(faults.count(), 1);
        for document in documents {
            assert_eq!(document["parent_id"], "9a9197af755a6419");
            let stages = document["subsegments"].as_array().unwrap();
            let names: Vec<&Value> = stages.iter().map(|stage| &stage["name"]).collect();
            let expected: &[&str] =
                if document["fault"] == true { &["fetch", "inflate"] } else { &["fetch", "inflate", "bulk"] };
            assert_eq!(names, expected, "{document}");
        }
    })
    .await;
}

fn received(daemon: &UdpSocket) -> Value {
    let mut datagram = vec![0; 64 * 1024];
    let length = daemon.recv(&mut datagram).unwrap();
    let text = std::str::from_utf8(&datagram[..length]).unwrap();
    serde_json::from_str(text.split_once('\n').unwrap().1).unwrap()
}

/// What must not be found in anything that is printed or answered.
const PASSWORD: &str = "s3cret-password";
const SECRET_KEY: &str = "s3cret-access-key";
const SESSION_TOKEN: &str = "s3cret-session-token";
/// In an event, as an answer of AWS STS.
const ISSUED_TOKEN: &str = "s3cret-issued-token";

/// The settings of a function that has every secret, and logs all it can.
fn with_secrets<'s>(endpoint: &'s str, auth: &'s str) -> Vec<(&'s str, &'s str)> {
    vec![
        ("OPENSEARCH_ENDPOINT", endpoint),
        ("OPENSEARCH_AUTH", auth),
        ("OPENSEARCH_USERNAME", "alice"),
        ("OPENSEARCH_PASSWORD", PASSWORD),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_SESSION_TOKEN", SESSION_TOKEN),
        ("TRAILSEARCH_LOG", "trace"),
    ]
}

/// A log of one event that hands out a session token.
fn issuing() -> Log {
    let mut log = Log::new(1);
    let mut object: Value = serde_json::from_str(&log.text).unwrap();
    let credentials = json!({"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "sessionToken": ISSUED_TOKEN});
    object["Records"][0]["eventName"] = "AssumeRole".into();
    object["Records"][0]["responseElements"] = json!({"credentials": credentials});
    log.text = object.to_string();
    log
}

#[tokio::test]
async fn nothing_that_is_printed_or_answered_holds_a_secret() {
    sandbox("secrets", async |sandbox| {
        let keys = [key("issuing"), key("bad")];
        let log = issuing();
        sandbox.put(&sandbox.name, &keys[0], log.gzip()).await;
        sandbox.put(&sandbox.name, &keys[1], gzip("hello")).await;
        let endpoint = std::env::var("OPENSEARCH_ENDPOINT").unwrap();
        let inside = endpoint.replace("http://", &format!("http://alice:{PASSWORD}@"));
        let nowhere = format!("https://alice:{PASSWORD}@127.0.0.1:9");
        let wrong = format!("ftp://alice:{PASSWORD}@127.0.0.1");
        for (endpoint, auth) in
            [(&endpoint, "basic"), (&endpoint, "es"), (&inside, "auto"), (&nowhere, "auto"), (&wrong, "auto")]
        {
            let settings = [with_secrets(endpoint, auth), vec![("AWS_LAMBDA_FUNCTION_TIMEOUT", "7")]].concat();
            let function = sandbox.function(&settings).await;
            let reply = function.invoke(&event::s3(&sandbox.name, &keys)).await;
            let said = reply.to_string() + &function.output();
            assert_eq!(said.contains("x-amz-security-token"), endpoint != &wrong, "the token is used, and told of");
            check_silent(&format!("{auth} at {endpoint}"), &said);
        }
        assert_eq!(sandbox.count(&log.ids).await, 1, "the good object was indexed");
    })
    .await;
}

fn check_silent(case: &str, said: &str) {
    assert!(said.lines().count() > 3, "{case}: {said}");
    let login = BASE64_STANDARD.encode(format!("alice:{PASSWORD}"));
    for secret in [PASSWORD, SECRET_KEY, SESSION_TOKEN, ISSUED_TOKEN, &login] {
        let leak = said.lines().find(|line| line.contains(secret));
        assert!(leak.is_none(), "{case}: {secret} in {leak:?}");
    }
}
