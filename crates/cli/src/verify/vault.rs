//! The objects as they are stored: digests with their metadata, log files as streams.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use futures::StreamExt;
use serde::Deserialize;
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;
use trailsearch_digest::{Content, Found, Metadata};
use trailsearch_ingest::ports::{ByteStream, FetchError, ObjectStore};

use crate::connect::LazyS3;
use crate::ingest::progress::Progress;
use crate::ingest::store::Store;

/// Stands beside a copied digest and holds the metadata that the copy lost: the answer of `aws s3api head-object`.
pub(super) const METADATA_SUFFIX: &str = ".metadata.json";

/// The largest digest, as text in bytes: an hour of some 200,000 log files.
const MAX_DIGEST_BYTES: u64 = 64 * 1024 * 1024;

/// Local files and S3. Clones share one client.
#[derive(Debug, Clone)]
pub(super) struct Vault {
    store: Arc<Store>,
    s3: LazyS3,
}

/// The answer of HeadObject, <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Head {
    metadata: HashMap<String, String>,
}

impl Vault {
    pub(super) fn new(s3: LazyS3, progress: Progress) -> Self {
        Self { store: Arc::new(Store::new(s3.clone(), progress)), s3 }
    }

    /// Starts to read a log file.
    ///
    /// # Errors
    /// When it cannot be opened; an error while reading is an item of the stream.
    pub(super) async fn open(&self, object: &ObjectRef) -> Result<ByteStream, FetchError> {
        Ok(self.store.open(object).await?.bytes)
    }

    /// The digest at an address, or what is there instead.
    pub(super) async fn digest(&self, at: &ObjectRef) -> Found {
        self.read(at).await.unwrap_or_else(|error| match error {
            FetchError::NotFound(_) => Found::Missing,
            error => Found::Unreadable(with_causes(&error)),
        })
    }

    async fn read(&self, at: &ObjectRef) -> Result<Found, FetchError> {
        let (mut bytes, metadata) = self.with_metadata(at).await?;
        let mut content = Content::kept(MAX_DIGEST_BYTES);
        let mut pushed = Ok(());
        while let (Ok(()), Some(chunk)) = (&pushed, bytes.next().await) {
            pushed = content.push(&chunk?);
        }
        let metadata = Metadata::read(|name| metadata.get(name).map(String::as_str));
        Ok(Found::read(pushed.and_then(|()| content.finish()), metadata))
    }

    async fn with_metadata(&self, at: &ObjectRef) -> Result<(ByteStream, HashMap<String, String>), FetchError> {
        if at.bucket.is_empty() {
            return Ok((self.open(at).await?, beside(&at.key).await?));
        }
        let (opened, metadata) = self.s3.get().await.open_with_metadata(at).await?;
        Ok((opened.bytes, metadata))
    }
}

/// The metadata kept beside a file, if there is any.
async fn beside(path: &str) -> Result<HashMap<String, String>, FetchError> {
    match tokio::fs::read(format!("{path}{METADATA_SUFFIX}")).await {
        Ok(text) => match serde_json::from_slice::<Head>(&text) {
            Ok(head) => Ok(head.metadata),
            Err(error) => Err(FetchError::Transient(error.into())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashMap::new()),
        Err(error) => Err(FetchError::Transient(error.into())),
    }
}
