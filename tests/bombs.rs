//! Objects made to exhaust what reads them, against the real Lambda binary: each fails with a clear error, takes little
//! memory, and leaves the good records before its damage in the index.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::io::Read;

use flate2::bufread::DeflateDecoder;
use serde_json::value::RawValue;
use trailsearch_testkit::gzip;
use trailsearch_tests::{Log, Sandbox, event, key, sandbox};

const MOST_MIB: f64 = 128.0;

/// The longest that Lambda lets a function run.
const LONGEST: (&str, &str) = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "900");

/// Good records before the damage.
const GOOD: usize = 50;

/// What gzip writes before the compressed data where there is no name and no comment.
const GZIP_HEADER_BYTES: usize = 10;

const MEGABYTE: usize = 1_000_000;

/// An object, and what is to come of it.
struct Bomb {
    key: String,
    body: Vec<u8>,
    /// What its error says.
    error: String,
    /// The events before the damage.
    good: Vec<String>,
}

impl Bomb {
    /// A log that goes on with `rest`, gzip members, after its good records.
    fn new(name: &str, rest: impl IntoIterator<Item = Vec<u8>>, error: impl Fn(usize) -> String) -> Self {
        let log = Log::new(GOOD);
        let head = log.text.trim_end_matches("]}").to_owned() + ",";
        let mut body = gzip(&head);
        rest.into_iter().for_each(|member| body.extend(member));
        Self { key: key(name), body, error: error(head.len()), good: log.ids }
    }

    /// A log whose text ends in as many megabytes of one byte.
    fn of_one_byte(name: &str, byte: u8, megabytes: usize, error: impl Fn(usize) -> String) -> Self {
        Self::new(name, vec![gzip(vec![byte; MEGABYTE]); megabytes], error)
    }
}

/// Invokes the function with all bombs at once and checks what has come of each.
async fn explode(sandbox: &Sandbox, settings: &[(&str, &str)], bombs: Vec<Bomb>) {
    let keys: Vec<String> = bombs.iter().map(|bomb| bomb.key.clone()).collect();
    for bomb in &bombs {
        sandbox.put(&sandbox.name, &bomb.key, bomb.body.clone()).await;
    }
    let function = sandbox.function(&[&[LONGEST], settings].concat()).await;
    let reply = function.invoke(&event::sqs(&sandbox.name, &keys)).await;
    assert_eq!(reply, event::failed(&keys));

    let logged = function.logged("object failed");
    for Bomb { key, error, good, .. } in &bombs {
        let line = logged.iter().find(|line| line["object"] == *key).unwrap();
        let text = line["error"].as_str().unwrap();
        assert!(text.contains(error), "{key}: {text} instead of {error}");
        assert_eq!(line["records"], good.len(), "{key}: {line}");
        assert_eq!(sandbox.count(good).await, good.len(), "{key}");
    }
    let peak = function.peak_memory_bytes() as f64 / (1024.0 * 1024.0);
    eprintln!("{} objects: peak {peak:.1} MiB", bombs.len());
    assert!(peak < MOST_MIB, "{peak:.1} MiB");
}

#[tokio::test]
async fn ten_gigabytes_of_zeros_in_ten_megabytes() {
    let bombs = || {
        let not_json = |at| format!("not JSON at byte {at} of the uncompressed object");
        let too_large = |at| format!("the record at byte {at} of the uncompressed object is larger than the 1048576");
        let too_dense = |_| "the object inflates to more than the 250 times its size allowed".to_owned();
        vec![
            Bomb::of_one_byte("nothing", 0, 10_000, not_json),
            Bomb::of_one_byte("digits", b'0', 10_000, too_large),
            Bomb::of_one_byte("blanks", b' ', 10_000, too_dense),
        ]
    };
    sandbox("zeros", async |sandbox| explode(sandbox, &[], bombs()).await).await;
}

#[tokio::test]
async fn text_that_is_only_large() {
    let bombs = || {
        let too_large = |_| "larger than the 10000000 bytes allowed, reached at byte".to_owned();
        vec![Bomb::of_one_byte("blanks", b' ', 50, too_large)]
    };
    let settings = [("TRAILSEARCH_MAX_OBJECT_BYTES", "10000000")];
    sandbox("large-text", async |sandbox| explode(sandbox, &settings, bombs()).await).await;
}

