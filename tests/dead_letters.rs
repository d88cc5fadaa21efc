//! Records that a real cluster takes no document for, objects that one invocation cannot finish, and how both come home.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_sqs::types::QueueAttributeName;
use futures::TryStreamExt;
use serde_json::{Value, json};
use trailsearch_aws::{Listed, S3State, S3Store, SqsQueue, load_config};
use trailsearch_core::books::Books;
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::object::{Encoding, ObjectRef};
use trailsearch_ingest::dead_letters::SUFFIX;
use trailsearch_ingest::ports::{ObjectStore, StateStore};
use trailsearch_ingest::replay::drain;
use trailsearch_ingest::state::S3Prefix;
use trailsearch_ingest::{Deadline, MessageError, ObjectError, Pipeline, Settings};
use trailsearch_search::OpenSearchIndex;
use trailsearch_testkit::gzip;
use trailsearch_tests::{Log, Sandbox, event, key, sandbox};

/// Records of the poisoned object, and how many of them no mapping accepts.
const RECORDS: usize = 10_000;
const POISONED: usize = 100;

/// Where dead letters and checkpoints are kept in a sandbox's bucket.
const STATE: &str = "state";

/// What the mapping of a poisoned field reads as a number, and is none.
const POISON: &str = "Poison";

/// The month of the sandbox's events.
fn month(sandbox: &Sandbox) -> String {
    format!("{}-2026.10", sandbox.name)
}

/// Makes the month's index with a mapping that takes no text in `field`, or mends it.
async fn map_as_number(sandbox: &Sandbox, field: &str, mended: bool) {
    let properties = json!({"properties": {field: {"type": "integer", "ignore_malformed": mended}}});
    let (path, body) = match mended {
        true => (format!("{}/_mapping", month(sandbox)), properties),
        false => (month(sandbox), json!({"mappings": properties})),
    };
    sandbox.index.put_json(&path, &body).await.unwrap();
}

/// A log of which every hundredth event, and no other, has `field`.
fn poisoned(field: &str) -> Log {
    let mut log = Log::new(RECORDS);
    let mut object: Value = serde_json::from_str(&log.text).unwrap();
    for (at, record) in object["Records"].as_array_mut().unwrap().iter_mut().enumerate() {
        for name in ["errorCode", "errorMessage"] {
            record.as_object_mut().unwrap().remove(name);
        }
        if at % (RECORDS / POISONED) == 7 {
            record[field] = POISON.into();
        }
    }
    log.text = object.to_string();
    log
}

async fn s3() -> S3Store {
    S3Store::from_config(&load_config().await)
}

fn state(sandbox: &Sandbox, store: &S3Store) -> S3State {
    store.state(S3Prefix { bucket: sandbox.name.clone(), prefix: STATE.to_owned() })
}

/// The pipeline of the function, with a place for its state.
async fn pipeline(sandbox: &Sandbox, settings: &[(&str, &str)]) -> Pipeline<S3Store, OpenSearchIndex> {
    let own = [("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9"), ("TRAILSEARCH_INDEX_PREFIX", sandbox.name.as_str())];
    let settings = [&own[..], settings].concat();
    let lookup = |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let settings = Settings::read(lookup, std::iter::empty()).unwrap();
    let store = s3().await;
    let state: Arc<dyn StateStore> = Arc::new(state(sandbox, &store));
    Pipeline::new(store, sandbox.index.clone(), settings.ingest).with_state(Some(state))
}

fn object(sandbox: &Sandbox, key: &str) -> ObjectRef {
    ObjectRef { bucket: sandbox.name.clone(), key: key.to_owned(), version_id: None }
}

/// The files of dead letters.
async fn files(sandbox: &Sandbox) -> Vec<ObjectRef> {
    let prefix = format!("{STATE}/dead-letters/2026/10/15/");
    let found: Vec<Listed> = s3().await.list(&sandbox.name, &prefix).try_collect().await.unwrap();
    assert!(found.iter().all(|file| file.object.key.ends_with(SUFFIX)), "{found:?}");
    found.into_iter().map(|file| file.object).collect()
}

