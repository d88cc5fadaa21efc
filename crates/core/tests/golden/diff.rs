//! What differs between two JSON values, path by path.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

/// A line for each place where the values differ: its JSON pointer, what is expected there and what is.
pub(crate) fn diff(expected: &Value, actual: &Value) -> String {
    let mut lines = String::new();
    compare("", Some(expected), Some(actual), &mut lines);
    lines
}

fn compare(path: &str, expected: Option<&Value>, actual: Option<&Value>, lines: &mut String) {
    match (expected, actual) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().for_each(|name| compare(&format!("{path}/{name}"), a.get(name), b.get(name), lines));
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).for_each(|at| compare(&format!("{path}/{at}"), a.get(at), b.get(at), lines));
        }
        _ if expected == actual => {}
        _ => {
            let _ = write!(lines, "\n  {path}: expected {}, is {}", shown(expected), shown(actual));
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[test]
fn every_place_that_differs_is_named() {
    let expected = serde_json::json!({"a": 1, "b": [1, {"c": "x"}], "d": null, "same": {"e": []}});
    let actual = serde_json::json!({"a": "1", "b": [1, {"c": "y"}, 2], "f": {}, "same": {"e": []}});
    let lines = [
        "/a: expected 1, is \"1\"",
        "/b/1/c: expected \"x\", is \"y\"",
        "/b/2: expected nothing, is 2",
        "/d: expected null, is nothing",
        "/f: expected nothing, is {}",
    ];
    assert_eq!(diff(&expected, &actual).lines().skip(1).map(str::trim).collect::<Vec<_>>(), lines);
    assert_eq!(diff(&actual, &actual), "");
}
