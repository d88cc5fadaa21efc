//! A place of a test's own in the local stack.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, resume_unwind};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, Delete, ObjectIdentifier, VersioningConfiguration};
use futures::FutureExt;
use serde_json::json;
use trailsearch_schema::{Flavor, Template};
use trailsearch_search::{Connection, OpenSearchIndex, SearchError};

use crate::{Function, Log, http, variable};

/// The most hits that one search gives.
const MOST_HITS: usize = 10_000;

/// Runs `test` in a sandbox, and leaves nothing of it behind. Without the local stack, the test is skipped.
///
/// # Panics
/// Where the test does.
pub async fn sandbox(name: &str, test: impl AsyncFnOnce(&Sandbox)) {
    let Some(sandbox) = Sandbox::new(name).await else { return };
    sandbox.set_up().await;
    let outcome = AssertUnwindSafe(test(&sandbox)).catch_unwind().await;
    sandbox.remove().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

/// An index prefix with the index template installed, and a bucket of the same name, which announces nothing to anybody.
pub struct Sandbox {
    /// What the names of its indices and buckets start with.
    pub name: String,
    /// Where OpenSearch answers.
    pub index: OpenSearchIndex,
    s3: Client,
    address: String,
}

impl Sandbox {
    async fn new(name: &str) -> Option<Self> {
        let endpoint = variable("OPENSEARCH_ENDPOINT")?;
        variable("AWS_ENDPOINT_URL")?;
        let index = OpenSearchIndex::connect(&Connection::new(endpoint.parse().unwrap(), None), None).unwrap();
        let config = trailsearch_aws::load_config().await;
        let path_style = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Some(Self {
            name: format!("trailsearch-{name}-{}", std::process::id()),
            index,
            s3: Client::from_conf(path_style),
            address: endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned(),
        })
    }

    async fn set_up(&self) {
        // A local stack has one node: replicas would find no place.
        let template = Template::new(Flavor::OpenSearch, &self.name).unwrap().with_replicas(0);
        for put in template.puts().unwrap() {
            self.index.put_json(&put.path, &put.body).await.unwrap();
        }
        self.create_bucket(&self.name).await;
    }

    /// A function that writes to this sandbox.
    pub async fn function(&self, settings: &[(&str, &str)]) -> Function {
        Function::start(&[&[("TRAILSEARCH_INDEX_PREFIX", self.name.as_str())], settings].concat()).await
    }

    /// Makes a bucket that keeps versions; there may be one already.
    pub async fn create_bucket(&self, bucket: &str) {
        let _ = self.s3.create_bucket().bucket(bucket).send().await;
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        self.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(enabled).send().await.unwrap();
    }

    /// Puts an object and gives its version, where the bucket keeps any.
    pub async fn put(&self, bucket: &str, key: &str, body: impl Into<ByteStream>) -> Option<String> {
        self.s3.put_object().bucket(bucket).key(key).body(body.into()).send().await.unwrap().version_id
    }

    /// Puts a log of `count` new events into the sandbox's bucket.
    pub async fn put_log(&self, key: &str, count: usize) -> Log {
        let log = Log::new(count);
        self.put(&self.name, key, log.gzip()).await;
        log
    }

    /// How many of these events are searchable in the sandbox.
    pub async fn count(&self, ids: &[String]) -> usize {
        self.refresh().await;
        self.count_in(&format!("{}-*", self.name), ids).await.unwrap()
    }

    /// How many events are searchable in the sandbox.
    pub async fn count_all(&self) -> usize {
        self.refresh().await;
        self.index.get(&format!("{}-*/_count", self.name)).await.unwrap()["count"].as_u64().unwrap() as usize
    }

    /// Makes what was written searchable; an index that was made a moment ago answers only when its shards have started.
    async fn refresh(&self) {
        let indices = format!("{}-*", self.name);
        for path in [format!("_cluster/health/{indices}?wait_for_status=yellow"), format!("{indices}/_refresh")] {
            self.index.get(&path).await.unwrap();
        }
    }

    /// How many of these events are searchable in some indices.
    ///
    /// # Errors
    /// When the indices cannot be searched, as in the moment in which one is made.
    pub async fn count_in(&self, indices: &str, ids: &[String]) -> Result<usize, SearchError> {
        let query = json!({"size": 0, "track_total_hits": true, "query": {"terms": {"eventID": ids}}});
        let reply = self.index.search(indices, &query).await?;
        Ok(reply["hits"]["total"]["value"].as_u64().unwrap() as usize)
    }

    /// Asserts that exactly these events are searchable in the sandbox, each once.
    ///
    /// # Panics
    /// Where they are not.
    pub async fn assert_holds(&self, ids: &[String]) {
        assert_eq!(self.count_all().await, ids.len());
        for ids in ids.chunks(MOST_HITS) {
            let query = json!({"size": MOST_HITS, "_source": ["eventID"], "query": {"terms": {"eventID": ids}}});
            let reply = self.index.search(&format!("{}-*", self.name), &query).await.unwrap();
            let hits = reply["hits"]["hits"].as_array().unwrap();
            let found: BTreeSet<&str> = hits.iter().map(|hit| hit["_source"]["eventID"].as_str().unwrap()).collect();
            assert_eq!((hits.len(), found.len()), (ids.len(), ids.len()));
        }
    }

    /// Removes an object from a bucket that is not the sandbox's.
    pub async fn delete_object(&self, bucket: &str, key: &str) {
        self.s3.delete_object().bucket(bucket).key(key).send().await.unwrap();
    }

    /// Deletes what stands at a path of OpenSearch.
    pub async fn delete(&self, path: &str) {
        http::request("DELETE", &self.address, path, "").await;
    }

    /// Deletes the index template, so that the cluster is as one that nobody has set up.
    pub async fn delete_template(&self) {
        let Self { name, .. } = self;
        self.delete(&format!("/_index_template/{name}")).await;
        for kind in ["_index_template", "_component_template"] {
            self.delete(&format!("/{kind}/{name}-*")).await;
        }
    }

    async fn remove(&self) {
        let Self { name, .. } = self;
        self.delete(&format!("/{name}-*")).await;
        self.delete_template().await;
        let buckets = self.s3.list_buckets().send().await.unwrap();
        let is_own =
            |bucket: &&str| bucket.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        for bucket in buckets.buckets().iter().filter_map(|bucket| bucket.name()).filter(is_own) {
            self.delete_bucket(bucket).await;
        }
    }

    async fn delete_bucket(&self, bucket: &str) {
        loop {
            let page = self.s3.list_object_versions().bucket(bucket).send().await.unwrap();
            let version = |key: Option<&str>, version: Option<&str>| {
                ObjectIdentifier::builder().key(key.unwrap_or_default()).set_version_id(version.map(str::to_owned))
            };
            let markers = page.delete_markers().iter().map(|marker| version(marker.key(), marker.version_id()));
            let objects = page.versions().iter().map(|object| version(object.key(), object.version_id()));
            let objects: Vec<_> = objects.chain(markers).map(|object| object.build().unwrap()).collect();
            if objects.is_empty() {
                break;
            }
            let delete = Delete::builder().set_objects(Some(objects)).build().unwrap();
            self.s3.delete_objects().bucket(bucket).delete(delete).send().await.unwrap();
        }
        self.s3.delete_bucket().bucket(bucket).send().await.unwrap();
    }
}
