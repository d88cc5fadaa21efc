//! `backfill` against the real servers of the local stack (`make up`, then `. target/local/env`). Without
//! `OPENSEARCH_ENDPOINT` or `AWS_ENDPOINT_URL` the tests are skipped.
//!
//! `SOAK=1` kills a backfill of 2,000 objects five times, instead of one of 300 twice; `SEED` repeats the moments of another run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

mod common;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::proxy::Proxy;
use common::server::{Cluster, address, http, http_with};
use common::{Run, assert_recorded, command, run};
use serde_json::{Value, json};
use trailsearch_testkit::{gzip, load};

/// Records of each object.
const RECORDS: usize = 5;

/// How long a run may take to be where it is to be killed.
const PATIENCE: Duration = Duration::from_secs(120);

/// A bucket and an index prefix of the same name, and a folder for journals.
struct Trail {
    cluster: Cluster,
    s3: String,
    keys: Vec<String>,
    folder: tempfile::TempDir,
}

impl Trail {
    /// An empty one, where there are servers.
    fn new(test: &str) -> Option<Self> {
        let (cluster, s3) = (Cluster::new(&format!("backfill-{test}"))?, address("AWS_ENDPOINT_URL")?);
        assert_eq!(http(&s3, "PUT", &format!("/{}", cluster.prefix), b"").0, 200);
        Some(Self { cluster, s3, keys: Vec::new(), folder: tempfile::tempdir().unwrap() })
    }

    /// Puts so many objects of five records each, over several accounts, regions and days of October 2026.
    fn with_objects(mut self, count: usize) -> Self {
        for number in 0..count {
            let account = ["111122223333", "444455556666", "777788889999"][number % 3];
            let region = ["eu-central-1", "us-east-1"][number / 3 % 2];
            self.put(&key(account, region, number / 6 % 31 + 1, number), &gzip(load::object(number as u64, RECORDS)));
        }
        self
    }

    fn put(&mut self, key: &str, body: &[u8]) {
        assert_eq!(self.s3("PUT", key, body).0, 200, "{key}");
        self.keys.push(key.to_owned());
    }

    /// Asks S3 for something about an object.
    fn s3(&self, method: &str, key: &str, body: &[u8]) -> (u16, String) {
        http_with(
            &self.s3,
            method,
            &format!("/{}/{key}", self.cluster.prefix),
            "Authorization: AWS test:test\r\n",
            body,
        )
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("journal.ndjson")
    }

    /// The arguments of a backfill of what is below `prefix`, with a journal in the folder.
    fn arguments(&self, prefix: &str, more: &[&str]) -> Vec<String> {
        let (source, journal) = (format!("s3://{}/{prefix}", self.cluster.prefix), self.journal());
        let own = ["backfill", &source, "--journal", journal.to_str().unwrap()];
        own.iter().chain(more).map(|argument| (*argument).to_owned()).collect()
    }

    fn environment<'e>(&'e self, s3: &'e str) -> [(&'e str, &'e str); 6] {
        [
            ("AWS_ENDPOINT_URL", s3),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
            ("OPENSEARCH_ENDPOINT", &self.cluster.endpoint),
            ("TRAILSEARCH_INDEX_PREFIX", &self.cluster.prefix),
        ]
    }

    /// Runs a backfill of what is below `prefix`.
    fn backfill(&self, prefix: &str, more: &[&str]) -> Run {
        self.run(&self.arguments(prefix, more), &self.s3)
    }

    fn run(&self, arguments: &[impl AsRef<str>], s3: &str) -> Run {
        let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        let folder = self.folder.path().to_str().unwrap();
        let run = run(&arguments, &self.environment(s3)).replacing(&self.cluster.prefix, "PREFIX");
        run.replacing(folder, "FOLDER").replacing(&self.cluster.endpoint, "ENDPOINT")
    }

    /// Starts a backfill of everything through a proxy.
    fn start(&self, proxy: &Proxy) -> Child {
        let arguments = self.arguments("", &["--yes"]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = command(&arguments, &self.environment(&proxy.address));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The keys of the objects that were fetched since the last time.
    fn fetched(&self, proxy: &Proxy) -> Vec<String> {
        let of_object = format!("GET /{}/", self.cluster.prefix);
        let requests = proxy.take();
        let paths = requests.iter().filter_map(|request| request.strip_prefix(&of_object));
        paths.map(|path| path.split(['?', ' ']).next().unwrap().to_owned()).filter(|key| !key.is_empty()).collect()
    }

    fn indexed(&self) -> u64 {
        self.cluster.refresh();
        let (_, count) = self.cluster.get("/PREFIX-*/_count");
        serde_json::from_str::<Value>(&count).unwrap()["count"].as_u64().unwrap()
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        for key in self.keys.iter().map(String::as_str).chain([""]) {
            self.s3("DELETE", key, b"");
        }
    }
}

fn key(account: &str, region: &str, day: usize, number: usize) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/2026/10/{day:02}/{account}_CloudTrail_{region}_202610{day:02}T1000Z_{number:016}.json.gz"
    )
}

