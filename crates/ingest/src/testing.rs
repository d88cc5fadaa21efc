//! Fakes for the faults that a real server does not produce on demand.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use serde_json::{Value, json};
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::object::{Encoding, ObjectRef};
use trailsearch_testkit::gzip;

use crate::Pipeline;
use crate::ports::{BulkError, FetchError, ObjectStore, Opened, SearchIndex, StateError, StateStore};
use crate::settings::{IngestSettings, Settings};

/// The bucket of every object.
pub(crate) const BUCKET: &str = "logs";

/// The object with this key.
pub(crate) fn object(key: &str) -> ObjectRef {
    ObjectRef { bucket: BUCKET.to_owned(), key: key.to_owned(), version_id: None }
}

/// A log of `count` events `e-0`, `e-1`, … that are easily told apart.
pub(crate) fn log(count: usize) -> String {
    let record = |at| format!(r#"{{"eventID":"e-{at}","eventTime":"2026-11-20T09:21:40Z","eventName":"Event{at}"}}"#);
    format!("{{\"Records\":[{}]}}", (0..count).map(record).collect::<Vec<_>>().join(","))
}

/// Objects in memory, which are given out in small pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects {
    pub(crate) bodies: Arc<Mutex<HashMap<String, Bytes>>>,
    /// The size that objects claim to have.
    pub(crate) size: Option<u64>,
    pub(crate) etag: Option<String>,
    pub(crate) stored: Option<SystemTime>,
}

impl Objects {
    pub(crate) fn put(&self, key: &str, text: &str) {
        self.put_bytes(key, gzip(text).into());
    }

    pub(crate) fn put_bytes(&self, key: &str, body: Bytes) {
        self.bodies.lock().unwrap().insert(key.to_owned(), body);
    }
}

impl ObjectStore for Objects {
    async fn open(&self, object: &ObjectRef) -> Result<Opened, FetchError> {
        let body = self.bodies.lock().unwrap().get(&object.key).cloned();
        let body = body.ok_or_else(|| FetchError::NotFound("no such object".into()))?;
        let chunks: Vec<_> = body.chunks(512).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        Ok(Opened {
            bytes: stream::iter(chunks).boxed(),
            size: self.size,
            etag: self.etag.clone(),
            stored: self.stored,
        })
    }
}

/// What an index does with a document: the HTTP status of its item.
pub(crate) type Judge = dyn Fn(&str, &Value) -> u16 + Send + Sync;

/// An index in memory.
#[derive(Clone)]
pub(crate) struct Index {
    pub(crate) judge: Arc<Mutex<Arc<Judge>>>,
    /// The documents by their ids.
    pub(crate) documents: Arc<Mutex<BTreeMap<String, Value>>>,
    /// How long a request takes.
    pub(crate) delay: Duration,
    /// Whether requests are refused as a whole.
    pub(crate) refuses: bool,
    /// The largest uncompressed body that is taken, in bytes.
    pub(crate) largest: usize,
}

impl Index {
    /// An index that takes everything.
    pub(crate) fn new() -> Self {
        let judge: Arc<Judge> = Arc::new(|_: &str, _: &Value| 201);
        Self {
            judge: Arc::new(Mutex::new(judge)),
            documents: Arc::default(),
            delay: Duration::ZERO,
            refuses: false,
            largest: usize::MAX,
        }
    }

    /// From now on, `judge` says what becomes of a document, by its id and itself.
    pub(crate) fn judge(&self, judge: impl Fn(&str, &Value) -> u16 + Send + Sync + 'static) {
        *self.judge.lock().unwrap() = Arc::new(judge);
    }

    pub(crate) fn ids(&self) -> HashSet<String> {
        self.documents.lock().unwrap().keys().cloned().collect()
    }

    fn item(&self, action: &Value, document: Value) -> Value {
        let id = action["create"]["_id"].as_str().unwrap().to_owned();
        let judge = Arc::clone(&self.judge.lock().unwrap());
        let mut documents = self.documents.lock().unwrap();
        let status = if documents.contains_key(&id) { 409 } else { judge(&id, &document) };
        if status == 201 {
            documents.insert(id, document);
        }
        json!({"create": {"status": status, "error": {"type": "mapper_parsing_exception", "reason": "no"}}})
    }
}

impl SearchIndex for Index {
    async fn bulk(&self, body: Bytes) -> Result<Bytes, BulkError> {
        tokio::time::sleep(self.delay).await;
        let text = inflate(&body);
        if self.refuses {
            return Err(BulkError::Refused { status: 403, body: "no".to_owned() });
        }
        if text.len() > self.largest {
            return Err(BulkError::TooLarge);
        }
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let items: Vec<Value> = lines.chunks(2).map(|pair| self.item(&pair[0], pair[1].clone())).collect();
        Ok(json!({"items": items}).to_string().into())
    }
}

/// The text of a gzip body.
pub(crate) fn inflate(body: &[u8]) -> String {
    let mut inflater = Inflater::new(Encoding::Gzip, Limits::NONE);
    let pieces = Inflater::pieces(body).flat_map(|piece| inflater.push(piece).unwrap().to_vec()).collect();
    String::from_utf8(pieces).unwrap()
}

/// State in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) files: Arc<Mutex<BTreeMap<String, Bytes>>>,
    /// Whether nothing can be written.
    pub(crate) broken: bool,
}

impl State {
    pub(crate) fn shared(&self) -> Option<Arc<dyn StateStore>> {
        Some(Arc::new(self.clone()))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.files.lock().unwrap().keys().cloned().collect()
    }

    /// The dead letters of all files, in the order of their names.
    pub(crate) fn letters(&self) -> Vec<Value> {
        let files = self.files.lock().unwrap();
        let texts = files.iter().filter(|(name, _)| name.starts_with("dead-letters/")).map(|(_, body)| inflate(body));
        texts
            .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
            .collect()
    }
}

impl StateStore for State {
    fn put<'a>(&'a self, name: &'a str, body: Bytes) -> BoxFuture<'a, Result<(), StateError>> {
        let denied = StateError::Denied { location: name.to_owned(), source: "broken".into() };
        if !self.broken {
            self.files.lock().unwrap().insert(name.to_owned(), body);
        }
        let result = if self.broken { Err(denied) } else { Ok(()) };
        async { result }.boxed()
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, StateError>> {
        let found = self.files.lock().unwrap().get(name).cloned();
        async { Ok(found) }.boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StateError>> {
        self.files.lock().unwrap().remove(name);
        async { Ok(()) }.boxed()
    }
}

/// Settings with batches of `documents` documents.
pub(crate) fn settings(documents: usize) -> IngestSettings {
    let endpoint = |name: &str| (name == "OPENSEARCH_ENDPOINT").then(|| "http://127.0.0.1:9".to_owned());
    let mut settings = Settings::read(endpoint, std::iter::empty()).unwrap().ingest;
    settings.batch.documents = documents;
    settings
}

/// A pipeline with batches of `documents` documents, posted one after the other.
pub(crate) fn pipeline(objects: &Objects, index: &Index, documents: usize) -> Pipeline<Objects, Index> {
    let settings = IngestSettings { bulk_concurrency: 1, ..settings(documents) };
    Pipeline::new(objects.clone(), index.clone(), settings)
}
