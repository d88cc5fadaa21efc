//! The public keys that digests are checked with: from a file, or from CloudTrail when a digest asks for one.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use trailsearch_core::object::ObjectKey;
use trailsearch_digest::{Found, KeyRing, ListKeysError, Opened, PublicKey, PublicKeys};

use crate::error::CliError;

/// How far from its time a digest may have been signed: CloudTrail writes it after its hour, and a backfill digest when it is made.
const TOLERANCE: SignedDuration = SignedDuration::from_hours(1);

/// The public keys.
pub(super) enum Keys<P> {
    File(KeyRing),
    CloudTrail { source: P, known: Mutex<HashMap<String, Region>> },
}

/// What is known of one region.
#[derive(Default)]
pub(super) struct Region {
    ring: KeyRing,
    /// Fingerprints asked for in vain.
    unknown: HashSet<String>,
}

impl<P: PublicKeys> Keys<P> {
    /// The keys of `file`, what `aws cloudtrail list-public-keys` prints; without one, those of `source`.
    ///
    /// # Errors
    /// When the file cannot be read or holds no keys.
    pub(super) fn new(file: Option<&Path>, source: P) -> Result<Self, CliError> {
        let Some(path) = file else { return Ok(Self::CloudTrail { source, known: Mutex::default() }) };
        let path = || path.to_owned();
        let text =
            std::fs::read(path()).map_err(|source| CliError::KeysFile { path: path(), source: source.into() })?;
        let ring =
            KeyRing::parse(&text).map_err(|source| CliError::KeysFile { path: path(), source: source.into() })?;
        Ok(Self::File(ring))
    }

    /// The key that what was found says it was signed with.
    ///
    /// # Errors
    /// When CloudTrail does not tell.
    pub(super) async fn find(&self, found: &Found) -> Result<Option<PublicKey>, ListKeysError> {
        let Found::Digest(opened) = found else { return Ok(None) };
        match self {
            Self::File(ring) => Ok(ring.get(&opened.digest.fingerprint).cloned()),
            Self::CloudTrail { source, known } => {
                // Each region has keys of its own, and a digest may lie in the wrong folder.
                let Some(region) = ObjectKey::parse(&opened.digest.object.key).region else { return Ok(None) };
                let mut known = known.lock().await;
                known.entry(region.to_owned()).or_default().find(opened, region, source).await
            }
        }
    }
}

impl Region {
    async fn find<P: PublicKeys>(
        &mut self,
        opened: &Opened,
        region: &str,
        source: &P,
    ) -> Result<Option<PublicKey>, ListKeysError> {
        let fingerprint = &opened.digest.fingerprint;
        if self.ring.get(fingerprint).is_none() && self.unknown.insert(fingerprint.clone()) {
            let (from, to) = signed_between(opened);
            source.list(region, from, to).await?.into_iter().for_each(|key| self.ring.add(key));
        }
        Ok(self.ring.get(fingerprint).cloned())
    }
}

fn signed_between(opened: &Opened) -> (Timestamp, Timestamp) {
    let (from, to) = match opened.metadata.generated {
        Some(time) => (time, time),
        None => (opened.digest.start, opened.digest.end),
    };
    (from - TOLERANCE, to + TOLERANCE)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as SyncMutex;

    use trailsearch_digest::{Content, Metadata};
    use trailsearch_testkit::digests::{Signer, Trail};

    use super::*;

    /// CloudTrail with one key; remembers what it was asked.
    struct Fake(PublicKey, SyncMutex<Vec<(String, String, String)>>);

    impl PublicKeys for &Fake {
        async fn list(&self, region: &str, from: Timestamp, to: Timestamp) -> Result<Vec<PublicKey>, ListKeysError> {
            self.1.lock().unwrap().push((region.to_owned(), from.to_string(), to.to_string()));
            Ok(vec![self.0.clone()])
        }
    }

    fn fake(fingerprint: &str) -> Fake {
        Fake(PublicKey { fingerprint: fingerprint.to_owned(), der: vec![1] }, SyncMutex::default())
    }

    /// The digests of three hours, in the order of time.
    fn digests(signer: &Signer, trail: Trail) -> Vec<Found> {
        let chain = trail.chain(signer, 3, |_| Vec::new()).unwrap();
        let found = |hour: &trailsearch_testkit::digests::Hour| {
            let stored = &hour.digest;
            let mut content = Content::kept(1 << 20);
            content.push(&stored.body).unwrap();
            let value =
                |name: &str| stored.metadata.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str());
            Found::read(content.finish(), Metadata::read(value))
        };
        chain.iter().map(found).collect()
    }

    #[tokio::test]
    async fn cloudtrail_is_asked_once_for_a_key() {
        let signer = Signer::generate().unwrap();
        let cloudtrail = fake(signer.fingerprint());
        let keys = Keys::new(None, &cloudtrail).unwrap();
        for digest in digests(&signer, Trail::default()) {
            assert_eq!(keys.find(&digest).await.unwrap(), Some(cloudtrail.0.clone()));
        }
        let hours = ("eu-central-1".to_owned(), "2026-10-04T23:00:00Z".to_owned(), "2026-10-05T02:00:00Z".to_owned());
        assert_eq!(*cloudtrail.1.lock().unwrap(), [hours]);
    }

    #[tokio::test]
    async fn a_backfill_digest_was_signed_when_it_was_made() {
        let signer = Signer::generate().unwrap();
        let cloudtrail = fake("another");
        let keys = Keys::new(None, &cloudtrail).unwrap();
        for digest in digests(&signer, Trail { backfill: true, ..Trail::default() }) {
            assert_eq!(keys.find(&digest).await.unwrap(), None);
        }
        let made = ("eu-central-1".to_owned(), "2026-10-05T05:00:00Z".to_owned(), "2026-10-05T07:00:00Z".to_owned());
        assert_eq!(*cloudtrail.1.lock().unwrap(), [made]);
    }

    #[tokio::test]
    async fn what_is_no_digest_has_no_key() {
        let cloudtrail = fake("another");
        let keys = Keys::new(None, &cloudtrail).unwrap();
        assert_eq!(keys.find(&Found::Missing).await.unwrap(), None);
        assert!(cloudtrail.1.lock().unwrap().is_empty());
    }

    #[test]
    fn a_file_without_keys_is_refused() {
        let cloudtrail = fake("another");
        for path in ["/no/such/file", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            let keys = Keys::new(Some(Path::new(path)), &cloudtrail);
            assert!(matches!(keys.err(), Some(CliError::KeysFile { .. })), "{path}");
        }
    }
}
