//! Digest chains as CloudTrail writes them, signed with a key of one's own.
//!
//! Written apart from what verifies them, so that each proves the other. See
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use crate::clock::{Day, Moment, Style};
use crate::gzip;

/// The first day of every chain.
const DAY: Day = Day::new(2026, 10, 5);

const HOUR_SECONDS: u64 = 3_600;

/// Who signs, as CloudTrail does in a region.
#[derive(Debug)]
pub struct Signer {
    pair: KeyPair,
    fingerprint: String,
}

impl Signer {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let fingerprint = hash(pair.public_key().as_ref())[..32].to_owned();
        Ok(Self { pair, fingerprint })
    }

    /// What digests call the key.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What `aws cloudtrail list-public-keys` would print.
    #[must_use]
    pub fn public_keys(&self) -> String {
        let value = BASE64_STANDARD.encode(self.pair.public_key().as_ref());
        let key = json!({"Value": value, "ValidityStartTime": 1_790_000_000, "Fingerprint": self.fingerprint});
        json!({"PublicKeyList": [key]}).to_string()
    }

    /// The signature of a text, in hexadecimal.
    ///
    /// # Errors
    /// When the key is unusable.
    pub fn sign(&self, text: &str) -> Result<String, Unspecified> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)?;
        Ok(hex::encode(signature))
    }
}

/// An object of the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub body: Vec<u8>,
    /// Its user metadata; the names without `x-amz-meta-`.
    pub metadata: Vec<(&'static str, String)>,
    /// What its bytes hold, before anything is done to them.
    pub text: String,
}

impl Stored {
    fn new(key: String, text: String, metadata: Vec<(&'static str, String)>) -> Self {
        Self { key, body: gzip(&text), metadata, text }
    }

    fn sha256(&self) -> String {
        hash(self.text.as_bytes())
    }

    /// The answer of `aws s3api head-object`, as far as it is about metadata.
    #[must_use]
    pub fn head(&self) -> String {
        let metadata: serde_json::Map<String, Value> =
            self.metadata.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({"ContentLength": self.body.len(), "Metadata": metadata}).to_string()
    }

    fn signature(&self) -> Option<&str> {
        self.metadata.iter().find(|(name, _)| *name == "signature").map(|(_, value)| value.as_str())
    }
}

/// One hour of a chain.
#[derive(Debug, Clone)]
pub struct Hour {
    /// The log files delivered in it.
    pub logs: Vec<Stored>,
    /// Their digest.
    pub digest: Stored,
}

/// A trail in one account and region.
#[derive(Debug, Clone)]
pub struct Trail {
    /// The bucket in which everything lies.
    pub bucket: String,
    /// The organization's id, for an organization trail.
    pub organization: Option<&'static str>,
    /// The account.
    pub account: &'static str,
    /// The region.
    pub region: &'static str,
    /// Whether its digests are backfill digests.
    pub backfill: bool,
}

impl Default for Trail {
    fn default() -> Self {
        let bucket = "example-logs".to_owned();
        Self { bucket, organization: None, account: "111122223333", region: "eu-central-1", backfill: false }
    }
}

impl Trail {
    /// A chain of `hours`, each with a log file of every text that `texts` gives for it.
    ///
    /// # Errors
    /// When the key is unusable.
    pub fn chain(
        &self,
        signer: &Signer,
        hours: u64,
        texts: impl Fn(u64) -> Vec<String>,
    ) -> Result<Vec<Hour>, Unspecified> {
        let mut chain: Vec<Hour> = Vec::new();
        for hour in 0..hours {
            let logs = texts(hour).iter().enumerate().map(|(at, text)| self.log(hour, at as u64, text)).collect();
            chain.push(self.hour(signer, hour, chain.last().map(|hour| &hour.digest), logs)?);
        }
        Ok(chain)
    }

