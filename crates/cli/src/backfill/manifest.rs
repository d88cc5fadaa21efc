//! The manifest of an S3 Batch Operations job.
//!
//! A manifest has a line `bucket,key` for each object, the key URL-encoded and no line above them:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/specify-batchjob-manifest.html>.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::NamedTempFile;
use trailsearch_core::object::ObjectRef;

use crate::connect::LazyS3;
use crate::error::CliError;
use crate::ingest::Source;

/// What stands for itself in an encoded key: the unreserved characters of RFC 3986, and `/`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Where a manifest is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ManifestPlace {
    File(PathBuf),
    Object(ObjectRef),
}

/// The address names no object.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it names no object: write s3://bucket/key, such as s3://example-state/backfill.csv")]
pub(crate) struct NoObject;

impl FromStr for ManifestPlace {
    type Err = NoObject;

    fn from_str(text: &str) -> Result<Self, NoObject> {
        match text.parse() {
            Ok(Source::Path(path)) => Ok(Self::File(path)),
            Ok(Source::Bucket { bucket, prefix: key }) if !key.is_empty() && !key.ends_with('/') => {
                Ok(Self::Object(ObjectRef { bucket, key, version_id: None }))
            }
            _ => Err(NoObject),
        }
    }
}

impl fmt::Display for ManifestPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Object(object) => object.fmt(f),
        }
    }
}

/// A manifest on its way: a temporary file until it is whole.
pub(super) struct Manifest<'p> {
    place: &'p ManifestPlace,
    file: BufWriter<NamedTempFile>,
}

impl<'p> Manifest<'p> {
    /// Begins a manifest.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(super) fn create(place: &'p ManifestPlace) -> Result<Self, CliError> {
        let file = match place {
            ManifestPlace::File(path) => NamedTempFile::new_in(path.parent().unwrap_or(Path::new(""))),
            ManifestPlace::Object(_) => NamedTempFile::new(),
        };
        Ok(Self { place, file: BufWriter::new(file.map_err(|error| failed(place, error))?) })
    }

    /// Adds an object.
    ///
    /// # Errors
    /// When the file takes no more.
    pub(super) fn add(&mut self, object: &ObjectRef) -> Result<(), CliError> {
        self.file.write_all(line(object).as_bytes()).map_err(|error| failed(self.place, error))
    }

    /// Brings the manifest to its place, and gives its `ETag` where that is in S3.
    ///
    /// # Errors
    /// When the place does not take it.
    pub(super) async fn finish(self, s3: &LazyS3) -> Result<Option<String>, CliError> {
        let failed = |error| failed(self.place, error);
        let file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        match self.place {
            ManifestPlace::Object(object) => Ok(s3.get().await.upload(object, file.path()).await?),
            ManifestPlace::File(path) => file.persist(path).map(|_| None).map_err(|error| failed(error.error)),
        }
    }
}

fn line(object: &ObjectRef) -> String {
    format!("{},{}\n", object.bucket, utf8_percent_encode(&object.key, ENCODED))
}

fn failed(place: &ManifestPlace, source: io::Error) -> CliError {
    CliError::Manifest { place: place.to_string(), source }
}

#[cfg(test)]
mod tests {
    use trailsearch_core::notification::Notification;

    use super::*;

    fn object(key: &str) -> ObjectRef {
        ObjectRef { bucket: "example-logs".to_owned(), key: key.to_owned(), version_id: None }
    }

    #[test]
    fn a_place_is_a_file_or_an_object() {
        assert_eq!("backfill.csv".parse(), Ok(ManifestPlace::File("backfill.csv".into())));
        assert_eq!("s3://example-logs/a/b.csv".parse(), Ok(ManifestPlace::Object(object("a/b.csv"))));
        for text in ["s3://example-logs", "s3://example-logs/a/", "s3:///b.csv"] {
            assert_eq!(text.parse::<ManifestPlace>(), Err(NoObject), "{text}");
        }
    }

    /// A job hands a key on as the manifest has it.
    #[test]
    fn the_function_reads_every_key_as_it_was() {
        for key in ["AWSLogs/111122223333/CloudTrail/x_y-z.json.gz", "a b+c%20,\"d\"\n/ü~.json"] {
            let line = line(&object(key));
            let encoded = line.strip_prefix("example-logs,").and_then(|line| line.strip_suffix('\n')).unwrap();
            assert!(!encoded.contains([',', '"', ' ', '\n']), "{encoded}");
            let event = serde_json::json!({
                "invocationSchemaVersion": "2.0", "invocationId": "i",
                "tasks": [{"taskId": "t", "s3Key": encoded, "s3VersionId": null, "s3Bucket": "example-logs"}],
            });
            let notification = Notification::parse(event.to_string().as_bytes()).unwrap();
            assert_eq!(notification.messages[0].objects.as_ref().unwrap()[..], [object(key)]);
        }
        assert_eq!(line(&object("AWSLogs/a.json")), "example-logs,AWSLogs/a.json\n");
    }

    #[tokio::test]
    async fn a_manifest_is_there_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let place = ManifestPlace::File(folder.path().join("backfill.csv"));
        let mut manifest = Manifest::create(&place).unwrap();
        manifest.add(&object("a.json")).unwrap();
        manifest.add(&object("b c.json")).unwrap();
        let path = folder.path().join("backfill.csv");
        assert!(!path.exists());
        assert_eq!(manifest.finish(&LazyS3::default()).await.unwrap(), None);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "example-logs,a.json\nexample-logs,b%20c.json\n");
    }
}
