//! Public keys, and what they prove.

use std::collections::HashMap;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// A public key of CloudTrail in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What digests call it.
    pub fingerprint: String,
    /// The key: DER of a PKCS #1 RSA public key.
    pub der: Vec<u8>,
}

impl PublicKey {
    /// Whether `signature`, in hexadecimal, is one of `text`: RSASSA-PKCS1-v1_5 with SHA-256
    /// (<https://www.rfc-editor.org/rfc/rfc8017#section-8.2>).
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.der);
        hex::decode(signature).is_ok_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
    }
}

/// Public keys by their fingerprints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRing(HashMap<String, PublicKey>);

/// The text is not an answer of ListPublicKeys.
#[derive(Debug, thiserror::Error)]
pub enum KeysFormatError {
    /// It is not its JSON.
    #[error("it is not the JSON that `aws cloudtrail list-public-keys` prints")]
    Format(#[from] serde_json::Error),
    /// A key's value is no base64.
    #[error("the value of the key {0} is no base64")]
    Value(String, #[source] base64::DecodeError),
}

/// See <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html>.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    public_key_list: Vec<AnsweredKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AnsweredKey {
    value: String,
    fingerprint: String,
}

impl KeyRing {
    /// Reads what `aws cloudtrail list-public-keys` prints.
    ///
    /// # Errors
    /// When the text is something else.
    pub fn parse(text: &[u8]) -> Result<Self, KeysFormatError> {
        let answer: Answer = serde_json::from_slice(text)?;
        let mut ring = Self::default();
        for AnsweredKey { value, fingerprint } in answer.public_key_list {
            let der = BASE64_STANDARD.decode(value);
            let der = der.map_err(|error| KeysFormatError::Value(fingerprint.clone(), error))?;
            ring.add(PublicKey { fingerprint, der });
        }
        Ok(ring)
    }

    /// Adds a key.
    pub fn add(&mut self, key: PublicKey) {
        self.0.insert(key.fingerprint.clone(), key);
    }

    /// The key of a fingerprint.
    pub fn get(&self, fingerprint: &str) -> Option<&PublicKey> {
        self.0.get(fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use trailsearch_testkit::digests::Signer;

    use super::*;

    #[test]
    fn a_signature_fits_one_text_and_one_key() {
        let [signer, other] = [(); 2].map(|()| Signer::generate().unwrap());
        let ring = KeyRing::parse(signer.public_keys().as_bytes()).unwrap();
        let key = ring.get(signer.fingerprint()).unwrap();
        let signature = signer.sign("text").unwrap();
        assert!(key.verifies("text", &signature));
        assert!(key.verifies("text", &signature.to_uppercase()));
        assert!(!key.verifies("texT", &signature));
        assert!(!key.verifies("text", &other.sign("text").unwrap()));
        assert!(!key.verifies("text", &signature[2..]) && !key.verifies("text", "") && !key.verifies("text", "no hex"));
        assert!(!PublicKey { der: b"no key".to_vec(), ..key.clone() }.verifies("text", &signature));
    }

    #[test]
    fn a_file_that_holds_no_keys_says_so() {
        assert!(matches!(KeyRing::parse(b"{\"PublicKeys\":[]}"), Err(KeysFormatError::Format(_))));
        let text = r#"{"PublicKeyList":[{"Value":"?","Fingerprint":"0a1b","ValidityStartTime":1790000000.5}]}"#;
        let error = KeyRing::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the value of the key 0a1b is no base64");
        assert_eq!(KeyRing::parse(b"{\"PublicKeyList\":[],\"NextToken\":null}").unwrap(), KeyRing::default());
    }
}
