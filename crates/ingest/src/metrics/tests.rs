use trailsearch_core::timing::{Stage, Timing};

use super::*;

const SCOPE: Scope<'_> = Scope { namespace: "trailsearch", function: "ingester" };

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// An object of a kind, an account and a region.
fn object(folder: &str, account: &str, region: &str) -> ObjectRef {
    let key = format!("AWSLogs/{account}/{folder}/{region}/2026/11/20/a.json.gz");
    ObjectRef { bucket: "example-logs".to_owned(), key, version_id: None }
}

fn log() -> ObjectRef {
    object("CloudTrail", "111122223333", "eu-central-1")
}

/// Books of an object whose oldest event happened at 100 s and which was stored at 350 s.
fn books() -> Books {
    let bulk = Stage { busy: Duration::from_micros(1_250_250), span: None };
    let timing = Timing { bulk, oldest_event: Some(at(100)), stored: Some(at(350)), ..Timing::default() };
    Books { objects: 1, records: 12, indexed: 9, duplicate: 2, failed: 1, bytes_read: 700, timing, ..Books::default() }
}

/// The lines as CloudWatch reads them. Whatever the format asks for holds of each.
fn lines(report: &Report) -> Vec<Value> {
    let lines = report.lines(SCOPE, "request-1", at(1_000));
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).inspect(check).collect()
}

fn check(line: &Value) {
    assert_eq!((&line["_aws"]["Timestamp"], &line["requestId"]), (&json!(1_000_000), &json!("request-1")));
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], "trailsearch");
        for dimension in directive["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap()) {
            let value = line[dimension.as_str().unwrap()].as_str().unwrap();
            assert!((1..=1024).contains(&value.len()), "{dimension}: {line}");
        }
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()), "{line}");
        for name in metrics.iter().map(|metric| metric["Name"].as_str().unwrap()) {
            let many = line[name]
                .as_array()
                .is_some_and(|values| (1..=MOST_VALUES).contains(&values.len()) && values.iter().all(Value::is_number));
            assert!(many || line[name].is_number(), "{name}: {line}");
        }
    }
}

/// The sets of dimensions of a metric.
fn dimensions<'l>(line: &'l Value, name: &str) -> &'l Value {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    let has = |directive: &&Value| directive["Metrics"].as_array().unwrap().iter().any(|metric| metric["Name"] == name);
    &directives.iter().find(has).unwrap()["Dimensions"]
}

#[test]
fn the_invocation_has_one_line() {
    let mut report = Report::default();
    report.done(&log(), &books(), at(360), true);
    report.failed(&log(), &books());
    report.unreadable();
    let line = &lines(&report)[0];
    for (name, value) in [
        ("RecordsRead", 24),
        ("RecordsIndexed", 18),
        ("RecordsDuplicate", 4),
        ("RecordsFailed", 2),
        ("ObjectsFailed", 1),
        ("MessagesUnreadable", 1),
        ("BytesRead", 1_400),
        ("RecordsDropped", 0),
    ] {
        assert_eq!(line[name], value, "{name}");
        assert_eq!(*dimensions(line, name), json!([["FunctionName"]]), "{name}");
    }
    assert_eq!((&line["FunctionName"], &line["BulkTime"]), (&json!("ingester"), &json!(2_500.5)));
}

#[test]
fn each_kind_account_and_region_has_one_line() {
    let mut report = Report::default();
    report.done(&log(), &books(), at(360), true);
    report.done(&log(), &books(), at(351), true);
    report.done(&object("CloudTrail", "444455556666", "eu-central-1"), &books(), at(352), true);
    report.skipped(&object("CloudTrail-Digest", "111122223333", "eu-central-1"));
    report.failed(&ObjectRef { key: "copy.json".to_owned(), ..log() }, &books());
    let lines = lines(&report);
    let group = |line: &Value| ["Kind", "Account", "Region", "Objects"].map(|name| line[name].clone());
    let groups: Vec<[Value; 4]> = lines[1..].iter().map(group).collect();
    assert_eq!(
        json!(groups),
        json!([
            ["Log", "111122223333", "eu-central-1", 2],
            ["Log", "444455556666", "eu-central-1", 1],
            ["Digest", "111122223333", "eu-central-1", 1],
            ["Unplaced", "unknown", "unknown", 1],
        ])
    );
    assert_eq!(lines[1]["EventToS3Time"], json!([250.0, 250.0]));
    assert_eq!(lines[1]["S3ToSearchableTime"], json!([10.0, 1.0]));
    let both = json!([["FunctionName"], ["FunctionName", "Account", "Region"]]);
    assert_eq!(*dimensions(&lines[1], "S3ToSearchableTime"), both);
    assert_eq!(*dimensions(&lines[1], "Objects"), json!([["FunctionName", "Kind"]]));
    assert!(lines[3..].iter().all(|line| line.get("S3ToSearchableTime").is_none()));
}

#[test]
fn what_is_old_on_purpose_or_of_unknown_age_has_no_age() {
    let mut report = Report::default();
    report.done(&log(), &books(), at(360), false);
    report.done(&log(), &Books { timing: Timing::default(), ..books() }, at(360), true);
    let line = &lines(&report)[1];
    assert_eq!((&line["Objects"], line.get("EventToS3Time"), line.get("S3ToSearchableTime")), (&json!(2), None, None));
}

#[test]
fn a_metric_has_at_most_a_hundred_values_in_a_line() {
    let mut report = Report::default();
    (0..250).for_each(|_| report.done(&log(), &books(), at(360), true));
    let objects: Vec<u64> = lines(&report)[1..].iter().map(|line| line["Objects"].as_u64().unwrap()).collect();
    assert_eq!(objects, [100, 100, 50]);
}

#[test]
fn each_denied_delivery_has_one_line_that_tells_which() {
    let denial = |bucket: Option<&str>| Denial {
        bucket: bucket.map(str::to_owned),
        source: "delivery.logs.amazonaws.com".to_owned(),
    };
    let (mut report, mut denials) = (Report::default(), Denials::default());
    for bucket in [Some("example-flow-logs"), None, Some("example-flow-logs")] {
        denials.add(&denial(bucket));
    }
    report.denied(&denials);
    report.denied(&denials);
    let lines = lines(&report);
    let told = |line: &Value| ["bucket", "source", "DeliveryDenied"].map(|name| line[name].clone());
    assert_eq!(
        json!(lines[1..].iter().map(told).collect::<Vec<_>>()),
        json!(
            [["unknown", "delivery.logs.amazonaws.com", 2], ["example-flow-logs", "delivery.logs.amazonaws.com", 4],]
        )
    );
    assert!(lines[1..].iter().all(|line| *dimensions(line, "DeliveryDenied") == json!([["FunctionName"]])));
}

#[test]
fn access_logs_have_no_delay_of_cloudtrails() {
    let key = "access/2026-11-20-09-14-27-8C2A7F31D09B4E65".to_owned();
    let mut report = Report::default();
    report.done(&ObjectRef { key, ..log() }, &books(), at(360), true);
    let line = &lines(&report)[1];
    assert_eq!((&line["Kind"], line.get("EventToS3Time")), (&json!("AccessLog"), None));
    assert_eq!(line["S3ToSearchableTime"], json!([10.0]));
}

/// `make render` writes the page.
#[test]
fn the_reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, reference()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), reference(), "run `make render`");
}
