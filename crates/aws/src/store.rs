//! Reading objects.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::AppName;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives;
use futures::{StreamExt, stream};
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::{ByteStream, Cause, FetchError, ObjectStore, Opened};

/// The service-specific variable that the SDK reads besides `AWS_ENDPOINT_URL`; see
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
const S3_ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL_S3";

/// What the user agent of each request names as `app/trailsearch`, so that CloudTrail's records of trailsearch's own reads can be
/// told apart (the noise rule `trailsearch-read`); see <https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html>.
const APP_NAME: &str = "trailsearch";

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
        let mut builder = aws_sdk_s3::config::Builder::from(config).force_path_style(custom);
        builder.set_app_name(AppName::new(APP_NAME).ok());
        Self { client: Client::from_conf(builder.build()) }
    }
}

impl S3Store {
    /// Starts to read `object`, and gives its user metadata: the names without `x-amz-meta-`.
    ///
    /// # Errors
    /// When the object cannot be opened; an error while reading is an item of the stream.
    pub async fn open_with_metadata(
        &self,
        object: &ObjectRef,
    ) -> Result<(Opened, HashMap<String, String>), FetchError> {
        let request = self.client.get_object().bucket(&object.bucket).key(&object.key);
        let request = request.set_version_id(object.version_id.clone());
        let reply = request.send().await.map_err(fetch_error)?;
        let size = reply.content_length.and_then(|size| size.try_into().ok());
        let stored = reply.last_modified.and_then(|time| time.try_into().ok());
        let opened = Opened { bytes: chunks(reply.body), size, etag: reply.e_tag, stored };
        Ok((opened, reply.metadata.unwrap_or_default()))
    }
}

impl ObjectStore for S3Store {
    async fn open(&self, object: &ObjectRef) -> Result<Opened, FetchError> {
        Ok(self.open_with_metadata(object).await?.0)
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
    use aws_config::{BehaviorVersion, Region};
    use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;

    fn class(code: Option<&str>, status: Option<u16>) -> &'static str {
        match class_of(code, status)("cause".into()) {
            FetchError::NotFound(_) => "not found",
            FetchError::Denied(_) => "denied",
            FetchError::Transient(_) => "transient",
        }
    }

    /// The head of the request that opening an object sends.
    async fn request() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "key", None, None, "test")))
            .build();
        let object = ObjectRef { bucket: "example-logs".into(), key: "log.json".into(), version_id: None };
        let opening = tokio::spawn(async move { S3Store::from_config(&config).open(&object).await.is_ok() });
        let mut head = vec![0; 16 * 1024];
        let length = listener.accept().await.unwrap().0.read(&mut head).await.unwrap();
        opening.abort();
        String::from_utf8_lossy(&head[..length]).into_owned()
    }

    #[tokio::test]
    async fn requests_name_trailsearch() {
        let request = request().await;
        let agent = request.lines().find_map(|line| line.strip_prefix("user-agent: ")).unwrap_or_default();
        assert!(agent.split(' ').any(|word| word == "app/trailsearch"), "{request}");
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
