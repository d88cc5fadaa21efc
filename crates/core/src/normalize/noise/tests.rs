use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use trailsearch_schema::noise::NAMES;
use trailsearch_testkit::story;

use super::*;
use crate::normalize::{Normalization, actor};
use crate::testing::{document, document_with, with_value};

/// The bucket of [`crate::testing::origin`].
const BUCKET: &str = "example-logs";

/// The rules' own examples, as they stand in mappings/noise.yml.
#[derive(Deserialize)]
struct Examples {
    rules: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    record: Json,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    noise: bool,
    what: String,
    change: Map<String, Json>,
}

fn examples() -> Vec<Example> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings/noise.yml"));
    let examples: Examples = serde_saphyr::from_str(text).unwrap();
    examples.rules
}

impl Example {
    /// The record of a case.
    fn record(&self, case: &Case) -> Json {
        let mut record = self.record.clone();
        for (path, value) in &case.change {
            let place = path.split('.').fold(&mut record, |node, name| &mut node[name]);
            *place = value.clone();
        }
        record
    }
}

/// Which conditions of a rule are against a record: those that must hold and do not, and the reverse.
fn objections(rule: &Rule, record: &Json) -> Vec<Condition> {
    with_value(&record.to_string(), |record| {
        let human = actor::actor(&record).human;
        let mut facts = Facts { record: &record, human, bucket: BUCKET, found: [None; PATHS.len()] };
        let failed: Vec<_> = rule.when.iter().filter(|condition| !facts.hold(condition)).copied().collect();
        failed.into_iter().chain(rule.unless.iter().filter(|condition| facts.hold(condition)).copied()).collect()
    })
}

#[test]
fn every_example_gets_its_verdict() {
    for rule in examples() {
        let own = json!([rule.name]);
        assert_eq!(document(rule.record.to_string()).at("/noise"), own, "{}", rule.name);
        for case in &rule.cases {
            let expected = if case.noise { &own } else { &Json::Null };
            let made = document(rule.record(case).to_string());
            assert_eq!(made.at("/noise"), *expected, "{}: {}", rule.name, case.what);
        }
    }
}

#[test]
fn every_condition_turns_down_a_case_alone() {
    for example in examples() {
        let rule = RULES.iter().find(|rule| rule.name == example.name).unwrap();
        let missed = example.cases.iter().filter(|case| !case.noise);
        let single: Vec<_> =
            missed.map(|case| objections(rule, &example.record(case))).filter(|all| all.len() == 1).collect();
        for condition in rule.when.iter().chain(rule.unless) {
            assert!(single.iter().any(|all| all[0] == *condition), "{} needs a case for {condition:?}", rule.name);
        }
    }
}

#[test]
fn every_rule_has_examples() {
    let names: Vec<_> = examples().into_iter().map(|example| example.name).collect();
    assert_eq!(names, NAMES);
    assert_eq!(RULES.iter().map(|rule| rule.name).collect::<Vec<_>>(), NAMES);
}

#[test]
fn only_a_string_passes_and_only_nothing_is_absent() {
    let passes = |value: &str, test: Test| with_value(&format!("{{\"a\":{value}}}"), |it| passes(it.get("a"), &[test]));
    for value in ["null", "\"\""] {
        assert!(passes(value, Test::Absent), "{value}");
    }
    for value in ["\"x\"", "{}", "[]", "0", "false"] {
        assert!(!passes(value, Test::Absent), "{value}");
    }
    assert!(super::passes(None, &[Test::Absent]) && !super::passes(None, &[Test::Is("")]));
    for test in [Test::Is("x"), Test::Starts(""), Test::Ends(""), Test::Word("x")] {
        for value in ["[\"x\"]", "{\"x\":\"x\"}", "true", "null"] {
            assert!(!passes(value, test), "{value} {test:?}");
        }
    }
    assert!(passes(r#""\u0078""#, Test::Is("x")));
    assert!(passes(r#""[a b/1 c]""#, Test::Word("b/1")) && !passes(r#""[a b/1.2 c]""#, Test::Word("b/1")));
}

#[test]
fn several_rules_are_written_in_their_order() {
    let write = |noise: Noise| {
        let mut out = Vec::new();
        let mut to = Object::open(&mut out);
        noise.write(&mut to);
        to.close();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(write(Noise::default()), "{}");
    let two = ["log-stream", "config-probe", "unknown"].map(str::to_owned);
    assert_eq!(write(Noise::named(&two)), r#"{"noise":["config-probe","log-stream"]}"#);
}

#[test]
fn only_the_rules_that_are_named_drop() {
    let record = examples().swap_remove(0).record.to_string();
    let is_dropped = |names: &[&str]| {
        let drop_noise = names.iter().map(ToString::to_string).collect();
        document_with(&record, &Normalization { drop_noise, ..Normalization::default() }).dropped
    };
    assert!(is_dropped(&["log-stream", "config-probe"]));
    assert!(!is_dropped(&["log-stream", "macie-probe"]) && !is_dropped(&[]));
}

/// The demo's day: what a security team would look past, and nothing else.
#[test]
fn a_day_of_an_organization() {
    let mut counts: Vec<(&str, usize)> = NAMES.iter().map(|name| (*name, 0)).collect();
    for object in story::objects(story::DAY).iter().filter(|object| object.records > 0) {
        let body: Json = serde_json::from_str(&object.body).unwrap();
        for record in body.get("Records").unwrap_or(&body).as_array().unwrap() {
            let noise = document(record.to_string()).at("/noise");
            counts.iter_mut().for_each(|(name, count)| *count += usize::from(noise == json!([name])));
        }
    }
    let expected = [60, 15, 0, 40, 12, 6, 4, 0];
    assert_eq!(counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), expected, "{counts:?}");
}
