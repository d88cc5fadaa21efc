//! The real Lambda binary, from an event to what is searchable, what it answers and what it logs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trailsearch_core::notification::{Message, Notification, Source};
use trailsearch_testkit::{Day, gzip, story};
use trailsearch_tests::{Log, Sandbox, event, key, sandbox, variable};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/core/tests/fixtures/notifications");

/// How soon an object's events are searchable.
const SOON: Duration = Duration::from_secs(5);

/// CloudTrail was announced that month: nobody else's events are in its index.
const FIRST_DAY: Day = Day::new(2013, 11, 13);
const FIRST_INDEX: &str = "cloudtrail-2013.11";

#[tokio::test]
async fn an_object_put_into_the_bucket_is_searchable_soon() {
    let Some(bucket) = variable("LOCAL_BUCKET") else { return };
    sandbox("soon", async |sandbox| {
        let (key, log) = (key(&sandbox.name), Log::on(FIRST_DAY, 20));
        let put = Instant::now();
        sandbox.put(&bucket, &key, log.gzip()).await;
        while sandbox.count_in(FIRST_INDEX, &log.ids).await.unwrap_or(0) < log.ids.len() && put.elapsed() < SOON * 4 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let searchable = put.elapsed();
        sandbox.delete(&format!("/{FIRST_INDEX}")).await;
        sandbox.delete_object(&bucket, &key).await;
        eprintln!("searchable {:.2} s after the put began", searchable.as_secs_f64());
        assert!(searchable < SOON, "{searchable:?}");
    })
    .await;
}

#[tokio::test]
async fn every_shape_of_notification_is_ingested_and_answered() {
    sandbox("shapes", async |sandbox| {
        let function = sandbox.function(&[]).await;
        for (name, text) in fixtures() {
            let (text, ids) = fill(sandbox, text).await;
            let notification = Notification::parse(text.as_bytes()).unwrap();
            let reply = function.invoke(&serde_json::from_str(&text).unwrap()).await;
            assert_eq!(without_texts(reply), answer(&notification), "{name}");
            assert_eq!(sandbox.count(&ids).await, ids.len(), "{name}");
        }
    })
    .await;
}

/// The events that the core's own tests read, by the names of their files.
fn fixtures() -> BTreeMap<String, String> {
    let files = fs::read_dir(FIXTURES).unwrap().map(|file| file.unwrap());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap())).collect()
}

/// Puts a new log at every object that the event names, and gives the event with the sandbox's buckets and
/// versions in it, and the ids of all events put.
async fn fill(sandbox: &Sandbox, event: String) -> (String, Vec<String>) {
    let mut event = event.replace("audit-logs", &sandbox.name);
    let mut ids = Vec::new();
    let notification = Notification::parse(event.as_bytes()).unwrap();
    for object in notification.messages.iter().flat_map(|message| message.objects.iter().flatten()) {
        let log = Log::new(3);
        sandbox.create_bucket(&object.bucket).await;
        let version = sandbox.put(&object.bucket, &object.key, log.gzip()).await.unwrap();
        if let Some(named) = &object.version_id {
            event = event.replace(named, &version);
            // Only the version before this one holds the log.
            sandbox.put(&object.bucket, &object.key, gzip("{}")).await;
        }
        ids.extend(log.ids);
    }
    (event, ids)
}

/// What the function is to answer: messages that cannot be read have failed, all others are done.
fn answer(notification: &Notification) -> Value {
    let messages = &notification.messages;
    match &notification.source {
        Source::Direct => json!({"summary": null}),
        Source::Sqs => {
            let unread = messages.iter().filter(|message| message.objects.is_err());
            event::failed(&unread.map(|message| message.id.clone()).collect::<Vec<_>>())
        }
        Source::Batch { invocation_id, schema_version } => json!({
            "invocationSchemaVersion": schema_version,
            "invocationId": invocation_id,
            "treatMissingKeysAs": "TemporaryFailure",
            "results": messages.iter().map(result).collect::<Vec<_>>(),
        }),
    }
}

fn result(task: &Message) -> Value {
    let code = if task.objects.is_ok() { "Succeeded" } else { "PermanentFailure" };
    json!({"taskId": task.id, "resultCode": code, "resultString": null})
}

/// The answer without what only people read.
fn without_texts(mut reply: Value) -> Value {
    let results = reply.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten();
    results.for_each(|result| assert!(result["resultString"].take().is_string(), "{result}"));
    if let Some(summary) = reply.get_mut("summary") {
        assert!(summary.take().is_string());
    }
    reply
}

/// An object, good or bad.
#[derive(Default)]
struct Case {
    key: String,
    /// What is put; nothing for an object that is missing.
    body: Option<Vec<u8>>,
    /// What the error says of a bad one.
    error: Option<String>,
    /// Events that are searchable afterwards.
    placed: Vec<String>,
    /// Events that nobody can know of.
    lost: Vec<String>,
}

fn good(name: &str) -> Case {
    let log = Log::new(5);
    Case { key: key(name), body: Some(log.gzip()), placed: log.ids, ..Case::default() }
}