/// The keys of the whole lines of a journal.
fn finished(journal: &Path) -> HashSet<String> {
    let text = std::fs::read_to_string(journal).unwrap_or_default();
    let lines = text.split_inclusive('\n').skip(1).filter(|line| line.ends_with('\n'));
    lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["key"].as_str().unwrap().to_owned()).collect()
}

fn counts<const N: usize>(run: &Run, names: [&str; N]) -> [u64; N] {
    let report = run.json();
    names.map(|name| report[name].as_u64().unwrap_or_else(|| panic!("{name}: {report}")))
}

/// Numbers that differ from run to run, unless `SEED` is set.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        Self(std::env::var("SEED").map_or_else(|_| now(), |seed| seed.parse().unwrap()))
    }

    /// A number below `end`.
    fn roll(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Kills the process when so many objects are finished, and a little later.
fn kill_after(mut child: Child, journal: &Path, objects: usize, delay: Duration) {
    let started = Instant::now();
    while finished(journal).len() < objects {
        assert!(
            started.elapsed() < PATIENCE && child.try_wait().unwrap().is_none(),
            "it ended before {objects} objects"
        );
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(delay);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it ended by itself");
}

#[test]
fn a_backfill_that_is_killed_goes_on_where_it_was() {
    let (objects, kills) = if std::env::var_os("SOAK").is_some() { (2_000, 5) } else { (300, 2) };
    let Some(trail) = Trail::new("killed").map(|trail| trail.with_objects(objects)) else { return };
    assert_eq!(trail.run(&["setup", "--replicas", "0"], &trail.s3).code, Some(0));
    let (proxy, journal) = (Proxy::of(&trail.s3), trail.journal());
    let mut dice = Dice::new();
    eprintln!("{objects} objects, {} records, {kills} kills, SEED={}", objects * RECORDS, dice.0);

    let mut fetched = 0;
    for kill in 0..kills {
        let before = finished(&journal);
        // Each run gets its share of what is left, so that the last one has some too.
        let share = (objects - before.len()) / (kills - kill + 1);
        let target = before.len() + 1 + dice.roll(share);
        kill_after(trail.start(&proxy), &journal, target, Duration::from_millis(dice.roll(20) as u64));
        let gets = trail.fetched(&proxy);
        let again = gets.iter().filter(|key| before.contains(*key)).count();
        assert_eq!(again, 0, "finished objects were fetched again");
        fetched += gets.len();
        eprintln!(
            "kill {}: {} finished before, {} now, {} fetched",
            kill + 1,
            before.len(),
            finished(&journal).len(),
            gets.len()
        );
    }

    let before = finished(&journal);
    let arguments = trail.arguments("", &["--yes", "--output", "json"]);
    let last = trail.run(&arguments, &proxy.address);
    let gets = trail.fetched(&proxy);
    assert_eq!((last.code, gets.len()), (Some(0), objects - before.len()), "{last:?}");
    assert!(gets.iter().all(|key| !before.contains(key)));
    assert_eq!(counts(&last, ["finished_before", "objects", "failed"]), [before.len() as u64, gets.len() as u64, 0]);
    fetched += gets.len();

    assert_eq!(trail.indexed(), (objects * RECORDS) as u64);
    let again = trail.run(&arguments, &proxy.address);
    assert_eq!((again.code, trail.fetched(&proxy)), (Some(0), Vec::new()), "{again:?}");
    assert_eq!(counts(&again, ["finished_before", "objects", "records"]), [objects as u64, 0, 0]);
    eprintln!(
        "last run: {} of {} fetched; {fetched} fetched in all, {} of them under way when it was killed; {} records indexed",
        gets.len(),
        objects,
        fetched - objects,
        trail.indexed()
    );
}

#[test]
fn only_what_is_chosen_is_listed_and_fetched() {
    let Some(mut trail) = Trail::new("chosen").map(|trail| trail.with_objects(6 * 31)) else { return };
    for other in [
        "AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/10/05/x.json.gz",
        "AWSLogs/111122223333/Config/x.json",
        "copies/x.json",
        "README.md",
    ] {
        trail.put(other, b"{}");
    }
    assert_eq!(trail.run(&["setup", "--replicas", "0"], &trail.s3).code, Some(0));
    let proxy = Proxy::of(&trail.s3);
    let chosen = "--from 2026-10-05 --to 2026-10-06 --account 111122223333 --account 777788889999 --region us-east-1";
    let options: Vec<&str> = chosen.split(' ').chain(["--yes", "--output", "json"]).collect();
    let arguments = trail.arguments("", &options);
    let run = trail.run(&arguments, &proxy.address);
    assert_eq!(
        (run.code, counts(&run, ["objects", "records", "skipped"])),
        (Some(0), [4, 4 * RECORDS as u64, 0]),
        "{run:?}"
    );
    assert!(run.stderr.contains("; 1 left out, being outside of CloudTrail's layout\n"), "{}", run.stderr);
    let requests = proxy.take();
    let (lists, gets): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request.contains("list-type=2"));
    let is_chosen =
        |key: &str| ["1111", "7777"].iter().any(|account| key.contains(account)) && key.contains("us-east-1/2026/10/0");
    assert!(gets.len() == 4 && gets.iter().all(|request| is_chosen(request)), "{gets:?}");
    // The bucket, AWSLogs/, copies/, and of two accounts the folders, the regions and one range of days: twice.
    assert_eq!(lists.len(), 2 * (3 + 2 * 3), "{lists:?}");
    assert_eq!(lists.iter().filter(|request| request.contains("start-after=")).count(), 2 * 2, "{lists:?}");
}

#[test]
fn what_failed_or_changed_is_tried_again_and_nothing_else() {
    let Some(mut trail) = Trail::new("failed").map(|trail| trail.with_objects(3)) else { return };
    assert_eq!(trail.run(&["setup", "--replicas", "0"], &trail.s3).code, Some(0));
    let broken = key("111122223333", "eu-central-1", 2, 9);
    trail.put(&broken, &gzip(load::object(9, RECORDS))[..200]);
    let backfill = || trail.backfill("AWSLogs/", &["--yes", "--output", "json"]);
    let names = ["finished_before", "objects", "failed_objects", "indexed", "duplicate"];
    let (first, second) = (backfill(), backfill());
    assert_eq!((first.code, counts(&first, names)[..3].to_vec()), (Some(1), vec![0, 4, 1]), "{first:?}");
    assert_eq!((second.code, counts(&second, names)[..3].to_vec()), (Some(1), vec![3, 1, 1]), "{second:?}");
    let failures = second.json()["failures"].clone();
    assert_eq!(
        (failures.as_array().unwrap().len(), &failures[0]["object"]),
        (1, &json!(format!("s3://PREFIX/{broken}")))
    );
    assert!(
        second.stderr.contains(&format!("error: s3://PREFIX/{broken}: could not be inflated")),
        "{}",
        second.stderr
    );

    trail.put(&broken, &gzip(load::object(9, RECORDS)));
    trail.put(&trail.keys[0].clone(), &gzip(load::object(10, RECORDS)));
    let third = trail.backfill("AWSLogs/", &["--yes", "--output", "json"]);
    assert_eq!((third.code, counts(&third, names)[..3].to_vec()), (Some(0), vec![2, 2, 0]), "{third:?}");
    assert_eq!(trail.indexed(), 5 * RECORDS as u64);
}

#[test]
fn estimates_and_refusals_are_as_recorded() {
    let Some(trail) = Trail::new("recorded").map(|trail| trail.with_objects(60)) else { return };
    let days = ["--from", "2026-10-02", "--to", "2026-10-05"];
    let dry = |more: &[&str]| trail.backfill("AWSLogs/", &[&["--dry-run"], more].concat());
    let without_template = trail.backfill("AWSLogs/", &["--yes"]);
    assert_eq!(trail.run(&["setup", "--replicas", "0"], &trail.s3).code, Some(0));
    let unanswered = trail.backfill("AWSLogs/", &days);
    let nothing = trail.backfill("AWSLogs/", &["--account", "000000000000", "--yes"]);
    assert_eq!(trail.backfill("AWSLogs/", &["--from", "2026-10-08", "--yes"]).code, Some(0));
    let source = format!("s3://{}/AWSLogs/", trail.cluster.prefix);
    let mut recorded = vec![
        without_template,
        unanswered,
        nothing,
        dry(&[]),
        dry(&days),
        dry(&["--kind", "insight"]),
        dry(&["--region", "us-east-1", "--output", "json"]),
        trail.run(&["backfill", &source, "--yes"], &trail.s3),
        trail.backfill("", &["--yes"]),
    ];
    let [aws @ .., _, _] = trail.environment(&trail.s3);
    recorded.push(run(&["backfill", &source, "--dry-run"], &aws).replacing(&trail.cluster.prefix, "PREFIX"));
    std::fs::write(trail.journal(), "# notes\n").unwrap();
    recorded.push(dry(&[]));
    assert_recorded("backfill", &recorded);
}

#[test]
fn the_journal_has_a_place_of_its_own() {
    let Some(trail) = Trail::new("place").map(|trail| trail.with_objects(2)) else { return };
    let state = trail.folder.path().join("state");
    let source = format!("s3://{}", trail.cluster.prefix);
    let environment = trail.environment(&trail.s3);
    let environment = [&environment[..], &[("XDG_STATE_HOME", state.to_str().unwrap())]].concat();
    let backfill = || run(&["backfill", &source, "--setup", "--yes", "--output", "json"], &environment);
    assert_eq!(counts(&backfill(), ["finished_before", "objects"]), [0, 2]);
    let report = backfill();
    assert_eq!(counts(&report, ["finished_before", "objects"]), [2, 0]);
    let journal = report.json()["journal"].as_str().unwrap().to_owned();
    assert_eq!(Path::new(&journal).parent().unwrap(), state.join("trailsearch/backfill"));
    assert_eq!(finished(Path::new(&journal)).len(), 2);
}

#[test]
fn a_manifest_names_exactly_what_is_chosen() {
    let Some(mut trail) = Trail::new("manifest").map(|trail| trail.with_objects(12)) else { return };
    let place = format!("s3://{}/jobs/backfill.csv", trail.cluster.prefix);
    let function = "arn:aws:lambda:eu-central-1:111122223333:function:trailsearch";
    let role = "arn:aws:iam::111122223333:role/backfill";
    let arguments =
        ["--account", "111122223333", "--batch-manifest", &place, "--function-arn", function, "--role-arn", role];
    let in_s3 = trail.backfill("AWSLogs/", &arguments);
    trail.keys.push("jobs/backfill.csv".to_owned());
    let (_, manifest) = trail.s3("GET", "jobs/backfill.csv", b"");
    let chosen: BTreeSet<String> = trail
        .keys
        .iter()
        .filter(|key| key.contains("/111122223333/"))
        .map(|key| format!("{},{key}", trail.cluster.prefix))
        .collect();
    assert_eq!((chosen.len(), manifest.lines().map(str::to_owned).collect::<BTreeSet<_>>()), (4, chosen));

    let etag = in_s3.stdout.split(r#""ETag":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert!(etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit()), "{etag}");
    let file = trail.folder.path().join("backfill.csv");
    let in_a_file =
        trail.backfill("AWSLogs/", &["--account", "111122223333", "--batch-manifest", file.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 4);
    let denied = trail.backfill("AWSLogs/", &["--batch-manifest", "s3://no-such-bucket-of-trailsearch/a.csv"]);
    assert!(denied.stderr.contains("s3://no-such-bucket-of-trailsearch/a.csv cannot be written"), "{denied:?}");
    assert_recorded("backfill-manifest", &[in_s3.replacing(&etag, "ETAG"), in_a_file]);
}
