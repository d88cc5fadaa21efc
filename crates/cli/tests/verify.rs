//! `verify` over copies in folders, and over the local stack (`make up`, then `. target/local/env`).
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use common::server::{Cluster, address, http, http_with};
use common::{Run, assert_recorded, run, write};
use serde_json::{Value, json};
use trailsearch_testkit::digests::{Hour, Signer, Stored, Trail};
use trailsearch_testkit::{gzip, load};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::generate().unwrap());

/// Records of each log file.
const RECORDS: usize = 5;

/// A chain of 30 digests with two log files each.
fn chain(trail: &Trail) -> Vec<Hour> {
    let texts = |hour| [2 * hour, 2 * hour + 1].map(|seed| load::object(seed, RECORDS)).into();
    trail.chain(&SIGNER, 30, texts).unwrap()
}

/// A copy of a bucket, with the public keys beside it.
struct Copy(tempfile::TempDir);

impl Copy {
    fn of(chain: &[Hour]) -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        write(copy.0.path(), &[("keys.json", SIGNER.public_keys().into_bytes())]);
        chain.iter().for_each(|hour| hour.logs.iter().chain([&hour.digest]).for_each(|stored| copy.put(stored)));
        copy
    }

    fn put(&self, stored: &Stored) {
        let mut files = vec![(stored.key.clone(), stored.body.clone())];
        if !stored.metadata.is_empty() {
            files.push((format!("{}.metadata.json", stored.key), stored.head().into_bytes()));
        }
        let files: Vec<_> = files.iter().map(|(key, body)| (key.as_str(), body.clone())).collect();
        write(&self.0.path().join("logs"), &files);
    }

    fn path(&self, key: &str) -> PathBuf {
        self.0.path().join("logs").join(key)
    }

    fn remove(&self, stored: &Stored) {
        std::fs::remove_file(self.path(&stored.key)).unwrap();
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let path = |below: &str| self.0.path().join(below).to_str().unwrap().to_owned();
        let own = ["verify".to_owned(), path("logs"), "--keys".to_owned(), path("keys.json")];
        own.into_iter().chain(more.iter().map(|more| (*more).to_owned())).collect()
    }

    fn verify(&self, more: &[&str]) -> Run {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&arguments, &[]).replacing(self.0.path().to_str().unwrap(), "COPY")
    }
}

/// What is found after something was done to a copy of a whole chain.
fn after(change: impl FnOnce(&Copy, &[Hour])) -> Run {
    let chain = chain(&Trail::default());
    let copy = Copy::of(&chain);
    change(&copy, &chain);
    copy.verify(&["--from", "2026-10-05"])
}

#[test]
fn a_whole_copy_is_valid() {
    let copy = Copy::of(&chain(&Trail::default()));
    let backfill = Trail { backfill: true, ..Trail::default() };
    backfill.chain(&SIGNER, 3, |_| vec!["{}".to_owned()]).unwrap().iter().for_each(|hour| {
        copy.put(&hour.logs[0]);
        copy.put(&hour.digest);
    });
    assert_recorded(
        "verify",
        &[
            copy.verify(&[]),
            copy.verify(&["--output", "json"]),
            copy.verify(&["--from", "2026-10-06", "--account", "111122223333", "--region", "eu-central-1"]),
            copy.verify(&["--from", "2026-10-06", "--account", "444455556666"]),
            copy.verify(&["--from", "2026-10-06", "--to", "2026-10-05"]),
            copy.verify(&["--ingest-missing"]),
            copy.verify(&["--against-index"]),
        ],
    );
}

/// Done to one object each, always the same one of its kind.
#[test]
fn what_was_done_to_a_copy_is_found() {
    let changed = |stored: &Stored, from: &str, to: &str| {
        let body = gzip(stored.text.replacen(from, to, 1));
        Stored { body, ..stored.clone() }
    };
    let longer = |stored: &Stored| Stored { body: [&stored.body[..], b"x"].concat(), ..stored.clone() };
    assert_recorded(
        "verify-faults",
        &[
            after(|copy, chain| copy.put(&changed(&chain[10].logs[0], "Name", "name"))),
            after(|copy, chain| copy.put(&changed(&chain[10].digest, "111122223333", "111122223332"))),
            after(|copy, chain| {
                let mut digest = chain[10].digest.clone();
                digest.metadata[0].1.replace_range(..2, "xx");
                copy.put(&digest);
            }),
            after(|copy, chain| copy.remove(&chain[10].logs[0])),
            after(|copy, chain| copy.remove(&chain[10].digest)),
            after(|copy, chain| {
                let [older, newer] = [&chain[10].digest, &chain[11].digest];
                copy.put(&Stored { key: newer.key.clone(), ..older.clone() });
                copy.put(&Stored { key: older.key.clone(), ..newer.clone() });
            }),
            after(|copy, chain| {
                let digest = &chain[10].digest;
                copy.remove(digest);
                copy.put(&Stored { key: digest.key.replace("2026/10/05", "2026/10/06"), ..digest.clone() });
            }),
            after(|copy, chain| copy.put(&longer(&chain[10].digest))),
            after(|copy, chain| copy.put(&longer(&chain[10].logs[0]))),
            after(|copy, _| copy.put(&Trail::default().log(10, 7, "{\"Records\":[]}"))),
        ],
    );
}

