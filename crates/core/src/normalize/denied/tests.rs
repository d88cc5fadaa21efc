use serde_json::Value;

use crate::denial::Denial;
use crate::testing::document;

/// What the generator makes of the monitors' cases.
const EXPECTED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings/rendered/expected.json"));
const MONITOR: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings/monitors/delivery-denied.yml"));

/// The record of a case: changes are by path, null removes.
fn record(case: &Value) -> Value {
    let mut record = case["record"].clone();
    for (path, value) in case["change"].as_object().unwrap() {
        let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = parents.split('.').filter(|name| !name.is_empty()).fold(&mut record, |at, name| &mut at[name]);
        parent[name] = value.clone();
    }
    record
}

fn denial(record: &Value) -> Option<Denial> {
    document(record.to_string()).denial
}

fn cases() -> Vec<Value> {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    expected["monitors"]["delivery-denied"].as_array().unwrap().clone()
}

#[test]
fn it_is_what_the_monitor_finds() {
    for case in cases() {
        // How long ago it was is the monitor's to judge: the metric is of what arrives.
        let is_old = case["hours_ago"][0].as_u64().unwrap() > 24;
        let alerts = case["alerts"] == true || is_old;
        assert_eq!(denial(&record(&case)).is_some(), alerts, "{}", case["what"]);
    }
}

#[test]
fn it_tells_bucket_and_source() {
    let cases = cases();
    let denied = |bucket: Option<&str>, source: &str| {
        Some(Denial { bucket: bucket.map(str::to_owned), source: source.to_owned() })
    };
    assert_eq!(denial(&record(&cases[0])), denied(Some("example-flow-logs"), "delivery.logs.amazonaws.com"));
    let mut encryption = record(&cases[1]);
    encryption["requestParameters"] = Value::Null;
    assert_eq!(denial(&encryption), denied(None, "cloudtrail.amazonaws.com"));
}

#[test]
fn every_name_is_in_the_monitors_query() {
    let query = MONITOR.split("record:").next().unwrap();
    for name in super::SERVICES.iter().chain(&super::CALLS).chain([&super::ENCRYPTION]) {
        assert!(query.contains(name), "{name}");
    }
    assert_eq!(query.matches(".amazonaws.com").count(), super::SERVICES.len());
}
