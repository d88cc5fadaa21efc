//! Chains that are whole, and chains to which one thing was done: each must be found, and nothing else.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod bucket;

use bucket::{Bucket, HOURS, signer};
use trailsearch_digest::{Finding, Problem};
use trailsearch_testkit::digests::{Hour, Stored, Trail};
use trailsearch_testkit::gzip;

/// A chain of [`HOURS`] digests with two log files each.
fn chain() -> Vec<Hour> {
    bucket::chain(&Trail::default())
}

/// The address of an object of the bucket.
fn at(stored: &Stored) -> String {
    format!("s3://example-logs/{}", stored.key)
}

fn only(object: &Stored, problem: Problem) -> Vec<Finding> {
    vec![Finding::new(at(object), problem)]
}

/// The finding of a chain in which `change` was done to the bucket.
fn after(change: impl FnOnce(&mut Bucket, &[Hour])) -> Vec<Finding> {
    let chain = chain();
    let mut bucket = Bucket::of(&chain);
    change(&mut bucket, &chain);
    bucket.verified().findings
}

fn flipped(body: &[u8], at: usize) -> Vec<u8> {
    body.iter().enumerate().map(|(index, byte)| if index == at { byte ^ 1 } else { *byte }).collect()
}

#[test]
fn a_whole_chain_verifies() {
    let verified = Bucket::of(&chain()).verified();
    assert_eq!(verified.findings, []);
    assert_eq!((verified.digests, verified.log_files), (HOURS as usize, 2 * HOURS as usize));
}

#[test]
fn chains_of_several_accounts_and_regions_stand_beside_each_other() {
    let trails = [
        Trail { organization: Some("o-exampleorg1"), ..Trail::default() },
        Trail { organization: Some("o-exampleorg1"), account: "444455556666", ..Trail::default() },
        Trail { organization: Some("o-exampleorg1"), region: "us-east-1", ..Trail::default() },
    ];
    let mut bucket = Bucket::default();
    trails.iter().for_each(|trail| bucket.add(&bucket::chain(trail)));
    let verified = bucket.verified();
    assert_eq!((verified.findings.len(), verified.chains, verified.digests), (0, 3, 3 * HOURS as usize));
}

#[test]
fn a_flipped_bit_in_a_log_file() {
    let chain = chain();
    let log = &chain[10].logs[1];
    let named_by = at(&chain[10].digest);
    // The text and its checksum are right, and yet it is another one.
    let body = gzip("{\"Records\":[]}");
    let findings = Bucket::of(&chain).with(&Stored { body, ..log.clone() }).verified().findings;
    assert_eq!(findings, only(log, Problem::LogChanged { named_by }));
    let body = flipped(&log.body, log.body.len() / 2);
    let findings = Bucket::of(&chain).with(&Stored { body, ..log.clone() }).verified().findings;
    assert!(matches!(&findings[..], [Finding { object, problem: Problem::LogDamaged { .. } }] if *object == at(log)));
}

#[test]
fn a_flipped_bit_in_a_digest() {
    let chain = chain();
    let (digest, next) = (&chain[10].digest, &chain[11].digest);
    for (from, to) in
        [("111122223333\"", "111122223332\""), ("T10:00:00Z", "T11:00:00Z"), ("Fingerprint\":\"", "Fingerprint\":\"0")]
    {
        let body = gzip(digest.text.replacen(from, to, 1));
        let findings = Bucket::of(&chain).with(&Stored { body, ..digest.clone() }).verified().findings;
        assert_eq!(findings, only(digest, Problem::DigestChanged { named_by: at(next) }), "{from}");
    }
    let body = flipped(&digest.body, digest.body.len() / 2);
    let findings = Bucket::of(&chain).with(&Stored { body, ..digest.clone() }).verified().findings;
    assert!(matches!(&findings[..], [Finding { problem: Problem::DigestDamaged { .. }, .. }]), "{findings:?}");
}

#[test]
fn nothing_but_its_signature_proves_the_newest_digest() {
    let chain = chain();
    let newest = &chain.last().unwrap().digest;
    let body = gzip(newest.text.replacen("111122223333", "111122223332", 1));
    let findings = Bucket::of(&chain).with(&Stored { body, ..newest.clone() }).verified().findings;
    assert_eq!(findings, only(newest, Problem::SignatureInvalid));
    let findings = Bucket::of(&chain).with(&Stored { metadata: Vec::new(), ..newest.clone() }).verified().findings;
    assert_eq!(findings, only(newest, Problem::SignatureMissing));
}

#[test]
fn a_flipped_bit_in_a_signature() {
    for (hour, problem) in [(10, Problem::SignatureChanged), (HOURS as usize - 1, Problem::SignatureInvalid)] {
        let chain = chain();
        let mut digest = chain[hour].digest.clone();
        let last = digest.metadata[0].1.pop().unwrap();
        digest.metadata[0].1.push(if last == '0' { '1' } else { '0' });
        assert_eq!(Bucket::of(&chain).with(&digest).verified().findings, only(&digest, problem));
    }
}

