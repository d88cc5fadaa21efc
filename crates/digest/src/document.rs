//! A digest's text to what it says.

use jiff::Timestamp;
use serde::Deserialize;
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;

use crate::content::{ContentError, Inflated};
use crate::finding::Problem;

/// The text is not one of a digest that can be checked.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON, or lacks what every digest has.
    #[error("it is no digest")]
    Format(#[from] serde_json::Error),
    /// A time cannot be read.
    #[error("it has no time in {0}")]
    Time(&'static str, #[source] jiff::Error),
    /// It is hashed or signed in another way than all digests so far.
    #[error("it uses the algorithm {0:?}, which is not known here")]
    Algorithm(String),
}

/// What a digest says. Whether it may be believed, only its signature tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Where CloudTrail wrote it.
    pub object: ObjectRef,
    /// The beginning of its hour.
    pub start: Timestamp,
    /// The end of its hour.
    pub end: Timestamp,
    /// The public key it was signed with.
    pub fingerprint: String,
    /// The digest before it; the first of a chain has none.
    pub previous: Option<Previous>,
    /// The log files delivered in its hour.
    pub log_files: Vec<LogFile>,
    /// The times and the signature as they are written, which is how they are signed.
    end_text: String,
    previous_signature: Option<String>,
}

/// The digest before another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Where it lies.
    pub object: ObjectRef,
    /// The SHA-256 of its text, in hexadecimal.
    pub sha256: Option<String>,
    /// Its signature, in hexadecimal.
    pub signature: Option<String>,
}

/// A log file that a digest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Where it lies.
    pub object: ObjectRef,
    /// The SHA-256 of its text, in hexadecimal.
    pub sha256: String,
}

/// The members as they are spelled; others may stand beside them.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    digest_start_time: String,
    digest_end_time: String,
    digest_s3_bucket: String,
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: Option<String>,
    previous_digest_s3_bucket: Option<String>,
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    log_files: Option<Vec<LogFileMembers>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogFileMembers {
    s3_bucket: String,
    s3_object: String,
    hash_value: String,
    hash_algorithm: Option<String>,
}

impl Digest {
    /// Reads a digest's text.
    ///
    /// # Errors
    /// When it is not that of a digest, or of a kind yet unknown.
    pub fn parse(text: &[u8]) -> Result<Self, DocumentError> {
        let members: Members = serde_json::from_slice(text)?;
        known(members.digest_signature_algorithm.as_deref(), "SHA256withRSA")?;
        known(members.previous_digest_hash_algorithm.as_deref(), "SHA-256")?;
        let log_files = members.log_files.unwrap_or_default().into_iter().map(log_file);
        let previous = members.previous_digest_s3_bucket.zip(members.previous_digest_s3_object);
        Ok(Self {
            object: object(members.digest_s3_bucket, members.digest_s3_object),
            start: time("digestStartTime", &members.digest_start_time)?,
            end: time("digestEndTime", &members.digest_end_time)?,
            fingerprint: members.digest_public_key_fingerprint,
            previous: previous.map(|(bucket, key)| Previous {
                object: object(bucket, key),
                sha256: members.previous_digest_hash_value,
                signature: members.previous_digest_signature.clone(),
            }),
            log_files: log_files.collect::<Result<_, _>>()?,
            end_text: members.digest_end_time,
            previous_signature: members.previous_digest_signature,
        })
    }

    /// The text that CloudTrail signs, where `sha256` is the hash of the digest's own text. See
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html>.
    pub fn signed_text(&self, sha256: &str) -> String {
        let Self { end_text, object, .. } = self;
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        format!("{end_text}\n{}/{}\n{sha256}\n{previous}", object.bucket, object.key)
    }
}

