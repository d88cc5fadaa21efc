//! What the pipeline needs from the outside world.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use trailsearch_core::object::ObjectRef;

/// A shared, type-erased cause of an error.
pub type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The bytes of an object, as they arrive.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, FetchError>> + Send>>;

/// Opens objects for reading.
pub trait ObjectStore: Send + Sync + 'static {
    /// Starts to read `object`; the stream yields its bytes in order.
    ///
    /// # Errors
    /// When the object cannot be opened; an error while reading is an item of the stream.
    fn open(&self, object: &ObjectRef) -> impl Future<Output = Result<ByteStream, FetchError>> + Send;
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
        "access denied (the function's role needs s3:GetObject on the object, and kms:Decrypt where it is encrypted with a KMS key)"
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
