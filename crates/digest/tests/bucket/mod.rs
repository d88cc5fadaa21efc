//! A bucket in memory, and the shortest way through everything in it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use trailsearch_core::object::{Kind, ObjectKey, ObjectRef};
use trailsearch_digest::{
    ChainId, Content, ContentError, DigestKey, Finding, Found, Inflated, KeyRing, Listed, LogFile, Metadata, Problem,
    Storage, Walk, reconcile,
};
use trailsearch_testkit::digests::{Hour, Signer, Stored, Trail};

/// The length of a chain.
pub(crate) const HOURS: u64 = 30;

/// Who signs all chains: one key, since making it takes time.
static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::generate().unwrap());

pub(crate) fn signer() -> &'static Signer {
    &SIGNER
}

/// A chain of [`HOURS`] digests with two log files each.
pub(crate) fn chain(trail: &Trail) -> Vec<Hour> {
    let texts = |hour| vec![format!("{{\"Records\":[{hour}]}}"), format!("{{\"Records\":[{hour},{hour}]}}")];
    trail.chain(signer(), HOURS, texts).unwrap()
}

fn inflated(stored: &Stored) -> Result<Inflated, ContentError> {
    let mut content = Content::kept(1 << 20);
    content.push(&stored.body)?;
    content.finish()
}

/// A bucket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket {
    objects: BTreeMap<String, Stored>,
    pub(crate) from: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    pub(crate) findings: Vec<Finding>,
    pub(crate) chains: usize,
    pub(crate) digests: usize,
    pub(crate) log_files: usize,
}

impl Bucket {
    pub(crate) fn of(chain: &[Hour]) -> Self {
        let mut bucket = Self::default();
        bucket.add(chain);
        bucket
    }

    pub(crate) fn add(&mut self, chain: &[Hour]) {
        chain.iter().flat_map(|hour| hour.logs.iter().chain([&hour.digest])).for_each(|stored| self.put(stored));
    }

    pub(crate) fn put(&mut self, stored: &Stored) {
        self.objects.insert(stored.key.clone(), stored.clone());
    }

    pub(crate) fn with(mut self, stored: &Stored) -> Self {
        self.put(stored);
        self
    }

    pub(crate) fn remove(&mut self, stored: &Stored) -> Stored {
        self.objects.remove(&stored.key).unwrap()
    }

    /// Walks all chains and reads all log files that they name.
    pub(crate) fn verified(&self) -> Verified {
        let mut verified = Verified::default();
        let keys = KeyRing::parse(signer().public_keys().as_bytes()).unwrap();
        for listed in self.chains().into_values() {
            verified.chains += 1;
            self.walk(Walk::new(Storage::Original, listed, self.from), &keys, &mut verified);
        }
        verified.findings = reconcile(verified.findings);
        verified
    }

    fn chains(&self) -> BTreeMap<Result<ChainId, String>, Vec<Listed>> {
        let mut chains: BTreeMap<_, Vec<Listed>> = BTreeMap::new();
        for key in self.objects.keys().filter(|key| ObjectKey::parse(key).kind == Kind::Digest) {
            let object = ObjectRef { bucket: "example-logs".to_owned(), key: key.clone(), version_id: None };
            let (chain, end) = match DigestKey::parse(key) {
                Some(parsed) => (Ok(parsed.chain), Some(parsed.end)),
                None => (Err(key.clone()), None),
            };
            let from = self.from.filter(|from| end <= Some(*from));
            if from.is_none() {
                chains.entry(chain).or_default().push(Listed { object, end });
            }
        }
        chains
    }

    fn walk(&self, mut walk: Walk, keys: &KeyRing, verified: &mut Verified) {
        while let Some(at) = walk.ask() {
            let found = self.found(&at);
            let key = match &found {
                Found::Digest(opened) => keys.get(&opened.digest.fingerprint),
                _ => None,
            };
            let step = walk.take(&at, found, key);
            verified.findings.extend(step.findings);
            for file in step.digest.iter().flat_map(|digest| &digest.log_files) {
                verified.log_files += 1;
                verified.findings.extend(self.problem(file, &at).map(|problem| Finding::new(&file.object, problem)));
            }
            verified.digests += usize::from(step.digest.is_some());
        }
        verified.findings.extend(walk.finish());
    }

    fn found(&self, at: &ObjectRef) -> Found {
        let Some(stored) = self.objects.get(&at.key) else { return Found::Missing };
        let value =
            |name: &str| stored.metadata.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str());
        Found::read(inflated(stored), Metadata::read(value))
    }

    fn problem(&self, file: &LogFile, named_by: &ObjectRef) -> Option<Problem> {
        match self.objects.get(&file.object.key) {
            Some(stored) => file.problem(inflated(stored), named_by),
            None => Some(Problem::LogMissing { named_by: named_by.to_string() }),
        }
    }
}
