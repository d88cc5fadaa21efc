//! S3 server access logs through the real Lambda binary into a real cluster: what is found, told and brought back.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::sync::Arc;

use futures::TryStreamExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use trailsearch_aws::{Listed, S3Store, load_config};
use trailsearch_core::books::Books;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::StateStore;
use trailsearch_ingest::state::S3Prefix;
use trailsearch_ingest::{Deadline, Pipeline, Settings};
use trailsearch_schema::{Flavor, Template};
use trailsearch_search::OpenSearchIndex;
use trailsearch_testkit::gzip;
use trailsearch_tests::{Function, Sandbox, event, key, sandbox};

/// What delivers flow logs.
const DELIVERY: &str = "svc:delivery.logs.amazonaws.com";

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// A key below the prefix of access logs.
fn log_key(number: u32) -> String {
    format!("access/2026-11-20-09-14-{number:02}-8C2A7F31D09B4E65")
}

/// A line that is told apart by its request id.
fn line(id: u32, requester: &str, status: u16, agent: &str) -> String {
    let code = if status == 403 { "AccessDenied" } else { "-" };
    format!(
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0 example-flow-logs [20/Nov/2026:09:14:27 +0000] 203.0.113.{id} {requester} \
         7F3A9C41D2E85B{id:02} REST.PUT.OBJECT flow/a%252Bb%2520{id}.gz \"PUT /flow/a%2Bb%20{id}.gz?x-team=audit HTTP/1.1\" \
         {status} {code} 243 - 41 12 \"-\" \"{agent}\" - k3Jr9vQ0+/{id}= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader \
         example-flow-logs.s3.eu-central-1.amazonaws.com TLSv1.3 - - eu-central-1"
    )
}