impl LogFile {
    /// What is wrong with the log file, judged by what was read of it; `named_by` is the digest that names it.
    pub fn problem(&self, content: Result<Inflated, ContentError>, named_by: &ObjectRef) -> Option<Problem> {
        match content {
            Err(error) => Some(Problem::LogDamaged { reason: with_causes(&error) }),
            Ok(content) if !content.sha256.eq_ignore_ascii_case(&self.sha256) => {
                Some(Problem::LogChanged { named_by: named_by.to_string() })
            }
            Ok(content) => content.trailing.then_some(Problem::LogTrailingBytes),
        }
    }
}

fn log_file(members: LogFileMembers) -> Result<LogFile, DocumentError> {
    known(members.hash_algorithm.as_deref(), "SHA-256")?;
    Ok(LogFile { object: object(members.s3_bucket, members.s3_object), sha256: members.hash_value })
}

fn known(algorithm: Option<&str>, only: &str) -> Result<(), DocumentError> {
    match algorithm {
        Some(other) if other != only => Err(DocumentError::Algorithm(other.to_owned())),
        _ => Ok(()),
    }
}

fn time(member: &'static str, text: &str) -> Result<Timestamp, DocumentError> {
    text.parse().map_err(|error| DocumentError::Time(member, error))
}

fn object(bucket: String, key: String) -> ObjectRef {
    ObjectRef { bucket, key, version_id: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"{
        "awsAccountId": "111122223333", "digestStartTime": "2026-10-05T00:00:00Z", "digestEndTime": "2026-10-05T01:00:00Z",
        "digestS3Bucket": "example-logs", "digestS3Object": "AWSLogs/x.json.gz", "digestPublicKeyFingerprint": "0a1b",
        "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": null, "previousDigestS3Bucket": null,
        "previousDigestS3Object": null, "previousDigestHashValue": null, "previousDigestHashAlgorithm": null,
        "previousDigestSignature": null, "logFiles": [], "aMemberYetUnknown": {"a": [1]}
    }"#;

    #[test]
    fn the_first_digest_of_a_chain_names_none() {
        let digest = Digest::parse(FIRST.as_bytes()).unwrap();
        assert_eq!((digest.previous.as_ref(), digest.log_files.len()), (None, 0));
        assert_eq!(digest.end.duration_since(digest.start).as_hours(), 1);
        assert_eq!(digest.signed_text("5e"), "2026-10-05T01:00:00Z\nexample-logs/AWSLogs/x.json.gz\n5e\nnull");
    }

    #[test]
    fn the_digest_before_and_the_log_files_are_read() {
        let text = FIRST
            .replace(r#""previousDigestS3Bucket": null"#, r#""previousDigestS3Bucket": "older-logs""#)
            .replace(r#""previousDigestS3Object": null"#, r#""previousDigestS3Object": "w""#)
            .replace(r#""previousDigestSignature": null"#, r#""previousDigestSignature": "51""#)
            .replace("[]", r#"[{"s3Bucket": "b", "s3Object": "k", "hashValue": "77", "hashAlgorithm": "SHA-256"}]"#);
        let digest = Digest::parse(text.as_bytes()).unwrap();
        let previous = digest.previous.as_ref().unwrap();
        assert_eq!(previous.object.to_string(), "s3://older-logs/w");
        assert_eq!((previous.sha256.as_deref(), previous.signature.as_deref()), (None, Some("51")));
        assert_eq!(digest.log_files[0].object.to_string(), "s3://b/k");
        assert!(digest.signed_text("5e").ends_with("\n5e\n51"));
    }

    #[test]
    fn what_cannot_be_checked_is_no_digest() {
        let parse = |from: &str, to: &str| Digest::parse(FIRST.replace(from, to).as_bytes()).unwrap_err();
        assert!(matches!(parse("SHA256withRSA", "ML-DSA"), DocumentError::Algorithm(name) if name == "ML-DSA"));
        assert!(matches!(parse("2026-10-05T01:00:00Z", "noon"), DocumentError::Time("digestEndTime", _)));
        assert!(matches!(parse("digestS3Bucket", "digestBucket"), DocumentError::Format(_)));
        assert!(matches!(Digest::parse(b"[]").unwrap_err(), DocumentError::Format(_)));
    }
}
