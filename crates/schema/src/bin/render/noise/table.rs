//! The noise rules in Rust, for whoever builds a document.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{ConditionEntry, NoiseFile, RuleEntry};

/// What stands at the end of src/rendered.rs.
pub(crate) fn render(file: &NoiseFile) -> String {
    let paths = paths(file);
    let mut text = "\n/// The paths that noise rules look at.\npub const NOISE_PATHS: &[&[&str]] = &[\n".to_owned();
    for path in &paths {
        let _ = writeln!(text, "    &{:?},", path.split('.').collect::<Vec<_>>());
    }
    text += "];\n\n/// The names of the noise rules.\npub const NOISE_NAMES: &[&str] = &[\n";
    for rule in &file.rules {
        let _ = writeln!(text, "    {:?},", rule.name);
    }
    text += "];\n\n/// The noise rules.\npub static NOISE_RULES: &[Rule] = &[\n";
    for entry in &file.rules {
        text += &rule(entry, &paths);
    }
    text + "];\n"
}

/// Each path once, sorted.
fn paths(file: &NoiseFile) -> Vec<&str> {
    let conditions = file.rules.iter().flat_map(|rule| rule.when.iter().chain(&rule.unless));
    let paths: BTreeSet<&str> = conditions.filter_map(|condition| condition.at.as_deref()).collect();
    paths.into_iter().collect()
}

fn rule(entry: &RuleEntry, paths: &[&str]) -> String {
    let [when, unless] = [&entry.when, &entry.unless].map(|list| conditions(list, paths));
    format!("    Rule {{ name: {:?}, when: &[{when}], unless: &[{unless}] }},\n", entry.name)
}

fn conditions(list: &[ConditionEntry], paths: &[&str]) -> String {
    let mut text = String::new();
    for entry in list {
        let _ = write!(text, "\n        Condition::{},", condition(entry, paths));
    }
    if text.is_empty() { text } else { text + "\n    " }
}

fn condition(entry: &ConditionEntry, paths: &[&str]) -> String {
    match &entry.at {
        Some(path) => {
            let place = paths.iter().position(|known| known == path).unwrap_or_default();
            format!("Member({place}, &[{}])", tests(entry).join(", "))
        }
        None if entry.machine => "Machine".to_owned(),
        None => "LogBucket".to_owned(),
    }
}

fn tests(entry: &ConditionEntry) -> Vec<String> {
    let mut tests = Vec::new();
    for (variant, _, texts) in entry.tests() {
        tests.extend(texts.iter().map(|text| format!("Test::{variant}({text:?})")));
    }
    tests.extend(entry.absent.then(|| "Test::Absent".to_owned()));
    tests
}
