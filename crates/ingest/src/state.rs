//! Where dead letters and checkpoints are kept, and what they are called there.

use std::str::FromStr;

use sha2::{Digest, Sha256};
use trailsearch_core::object::ObjectRef;

/// How many bytes of a digest a name holds: two objects in 2^64 share one by chance.
const NAME_BYTES: usize = 16;

/// A part of a bucket in which state is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Prefix {
    /// The bucket's name.
    pub bucket: String,
    /// What keys begin with, without a `/` at its end; may be empty.
    pub prefix: String,
}

/// The text is no address in S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no bucket: write s3://bucket/prefix")]
pub struct NoBucket;

impl FromStr for S3Prefix {
    type Err = NoBucket;

    /// Reads `s3://bucket/prefix`.
    fn from_str(text: &str) -> Result<Self, NoBucket> {
        let address = text.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        if bucket.is_empty() {
            return Err(NoBucket);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.trim_end_matches('/').to_owned() })
    }
}

/// What the names of an object's state have in common: the same for the same object and the same indices, whoever
/// ingests it and whenever.
pub(crate) fn name_of(index_prefix: &str, object: &ObjectRef) -> String {
    let version = object.version_id.as_deref().unwrap_or_default();
    let address = [index_prefix, &object.bucket, &object.key, version].join("\n");
    Sha256::digest(address).iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_a_bucket_and_may_name_a_prefix() {
        let place = |bucket: &str, prefix: &str| S3Prefix { bucket: bucket.to_owned(), prefix: prefix.to_owned() };
        assert_eq!("s3://logs/team/state/".parse(), Ok(place("logs", "team/state")));
        assert_eq!("s3://logs".parse(), Ok(place("logs", "")));
        for text in ["s3:///state", "s3://", "logs/state", ""] {
            assert_eq!(text.parse::<S3Prefix>(), Err(NoBucket), "{text}");
        }
    }

    #[test]
    fn names_differ_by_object_version_and_indices() {
        let object = |key: &str, version: Option<&str>| ObjectRef {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            version_id: version.map(str::to_owned),
        };
        let names = [
            name_of("cloudtrail", &object("k", None)),
            name_of("audit", &object("k", None)),
            name_of("cloudtrail", &object("l", None)),
            name_of("cloudtrail", &object("k", Some("1"))),
        ];
        assert!(names.iter().all(|name| name.len() == 32));
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len());
        assert_eq!(names[0], name_of("cloudtrail", &object("k", None)));
    }
}
