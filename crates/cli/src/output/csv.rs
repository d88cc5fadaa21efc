//! Records as comma-separated values (<https://www.rfc-editor.org/rfc/rfc4180>).

use std::io;

use serde_json::Value;

/// How the items of a list are told apart in one cell.
const BETWEEN_ITEMS: &str = " ";

/// One row for each record below a header. A member of a member is a column of its own, named by its path; the
/// columns come in the order in which they are first seen.
pub(super) fn text(records: &[Value]) -> io::Result<String> {
    let records: Vec<Vec<(String, String)>> = records.iter().map(cells).collect();
    let mut header: Vec<&str> = Vec::new();
    for (name, _) in records.iter().flatten() {
        if !header.contains(&name.as_str()) {
            header.push(name);
        }
    }
    if header.is_empty() {
        return Ok(String::new());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header)?;
    for record in &records {
        let cell = |name: &&str| record.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
        writer.write_record(header.iter().map(cell))?;
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The names and values of a record's cells.
fn cells(record: &Value) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    flatten(record, "", &mut cells);
    cells
}

fn flatten(value: &Value, path: &str, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(value, &path, cells);
            }
        }
        Value::Null => {}
        other => cells.push((path.to_owned(), cell(other))),
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => safe(text),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            safe(&items.iter().map(plain).collect::<Vec<_>>().join(BETWEEN_ITEMS))
        }
        other => other.to_string(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A spreadsheet would run what begins like a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_columns_and_lists_one_cell() {
        let records = [json!({"a": {"b": "x, y"}, "ids": ["1", "2"]}), json!({"n": 3, "a": {"b": null}})];
        assert_eq!(text(&records).unwrap(), "a.b,ids,n\n\"x, y\",1 2,\n,,3\n");
        assert_eq!(text(&[]).unwrap(), "");
    }

    #[test]
    fn what_a_caller_wrote_is_no_formula() {
        assert_eq!(text(&[json!({"a": "=HYPERLINK(1)"})]).unwrap(), "a\n'=HYPERLINK(1)\n");
    }
}
