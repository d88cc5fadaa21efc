//! Keeping dead letters and checkpoints.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use trailsearch_ingest::ports::{Cause, StateError, StateStore};
use trailsearch_ingest::state::S3Prefix;

use crate::S3Store;
use crate::store::status_of;

/// A prefix of a bucket in which state is kept.
#[derive(Debug, Clone)]
pub struct S3State {
    client: Client,
    place: S3Prefix,
}

impl S3Store {
    /// State kept at `place`; it shares this store's client.
    pub fn state(&self, place: S3Prefix) -> S3State {
        S3State { client: self.client.clone(), place }
    }
}

impl S3State {
    fn key(&self, name: &str) -> String {
        match self.place.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }

    fn error<E>(&self, name: &str, error: SdkError<E>) -> StateError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let denied = status_of(&error) == Some(403);
        self.failed(name, denied, error.into())
    }

    fn failed(&self, name: &str, denied: bool, source: Cause) -> StateError {
        let location = format!("s3://{}/{}", self.place.bucket, self.key(name));
        if denied { StateError::Denied { location, source } } else { StateError::Failed { location, source } }
    }

    async fn read(&self, name: &str) -> Result<Option<Bytes>, StateError> {
        let reply = match self.client.get_object().bucket(&self.place.bucket).key(self.key(name)).send().await {
            Ok(reply) => reply,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(self.error(name, error)),
        };
        let body = reply.body.collect().await.map_err(|error| self.failed(name, false, error.into()))?;
        Ok(Some(body.into_bytes()))
    }

    async fn write(&self, name: &str, body: Bytes) -> Result<(), StateError> {
        let body = primitives::ByteStream::from(body);
        let put = self.client.put_object().bucket(&self.place.bucket).key(self.key(name)).body(body);
        put.send().await.map(drop).map_err(|error| self.error(name, error))
    }

    async fn remove(&self, name: &str) -> Result<(), StateError> {
        let delete = self.client.delete_object().bucket(&self.place.bucket).key(self.key(name));
        delete.send().await.map(drop).map_err(|error| self.error(name, error))
    }
}

impl StateStore for S3State {
    fn put<'a>(&'a self, name: &'a str, body: Bytes) -> BoxFuture<'a, Result<(), StateError>> {
        self.write(name, body).boxed()
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, StateError>> {
        self.read(name).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StateError>> {
        self.remove(name).boxed()
    }
}