/// All dead letters.
async fn letters(sandbox: &Sandbox) -> Vec<Value> {
    let (store, mut letters) = (s3().await, Vec::new());
    for file in files(sandbox).await {
        let chunks: Vec<_> = store.open(&file).await.unwrap().bytes.try_collect().await.unwrap();
        let mut inflater = Inflater::new(Encoding::Gzip, Limits::NONE);
        let mut text = Vec::new();
        Inflater::pieces(&chunks.concat()).for_each(|piece| text.extend_from_slice(inflater.push(piece).unwrap()));
        let text = String::from_utf8(text).unwrap();
        letters.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    letters
}

fn places(books: &Books) -> [usize; 5] {
    [books.indexed, books.duplicate, books.degraded, books.dead_lettered, books.failed].map(|count| count as usize)
}

/// Documents of the sandbox that a query string finds.
async fn found(sandbox: &Sandbox, query: &str) -> Vec<Value> {
    sandbox.index.get(&format!("{}-*/_refresh", sandbox.name)).await.unwrap();
    let query = json!({"size": RECORDS, "query": {"query_string": {"query": query}}});
    let reply = sandbox.index.search(&format!("{}-*", sandbox.name), &query).await.unwrap();
    reply["hits"]["hits"].as_array().unwrap().iter().map(|hit| hit["_source"].clone()).collect()
}

#[tokio::test]
async fn records_that_no_mapping_accepts_are_degraded() {
    sandbox("poison", async |sandbox| {
        // The minimal document has no message of an error.
        map_as_number(sandbox, "errorMessage", false).await;
        let (key, log) = (key("poison"), poisoned("errorMessage"));
        sandbox.put(&sandbox.name, &key, log.gzip()).await;
        let books = pipeline(sandbox, &[]).await.ingest(&object(sandbox, &key), Deadline::NEVER).await.unwrap();
        assert_eq!(places(&books), [RECORDS - POISONED, 0, POISONED, 0, 0]);

        let degraded = found(sandbox, "ingest.error:*").await;
        assert_eq!(degraded.len(), POISONED);
        for document in degraded {
            let (reason, raw) = (document["ingest"]["error"].as_str().unwrap(), document["ingest"]["raw"].as_str());
            assert!(reason.starts_with("HTTP 400 ") && reason.contains("[errorMessage] of type [integer]"), "{reason}");
            let record: Value = serde_json::from_str(raw.unwrap()).unwrap();
            assert_eq!((&record["errorMessage"], &record["eventID"]), (&POISON.into(), &document["eventID"]));
        }
        assert_eq!(sandbox.count(&log.ids).await, RECORDS);
        assert!(files(sandbox).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn dead_letters_are_written_once_and_come_home_when_the_fault_is_gone() {
    sandbox("letters", async |sandbox| {
        map_as_number(sandbox, "errorCode", false).await;
        let (key, log) = (key("letters"), poisoned("errorCode"));
        sandbox.put(&sandbox.name, &key, log.gzip()).await;
        let pipeline = pipeline(sandbox, &[]).await;
        for (indexed, duplicate) in [(RECORDS - POISONED, 0), (0, RECORDS - POISONED)] {
            let books = pipeline.ingest(&object(sandbox, &key), Deadline::NEVER).await.unwrap();
            assert_eq!(places(&books), [indexed, duplicate, 0, POISONED, 0]);
            check_letters(sandbox, &key, &log).await;
        }

        // While the fault lasts, a replay changes nothing.
        for file in files(sandbox).await {
            assert!(pipeline.replay(&file).await.unwrap_err().error.is_retryable());
        }
        check_letters(sandbox, &key, &log).await;

        map_as_number(sandbox, "errorCode", true).await;
        let mut books = Books::default();
        for file in files(sandbox).await {
            books += pipeline.replay(&file).await.unwrap();
        }
        assert_eq!(places(&books), [POISONED, 0, 0, 0, 0]);
        assert_eq!(sandbox.count(&log.ids).await, RECORDS);
        assert!(found(sandbox, "ingest.error:*").await.is_empty());
        let home = found(sandbox, &format!("ingest.object:\"{key}\"")).await;
        assert_eq!(home.len(), RECORDS);
        assert!(home.iter().all(|document| document["eventID"] == *log.ids[position(&document["ingest"])]));
    })
    .await;
}

fn position(value: &Value) -> usize {
    value["position"].as_u64().unwrap() as usize
}

async fn check_letters(sandbox: &Sandbox, key: &str, log: &Log) {
    let letters = letters(sandbox).await;
    assert_eq!(letters.len(), POISONED);
    for letter in letters {
        assert_eq!((&letter["bucket"], &letter["key"]), (&sandbox.name.as_str().into(), &key.into()));
        assert_eq!(letter["eventID"], *log.ids[position(&letter)]);
        assert!(letter["reason"].as_str().unwrap().contains("[errorCode] of type [integer]"), "{letter}");
        assert!(log.text.contains(letter["record"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn the_function_keeps_dead_letters_and_says_so_aloud() {
    sandbox("letters-function", async |sandbox| {
        map_as_number(sandbox, "errorCode", false).await;
        let (key, log) = (key("letters"), poisoned("errorCode"));
        sandbox.put(&sandbox.name, &key, log.gzip()).await;
        let event = event::sqs(&sandbox.name, std::slice::from_ref(&key));

        let without = sandbox.function(&[]).await;
        assert_eq!(without.invoke(&event).await, event::failed(std::slice::from_ref(&key)));
        let address = format!("s3://{}/{STATE}/", sandbox.name);
        let function = sandbox.function(&[("TRAILSEARCH_STATE_S3_URI", &address)]).await;
        assert_eq!(function.invoke(&event).await, event::failed(&[]));
        check_letters(sandbox, &key, &log).await;
        let said = function.logged("records became dead letters");
        assert!(said.iter().all(|line| line["level"] == "ERROR" && line["object"] == key), "{said:?}");
        assert_eq!(said.iter().map(|line| line["dead_letters"].as_u64().unwrap()).sum::<u64>(), POISONED as u64);
    })
    .await;
}

#[tokio::test]
async fn an_object_too_large_for_one_invocation_is_completed_by_several() {
    const COUNT: usize = 30_000;
    sandbox("resume", async |sandbox| {
        let (key, log) = (key("large"), Log::new(COUNT));
        let body = log.gzip();
        assert!(body.len() > 1 << 20, "{} bytes", body.len());
        sandbox.put(&sandbox.name, &key, body).await;
        let small = [("TRAILSEARCH_BATCH_DOCUMENTS", "50"), ("TRAILSEARCH_BULK_CONCURRENCY", "1")];
        let pipeline = pipeline(sandbox, &small).await;
        let (mut read, mut attempts) = (0, 0);
        loop {
            let deadline = Deadline::after(Duration::from_secs(2));
            let attempt = pipeline.ingest(&object(sandbox, &key), deadline).await;
            attempts += 1;
            match attempt {
                Ok(books) => break read += books.records,
                Err(failure) => {
                    assert!(failure.error.is_retryable(), "{failure:?}");
                    assert!(failure.books.indexed > 0, "each attempt places something: {failure:?}");
                    read += failure.books.records;
                }
            }
        }
        eprintln!("{attempts} attempts read {read} records of {COUNT}");
        assert!(attempts > 1 && read < 2 * COUNT as u64, "no attempt begins anew");
        assert_eq!(sandbox.count_all().await, COUNT);
        let checkpoints: Vec<_> = s3().await.list(&sandbox.name, &format!("{STATE}/")).try_collect().await.unwrap();
        assert!(checkpoints.is_empty(), "{checkpoints:?}");
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_queue_is_drained_of_what_can_be_done() {
    sandbox("queue", async |sandbox| {
        let client = aws_sdk_sqs::Client::new(&load_config().await);
        let url = client.create_queue().queue_name(&sandbox.name).send().await.unwrap().queue_url.unwrap();
        let [one, two, missing] = ["one", "two", "missing"].map(key);
        let ids = [sandbox.put_log(&one, 7).await.ids, sandbox.put_log(&two, 11).await.ids].concat();
        let failed_invocation = json!({
            "version": "1.0", "requestContext": {"condition": "RetriesExhausted"},
            "requestPayload": event::s3(&sandbox.name, std::slice::from_ref(&two)),
        });
        let bodies = [event::s3(&sandbox.name, &[one]), failed_invocation, event::s3(&sandbox.name, &[missing])];
        for body in bodies {
            client.send_message().queue_url(&url).message_body(body.to_string()).send().await.unwrap();
        }

        let queue = SqsQueue::from_config(&load_config().await, url.clone());
        let (mut done, mut failures) = (0, Vec::new());
        let started = Instant::now();
        drain(&queue, &pipeline(sandbox, &[]).await, |outcome| match outcome.result {
            Ok(()) => done += 1,
            Err(error) => failures.push(error),
        })
        .await
        .unwrap();
        eprintln!("drained in {:.1} s", started.elapsed().as_secs_f64());
        assert_eq!((done, failures.len(), sandbox.count(&ids).await), (2, 1, 18));
        assert!(
            matches!(&failures[0], MessageError::Object(failure) if matches!(failure.error, ObjectError::Fetch(_)))
        );

        let visible = QueueAttributeName::ApproximateNumberOfMessages;
        let left = client.get_queue_attributes().queue_url(&url).attribute_names(visible.clone()).send().await.unwrap();
        assert_eq!(left.attributes.unwrap()[&visible], "1", "the failed message is there again at once");
        client.delete_queue().queue_url(&url).send().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_said() {
    sandbox("no-queue", async |sandbox| {
        let url = format!("http://127.0.0.1/123456789012/{}", sandbox.name);
        let queue = SqsQueue::from_config(&load_config().await, url);
        let error = drain(&queue, &pipeline(sandbox, &[]).await, |_| panic!("no messages")).await.unwrap_err();
        assert!(error.to_string().contains("does not exist (check the URL and the region)"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn state_is_kept_in_s3() {
    sandbox("state", async |sandbox| {
        let store = s3().await;
        let state = state(sandbox, &store);
        let name = "dead-letters/undated/a.ndjson.gz";
        assert_eq!(state.get(name).await.unwrap(), None);
        for body in ["first", "second"] {
            state.put(name, gzip(body).into()).await.unwrap();
            assert_eq!(state.get(name).await.unwrap().unwrap(), gzip(body));
        }
        let found: Vec<Listed> = store.list(&sandbox.name, "").try_collect().await.unwrap();
        assert_eq!(found[0].object.key, format!("{STATE}/{name}"));
        for _ in 0..2 {
            state.delete(name).await.unwrap();
        }
        assert_eq!(state.get(name).await.unwrap(), None);

        let error = store.state("s3://trailsearch-no-bucket".parse().unwrap()).get("a").await.unwrap_err();
        assert_eq!(error.to_string(), "s3://trailsearch-no-bucket/a cannot be read or written");
    })
    .await;
}
