//! What the pipeline needs from the outside world.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::Stream;
use futures::future::BoxFuture;
use trailsearch_core::object::ObjectRef;

/// A shared, type-erased cause of an error.
pub type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The bytes of an object, as they arrive.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, FetchError>> + Send>>;

/// An object that is being read.
pub struct Opened {
    /// Its bytes, in order.
    pub bytes: ByteStream,
    /// How large it is as it is stored, in bytes, where the store says so.
    pub size: Option<u64>,
    /// What tells its content from any other at the same address, where the store says so.
    pub etag: Option<String>,
    /// When it was stored, where the store says so.
    pub stored: Option<SystemTime>,
}

/// Opens objects for reading.
pub trait ObjectStore: Send + Sync + 'static {
    /// Starts to read `object`.
    ///
    /// # Errors
    /// When the object cannot be opened; an error while reading is an item of the stream.
    fn open(&self, object: &ObjectRef) -> impl Future<Output = Result<Opened, FetchError>> + Send;
}

/// Keeps what must outlive an invocation: dead letters and checkpoints. Names are relative paths of ASCII characters,
/// parted by `/`.
pub trait StateStore: std::fmt::Debug + Send + Sync + 'static {
    /// Writes `body` in the place of what may stand under `name`.
    fn put<'a>(&'a self, name: &'a str, body: Bytes) -> BoxFuture<'a, Result<(), StateError>>;

    /// What stands under `name`, if anything does.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, StateError>>;

    /// Removes what may stand under `name`.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StateError>>;
}

/// Hands out messages, each to be deleted when its work is done.
pub trait Queue: Send + Sync + 'static {
    /// Takes up to ten messages and hides them from other receivers for `hidden`; none where the queue is empty.
    ///
    /// # Errors
    /// When the queue cannot be read.
    fn receive(&self, hidden: Duration) -> impl Future<Output = Result<Vec<QueueMessage>, QueueError>> + Send;

    /// Hides a message for `hidden` from now on.
    ///
    /// # Errors
    /// When the queue does not do that, as when somebody else has received the message since.
    fn hide(&self, receipt: &str, hidden: Duration) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Deletes a message.
    ///
    /// # Errors
    /// When the queue does not do that.
    fn delete(&self, receipt: &str) -> impl Future<Output = Result<(), QueueError>> + Send;
}

/// A message, as one receiver got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// The same whenever it is received.
    pub id: String,
    /// What this receiver hides or deletes it with.
    pub receipt: String,
    /// Its text.
    pub body: String,
}

/// Takes bulk requests.
pub trait SearchIndex: Send + Sync + 'static {
    /// Posts one gzip-compressed NDJSON body to the `_bulk` API and returns the reply's body.
    ///
    /// # Errors
    /// When the request as a whole failed; failures of single items are inside the reply.
    fn bulk(&self, gzip_body: Bytes) -> impl Future<Output = Result<Bytes, BulkError>> + Send;
}

/// Why an object could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The bucket, key or version does not exist.
    #[error("the object does not exist")]
    NotFound(#[source] Cause),
    /// The credentials may not read it.
    #[error(
        "access denied (the function's role needs s3:GetObject on the object, s3:GetObjectVersion where a version is named, and kms:Decrypt where a KMS key encrypts it)"
    )]
    Denied(#[source] Cause),
    /// A fault that may pass: throttling, a 5xx answer, a broken connection.
    #[error("reading the object failed")]
    Transient(#[source] Cause),
}

impl FetchError {
    /// Whether trying again can help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

/// Why a bulk request failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// 429: the cluster asks to slow down.
    #[error("the cluster is throttling (HTTP 429)")]
    Throttled {
        /// The reply's `Retry-After`, where it had one.
        retry_after: Option<Duration>,
    },
    /// 5xx: the cluster cannot answer now.
    #[error("the cluster is unavailable (HTTP {status}): {body}")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// The reply's `Retry-After`, where it had one.
        retry_after: Option<Duration>,
        /// The first part of the reply's body.
        body: String,
    },
    /// 413: the body is larger than the cluster takes.
    #[error("the request is too large for the cluster (HTTP 413)")]
    TooLarge,
    /// Any other status: trying again cannot help (bad credentials, no such endpoint).
    #[error("the cluster refused the request (HTTP {status}): {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The first part of the reply's body.
        body: String,
    },
    /// No reply: connection, TLS or time-out.
    #[error("the cluster could not be reached")]
    Transport(#[source] Cause),
}

/// Why dead letters or a checkpoint could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The credentials may not do that.
    #[error(
        "access to {location} is denied (s3:GetObject, s3:PutObject and s3:DeleteObject are needed there, and s3:ListBucket on its bucket)"
    )]
    Denied {
        /// The whole address.
        location: String,
        /// What the store says.
        source: Cause,
    },
    /// Any other fault.
    #[error("{location} cannot be read or written")]
    Failed {
        /// The whole address.
        location: String,
        /// What the store says.
        source: Cause,
    },
}

/// Why a queue did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// There is no such queue.
    #[error("the queue {0} does not exist (check the URL and the region)")]
    NotFound(String, #[source] Cause),
    /// The credentials may not do that.
    #[error(
        "access to the queue {0} is denied (sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility are needed)"
    )]
    Denied(String, #[source] Cause),
    /// Any other fault.
    #[error("the queue {0} does not answer as it should")]
    Failed(String, #[source] Cause),
}
