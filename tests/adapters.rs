//! The adapters against the real servers of the local stack (`make up`, then `. target/local/env`).
//!
//! Without `OPENSEARCH_ENDPOINT` or `AWS_ENDPOINT_URL` the tests of that server are skipped. What they
//! write stays in an index and buckets of their own, named `trailsearch-adapters…`, and is met again
//! by the next run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use trailsearch_aws::{ListError, S3Store, load_config};
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::{BulkError, FetchError, ObjectStore, SearchIndex};
use trailsearch_search::{Connection, OpenSearchIndex, SearchError};

const INDEX: &str = "trailsearch-adapters";
const BUCKET: &str = "trailsearch-adapters";
const VERSIONED: &str = "trailsearch-adapters-versioned";

/// More than the 1,000 of one page.
const LISTED: usize = 1005;

fn address(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        eprintln!("skipped: {variable} is not set (make up; . target/local/env)");
    }
    value
}

fn connect(endpoint: &str) -> OpenSearchIndex {
    let mut connection = Connection::new(endpoint.parse().unwrap(), None);
    connection.ca_file = std::env::var_os("OPENSEARCH_CA_FILE").map(Into::into);
    OpenSearchIndex::connect(&connection, None).unwrap()
}

fn gzip(text: &str) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().into()
}