    /// An hour whose digest names `logs` and the digest `previous`.
    ///
    /// # Errors
    /// When the key is unusable.
    pub fn hour(
        &self,
        signer: &Signer,
        hour: u64,
        previous: Option<&Stored>,
        logs: Vec<Stored>,
    ) -> Result<Hour, Unspecified> {
        let (key, end) = (self.digest_key(hour), spelled(hour + 1, 0, Style::Iso));
        let text = self.digest_text(signer, hour, &key, previous, &logs);
        let before = previous.and_then(Stored::signature).unwrap_or("null");
        let signed = format!("{end}\n{}/{key}\n{}\n{before}", self.bucket, hash(text.as_bytes()));
        let mut metadata =
            vec![("signature", signer.sign(&signed)?), ("signature-algorithm", "SHA256withRSA".to_owned())];
        if self.backfill {
            metadata.push(("backfill-generation-timestamp", spelled(hour + 6, 0, Style::Iso)));
        }
        Ok(Hour { logs, digest: Stored::new(key, text, metadata) })
    }

    /// A log file delivered in `hour`, the `number`-th of it.
    #[must_use]
    pub fn log(&self, hour: u64, number: u64, text: &str) -> Stored {
        let Self { account, region, .. } = self;
        let minute = spelled(hour, 5 * 60 * (number + 1), Style::Basic).replace("00Z", "Z");
        let unique = hour * 1_000 + number + if self.backfill { 1 << 32 } else { 0 };
        let name = format!("{account}_CloudTrail_{region}_{minute}_{unique:016X}.json.gz");
        Stored::new(format!("{}/{name}", self.folder("CloudTrail", hour)), text.to_owned(), Vec::new())
    }

    fn digest_key(&self, hour: u64) -> String {
        let Self { account, region, .. } = self;
        let suffix = if self.backfill { "_backfill" } else { "" };
        let end = spelled(hour + 1, 0, Style::Basic);
        let name = format!("{account}_CloudTrail-Digest_{region}_example-trail_{region}_{end}{suffix}.json.gz");
        format!("{}/{name}", self.folder("CloudTrail-Digest", hour + 1))
    }

    fn folder(&self, kind: &str, hour: u64) -> String {
        let organization = self.organization.map(|id| format!("{id}/")).unwrap_or_default();
        let Self { account, region, .. } = self;
        format!("AWSLogs/{organization}{account}/{kind}/{region}/{}", spelled(hour, 0, Style::Path))
    }

    fn digest_text(&self, signer: &Signer, hour: u64, key: &str, previous: Option<&Stored>, logs: &[Stored]) -> String {
        let newest = (!logs.is_empty()).then(|| spelled(hour, 1_800, Style::Iso));
        let log = |log: &Stored| {
            json!({
                "s3Bucket": self.bucket, "s3Object": log.key, "hashValue": log.sha256(), "hashAlgorithm": "SHA-256",
                "newestEventTime": newest, "oldestEventTime": newest,
            })
        };
        json!({
            "awsAccountId": self.account,
            "digestStartTime": spelled(hour, 0, Style::Iso),
            "digestEndTime": spelled(hour + 1, 0, Style::Iso),
            "digestS3Bucket": self.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": signer.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": newest,
            "oldestEventTime": newest,
            "previousDigestS3Bucket": previous.map(|_| &self.bucket),
            "previousDigestS3Object": previous.map(|previous| &previous.key),
            "previousDigestHashValue": previous.map(Stored::sha256),
            "previousDigestHashAlgorithm": previous.map(|_| "SHA-256"),
            "previousDigestSignature": previous.and_then(Stored::signature),
            "logFiles": logs.iter().map(log).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// So many seconds into an hour, counted from the first day's midnight.
fn spelled(hour: u64, seconds: u64, style: Style) -> String {
    let Moment(first) = DAY.at(0);
    let mut out = String::new();
    Moment(first + hour * HOUR_SECONDS + seconds).write(style, &mut out);
    out
}
