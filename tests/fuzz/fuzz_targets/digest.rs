//! Any bucket of digests: the walk back through them ends, and believes nothing that is not signed.
#![no_main]

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use trailsearch_core::object::ObjectRef;
use trailsearch_digest::{
    Content, Digest, DigestKey, Finding, Found, Inflated, KeyRing, Listed, Metadata, Storage, Walk, log_file_time,
    reconcile,
};

/// Larger than any input.
const TEXT_BYTES: u64 = 1 << 20;

/// What signed the digests of the corpus.
static KEYS: LazyLock<KeyRing> = LazyLock::new(|| KeyRing::parse(include_bytes!("digest/keys.json")).expect("keys"));

// Two lines for each object: its key and perhaps a signature, then its text.
fuzz_target!(|input: &[u8]| {
    read_alone(input);
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let bucket: HashMap<ObjectRef, Object<'_>> = lines.chunks_exact(2).filter_map(object).collect();
    walk(&bucket, &KeyRing::default());
    walk(&bucket, &KEYS);
});

/// Everything that reads bytes, each by itself.
fn read_alone(input: &[u8]) {
    let _ = (Digest::parse(input), KeyRing::parse(input));
    if let Ok(key) = std::str::from_utf8(input) {
        let _ = (DigestKey::parse(key), log_file_time(key));
    }
    let read = |size: usize| {
        let mut content = Content::kept(1_000);
        input.chunks(size).try_for_each(|piece| content.push(piece)).and_then(|()| content.finish()).ok()
    };
    let [whole, pieces] =
        [usize::MAX, 1].map(read).map(|read| read.map(|read| (read.sha256, read.text, read.trailing)));
    assert_eq!(whole, pieces);
    assert!(whole.is_none_or(|(_, text, _)| text.len() <= 1_000));
}

#[derive(Clone)]
struct Object<'i> {
    metadata: Metadata,
    text: &'i [u8],
}

fn object<'i>(lines: &[&'i [u8]]) -> Option<(ObjectRef, Object<'i>)> {
    let name = std::str::from_utf8(lines[0]).ok()?;
    let (key, signature) = name.split_once(' ').map_or((name, None), |(key, signature)| (key, Some(signature)));
    let object = ObjectRef { bucket: "example-logs".to_owned(), key: key.to_owned(), version_id: None };
    let metadata = Metadata::read(|name| signature.filter(|_| name == "signature"));
    Some((object, Object { metadata, text: lines[1] }))
}

fn walk(bucket: &HashMap<ObjectRef, Object<'_>>, keys: &KeyRing) {
    let end = |object: &ObjectRef| DigestKey::parse(&object.key).map(|key| key.end);
    let listed = bucket.keys().map(|object| Listed { object: object.clone(), end: end(object) }).collect();
    let (mut walk, mut asked) = (Walk::new(Storage::Original, listed, None), HashSet::new());
    let mut findings = Vec::new();
    while let Some(at) = walk.ask() {
        assert!(asked.insert(at.clone()), "asked for {at} twice");
        let found =
            bucket.get(&at).map_or(Found::Missing, |object| Found::read(Ok(inflated(object)), object.metadata.clone()));
        let key = match &found {
            Found::Digest(opened) => keys.get(&opened.digest.fingerprint),
            _ => None,
        };
        let (is_there, is_known) = (!matches!(found, Found::Missing), key.is_some());
        let step = walk.take(&at, found, key);
        assert!(is_known || step.digest.is_none(), "{at} is believed without a key");
        assert!(is_there || !step.findings.is_empty(), "{at} is missing and nothing is said");
        findings.extend(step.findings);
    }
    assert!(bucket.keys().all(|object| asked.contains(object)), "not all is looked at");
    findings.extend(walk.finish());
    check(findings);
}

fn check(findings: Vec<Finding>) {
    let count = findings.len();
    let reconciled = reconcile(findings);
    assert!(reconciled.len() <= count && (count == 0 || !reconciled.is_empty()));
    assert!(reconciled.iter().all(|finding| !finding.problem.to_string().is_empty()));
}

fn inflated(object: &Object<'_>) -> Inflated {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(object.text).expect("memory");
    let mut content = Content::kept(TEXT_BYTES);
    content.push(&encoder.finish().expect("memory")).expect("gzip");
    content.finish().expect("gzip")
}
