//! The noise rules: mappings/noise.yml as it stands, and its mistakes.

pub(crate) mod reference;
pub(crate) mod table;

use std::collections::BTreeSet;

use serde::Deserialize;
use trailsearch_schema::noise;

use crate::check::{Problem, problem};

const FILE: &str = "noise.yml";

/// mappings/noise.yml.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoiseFile {
    pub intro: String,
    pub rules: Vec<RuleEntry>,
}

/// One rule.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleEntry {
    pub name: String,
    pub meaning: String,
    pub why: String,
    pub sources: Vec<String>,
    pub when: Vec<ConditionEntry>,
    #[serde(default)]
    pub unless: Vec<ConditionEntry>,
    /// A record that matches.
    pub record: serde_json::Map<String, serde_json::Value>,
    pub cases: Vec<CaseEntry>,
}

/// One condition: tests of the member `at` a path, or one of the two that need none.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConditionEntry {
    pub at: Option<String>,
    pub is: Vec<String>,
    pub starts: Vec<String>,
    pub ends: Vec<String>,
    pub word: Vec<String>,
    pub absent: bool,
    pub machine: bool,
    pub log_bucket: bool,
}

/// What becomes of the rule's record once some of its members are changed. The core tries them all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseEntry {
    /// Whether it still matches.
    pub noise: bool,
    pub what: String,
    /// Paths of members and what they become; null removes one.
    pub change: serde_json::Map<String, serde_json::Value>,
}

impl ConditionEntry {
    /// The tests that have texts: each in Rust, in words, and with its texts.
    fn tests(&self) -> impl Iterator<Item = (&'static str, &'static str, &[String])> {
        let all: [(_, _, &[String]); 4] = [
            ("Is", "is", &self.is),
            ("Starts", "starts with", &self.starts),
            ("Ends", "ends with", &self.ends),
            ("Word", "has the word", &self.word),
        ];
        all.into_iter().filter(|(.., texts)| !texts.is_empty())
    }

    fn has_tests(&self) -> bool {
        self.absent || self.tests().next().is_some()
    }
}

/// Mistakes in the rules; `is_known` tells whether records have a member at a path.
pub(crate) fn problems(file: &NoiseFile, is_known: impl Fn(&str) -> bool) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for rule in &file.rules {
        let mut found: Vec<String> = rule_problems(rule).collect();
        if !seen.insert(&rule.name) {
            found.push("is declared twice".to_owned());
        }
        let conditions = rule.when.iter().chain(&rule.unless);
        found.extend(conditions.filter_map(|condition| condition_problem(condition, &is_known)));
        problems.extend(found.into_iter().map(|what| problem(FILE, &rule.name, what)));
    }
    if file.rules.len() > noise::MAX {
        problems.push(problem(FILE, "in all", format!("{} rules, at most {} fit", file.rules.len(), noise::MAX)));
    }
    problems
}

fn rule_problems(rule: &RuleEntry) -> impl Iterator<Item = String> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let has = |noise| rule.cases.iter().any(|case| case.noise == noise);
    let mistakes = [
        (!plain(&rule.name), "its name must be lowercase letters and '-'"),
        (rule.meaning.trim().is_empty(), "has no meaning"),
        (rule.why.trim().is_empty(), "has no why"),
        (
            rule.sources.is_empty() || !rule.sources.iter().all(|source| source.starts_with("https://")),
            "needs sources, each an https:// address",
        ),
        (rule.when.is_empty(), "has no conditions"),
        (rule.record.is_empty(), "has no record"),
        (!has(true) || !has(false), "needs cases that match and cases that do not"),
        (rule.cases.iter().any(|case| case.change.is_empty()), "has a case that changes nothing"),
    ];
    mistakes.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what.to_owned())
}

fn condition_problem(condition: &ConditionEntry, is_known: impl Fn(&str) -> bool) -> Option<String> {
    match (&condition.at, condition.machine, condition.log_bucket) {
        (Some(path), false, false) if !is_known(path) => Some(format!("records have no {path}")),
        (Some(path), false, false) if !condition.has_tests() => Some(format!("its condition at {path} tests nothing")),
        (Some(_), false, false) => None,
        (None, true, false) | (None, false, true) if !condition.has_tests() => None,
        _ => Some("a condition is tests at one path, or machine, or log_bucket".to_owned()),
    }
}

#[cfg(test)]
mod tests;
