//! Golden pairs: a record of ours in the shape that CloudTrail delivers, `<area>/<name>.json`, and beside it the
//! document that is made of it, `<area>/<name>.expected.json`.
//!
//! After a change that is meant, write the documents anew and read what git says of them:
//!
//! ```text
//! UPDATE_GOLDEN=1 cargo test -p trailsearch-core --test golden
//! ```

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

#[path = "../oracle/check.rs"]
#[expect(dead_code, reason = "only the oracle degrades")]
mod check;
mod diff;
mod identity;
#[path = "../oracle/made.rs"]
mod made;
#[path = "../oracle/node.rs"]
mod node;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use made::{Made, document};
use serde_json::Value;
use trailsearch_schema::noise;

/// How the names of expected documents end.
const EXPECTED: &str = ".expected.json";

/// A record and the file of the document that is expected of it.
struct Pair {
    /// `<area>/<name>`.
    name: String,
    record: Vec<u8>,
    expected: PathBuf,
}

impl Pair {
    fn at(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a record that can be read");
        // CloudTrail writes no line breaks.
        let record = text.lines().map(str::trim_start).collect::<String>().into_bytes();
        let expected = path.with_extension("").into_os_string().into_string().expect("a name in UTF-8") + EXPECTED;
        let name = path.strip_prefix(folder()).expect("a file of the folder").with_extension("");
        Self { name: name.to_string_lossy().into_owned(), record, expected: PathBuf::from(expected) }
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&self.record).expect("a record in JSON")
    }

    /// The document as it stands in the file; null where there is none.
    fn expected(&self) -> Value {
        fs::read(&self.expected).map_or(Value::Null, |text| serde_json::from_slice(&text).expect("a document in JSON"))
    }

    /// The document that is made of the record, which an index takes and in which nothing is lost.
    fn actual(&self) -> Value {
        let made = document(&self.record);
        check::check(&self.record, &made);
        let mut document: Value = serde_json::from_slice(&made.body).expect("a document in JSON");
        // A release changes no document.
        document["ingest"]["version"] = Value::from("VERSION");
        document
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The JSON files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => found.extend(files(&path)),
            Some(extension) if extension == "json" => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

fn pairs() -> Vec<Pair> {
    let records = files(&folder()).into_iter().filter(|path| !path.to_string_lossy().ends_with(EXPECTED));
    records.map(|path| Pair::at(&path)).collect()
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

#[test]
fn documents_are_as_expected() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differences = String::new();
    for pair in pairs() {
        println!("{}", pair.name);
        let (expected, actual) = (pair.expected(), pair.actual());
        if expected == actual {
            continue;
        }
        if update {
            let text = serde_json::to_string_pretty(&actual).expect("JSON") + "\n";
            fs::write(&pair.expected, text).expect("a file that can be written");
        }
        differences.extend([format!("\n{}", pair.expected.display()), diff::diff(&expected, &actual)]);
    }
    assert!(update || differences.is_empty(), "{differences}\n\nif this is meant: UPDATE_GOLDEN=1");
}

#[test]
fn every_document_has_its_record() {
    let expected: BTreeSet<PathBuf> = pairs().into_iter().map(|pair| pair.expected).collect();
    let orphans: Vec<PathBuf> = files(&folder())
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(EXPECTED) && !expected.contains(path))
        .collect();
    assert!(orphans.is_empty(), "{orphans:?}");
}

#[test]
fn every_actor_has_a_name() {
    for pair in pairs() {
        let document = pair.actual();
        assert!(text(&document, "/actor/name").is_some_and(|name| !name.is_empty()), "{}", pair.name);
    }
}

#[test]
fn every_noise_rule_is_met() {
    let documents: Vec<Value> = pairs().iter().map(Pair::actual).collect();
    let met =
        |rule: &&str| documents.iter().any(|document| document["noise"].to_string().contains(&format!("\"{rule}\"")));
    for rule in noise::NAMES {
        assert!(met(rule), "{rule}");
    }
}

#[test]
fn every_kind_of_event_and_identity_is_there() {
    let records: Vec<Value> = pairs().iter().map(Pair::record).collect();
    let seen =
        |pointer: &str| -> BTreeSet<&str> { records.iter().filter_map(|record| text(record, pointer)).collect() };
    let lacks = |pointer: &str, wanted: &[&'static str]| -> Vec<&str> {
        let seen = seen(pointer);
        wanted.iter().copied().filter(|value| !seen.contains(value)).collect()
    };
    let names = seen("/eventName").len();
    assert!(names >= 80, "only {names} names of events");
    let nothing: [&str; 0] = [];
    assert_eq!(lacks("/userIdentity/type", &identity::TYPES), nothing);
    assert_eq!(lacks("/eventCategory", &["Management", "Data", "NetworkActivity", "Insight", "Aggregated"]), nothing);
    let types = [
        "AwsApiCall",
        "AwsServiceEvent",
        "AwsConsoleAction",
        "AwsConsoleSignIn",
        "AwsConsoleSignin",
        "AwsVpceEvent",
        "AwsVpceEvents",
        "AwsCloudTrailInsight",
        "AwsAggregatedEvent",
    ];
    assert_eq!(lacks("/eventType", &types), nothing);
    assert_eq!(lacks("/insightDetails/state", &["Start", "End"]), nothing);
    assert_eq!(lacks("/insightDetails/insightType", &["ApiCallRateInsight", "ApiErrorRateInsight"]), nothing);
}
