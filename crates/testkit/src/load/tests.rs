use super::*;
use serde_json::Value;
use std::collections::BTreeSet;

fn parsed(seed: u64, count: usize) -> Vec<Value> {
    let parse = |record: String| serde_json::from_str(&record).expect(&record);
    Records::new(seed).take(count).map(parse).collect()
}

fn share(records: &[Value], test: impl Fn(&Value) -> bool) -> f64 {
    records.iter().filter(|record| test(record)).count() as f64 / records.len() as f64
}

#[test]
fn records_are_distinct_and_those_of_the_format() {
    let records = parsed(1, 5_000);
    let ids: BTreeSet<&str> = records.iter().filter_map(|r| r["eventID"].as_str()).collect();
    assert_eq!(ids.len(), records.len());
    for record in &records {
        assert_eq!(record["eventVersion"], "1.11");
        assert!(record["userIdentity"].is_object() && record["requestID"].is_string());
        assert!(!record.to_string().contains("${"), "{record}");
    }
}

#[test]
fn a_seed_decides_the_records() {
    assert_eq!(object(3, 50), object(3, 50));
    assert_ne!(object(3, 50), object(4, 50));
    let (first, second) = (parsed(3, 500), parsed(4, 500));
    assert!(first.iter().all(|a| second.iter().all(|b| a["eventID"] != b["eventID"])));
}

#[test]
fn the_statistics_are_those_of_real_trails() {
    let records = parsed(2, 20_000);
    let bytes: usize = Records::new(2).take(20_000).map(|r| r.len()).sum();
    let average = bytes as f64 / 20_000.0;
    let off = (average / AVERAGE_BYTES as f64 - 1.0).abs();
    assert!(off < 0.1, "{average} bytes a record");

    let names: BTreeSet<String> = records.iter().map(|r| format!("{} {}", r["eventSource"], r["eventName"])).collect();
    assert!(names.len() >= 40, "{} event names", names.len());
    let failed = share(&records, |r| r["errorMessage"].is_string());
    assert!((0.08..0.12).contains(&failed), "{failed} failed");
    let reads = share(&records, |r| r["readOnly"] == true);
    assert!((0.5..0.8).contains(&reads), "{reads} reads");
    let data = share(&records, |r| r["eventCategory"] == "Data");
    assert!((0.1..0.4).contains(&data), "{data} data events");
    let foreign = share(&records, |r| !r.to_string().is_ascii());
    assert!((0.01..0.2).contains(&foreign), "{foreign} beyond ASCII");
}

#[test]
fn things_have_a_history() {
    let records = parsed(5, 10_000);
    let launched = records.iter().filter(|r| r["eventName"] == "RunInstances");
    let ids: Vec<&str> =
        launched.filter_map(|r| r["responseElements"]["instancesSet"]["items"][0]["instanceId"].as_str()).collect();
    let all = records.iter().map(Value::to_string).collect::<String>();
    assert!(ids.len() > 50);
    let seen_again = ids.iter().filter(|id| all.matches(**id).count() > 2);
    assert!(seen_again.count() * 10 > ids.len() * 9);
}

#[test]
fn times_fill_the_span() {
    let days: BTreeSet<String> = Records::new(1)
        .over(Day::new(2026, 12, 30), 4)
        .take(500)
        .filter_map(|r| serde_json::from_str::<Value>(&r).ok())
        .filter_map(|r| r["eventTime"].as_str().map(|time| time[..10].to_owned()))
        .collect();
    let expected = ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"];
    assert_eq!(days.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
#[expect(clippy::disallowed_types, reason = "the inflated size is known here")]
fn a_written_object_is_the_text_compressed() {
    let mut gzip = Vec::new();
    let written = write_object(9, 200, &mut gzip).unwrap();
    let text = io::read_to_string(flate2::read::GzDecoder::new(&gzip[..])).unwrap();
    assert_eq!(text, object(9, 200));
    assert_eq!((written.records, written.bytes), (200, text.len() as u64));
}

#[test]
fn an_object_ends_at_its_limit_of_bytes() {
    let limit = Limit { records: 1_000_000, bytes: 300_000 };
    let written = write_object_within(&mut Records::new(1), limit, io::sink()).unwrap();
    assert!((300_000..310_000).contains(&written.bytes), "{written:?}");
    assert!(serde_json::from_str::<Value>(&object(1, 0)).unwrap()["Records"].is_array());
}