#[tokio::test]
async fn a_record_of_300_megabytes() {
    let bombs = || {
        let record = |start: &str, byte: u8| {
            let megabyte = gzip(vec![byte; MEGABYTE]);
            std::iter::once(gzip(start)).chain(vec![megabyte; 300]).collect::<Vec<_>>()
        };
        let too_large = |at| format!("the record at byte {at} of the uncompressed object is larger than the 1048576");
        vec![
            Bomb::new("value", record(r#"{"eventID":"e1","eventName":""#, b'x'), too_large),
            Bomb::new("name", record("{\"", b'x'), too_large),
            Bomb::new("nested", record("", b'['), too_large),
        ]
    };
    sandbox("large-record", async |sandbox| explode(sandbox, &[], bombs()).await).await;
}

#[tokio::test]
async fn a_million_empty_members() {
    let bombs = || {
        let empty = vec![gzip(""); 1_000_000].concat();
        let unfinished = |at| format!("the object ends at byte {at} (uncompressed), inside the list of records");
        let nothing = "the object ends at byte 0 (uncompressed), inside an empty object".to_owned();
        vec![
            Bomb { key: key("nothing"), body: empty.clone(), error: nothing, good: Vec::new() },
            Bomb::new("unfinished", [empty], unfinished),
        ]
    };
    sandbox("members", async |sandbox| explode(sandbox, &[], bombs()).await).await;
}

#[tokio::test]
async fn more_records_than_allowed() {
    let bombs = || {
        let log = Log::new(1_500);
        let error = "the object holds more than the 1000 records allowed".to_owned();
        vec![Bomb { key: key("many"), body: log.gzip(), error, good: log.ids[..1_000].to_vec() }]
    };
    let settings = [("TRAILSEARCH_MAX_OBJECT_RECORDS", "1000")];
    sandbox("many-records", async |sandbox| explode(sandbox, &settings, bombs()).await).await;
}

#[tokio::test]
async fn a_file_cut_at_every_thousandth_byte() {
    let bombs = || {
        let log = Log::new(500);
        let whole = log.gzip();
        let cut = |length: usize| {
            let body = whole[..length].to_vec();
            let error = format!("the gzip data ends too early, at byte {length} of the object");
            let good = log.ids[..records_within(&log.text, inflated(&body).len())].to_vec();
            Bomb { key: key(&format!("cut-{length}")), body, error, good }
        };
        let bombs: Vec<Bomb> = (1_000..whole.len()).step_by(1_000).map(cut).collect();
        assert!(bombs.len() > 30 && bombs.is_sorted_by_key(|bomb| bomb.good.len()));
        bombs
    };
    sandbox("cut", async |sandbox| explode(sandbox, &[], bombs()).await).await;
}

#[tokio::test]
async fn a_file_damaged_where_it_lies() {
    let bombs = || {
        let damaged = |number: usize| {
            let log = Log::new(100);
            let (first, second) = log.text.split_at(log.text.len() * number / 10);
            let [first, mut second] = [first, second].map(gzip);
            // A block of a kind that deflate does not know: nothing of this member can be read.
            second[GZIP_HEADER_BYTES] |= 0b110;
            let good = log.ids[..records_within(&log.text, log.text.len() * number / 10)].to_vec();
            let error = "damaged gzip data near byte".to_owned();
            Bomb { key: key(&format!("damaged-{number}")), body: [first, second].concat(), error, good }
        };
        (1..10).map(damaged).collect()
    };
    sandbox("damaged", async |sandbox| explode(sandbox, &[], bombs()).await).await;
}

/// The text of a gzip member, as far as another decoder finds it in what is left of the member.
fn inflated(cut: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // That the rest is missing is no surprise.
    let _ = DeflateDecoder::new(&cut[GZIP_HEADER_BYTES..]).read_to_end(&mut text);
    text
}

/// How many records end within the first `length` bytes of a log.
fn records_within(text: &str, length: usize) -> usize {
    let log: BTreeMap<&str, Vec<&RawValue>> = serde_json::from_str(text).unwrap();
    let start = text.as_ptr() as usize;
    let end = |record: &&&RawValue| record.get().as_ptr() as usize - start + record.get().len();
    log["Records"].iter().take_while(|record| end(record) <= length).count()
}
