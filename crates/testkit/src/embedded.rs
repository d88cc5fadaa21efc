//! Reading the data files that are compiled into this crate.

use crate::record::{Fields, compose, string};
use crate::template::{Tables, Template};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Display;

/// What every record has unless it says otherwise.
const ENVELOPE: &str = include_str!("../data/envelope.json");

/// Ends the run for a mistake in an embedded file, which the tests of this
/// crate would have met: there is nothing a caller could do about it.
#[expect(clippy::panic, reason = "embedded data are part of the program")]
fn mistake(what: &str, error: impl Display) -> ! {
    panic!("mistake in the embedded {what}: {error}")
}

/// The JSON of the file or field `what`.
pub(crate) fn parse<T: DeserializeOwned>(what: &str, json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| mistake(what, error))
}

/// The fields of every record.
pub(crate) fn envelope() -> Fields {
    parse("envelope", ENVELOPE)
}

/// A member that must be there.
pub(crate) fn member<'a, T>(of: &'a BTreeMap<String, T>, name: &str) -> &'a T {
    of.get(name).unwrap_or_else(|| mistake(name, "no such member"))
}

/// A field, or `default` where it is missing.
pub(crate) fn field<T: DeserializeOwned>(of: &Fields, name: &str, default: T) -> T {
    of.get(name).map_or(default, |value| parse(name, value.get()))
}

/// A JSON object of tables: lists of rows, each a list of strings.
pub(crate) fn tables(what: &str, json: &str) -> Tables {
    let tables: BTreeMap<String, Vec<Vec<Box<RawValue>>>> = parse(what, json);
    let cells = |row: Vec<Box<RawValue>>| row.iter().map(|cell| inside(cell.get())).collect();
    tables.into_iter().map(|(name, rows)| (name, rows.into_iter().map(cells).collect())).collect()
}

/// What stands between the quotes of a JSON string, escapes kept.
fn inside(json: &str) -> String {
    json.trim_matches('"').to_owned()
}

/// The string of a field in the last layer that has it.
pub(crate) fn last<'a>(layers: &[&'a Fields], name: &str) -> Option<&'a str> {
    layers.iter().rev().find_map(|layer| string(layer, name))
}

/// A template of the record that `layers` make, each over the ones before.
///
/// Beside the slots, `${it}` stands for `item`, and `${service}`, `${action}`
/// and `${arn}` for the record's own `ec2`, `ec2:RunInstances` and `userIdentity.arn`.
pub(crate) fn template(layers: &[&Fields], item: &str, tables: &Tables) -> Template {
    let name = last(layers, "eventName").unwrap_or("");
    let source = last(layers, "eventSource").unwrap_or("");
    let service = source.trim_end_matches(".amazonaws.com");
    let text = compose(layers)
        .replace("${it}", item)
        .replace("${service}", service)
        .replace("${action}", &format!("{service}:{name}"))
        .replace("${arn}", &actor_arn(layers).unwrap_or_default());
    text_template(name, &text, tables)
}

/// A template of any text.
pub(crate) fn text_template(what: &str, text: &str, tables: &Tables) -> Template {
    Template::parse(text, tables).unwrap_or_else(|error| mistake(what, error))
}

fn actor_arn(layers: &[&Fields]) -> Option<String> {
    let identity = layers.iter().rev().find_map(|layer| layer.get("userIdentity"))?;
    let identity: Fields = parse("userIdentity", identity.get());
    string(&identity, "arn").map(str::to_owned)
}