/// Two denied deliveries, one that went well, a person's denied write with a field that nobody knows yet, and no line at all.
fn lines() -> String {
    let lines = [
        line(1, DELIVERY, 403, "-"),
        line(2, DELIVERY, 403, "an \"odd\" agent"),
        line(3, DELIVERY, 200, "-"),
        line(4, ALICE, 403, "aws-cli/2.31.0") + " newly-appended \"and more\"",
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0 example-flow-logs [20/Nov/2026:09:14".to_owned(),
    ];
    lines.join("\n") + "\n"
}

fn index_prefix(sandbox: &Sandbox) -> String {
    format!("{}-access", sandbox.name)
}

/// Installs the index template of access logs.
async fn set_up(sandbox: &Sandbox) {
    let template = Template::access_log(Flavor::OpenSearch, &index_prefix(sandbox)).unwrap().with_replicas(0);
    for put in template.puts().unwrap() {
        sandbox.index.put_json(&put.path, &put.body).await.unwrap();
    }
}

async fn function(sandbox: &Sandbox) -> Function {
    let (place, prefix) = (format!("{}/access/", sandbox.name), index_prefix(sandbox));
    sandbox.function(&[("TRAILSEARCH_ACCESS_LOGS", &place), ("TRAILSEARCH_ACCESS_LOG_INDEX_PREFIX", &prefix)]).await
}

/// How many documents of access logs a query string finds.
async fn count(sandbox: &Sandbox, query: &str) -> u64 {
    let index = format!("{}-2026.11", index_prefix(sandbox));
    sandbox.index.get(&format!("{index}/_refresh")).await.unwrap();
    let body = json!({"size": 0, "track_total_hits": true, "query": {"query_string": {"query": query}}});
    sandbox.index.search(&index, &body).await.unwrap()["hits"]["total"]["value"].as_u64().unwrap()
}

/// The denied deliveries that the function's metrics tell of: bucket, source and number.
fn denied(function: &Function) -> Vec<[Value; 3]> {
    let told = |line: Value| {
        line.get("DeliveryDenied")?
            .is_u64()
            .then(|| ["bucket", "source", "DeliveryDenied"].map(|name| line[name].clone()))
    };
    function.log().into_iter().filter_map(told).collect()
}

#[tokio::test]
async fn requests_are_found_and_a_denied_delivery_raises_the_metric_once() {
    sandbox("access", async |sandbox| {
        set_up(sandbox).await;
        let keys = [log_key(1), log_key(2) + ".gz", "access/notes.txt".to_owned(), log_key(9)];
        sandbox.put(&sandbox.name, &keys[0], lines().into_bytes()).await;
        sandbox.put(&sandbox.name, &keys[1], gzip(line(5, ALICE, 200, "aws-cli/2.31.0"))).await;
        let function = function(sandbox).await;
        let event = event::sqs(&sandbox.name, &keys);

        // The last one does not exist; the others are done.
        assert_eq!(function.invoke(&event).await, event::failed(&keys[3..]));
        for (query, hits) in [
            ("requester:\"svc:delivery.logs.amazonaws.com\" AND httpStatus:403", 2),
            ("event.action:REST.PUT.OBJECT AND http.response.status_code:[400 TO *] AND outcome:failure", 3),
            ("appended:newly\\-appended AND appended:\"and more\"", 1),
            ("objectKey:\"flow/a+b 4.gz\" AND key:*%252B*", 1),
            ("remoteIP:\"203.0.113.0/29\"", 5),
            ("requestURI:audit AND sourceRegion:eu\\-central\\-1", 5),
            ("userAgent:\"an \\\"odd\\\" agent\"", 1),
            ("7F3A9C41D2E85B05", 1),
            ("ingest.error:*", 1),
            ("ingest.error:*fields*", 1),
            ("*", 6),
        ] {
            assert_eq!(count(sandbox, query).await, hits, "{query}");
        }
        assert_eq!(denied(&function), [["example-flow-logs".into(), DELIVERY[4..].into(), json!(2)]]);
        assert_eq!(function.logged("object skipped").len(), 1);

        function.invoke(&event).await;
        let books = |line: &Value| ["indexed", "degraded", "duplicate"].map(|name| line[name].as_u64().unwrap());
        let again: Vec<_> = function.logged("object ingested")[2..].iter().map(books).collect();
        assert!(again.len() == 2 && again.iter().all(|[indexed, degraded, _]| indexed + degraded == 0), "{again:?}");
        assert_eq!(again.iter().map(|[.., duplicate]| duplicate).sum::<u64>(), 6);
        assert_eq!((count(sandbox, "*").await, denied(&function).len()), (6, 1));
    })
    .await;
}

#[tokio::test]
async fn a_denied_delivery_in_an_event_raises_the_metric_too() {
    sandbox("denied", async |sandbox| {
        let record = json!({
            "eventID": "4d2c1b0a-0000-4000-8000-1f2e3d4c5b6a", "eventTime": "2026-11-20T09:14:27Z", "eventName": "PutObject",
            "eventSource": "s3.amazonaws.com", "errorCode": "AccessDenied", "errorMessage": "Access Denied",
            "userIdentity": {"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"},
            "requestParameters": {"bucketName": "example-flow-logs", "key": "flow/one.gz"},
        });
        let mut allowed = record.clone();
        allowed["eventID"] = "5e2c1b0a-0000-4000-8000-1f2e3d4c5b6a".into();
        allowed["errorCode"] = Value::Null;
        allowed["errorMessage"] = Value::Null;
        let key = key("denied");
        sandbox.put(&sandbox.name, &key, gzip(json!({"Records": [record, allowed]}).to_string())).await;
        let function = sandbox.function(&[]).await;
        function.invoke(&event::s3(&sandbox.name, &[key])).await;
        assert_eq!(denied(&function), [["example-flow-logs".into(), DELIVERY[4..].into(), json!(1)]]);
    })
    .await;
}

#[tokio::test]
async fn without_its_index_template_the_function_ingests_nothing() {
    sandbox("access-none", async |sandbox| {
        let function = function(sandbox).await;
        let answer = function.invoke(&json!({"Event": "s3:TestEvent"})).await;
        let expected = format!("the index template {} is not installed", index_prefix(sandbox));
        assert!(answer["errorMessage"].as_str().unwrap().contains(&expected), "{answer}");
        let logged = function.logged("nothing is ingested");
        assert!(logged[0]["error"].as_str().unwrap().contains(&expected), "{logged:?}");
    })
    .await;
}

/// The pipeline of the function, which keeps its state in the sandbox's bucket.
async fn pipeline(sandbox: &Sandbox) -> Pipeline<S3Store, OpenSearchIndex> {
    let (place, prefix) = (format!("{}/access/", sandbox.name), index_prefix(sandbox));
    let lookup = |name: &str| match name {
        "OPENSEARCH_ENDPOINT" => Some("http://127.0.0.1:9".to_owned()),
        "TRAILSEARCH_ACCESS_LOGS" => Some(place.clone()),
        "TRAILSEARCH_ACCESS_LOG_INDEX_PREFIX" => Some(prefix.clone()),
        _ => None,
    };
    let settings = Settings::read(lookup, std::iter::empty()).unwrap();
    let store = S3Store::from_config(&load_config().await);
    let state = S3Prefix { bucket: sandbox.name.clone(), prefix: "state".to_owned() };
    let state: Arc<dyn StateStore> = Arc::new(store.state(state));
    Pipeline::new(store, sandbox.index.clone(), settings.ingest).with_state(Some(state))
}

async fn ingest(sandbox: &Sandbox, key: &str) -> Books {
    let object = ObjectRef { bucket: sandbox.name.clone(), key: key.to_owned(), version_id: None };
    pipeline(sandbox).await.ingest(&object, Deadline::NEVER).await.unwrap()
}

#[tokio::test]
async fn lines_that_no_mapping_takes_become_dead_letters_and_come_home() {
    sandbox("access-dead", async |sandbox| {
        let index = format!("{}-2026.11", index_prefix(sandbox));
        let wrong = json!({"mappings": {"properties": {"operation": {"type": "integer"}}}});
        sandbox.index.put_json(&index, &wrong).await.unwrap();
        sandbox.put(&sandbox.name, &log_key(1), lines().into_bytes()).await;
        let books = ingest(sandbox, &log_key(1)).await;
        assert_eq!((books.records, books.dead_lettered, books.degraded), (5, 4, 1));

        sandbox.delete(&format!("/{index}")).await;
        set_up(sandbox).await;
        let store = S3Store::from_config(&load_config().await);
        let files: Vec<Listed> =
            store.list(&sandbox.name, "state/dead-letters/2026/11/20/").try_collect().await.unwrap();
        assert_eq!(files.len(), 1);
        let books = pipeline(sandbox).await.replay(&files[0].object).await.unwrap();
        assert_eq!((books.records, books.indexed), (4, 4));
        assert_eq!(count(sandbox, "requester:\"svc:delivery.logs.amazonaws.com\" AND httpStatus:403").await, 2);
        assert_eq!(ingest(sandbox, &log_key(1)).await.duplicate, 4);
    })
    .await;
}

/// A line with pieces that are not where they belong.
fn hostile(random: &mut StdRng) -> Vec<u8> {
    const PIECES: [&[u8]; 12] =
        [b" ", b"\"", b"\" ", b"- ", b"[", b"]", b"99999999999999999999 ", b"SigV4 ", b"\\", b"%25%00", b"\xff", b"\0"];
    let mut line = line(random.random_range(10..99), ALICE, 200, "agent").into_bytes();
    for _ in 0..random.random_range(0..12) {
        let at = random.random_range(0..line.len());
        let piece = PIECES.choose(random).unwrap().repeat(*[1, 1, 1, 9_000].choose(random).unwrap());
        line.splice(at..at, piece);
    }
    line.push(b'\n');
    line
}

#[tokio::test]
async fn hostile_lines_are_indexed_or_degraded_and_none_is_refused() {
    sandbox("access-hostile", async |sandbox| {
        set_up(sandbox).await;
        let mut random = StdRng::seed_from_u64(20_261_120);
        let lines: Vec<u8> = (0..2_000).flat_map(|_| hostile(&mut random)).collect();
        sandbox.put(&sandbox.name, &log_key(1), lines).await;
        let books = ingest(sandbox, &log_key(1)).await;
        eprintln!("{} hostile lines, of which {} were degraded", books.records, books.degraded);
        assert_eq!((books.records, books.rejected, books.dead_lettered), (2_000, 0, 0));
        assert!(books.balance() && books.degraded > 100 && books.indexed > 100, "{books:?}");
    })
    .await;
}
