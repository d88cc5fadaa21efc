//! Every accepted shape of notification, and the objects that it names.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use trailsearch_core::ack::with_causes;
use trailsearch_core::notification::{Message, Notification, Source};
use trailsearch_core::object::ObjectRef;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/notifications");

const DAY_1: &str = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/111122223333_CloudTrail_eu-central-1_20261120T0910Z_Qm3xYt7LkP0aVw9z.json.gz";
const DAY_4: &str = "AWSLogs/444455556666/CloudTrail/us-west-2/2026/11/20/444455556666_CloudTrail_us-west-2_20261120T0915Z_Hs8dEe2RnU5cBf1k.json.gz";
const ORG: &str = "AWSLogs/o-a1b2c3d4e5/777788889999/CloudTrail/eu-central-1/2026/11/20/777788889999_CloudTrail_eu-central-1_20261120T0910Z_Qm3xYt7LkP0aVw9z.json.gz";
const BLANK: &str = "team a+b/ünï/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/111122223333_CloudTrail_eu-central-1_20261120T0920Z_Zz4gJj6TyW3oXs0q.json.gz";

/// A fixture, its source, and for each message its id and what is read from it.
type Case = (&'static str, Source, Vec<(&'static str, Expected)>);

enum Expected {
    /// Bucket, key and version of each object.
    Objects(Vec<(&'static str, &'static str, Option<&'static str>)>),
    /// The start of the error.
    Error(&'static str),
}

use Expected::{Error, Objects};

/// The newest versions of these keys in the usual bucket.
fn keys(keys: &[&'static str]) -> Expected {
    Objects(keys.iter().map(|key| ("audit-logs", *key, None)).collect())
}

fn direct(file: &'static str, expected: Expected) -> Case {
    (file, Source::Direct, vec![("", expected)])
}

/// The fixtures' SQS messages are numbered.
fn sqs(file: &'static str, messages: impl IntoIterator<Item = Expected>) -> Case {
    const IDS: [&str; 8] = [
        "00000000-1111-4222-8333-444455556666",
        "00000001-1111-4222-8333-444455556666",
        "00000002-1111-4222-8333-444455556666",
        "00000003-1111-4222-8333-444455556666",
        "00000004-1111-4222-8333-444455556666",
        "00000005-1111-4222-8333-444455556666",
        "00000006-1111-4222-8333-444455556666",
        "00000007-1111-4222-8333-444455556666",
    ];
    (file, Source::Sqs, IDS.into_iter().zip(messages).collect())
}

fn batch(file: &'static str, version: &str, tasks: Vec<(&'static str, Expected)>) -> Case {
    let source =
        Source::Batch { invocation_id: "ZXhhbXBsZS1pbnZvY2F0aW9u".to_owned(), schema_version: version.to_owned() };
    (file, source, tasks)
}

fn direct_cases() -> Vec<Case> {
    let version = Some("Xk2mExampleVersion");
    let many = vec![("audit-logs", DAY_1, None), ("audit-logs", BLANK, None), ("audit-logs-org", ORG, None)];
    vec![
        direct("s3.json", Objects(vec![("audit-logs", DAY_1, Some("3HL4kqtJvjVBH40Nrjfkd"))])),
        direct("s3_many_records.json", Objects(many.clone())),
        direct("failed_invocation.json", Objects(many)),
        direct("s3_few_fields.json", keys(&[DAY_1])),
        direct("s3_test.json", keys(&[])),
        direct("sns_s3.json", keys(&[DAY_1, BLANK])),
        direct("sns_test.json", keys(&[])),
        direct("sns_cloudtrail.json", keys(&[DAY_1, BLANK])),
        direct("sns_cloudtrail_validation.json", keys(&[])),
        direct("eventbridge.json", Objects(vec![("audit-logs", BLANK, version)])),
        direct("plain.json", keys(&[BLANK])),
        direct("plain_version.json", Objects(vec![("audit-logs", DAY_1, version)])),
    ]
}

fn sqs_cases() -> Vec<Case> {
    let good_and_bad = [
        keys(&[DAY_1]),
        Error("event.Records[1].body is not JSON: expected value at line 1 column 1"),
        Error(
            "event.Records[2].body has an unknown shape: an object with the keys [customer, order]; accepted are S3,",
        ),
        Error(r#"event.Records[3].body.detail-type should be "Object Created", but is "Object Deleted""#),
        Error("event.Records[4].body holds SQS records, which is not accepted inside"),
        Error(r#"event.Records[5].body.Type should be "Notification", but is "SubscriptionConfirmation""#),
        Error(
            r#"event.Records[6].body.Records[0].eventSource should be aws:s3, aws:sqs or aws:sns, but is "aws:kinesis""#,
        ),
        keys(&[DAY_4]),
    ];
    vec![
        sqs("sqs_s3.json", [keys(&[DAY_1, DAY_4]), keys(&[BLANK])]),
        sqs("sqs_test.json", [keys(&[])]),
        sqs("sqs_sns_s3.json", [keys(&[BLANK, DAY_4])]),
        sqs("sqs_sns_cloudtrail.json", [keys(&[DAY_1, DAY_4])]),
        sqs("sqs_sns_raw_cloudtrail.json", [keys(&[DAY_1, BLANK])]),
        sqs("sqs_eventbridge.json", [keys(&[BLANK])]),
        sqs("sqs_plain.json", [keys(&[BLANK])]),
        sqs("sqs_good_and_bad.json", good_and_bad),
    ]
}

fn batch_cases() -> Vec<Case> {
    let version = Some("Xk2mExampleVersion");
    let first = vec![
        ("dGFzay0x", keys(&[BLANK])),
        ("dGFzay0y", Objects(vec![("audit-logs-cn", DAY_1, None)])),
        ("dGFzay0z", Objects(vec![("audit-logs-gov", DAY_4, version)])),
        ("dGFzay00", Error("event.tasks[3].s3BucketArn should be the ARN of an S3 bucket, but is \"arn:aws:sqs:")),
    ];
    let second = vec![
        ("dGFzay0x", keys(&[BLANK])),
        ("dGFzay0y", Objects(vec![("audit-logs", DAY_1, version)])),
        ("dGFzay0z", Error("event.tasks[2].s3Bucket should be a text, but is missing")),
    ];
    vec![batch("batch_v1.json", "1.0", first), batch("batch_v2.json", "2.0", second)]
}

fn cases() -> Vec<Case> {
    [direct_cases(), sqs_cases(), batch_cases()].into_iter().flatten().collect()
}

#[test]
fn every_shape_gives_its_objects() {
    for (file, source, expected) in cases() {
        let read = read(&Path::new(FIXTURES).join(file));
        assert_eq!(read.source, source, "{file}");
        let ids: Vec<&str> = read.messages.iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids, expected.iter().map(|(id, _)| *id).collect::<Vec<_>>(), "{file}");
        for (message, (_, expected)) in read.messages.iter().zip(expected) {
            check(file, message, expected);
        }
    }
}

fn check(file: &str, message: &Message, expected: Expected) {
    match (&message.objects, expected) {
        (Ok(found), Objects(expected)) => {
            let expected: Vec<ObjectRef> = expected.into_iter().map(object).collect();
            assert_eq!(found, &expected, "{file}: {}", message.id);
        }
        (Err(error), Error(expected)) => {
            let text = with_causes(error);
            assert!(text.starts_with(expected), "{file}: {}: {text}", message.id);
        }
        (found, _) => panic!("{file}: {}: {found:?}", message.id),
    }
}

fn object((bucket, key, version): (&str, &str, Option<&str>)) -> ObjectRef {
    ObjectRef { bucket: bucket.into(), key: key.into(), version_id: version.map(str::to_owned) }
}

fn read(path: &Path) -> Notification {
    let bytes = std::fs::read(path).unwrap();
    Notification::parse(&bytes).unwrap_or_else(|error| panic!("{}: {}", path.display(), with_causes(&error)))
}

#[test]
fn no_fixture_is_forgotten() {
    let files = std::fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let tested: BTreeSet<String> = cases().iter().map(|(file, ..)| (*file).to_owned()).collect();
    assert_eq!(files.collect::<BTreeSet<_>>(), tested);
}

/// `NOTIFICATION_SAMPLES=FOLDER cargo test -p trailsearch-core --test notifications -- --nocapture`
/// tries events of your own: all its `*.json` but the `*_response.json`.
#[test]
fn samples_from_elsewhere_are_read_too() {
    let Some(folder) = std::env::var_os("NOTIFICATION_SAMPLES") else {
        eprintln!("skipped: NOTIFICATION_SAMPLES names no folder of Lambda events");
        return;
    };
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_event =
        |path: &PathBuf| path.to_str().is_some_and(|p| p.ends_with(".json") && !p.ends_with("_response.json"));
    let mut events: Vec<PathBuf> = paths.filter(is_event).collect();
    events.sort();
    assert!(!events.is_empty(), "the folder holds no events");
    for path in events {
        let notification = read(&path);
        println!("{}: {:?}", path.display(), notification.source);
        for message in &notification.messages {
            println!("  {:?} {:?}", message.id, message.objects.as_ref().unwrap());
        }
    }
}