#[test]
fn signatures_in_the_metadata_are_needed_for_the_newest_digest_only() {
    let chain = chain();
    let mut bucket = Bucket::of(&chain);
    for hour in &chain[..chain.len() - 1] {
        bucket = bucket.with(&Stored { metadata: Vec::new(), ..hour.digest.clone() });
    }
    assert_eq!(bucket.verified().findings, []);
}

#[test]
fn a_missing_log_file() {
    let chain = chain();
    let findings = after(|bucket, chain| drop(bucket.remove(&chain[10].logs[0])));
    assert_eq!(findings, only(&chain[10].logs[0], Problem::LogMissing { named_by: at(&chain[10].digest) }));
}

#[test]
fn a_missing_digest() {
    let chain = chain();
    for hour in [10, 0] {
        let findings = after(|bucket, chain| drop(bucket.remove(&chain[hour].digest)));
        let named_by = at(&chain[hour + 1].digest);
        assert_eq!(findings, only(&chain[hour].digest, Problem::DigestMissing { named_by }));
    }
}

#[test]
fn two_digests_in_each_others_place() {
    let chain = chain();
    let findings = after(|bucket, chain| {
        let [a, b] = [&chain[10].digest, &chain[11].digest];
        bucket.put(&Stored { key: a.key.clone(), ..b.clone() });
        bucket.put(&Stored { key: b.key.clone(), ..a.clone() });
    });
    let [older, newer] = [&chain[10].digest, &chain[11].digest];
    assert_eq!(findings, only(older, Problem::DigestsSwapped { with: at(newer) }));
}

#[test]
fn two_log_files_in_each_others_place() {
    let chain = chain();
    let findings = after(|bucket, chain| {
        let [a, b] = [&chain[10].logs[0], &chain[10].logs[1]];
        bucket.put(&Stored { key: a.key.clone(), ..b.clone() });
        bucket.put(&Stored { key: b.key.clone(), ..a.clone() });
    });
    let changed = |log| Finding::new(at(log), Problem::LogChanged { named_by: at(&chain[10].digest) });
    assert_eq!(findings, [changed(&chain[10].logs[0]), changed(&chain[10].logs[1])]);
}

/// A chain that says of itself, rightly signed: 0, 1, …, 9, 11, 10, 12, …
#[test]
fn a_chain_in_swapped_order() {
    let (mut chain, trail) = (chain(), Trail::default());
    let again = |hour: usize, previous: &Stored, chain: &[Hour]| {
        trail.hour(signer(), hour as u64, Some(previous), chain[hour].logs.clone()).unwrap()
    };
    chain[11] = again(11, &chain[9].digest, &chain);
    chain[10] = again(10, &chain[11].digest, &chain);
    chain[12] = again(12, &chain[10].digest, &chain);
    for hour in 13..chain.len() {
        chain[hour] = again(hour, &chain[hour - 1].digest, &chain);
    }
    let previous = at(&chain[11].digest);
    assert_eq!(Bucket::of(&chain).verified().findings, only(&chain[10].digest, Problem::PreviousNotOlder { previous }));
}

#[test]
fn a_moved_digest() {
    let key = chain()[10].digest.key.clone();
    let moves = [
        key.replace("/2026/10/05/", "/2026/10/06/"),
        key.replace("T110000Z", "T113000Z"),
        key.replace("T110000Z", "T093000Z"),
        key.replace("eu-central-1", "eu-west-1"),
        key.replace("111122223333", "444455556666"),
        format!("backup/{key}"),
        key.replace(".json.gz", "-copy.json.gz"),
    ];
    for moved in moves {
        let findings = after(|bucket, chain| {
            let digest = bucket.remove(&chain[10].digest);
            bucket.put(&Stored { key: moved.clone(), ..digest });
        });
        let object = format!("s3://example-logs/{moved}");
        let original = format!("s3://example-logs/{key}");
        assert_eq!(findings, [Finding { object, problem: Problem::DigestMoved { original } }]);
    }
}

#[test]
fn trailing_bytes() {
    for tail in [b"x".to_vec(), gzip("more")] {
        let chain = chain();
        let longer = |stored: &Stored| Stored { body: [&stored.body[..], &tail].concat(), ..stored.clone() };
        let (digest, log) = (&chain[10].digest, &chain[10].logs[0]);
        let found = |stored| Bucket::of(&chain).with(&longer(stored)).verified().findings;
        assert_eq!(found(digest), only(digest, Problem::DigestTrailingBytes));
        assert_eq!(found(log), only(log, Problem::LogTrailingBytes));
    }
}