fn bad(name: &str, body: &[u8], error: &str) -> Case {
    Case { key: key(name), body: Some(body.to_vec()), error: Some(error.to_owned()), ..Case::default() }
}

/// A log that breaks off in the middle of its compressed bytes.
fn truncated() -> Case {
    let mut log = Log::new(1000);
    let bytes = log.gzip();
    let half = bytes.len() / 2;
    let error = format!("the gzip data ends too early, at byte {half} of the object");
    let lost = log.ids.split_off(700);
    Case { placed: log.ids[..300].to_vec(), lost, ..bad("truncated", &bytes[..half], &error) }
}

/// A log that broke off before it was compressed.
fn unfinished() -> Case {
    let log = Log::new(5);
    let text = log.text.trim_end_matches("]}");
    let error = format!("the object ends at byte {} (uncompressed), inside the list of records", text.len());
    Case { placed: log.ids, ..bad("unfinished", &gzip(text), &error) }
}

/// Every way in which an object can be bad, among good ones.
fn cases() -> Vec<Case> {
    let missing = Case { body: None, ..bad("missing", b"", "the object does not exist") };
    vec![
        good("first"),
        truncated(),
        unfinished(),
        bad("empty", b"", "the object is empty (byte 0)"),
        bad("not-gzip", b"hello", "at byte 0 of the object stands 68 65 instead of 1f 8b"),
        good("middle"),
        bad("not-json", &gzip("hello"), "not JSON at byte 0 of the uncompressed object"),
        bad("wrong-json", &gzip(r#"{"events":[]}"#), "no CloudTrail log at byte 0 of the uncompressed object"),
        bad("wrong-records", &gzip(r#"{"Records":{}}"#), "no CloudTrail log at byte 11 of the uncompressed object"),
        missing,
        good("last"),
    ]
}

async fn put_all(sandbox: &Sandbox, cases: &[Case]) -> Vec<String> {
    for case in cases {
        if let Some(body) = &case.body {
            sandbox.put(&sandbox.name, &case.key, body.clone()).await;
        }
    }
    cases.iter().map(|case| case.key.clone()).collect()
}

async fn check_placed(sandbox: &Sandbox, cases: &[Case]) {
    for Case { key, placed, lost, .. } in cases {
        assert_eq!(sandbox.count(placed).await, placed.len(), "{key}");
        assert_eq!(sandbox.count(lost).await, 0, "{key}");
    }
}

#[tokio::test]
async fn bad_objects_fail_their_messages_alone() {
    sandbox("bad", async |sandbox| {
        let cases = cases();
        let function = sandbox.function(&[]).await;
        let keys = put_all(sandbox, &cases).await;
        let reply = function.invoke(&event::sqs(&sandbox.name, &keys)).await;

        let bad: Vec<&Case> = cases.iter().filter(|case| case.error.is_some()).collect();
        assert_eq!(reply, event::failed(&bad.iter().map(|case| case.key.clone()).collect::<Vec<_>>()));
        check_placed(sandbox, &cases).await;
        let logged = function.logged("object failed");
        for Case { key, error, .. } in bad {
            let line = logged.iter().find(|line| line["object"] == *key).unwrap();
            assert_eq!(line["bucket"], sandbox.name);
            let text = line["error"].as_str().unwrap();
            assert!(text.contains(error.as_ref().unwrap()), "{key}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn bad_objects_fail_a_direct_event_after_the_good_ones_are_indexed() {
    sandbox("bad-direct", async |sandbox| {
        let cases = cases();
        let function = sandbox.function(&[]).await;
        let keys = put_all(sandbox, &cases).await;
        let reply = function.invoke(&event::s3(&sandbox.name, &keys)).await;

        check_placed(sandbox, &cases).await;
        let text = reply["errorMessage"].as_str().unwrap();
        for Case { key, error, .. } in &cases {
            let named = text.split("; ").find(|part| part.starts_with(&format!("s3://{}/{key}: ", sandbox.name)));
            assert_eq!(named.is_some(), error.is_some(), "{key}: {text}");
            assert!(named.unwrap_or_default().contains(error.as_deref().unwrap_or_default()), "{key}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_of_unknown_shape_fails_with_its_keys_and_what_is_accepted() {
    sandbox("unknown", async |sandbox| {
        let reply = sandbox.function(&[]).await.invoke(&json!({"order": 1, "customer": "alice"})).await;
        assert_eq!(reply["errorType"], "UnreadableEvent", "{reply}");
        let text = reply["errorMessage"].as_str().unwrap();
        assert!(
            text.contains("an object with the keys [customer, order]; accepted are S3, SQS or SNS records"),
            "{text}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_books_of_each_object_are_one_line_and_repeated_events_are_duplicates() {
    sandbox("books", async |sandbox| {
        let keys = [key("one"), key("two")];
        let (one, two) = (sandbox.put_log(&keys[0], 7).await, sandbox.put_log(&keys[1], 11).await);
        let function = sandbox.function(&[]).await;
        for (indexed, duplicate) in [(1, 0), (0, 1)] {
            let before = function.logged("object ingested").len();
            assert_eq!(function.invoke(&event::sqs(&sandbox.name, &keys)).await, event::failed(&[]));
            let lines = function.logged("object ingested").split_off(before);
            assert_eq!(lines.len(), 2);
            for (key, log) in keys.iter().zip([&one, &two]) {
                let line = lines.iter().find(|line| line["object"] == *key).unwrap();
                check_books(line, sandbox, log, log.ids.len() * indexed, log.ids.len() * duplicate);
            }
        }
        assert_eq!(sandbox.count(&[one.ids, two.ids].concat()).await, 18);
    })
    .await;
}

fn check_books(line: &Value, sandbox: &Sandbox, log: &Log, indexed: usize, duplicate: usize) {
    assert_eq!(line["bucket"], sandbox.name);
    let expected = [("records", log.ids.len()), ("indexed", indexed), ("duplicate", duplicate), ("rejected", 0)];
    for (name, number) in expected.into_iter().chain([("bytes", log.gzip().len())]) {
        assert_eq!(line[name], number, "{name}: {line}");
    }
    assert!(line["milliseconds"].is_u64(), "{line}");
}

#[tokio::test]
async fn wrong_settings_fail_every_event_and_are_all_named() {
    sandbox("settings", async |sandbox| {
        let wrong = [
            ("OPENSEARCH_ENDPOINT", "search.example.com"),
            ("OPENSEARCH_AUTH", "kerberos"),
            ("TRAILSEARCH_BATCH_BYTES", "2 MiB"),
            ("TRAILSEARCH_BATCHBYTES", "1"),
        ];
        let function = sandbox.function(&wrong).await;
        let reply = function.invoke(&json!({"Event": "s3:TestEvent"})).await;
        assert_eq!(reply["errorType"], "FailedStart", "{reply}");
        let error = reply["errorMessage"].as_str().unwrap();
        assert_eq!(function.logged("the function cannot start")[0]["error"], error);
        for text in [
            "OPENSEARCH_ENDPOINT does not begin with https:// or http://, allowed is a URL such as",
            "OPENSEARCH_AUTH is 'kerberos', allowed is one of auto, none, basic, es, aoss",
            "TRAILSEARCH_BATCH_BYTES is '2 MiB', allowed is a whole number from 65536 to 52428800",
            "TRAILSEARCH_BATCHBYTES is no setting, known are TRAILSEARCH_",
        ] {
            assert!(error.contains(text), "{text}: {error}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_cluster_every_message_is_reported_in_time_and_nothing_is_lost() {
    sandbox("down", async |sandbox| {
        let keys = ["one", "two", "three"].map(key);
        let mut ids = Vec::new();
        for key in &keys {
            ids.extend(sandbox.put_log(key, 4).await.ids);
        }
        let event = event::sqs(&sandbox.name, &keys);
        let nobody = [("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9"), ("AWS_LAMBDA_FUNCTION_TIMEOUT", "8")];
        let started = Instant::now();
        assert_eq!(sandbox.function(&nobody).await.invoke(&event).await, event::failed(&keys));
        eprintln!("all messages were reported after {:.1} s of 8", started.elapsed().as_secs_f64());

        assert_eq!(sandbox.function(&[]).await.invoke(&event).await, event::failed(&[]));
        assert_eq!(sandbox.count(&ids).await, ids.len());
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_says_nothing_does_not_take_the_time_to_report_it() {
    sandbox("silent", async |sandbox| {
        let keys = [key("one"), key("large")];
        sandbox.put_log(&keys[0], 4).await;
        sandbox.put_log(&keys[1], 20_000).await;
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let settings = [("OPENSEARCH_ENDPOINT", endpoint.as_str()), ("AWS_LAMBDA_FUNCTION_TIMEOUT", "8")];
        let function = sandbox.function(&settings).await;

        assert_eq!(function.invoke(&event::sqs(&sandbox.name, &keys)).await, event::failed(&keys));
        for line in function.logged("object failed") {
            assert!(line["error"].as_str().unwrap().contains("time ran out"), "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_holds_no_events_is_skipped_and_said_so() {
    sandbox("skipped", async |sandbox| {
        let strangers: Vec<_> = story::objects(story::DAY).into_iter().filter(|object| object.records == 0).collect();
        let mut keys: Vec<String> = strangers.iter().map(|object| object.key.clone()).collect();
        keys.extend(["AWSLogs/111122223333/".to_owned(), "notes.txt".to_owned()]);
        let function = sandbox.function(&[]).await;
        let reply = function.invoke(&event::s3(&sandbox.name, &keys)).await;

        let summary: Value = serde_json::from_str(reply["summary"].as_str().unwrap()).unwrap();
        assert_eq!((&summary["skipped"], &summary["objects"]), (&json!(4), &json!(0)), "{reply}");
        let logged = function.logged("object skipped");
        for (key, reason) in keys.iter().zip(["its folder", "digest", "folder marker", "neither in .json.gz"]) {
            let line = logged.iter().find(|line| line["object"] == *key).unwrap();
            assert!(line["reason"].as_str().unwrap().contains(reason), "{line}");
        }
    })
    .await;
}