#[test]
fn without_metadata_only_the_newest_digest_is_not_proven() {
    let mut chain = chain(&Trail::default());
    chain.iter_mut().for_each(|hour| hour.digest.metadata.clear());
    let report = Copy::of(&chain).verify(&["--output", "json"]).json();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!((findings.len(), &findings[0]["finding"]), (1, &json!("signature_missing")));
    let newest = findings[0]["object"].as_str().unwrap();
    assert!(newest.ends_with(&chain.last().unwrap().digest.key), "{newest}");
}

#[test]
fn every_record_of_a_valid_log_file_is_looked_up_and_brought_home() {
    let Some(cluster) = Cluster::new("verify") else { return };
    let chain = chain(&Trail::default());
    let copy = Copy::of(&chain);
    let verify = |more: &[&str]| {
        let arguments = copy.arguments(&[&["--against-index"], more].concat());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        cluster.run(&arguments).replacing(copy.0.path().to_str().unwrap(), "COPY")
    };
    let (missing, changed) = (&chain[10].logs[0], &chain[20].logs[1]);
    copy.remove(missing);
    let folder = copy.path("AWSLogs/111122223333/CloudTrail");
    assert_eq!(cluster.run(&["ingest", folder.to_str().unwrap(), "--setup"]).code, Some(0));
    copy.put(missing);
    let lacking = verify(&[]);
    // A file that somebody changed is neither looked up nor ingested.
    copy.put(&Stored { body: gzip("{\"Records\":[]}"), ..changed.clone() });
    let brought_home = verify(&["--ingest-missing"]);
    copy.put(changed);
    let whole = verify(&["--output", "json"]);
    assert_eq!([lacking.code, brought_home.code, whole.code], [Some(1), Some(1), Some(0)]);
    assert_recorded("verify-index", &[lacking, brought_home, whole]);
}

/// Verifies a new bucket with a chain of five digests to which something was done before they were put there.
fn in_a_bucket(s3: &str, name: &str, change: impl FnOnce(&mut [Hour])) -> Run {
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let bucket = format!("verify-{name}-{nanoseconds}");
    let trail = Trail { bucket: bucket.clone(), organization: Some("o-exampleorg1"), ..Trail::default() };
    let mut chain = trail.chain(&SIGNER, 5, |hour| vec![load::object(hour, 1)]).unwrap();
    change(&mut chain);
    assert_eq!(http(s3, "PUT", &format!("/{bucket}"), b"").0, 200);
    for stored in chain.iter().flat_map(|hour| hour.logs.iter().chain([&hour.digest])) {
        let metadata = stored.metadata.iter().map(|(name, value)| format!("x-amz-meta-{name}: {value}\r\n"));
        let path = format!("/{bucket}/{}", stored.key);
        assert_eq!(http_with(s3, "PUT", &path, &metadata.collect::<String>(), &stored.body).0, 200, "{path}");
    }
    let keys = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(keys.path(), SIGNER.public_keys()).unwrap();
    let (source, keys) = (format!("s3://{bucket}"), keys.path().to_str().unwrap());
    let aws = [
        ("AWS_ENDPOINT_URL", s3),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
    ];
    run(&["verify", &source, "--keys", keys, "--output", "json"], &aws)
}

#[test]
fn a_bucket_is_verified_by_the_metadata_of_its_digests() {
    let Some(s3) = address("AWS_ENDPOINT_URL") else { return };
    let whole = in_a_bucket(&s3, "whole", |_| {});
    assert_eq!((whole.code, &whole.json()["valid"]), (Some(0), &json!(true)), "{whole:?}");
    assert_eq!(whole.json()["chains"][0]["organization"], json!("o-exampleorg1"));
    let broken = in_a_bucket(&s3, "broken", |chain| {
        chain[4].digest.metadata.clear();
        chain[2].logs.clear();
    });
    let findings = broken.json()["findings"].clone();
    let names: Vec<&Value> = findings.as_array().unwrap().iter().map(|finding| &finding["finding"]).collect();
    assert_eq!((broken.code, names), (Some(1), vec![&json!("signature_missing"), &json!("log_missing")]));
}
