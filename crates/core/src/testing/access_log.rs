//! What must hold of the document of any line of an access log.

use serde_json::Value;
use trailsearch_schema::{Shape, access_log_fields, find};

/// Checks that the mapping takes the document, and that nothing of the line is lost.
pub(crate) fn check(document: &Value, line: &[u8], degraded: bool) {
    for (name, value) in document.as_object().expect("an object") {
        let field = find(access_log_fields(), name.as_bytes()).unwrap_or_else(|| panic!("{name} is not mapped"));
        assert!(field.ty.accepts(shape(value)), "{name}: {value}");
    }
    let line = String::from_utf8_lossy(line);
    // Secrets do not stay.
    if line.contains("X-Amz-S") {
        return;
    }
    if degraded {
        assert_eq!(document["ingest"]["raw"], line.as_ref());
    } else {
        check_words(document, &line);
    }
}

fn shape(value: &Value) -> Shape<'_> {
    match value {
        Value::Object(_) => Shape::Object,
        Value::Number(_) => Shape::Number,
        _ => Shape::Text(b""),
    }
}

/// Every word of the line stands in the document; the time, its third field, has another form there.
fn check_words(document: &Value, line: &str) {
    let mut kept = String::new();
    gather(document, &mut kept);
    let (before, time_and_after) = line.split_at(line.match_indices(' ').nth(1).map_or(0, |(blank, _)| blank + 1));
    let after = time_and_after.split_once(']').map_or(time_and_after, |(_, after)| after);
    for word in before.split(' ').chain(after.split(' ')).map(|word| word.trim_matches(['"', '-'])) {
        assert!(kept.contains(word.trim()), "{word:?} of {line:?}: {document}");
    }
}

fn gather(value: &Value, kept: &mut String) {
    match value {
        Value::String(text) => kept.push_str(text),
        Value::Number(number) => kept.push_str(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| gather(item, kept)),
        Value::Object(members) => members.values().for_each(|member| gather(member, kept)),
        Value::Bool(_) | Value::Null => {}
    }
    kept.push(' ');
}