#[test]
fn a_backfill_chain_stands_for_itself() {
    let backfill = bucket::chain(&Trail { backfill: true, ..Trail::default() });
    let mut bucket = Bucket::of(&chain());
    bucket.add(&backfill);
    let verified = bucket.verified();
    assert_eq!((verified.findings.len(), verified.chains, verified.digests), (0, 2, 2 * HOURS as usize));

    bucket.remove(&backfill[3].digest);
    let named_by = at(&backfill[4].digest);
    assert_eq!(bucket.verified().findings, only(&backfill[3].digest, Problem::DigestMissing { named_by }));
}

#[test]
fn backfill_digests_may_follow_one_another_in_any_order() {
    let trail = Trail { backfill: true, ..Trail::default() };
    let mut chain: Vec<Hour> = Vec::new();
    for hour in [4, 9, 2, 7, 5] {
        let hour = trail.hour(signer(), hour, chain.last().map(|hour| &hour.digest), Vec::new()).unwrap();
        chain.push(hour);
    }
    let verified = Bucket::of(&chain).verified();
    assert_eq!((verified.findings, verified.digests), (vec![], 5));
}

#[test]
fn a_gap() {
    let mut chain = bucket::chain(&Trail::default());
    let trail = Trail::default();
    chain.truncate(5);
    let after = trail.hour(signer(), 8, None, Vec::new()).unwrap();
    chain.push(trail.hour(signer(), 9, Some(&after.digest), Vec::new()).unwrap());
    chain.push(after.clone());
    let gap = Problem::Gap { from: "2026-10-05T05:00:00Z".to_owned(), to: "2026-10-05T08:00:00Z".to_owned() };
    assert_eq!(Bucket::of(&chain).verified().findings, only(&after.digest, gap));
}

#[test]
fn a_digest_that_the_chain_leads_around() {
    let (mut chain, trail) = (chain(), Trail::default());
    for hour in 11..chain.len() {
        let previous = if hour == 11 { 9 } else { hour - 1 };
        let again = trail.hour(signer(), hour as u64, Some(&chain[previous].digest), chain[hour].logs.clone());
        chain[hour] = again.unwrap();
    }
    assert_eq!(Bucket::of(&chain).verified().findings, only(&chain[10].digest, Problem::DigestUnlinked));
}

#[test]
fn a_forged_digest_between_two_good_ones() {
    let findings = after(|bucket, chain| {
        let forged = &chain[10].digest;
        bucket.put(&Stored {
            key: forged.key.replace("T110000Z", "T113000Z"),
            body: gzip("{}"),
            metadata: Vec::new(),
            ..forged.clone()
        });
    });
    assert!(matches!(&findings[..], [Finding { problem: Problem::DigestDamaged { .. }, .. }]), "{findings:?}");
}

/// What it says of the digest that somebody changed must not count.
#[test]
fn a_forged_digest_does_not_cover_up_a_changed_one() {
    let chain = chain();
    let (digest, next) = (&chain[10].digest, &chain[11].digest);
    let key = next.key.replace("T120000Z", "T113000Z");
    let forged = Stored { body: gzip(next.text.replace(&next.key, &key)), key, ..next.clone() };
    let changed = Stored { body: gzip(digest.text.replacen("111122223333", "111122223332", 1)), ..digest.clone() };
    let findings = Bucket::of(&chain).with(&forged).with(&changed).verified().findings;
    let changed = Finding::new(at(digest), Problem::DigestChanged { named_by: at(next) });
    assert_eq!(findings, [Finding::new(at(&forged), Problem::SignatureInvalid), changed]);
}

#[test]
fn a_key_that_is_not_at_hand() {
    let other = trailsearch_testkit::digests::Signer::generate().unwrap();
    let chain = Trail::default().chain(&other, 3, |_| Vec::new()).unwrap();
    let findings = Bucket::of(&chain).verified().findings;
    let unknown = || Problem::KeyUnknown { fingerprint: other.fingerprint().to_owned() };
    let digests: Vec<Finding> = chain.iter().rev().map(|hour| Finding::new(at(&hour.digest), unknown())).collect();
    assert_eq!(findings, digests);
}

#[test]
fn the_walk_ends_where_it_is_told() {
    let mut bucket = Bucket::of(&chain());
    bucket.from = Some("2026-10-05T20:00:00Z".parse().unwrap());
    let verified = bucket.verified();
    assert_eq!((verified.findings, verified.digests), (vec![], HOURS as usize - 20));
}

#[test]
fn every_finding_says_what_to_do_in_one_sentence() {
    let findings = after(|bucket, chain| {
        bucket.remove(&chain[3].digest);
        bucket.remove(&chain[7].logs[0]);
    });
    assert_eq!(findings.len(), 2);
    for finding in findings {
        let sentence = finding.problem.to_string();
        assert!(sentence.contains(": ") && !sentence.ends_with('.') && finding.is_failure(), "{sentence}");
    }
}
