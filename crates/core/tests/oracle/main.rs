//! What must hold for the document of any record, said slowly and obviously, and
//! tried on ordinary records, hostile ones and random mutations of both.
//!
//! The documents are read by a JSON reader of its own ([`node`]), which shares no code
//! with the crate and forgives nothing that a server would not.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod check;
#[path = "../../src/testing/dice.rs"]
mod dice;
mod hostile;
mod made;
mod mutate;
mod node;
mod secrets;

use std::path::{Path, PathBuf};

use check::{check, check_degraded};
use dice::Dice;
use made::{Made, document, documents, origin};
use node::Node;
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Normalization, Normalizer};
use trailsearch_core::object::Encoding;
use trailsearch_testkit::{load, story};

/// Runs a test that reads deep values, which takes a deep stack.
pub(crate) fn deeply(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(test).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn check_all(text: &[u8]) -> usize {
    let documents = documents(text);
    documents.iter().for_each(|(record, made)| check(record, made));
    documents.len()
}

#[test]
fn ordinary_records() {
    assert_eq!(check_all(load::object(5, 2_000).as_bytes()), 2_000);
    let objects = story::objects(story::DAY);
    let logs = objects.iter().filter(|object| object.records > 0);
    assert_eq!(logs.map(|object| check_all(object.body.as_bytes())).sum::<usize>(), story::EVENTS);
}

#[test]
fn hostile_records() {
    deeply(|| {
        for (name, record) in hostile::records() {
            println!("{name}");
            check(&record, &document(&record));
        }
    });
}

#[test]
fn every_value_in_every_typed_field() {
    for (path, record) in hostile::misfits() {
        let record = record.into_bytes();
        let made = document(&record);
        assert!(!made.degraded, "{path} is degraded");
        check(&record, &made);
    }
}

#[test]
fn what_is_no_object_is_degraded() {
    for record in ["1", "null", "true", "1e400", "\"text\"", "[]", "[{\"eventID\":\"a\"}]", "\"\\ud800\"", "\"\u{1}\""]
    {
        check_degraded(record.as_bytes(), &document(record.as_bytes()), "the record is not a JSON object");
    }
    let not_utf8 = b"\"\xff\xfe\"";
    check_degraded(not_utf8, &document(not_utf8), "the record is not a JSON object");
}

#[test]
fn refused_documents_are_degraded() {
    deeply(|| {
        for (name, record) in small_hostile_records() {
            println!("{name}");
            let made = document(&record);
            let mut normalizer = Normalizer::new(&Normalization::default());
            let document = normalizer.degraded(&made.body, &origin(), 0, "refused");
            let (id, index) = (document.id.into_owned(), document.index.into_owned());
            let degraded = Made { id, index, body: document.body.to_vec(), degraded: document.degraded };
            check_degraded(&made.body, &degraded, "refused");
        }
    });
}

#[test]
fn random_mutations() {
    let mut dice = Dice(2026);
    let seeds: Vec<Node> = documents(load::object(9, 60).as_bytes())
        .into_iter()
        .chain(
            story::objects(story::DAY)
                .iter()
                .filter(|object| object.records > 0)
                .take(30)
                .flat_map(|object| documents(object.body.as_bytes()).into_iter().take(3)),
        )
        .map(|(record, _)| Node::lenient(&record))
        .collect();
    for _ in 0..4_000 {
        let mut node = dice.pick(&seeds).clone();
        let times = 1 + dice.below(6);
        (0..times).for_each(|_| mutate::once(&mut node, &mut dice));
        let record = mutate::written(&node, &mut dice);
        check(&record, &document(&record));
    }
}

#[test]
fn the_same_normalizer_forgets_the_record_before() {
    deeply(|| {
        let records: Vec<Vec<u8>> = small_hostile_records().map(|(_, record)| record).collect();
        let text = [b"[".as_slice(), &records.join(&b','), b"]"].concat();
        for (record, made) in documents(&text) {
            let alone = document(&record);
            assert_eq!(without_position(&made.body), without_position(&alone.body));
            assert_eq!((made.id, made.index, made.degraded), (alone.id, alone.index, alone.degraded));
        }
    });
}

/// The hostile records but for those that take long.
fn small_hostile_records() -> impl Iterator<Item = (String, Vec<u8>)> {
    hostile::records().into_iter().filter(|(_, record)| record.len() < 300_000)
}

/// A document without the record's position in its object.
fn without_position(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let (before, after) = text.rsplit_once("\"position\":").expect("a position");
    before.to_owned() + after.trim_start_matches(|digit: char| digit.is_ascii_digit())
}

/// Real logs, where the developer has some: `CORPUS_SAMPLES` names a folder of log objects.
#[test]
fn corpus() {
    let Some(folder) = std::env::var_os("CORPUS_SAMPLES") else {
        println!("skipped: CORPUS_SAMPLES names no folder of log objects");
        return;
    };
    let records: usize = logs(Path::new(&folder)).iter().map(|path| check_all(&inflated(path))).sum();
    println!("{records} records of CORPUS_SAMPLES are sound");
    assert!(records > 0, "no log object in {folder:?}");
}

fn logs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        match path.to_str() {
            _ if path.is_dir() => found.extend(logs(&path)),
            Some(name) if name.ends_with(".json") || name.ends_with(".json.gz") => found.push(path),
            _ => {}
        }
    }
    found
}

fn inflated(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).expect("a file that can be read");
    let mut inflater = Inflater::new(Encoding::of_name(&path.to_string_lossy()), Limits::NONE);
    let mut text = Vec::new();
    for piece in Inflater::pieces(&bytes) {
        text.extend_from_slice(inflater.push(piece).expect("gzip"));
    }
    inflater.finish().expect("whole gzip");
    text
}
