//! The adapters against the real servers of the local stack (`make up`, then `. target/local/env`).
//!
//! Without the local stack the tests are skipped; what they write is removed again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::io::Write as _;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use trailsearch_aws::{ListError, Listed, S3Store, load_config};
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::{BulkError, FetchError, ObjectStore, SearchIndex};
use trailsearch_search::{Connection, OpenSearchIndex, SearchError};
use trailsearch_tests::sandbox;

/// More than the 1,000 of one page.
const LISTED: usize = 1005;

fn gzip(text: &str) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().into()
}

#[tokio::test]
async fn bulk_requests_are_answered_item_by_item() {
    sandbox("bulk", async |sandbox| {
        let (index, name) = (&sandbox.index, format!("{}-bulk", sandbox.name));
        let create = |id: &str, event_name: Value| {
            let action = json!({"create": {"_index": name, "_id": id}});
            format!("{action}\n{}\n", json!({"eventName": event_name}))
        };
        let no_keyword = json!({"a": 1});
        let body = [
            create("a", json!("One")),
            create("b", json!("Two")),
            create("a", json!("Three")),
            create("c", no_keyword),
        ];

        let reply = index.bulk(gzip(&body.concat())).await.unwrap();
        let reply: Value = serde_json::from_slice(&reply).unwrap();
        let statuses: Vec<&Value> =
            reply["items"].as_array().unwrap().iter().map(|item| &item["create"]["status"]).collect();
        assert_eq!(statuses, [201, 201, 409, 400]);
        assert_eq!(reply["items"][3]["create"]["error"]["type"], "mapper_parsing_exception", "{reply}");

        index.get(&format!("{name}/_refresh")).await.unwrap();
        let found = index.search(&name, &json!({"sort": ["eventName"]})).await.unwrap();
        let names: Vec<&Value> =
            found["hits"]["hits"].as_array().unwrap().iter().map(|hit| &hit["_source"]["eventName"]).collect();
        assert_eq!(names, ["One", "Two"]);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_no_bulk_request_is_refused() {
    sandbox("no-bulk", async |sandbox| {
        let error = sandbox.index.bulk(gzip("hello\n")).await.unwrap_err();
        assert!(matches!(&error, BulkError::Refused { status: 400, .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn questions_are_answered_or_say_what_is_wrong() {
    sandbox("questions", async |sandbox| {
        let (index, name) = (&sandbox.index, &sandbox.name);
        let version = index.version().await.unwrap();
        assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");

        let template = json!({"index_patterns": [format!("{name}-*")], "template": {"mappings": {"dynamic": false}}});
        let path = format!("_index_template/{name}");
        assert_eq!(index.put_json(&path, &template).await.unwrap(), json!({"acknowledged": true}));
        let found = index.get(&path).await.unwrap();
        assert_eq!(found["index_templates"][0]["name"], *name);

        let error = index.search("trailsearch-missing", &json!({})).await.unwrap_err();
        assert!(matches!(error, SearchError::NotFound { .. }), "{error:?}");
        assert!(error.to_string().contains("no such index [trailsearch-missing]"), "{error}");

        let error = index.search("_all", &json!({"query": {"nonsense": {}}})).await.unwrap_err();
        assert!(matches!(error, SearchError::BadRequest { status: 400, .. }), "{error:?}");
        assert!(error.to_string().contains("unknown query [nonsense]"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_unreachable() {
    let connection = Connection::new("http://alice:s3cret@127.0.0.1:9".parse().unwrap(), None);
    let index = OpenSearchIndex::connect(&connection, None).unwrap();
    let error = index.version().await.unwrap_err();
    assert!(matches!(error, SearchError::Unreachable { .. }), "{error:?}");
    let text = with_causes(&error);
    assert!(text.starts_with("http://127.0.0.1:9 cannot be reached (check the address"), "{text}");
    assert!(text.contains("refused") && !text.contains("s3cret") && !format!("{error:?}").contains("s3cret"), "{text}");

    let error = index.bulk(gzip("")).await.unwrap_err();
    assert!(matches!(error, BulkError::Transport(_)), "{error:?}");
}

async fn store() -> S3Store {
    S3Store::from_config(&load_config().await)
}

fn object(bucket: &str, key: &str, version_id: Option<&str>) -> ObjectRef {
    ObjectRef { bucket: bucket.into(), key: key.into(), version_id: version_id.map(str::to_owned) }
}

async fn read(store: &S3Store, object: &ObjectRef) -> Result<Vec<u8>, FetchError> {
    let chunks: Vec<Bytes> = store.open(object).await?.bytes.try_collect().await?;
    Ok(chunks.concat())
}

#[tokio::test]
async fn objects_are_read_as_streams() {
    sandbox("read", async |sandbox| {
        let (store, bucket) = (store().await, &sandbox.name);
        let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        for (key, body) in [("team a+b/ünï 100%.json", large), ("empty", Vec::new())] {
            sandbox.put(bucket, key, body.clone()).await;
            assert_eq!(read(&store, &object(bucket, key, None)).await.unwrap(), body, "{key}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_version_is_read_as_it_was() {
    sandbox("version", async |sandbox| {
        let (store, bucket) = (store().await, &sandbox.name);
        let first = sandbox.put(bucket, "log.json", b"first".to_vec()).await.unwrap();
        sandbox.put(bucket, "log.json", b"second".to_vec()).await;

        assert_eq!(read(&store, &object(bucket, "log.json", Some(&first))).await.unwrap(), b"first");
        assert_eq!(read(&store, &object(bucket, "log.json", None)).await.unwrap(), b"second");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_not_found() {
    sandbox("missing", async |sandbox| {
        let store = store().await;
        for (bucket, key) in [(sandbox.name.as_str(), "missing"), ("trailsearch-no-bucket", "key")] {
            let error = read(&store, &object(bucket, key, None)).await.unwrap_err();
            assert!(matches!(error, FetchError::NotFound(_)), "{error:?}");
            let text = with_causes(&error);
            assert!(text.starts_with("the object does not exist: ") && text.contains("NoSuch"), "{text}");
        }
        let listed = store.list("trailsearch-no-bucket", "").try_collect::<Vec<_>>().await;
        assert!(matches!(listed, Err(ListError::NoSuchBucket(..))), "{listed:?}");
    })
    .await;
}

#[tokio::test]
async fn every_page_of_a_listing_is_read() {
    sandbox("list", async |sandbox| {
        let (store, bucket) = (store().await, &sandbox.name);
        let keys: Vec<String> = (0..LISTED).map(|n| format!("a b+ü/{n:04}.json")).collect();
        let puts = keys.iter().map(|key| sandbox.put(bucket, key, b"12345".to_vec()));
        stream::iter(puts).for_each_concurrent(16, async |put| drop(put.await)).await;

        let found: Vec<Listed> = store.list(bucket, "a b+").try_collect().await.unwrap();
        let found: Vec<_> = found.into_iter().map(|listed| (listed.object, listed.size)).collect();
        assert_eq!(found, keys.iter().map(|key| (object(bucket, key, None), 5)).collect::<Vec<_>>());
        assert!(store.list(bucket, "none").try_collect::<Vec<_>>().await.unwrap().is_empty());
    })
    .await;
}
