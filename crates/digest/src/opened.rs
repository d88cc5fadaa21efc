//! One digest object, read: what it says, and what is needed to check it.

use jiff::Timestamp;

use crate::content::Inflated;
use crate::document::{Digest, DocumentError};

/// The only way of signing that CloudTrail uses.
const ALGORITHM: &str = "SHA256withRSA";

/// What CloudTrail writes into a digest object's metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The digest's signature, in hexadecimal.
    pub signature: Option<String>,
    /// When a backfill digest was made, and its key was valid.
    pub generated: Option<Timestamp>,
}

impl Metadata {
    /// Reads user metadata; `lookup` gives the value of a name without its `x-amz-meta-`.
    pub fn read<'m>(lookup: impl Fn(&str) -> Option<&'m str>) -> Self {
        let is_known = lookup("signature-algorithm").is_none_or(|algorithm| algorithm == ALGORITHM);
        Self {
            signature: lookup("signature").filter(|_| is_known).map(str::to_owned),
            generated: lookup("backfill-generation-timestamp").and_then(|time| time.parse().ok()),
        }
    }
}

/// A digest object that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it says.
    pub digest: Digest,
    /// What stands beside it.
    pub metadata: Metadata,
    /// The SHA-256 of its text, in hexadecimal.
    pub(crate) sha256: String,
    /// Whether bytes follow the gzip data.
    pub(crate) trailing: bool,
}

impl Opened {
    /// Reads a digest object's content.
    ///
    /// # Errors
    /// When it is not that of a digest.
    pub fn new(content: Inflated, metadata: Metadata) -> Result<Self, DocumentError> {
        let Inflated { sha256, text, trailing } = content;
        Ok(Self { digest: Digest::parse(&text)?, metadata, sha256, trailing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_of_another_kind_is_none() {
        let read = |algorithm: Option<&'static str>| {
            Metadata::read(|name| match name {
                "signature" => Some("51"),
                "signature-algorithm" => algorithm,
                "backfill-generation-timestamp" => Some("2026-10-05T01:02:03Z"),
                _ => None,
            })
        };
        assert_eq!(read(None).signature.as_deref(), Some("51"));
        assert_eq!(read(Some("SHA256withRSA")).signature.as_deref(), Some("51"));
        assert_eq!(read(Some("SHA1withRSA")).signature, None);
        assert_eq!(read(None).generated.unwrap().to_string(), "2026-10-05T01:02:03Z");
        assert_eq!(Metadata::read(|_| None), Metadata::default());
    }
}