fn unique() -> String {
    format!("run-{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos())
}

#[tokio::test]
async fn bulk_requests_are_answered_item_by_item() {
    let Some(endpoint) = address("OPENSEARCH_ENDPOINT") else { return };
    let index = connect(&endpoint);
    let run = unique();
    let create = |id: &str, document: Value| {
        let action = json!({"create": {"_index": INDEX, "_id": format!("{run}-{id}")}});
        format!("{action}\n{document}\n")
    };
    let good = |n: u32| json!({"run": run, "n": n});
    let body =
        [create("a", good(1)), create("b", good(2)), create("a", good(3)), create("c", json!({"run": run, "n": "x"}))];

    let reply = index.bulk(gzip(&body.concat())).await.unwrap();
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    let statuses: Vec<&Value> =
        reply["items"].as_array().unwrap().iter().map(|item| &item["create"]["status"]).collect();
    assert_eq!(statuses, [201, 201, 409, 400]);
    assert_eq!(reply["items"][3]["create"]["error"]["type"], "mapper_parsing_exception", "{reply}");

    index.get(&format!("{INDEX}/_refresh")).await.unwrap();
    let query = json!({"query": {"match_phrase": {"run": run}}, "sort": ["n"]});
    let found = index.search(INDEX, &query).await.unwrap();
    let numbers: Vec<&Value> =
        found["hits"]["hits"].as_array().unwrap().iter().map(|hit| &hit["_source"]["n"]).collect();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test]
async fn a_body_that_is_no_bulk_request_is_refused() {
    let Some(endpoint) = address("OPENSEARCH_ENDPOINT") else { return };
    let error = connect(&endpoint).bulk(gzip("hello\n")).await.unwrap_err();
    assert!(matches!(&error, BulkError::Refused { status: 400, .. }), "{error:?}");
}

#[tokio::test]
async fn questions_are_answered_or_say_what_is_wrong() {
    let Some(endpoint) = address("OPENSEARCH_ENDPOINT") else { return };
    let index = connect(&endpoint);

    let version = index.version().await.unwrap();
    assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");

    let template = json!({"index_patterns": [format!("{INDEX}-none-*")], "template": {"mappings": {"dynamic": false}}});
    let path = format!("_index_template/{INDEX}");
    assert_eq!(index.put_json(&path, &template).await.unwrap(), json!({"acknowledged": true}));
    let found = index.get(&path).await.unwrap();
    assert_eq!(found["index_templates"][0]["name"], INDEX);

    let error = index.search("trailsearch-adapters-missing", &json!({})).await.unwrap_err();
    assert!(matches!(error, SearchError::NotFound { .. }), "{error:?}");
    assert!(error.to_string().contains("no such index [trailsearch-adapters-missing]"), "{error}");

    let error = index.search("_all", &json!({"query": {"nonsense": {}}})).await.unwrap_err();
    assert!(matches!(error, SearchError::BadRequest { status: 400, .. }), "{error:?}");
    assert!(error.to_string().contains("unknown query [nonsense]"), "{error}");
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_unreachable() {
    let index = connect("http://alice:s3cret@127.0.0.1:9");
    let error = index.version().await.unwrap_err();
    assert!(matches!(error, SearchError::Unreachable { .. }), "{error:?}");
    let text = with_causes(&error);
    assert!(text.starts_with("http://127.0.0.1:9 cannot be reached (check the address"), "{text}");
    assert!(text.contains("refused") && !text.contains("s3cret") && !format!("{error:?}").contains("s3cret"), "{text}");

    let error = index.bulk(gzip("")).await.unwrap_err();
    assert!(matches!(error, BulkError::Transport(_)), "{error:?}");
}

async fn s3() -> Option<(aws_sdk_s3::Client, S3Store)> {
    address("AWS_ENDPOINT_URL")?;
    let config = load_config().await;
    let path_style = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    Some((aws_sdk_s3::Client::from_conf(path_style), S3Store::from_config(&config)))
}

fn object(bucket: &str, key: &str, version_id: Option<&str>) -> ObjectRef {
    ObjectRef { bucket: bucket.into(), key: key.into(), version_id: version_id.map(str::to_owned) }
}

async fn put(client: &aws_sdk_s3::Client, bucket: &str, key: &str, body: &[u8]) -> Option<String> {
    let body = body.to_vec().into();
    client.put_object().bucket(bucket).key(key).body(body).send().await.unwrap().version_id
}

async fn read(store: &S3Store, object: &ObjectRef) -> Result<Vec<u8>, FetchError> {
    let chunks: Vec<Bytes> = store.open(object).await?.try_collect().await?;
    Ok(chunks.concat())
}

#[tokio::test]
async fn objects_are_read_as_streams() {
    let Some((client, store)) = s3().await else { return };
    let _ = client.create_bucket().bucket(BUCKET).send().await;
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    for (key, body) in [("read/team a+b/ünï 100%.json", &large[..]), ("read/empty", &[])] {
        put(&client, BUCKET, key, body).await;
        assert_eq!(read(&store, &object(BUCKET, key, None)).await.unwrap(), body, "{key}");
    }
}

#[tokio::test]
async fn a_version_is_read_as_it_was() {
    let Some((client, store)) = s3().await else { return };
    let _ = client.create_bucket().bucket(VERSIONED).send().await;
    let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    client.put_bucket_versioning().bucket(VERSIONED).versioning_configuration(enabled).send().await.unwrap();
    let first = put(&client, VERSIONED, "log.json", b"first").await.unwrap();
    put(&client, VERSIONED, "log.json", b"second").await;

    assert_eq!(read(&store, &object(VERSIONED, "log.json", Some(&first))).await.unwrap(), b"first");
    assert_eq!(read(&store, &object(VERSIONED, "log.json", None)).await.unwrap(), b"second");
}

#[tokio::test]
async fn what_is_missing_is_not_found() {
    let Some((client, store)) = s3().await else { return };
    let _ = client.create_bucket().bucket(BUCKET).send().await;
    for (bucket, key) in [(BUCKET, "read/missing"), ("trailsearch-adapters-missing", "key")] {
        let error = read(&store, &object(bucket, key, None)).await.unwrap_err();
        assert!(matches!(error, FetchError::NotFound(_)), "{error:?}");
        let text = with_causes(&error);
        assert!(text.starts_with("the object does not exist: ") && text.contains("NoSuch"), "{text}");
    }
    let listed = store.list("trailsearch-adapters-missing", "").try_collect::<Vec<_>>().await;
    assert!(matches!(listed, Err(ListError::NoSuchBucket(..))), "{listed:?}");
}

#[tokio::test]
async fn every_page_of_a_listing_is_read() {
    let Some((client, store)) = s3().await else { return };
    let _ = client.create_bucket().bucket(BUCKET).send().await;
    let keys: Vec<String> = (0..LISTED).map(|n| format!("list/a b+ü/{n:04}.json")).collect();
    stream::iter(&keys).for_each_concurrent(16, |key| async { drop(put(&client, BUCKET, key, b"12345").await) }).await;

    let found: Vec<(ObjectRef, u64)> = store.list(BUCKET, "list/a b+").try_collect().await.unwrap();
    assert_eq!(found, keys.iter().map(|key| (object(BUCKET, key, None), 5)).collect::<Vec<_>>());
    assert!(store.list(BUCKET, "list/none").try_collect::<Vec<_>>().await.unwrap().is_empty());
}
