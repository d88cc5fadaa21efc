//! Reading objects.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives;
use futures::{StreamExt, stream};
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::{ByteStream, Cause, FetchError, ObjectStore};

/// The service-specific variable that the SDK reads besides `AWS_ENDPOINT_URL`; see
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
const S3_ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL_S3";

/// Amazon S3, or a server that speaks its protocol. Clones share one client and its connections.
#[derive(Debug, Clone)]
pub struct S3Store {
    pub(crate) client: Client,
}

impl S3Store {
    /// A store with these settings, usually those of [`load_config`](crate::load_config).
    ///
    /// A custom endpoint gets path-style addresses (`endpoint/bucket/key`), since it seldom answers
    /// to a host name per bucket.
    pub fn from_config(config: &SdkConfig) -> Self {
        let custom = config.endpoint_url().is_some() || std::env::var_os(S3_ENDPOINT_VARIABLE).is_some();
        let config = aws_sdk_s3::config::Builder::from(config).force_path_style(custom).build();
        Self { client: Client::from_conf(config) }
    }
}

impl ObjectStore for S3Store {
    async fn open(&self, object: &ObjectRef) -> Result<ByteStream, FetchError> {
        let request = self.client.get_object().bucket(&object.bucket).key(&object.key);
        let reply = request.set_version_id(object.version_id.clone()).send().await;
        reply.map(|reply| chunks(reply.body)).map_err(fetch_error)
    }
}

/// The body's bytes; whatever breaks them off may pass.
fn chunks(body: primitives::ByteStream) -> ByteStream {
    let next = |mut body: primitives::ByteStream| async {
        let chunk = body.try_next().await.map_err(|error| FetchError::Transient(error.into()))?;
        Ok(chunk.map(|bytes| (bytes, body)))
    };
    stream::try_unfold(body, next).boxed()
}

fn fetch_error<E>(error: SdkError<E>) -> FetchError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let class = class_of(error.code(), status_of(&error));
    class(error.into())
}

/// The HTTP status, where there was a reply.
pub(crate) fn status_of<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|reply| reply.status().as_u16())
}

/// Codes: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>. `MethodNotAllowed`
/// is the reply for a version that is a delete marker.
fn class_of(code: Option<&str>, status: Option<u16>) -> fn(Cause) -> FetchError {
    match (code, status) {
        (Some("NoSuchKey" | "NoSuchBucket" | "NoSuchVersion" | "MethodNotAllowed"), _) => FetchError::NotFound,
        (Some("AccessDenied"), _) => FetchError::Denied,
        (_, Some(404)) => FetchError::NotFound,
        // A clock that is corrected, a token that is renewed: the next try may pass.
        (Some("RequestTimeTooSkewed" | "ExpiredToken"), _) => FetchError::Transient,
        (_, Some(403)) => FetchError::Denied,
        _ => FetchError::Transient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(code: Option<&str>, status: Option<u16>) -> &'static str {
        match class_of(code, status)("cause".into()) {
            FetchError::NotFound(_) => "not found",
            FetchError::Denied(_) => "denied",
            FetchError::Transient(_) => "transient",
        }
    }

    #[test]
    fn codes_and_statuses_have_a_class() {
        let cases = [
            (Some("NoSuchKey"), Some(404), "not found"),
            (Some("NoSuchBucket"), Some(404), "not found"),
            (Some("NoSuchVersion"), Some(404), "not found"),
            (Some("MethodNotAllowed"), Some(405), "not found"),
            (None, Some(404), "not found"),
            (Some("AccessDenied"), Some(403), "denied"),
            (Some("InvalidAccessKeyId"), Some(403), "denied"),
            (None, Some(403), "denied"),
            (Some("RequestTimeTooSkewed"), Some(403), "transient"),
            (Some("ExpiredToken"), Some(400), "transient"),
            (Some("SlowDown"), Some(503), "transient"),
            (Some("InternalError"), Some(500), "transient"),
            (None, Some(502), "transient"),
            (None, None, "transient"),
        ];
        for (code, status, expected) in cases {
            assert_eq!(class(code, status), expected, "{code:?} {status:?}");
        }
    }
}
