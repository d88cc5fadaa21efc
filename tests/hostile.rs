//! Records that mean harm, on a real cluster: each is indexed, or degraded with a reason.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

#[path = "../crates/core/tests/oracle/hostile.rs"]
mod hostile;

use serde_json::json;
use trailsearch_aws::{S3Store, load_config};
use trailsearch_core::books::Books;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::{Deadline, Pipeline, Settings};
use trailsearch_testkit::gzip;
use trailsearch_tests::{Sandbox, sandbox};

/// Ingests one object of these records, as the function would.
async fn ingest(sandbox: &Sandbox, key: &str, records: &[Vec<u8>]) -> Books {
    let object = [&b"{\"Records\":["[..], &records.join(&b','), b"]}"].concat();
    sandbox.put(&sandbox.name, key, gzip(&object)).await;
    // Many of these records share an id, and each has to be tried.
    let own = [
        ("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9"),
        ("TRAILSEARCH_INDEX_PREFIX", sandbox.name.as_str()),
        ("TRAILSEARCH_DOCUMENT_IDS", "automatic"),
        ("TRAILSEARCH_MAX_RECORD_BYTES", "16777216"),
    ];
    let lookup = |name: &str| own.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let settings = Settings::read(lookup, std::iter::empty()).unwrap();
    let store = S3Store::from_config(&load_config().await);
    let pipeline = Pipeline::new(store, sandbox.index.clone(), settings.ingest);
    let object = ObjectRef { bucket: sandbox.name.clone(), key: key.to_owned(), version_id: None };
    pipeline.ingest(&object, Deadline::NEVER).await.unwrap()
}

/// How many documents have an error, and how many of these do not say which.
async fn degraded(sandbox: &Sandbox) -> (u64, u64) {
    let count = async |query: &str| {
        let body = json!({"size": 0, "track_total_hits": true, "query": {"query_string": {"query": query}}});
        let reply = sandbox.index.search(&format!("{}-*", sandbox.name), &body).await.unwrap();
        reply["hits"]["total"]["value"].as_u64().unwrap()
    };
    (count("ingest.error:*").await, count("ingest.error:\"\"").await)
}

#[tokio::test]
async fn hostile_records_are_indexed_or_degraded_with_a_reason() {
    sandbox("hostile", async |sandbox| {
        let records: Vec<Vec<u8>> = hostile::records().into_iter().map(|(_, record)| record).collect();
        let books = ingest(sandbox, "hostile.json.gz", &records).await;
        let misfits: Vec<Vec<u8>> = hostile::misfits().into_iter().map(|(_, record)| record.into_bytes()).collect();
        let more = ingest(sandbox, "misfits.json.gz", &misfits).await;
        eprintln!("{} hostile records and {} misfits", books.records, more.records);

        assert_eq!((books.records, more.records), (records.len() as u64, misfits.len() as u64));
        assert_eq!((books.indexed + books.degraded, books.rejected), (books.records, 0));
        assert_eq!((more.indexed, more.degraded), (more.records, 0));
        assert_eq!(sandbox.count_all().await as u64, books.indexed + books.degraded + more.indexed);
        assert_eq!(degraded(sandbox).await, (books.degraded, 0));
    })
    .await;
}
