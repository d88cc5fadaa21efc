use super::*;

fn members() -> serde_json::Map<String, serde_json::Value> {
    [("eventName".to_owned(), "x".into())].into_iter().collect()
}

fn case(noise: bool) -> CaseEntry {
    CaseEntry { noise, what: "w".to_owned(), change: members() }
}

fn at(path: &str) -> ConditionEntry {
    ConditionEntry { at: Some(path.to_owned()), is: vec!["x".to_owned()], ..ConditionEntry::default() }
}

fn rule(when: Vec<ConditionEntry>) -> RuleEntry {
    RuleEntry {
        name: "some-probe".to_owned(),
        meaning: "m".to_owned(),
        why: "w".to_owned(),
        sources: vec!["https://docs.aws.amazon.com/".to_owned()],
        when,
        record: members(),
        cases: vec![case(true), case(false)],
        ..RuleEntry::default()
    }
}

fn file(rules: Vec<RuleEntry>) -> NoiseFile {
    NoiseFile { intro: "I.".to_owned(), rules }
}

/// The mistakes in these rules, as they are shown, where records have an `eventName`.
fn mistakes(rules: Vec<RuleEntry>) -> Vec<String> {
    problems(&file(rules), |path| path == "eventName").iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_rule_has_no_mistakes() {
    let machine = ConditionEntry { machine: true, ..ConditionEntry::default() };
    assert!(mistakes(vec![rule(vec![at("eventName"), machine])]).is_empty());
}

#[test]
fn every_mistake_is_told_at_once() {
    let mut bad = rule(vec![]);
    bad.name = "Some probe".to_owned();
    bad.why = " ".to_owned();
    bad.sources = vec!["the manual".to_owned()];
    bad.record.clear();
    bad.cases = vec![CaseEntry { change: serde_json::Map::new(), ..case(true) }];
    let found = mistakes(vec![bad, rule(vec![at("eventName")]), rule(vec![at("eventName")])]);
    let expected = [
        "noise.yml: Some probe: its name must be lowercase letters and '-'",
        "noise.yml: Some probe: has no why",
        "noise.yml: Some probe: needs sources, each an https:// address",
        "noise.yml: Some probe: has no conditions",
        "noise.yml: Some probe: has no record",
        "noise.yml: Some probe: needs cases that match and cases that do not",
        "noise.yml: Some probe: has a case that changes nothing",
        "noise.yml: some-probe: is declared twice",
    ];
    assert_eq!(found, expected);
}

#[test]
fn conditions_are_sound() {
    let untested = ConditionEntry { at: Some("eventName".to_owned()), ..ConditionEntry::default() };
    let mixed = ConditionEntry { machine: true, ..at("eventName") };
    let mut one = rule(vec![at("eventNaem"), untested, mixed]);
    one.unless = vec![ConditionEntry::default()];
    let found = mistakes(vec![one]);
    let expected = [
        "noise.yml: some-probe: records have no eventNaem",
        "noise.yml: some-probe: its condition at eventName tests nothing",
        "noise.yml: some-probe: a condition is tests at one path, or machine, or log_bucket",
        "noise.yml: some-probe: a condition is tests at one path, or machine, or log_bucket",
    ];
    assert_eq!(found, expected);
}

#[test]
fn no_more_rules_than_there_are_bits() {
    let named = |n: usize| RuleEntry { name: "x".repeat(n), ..rule(vec![at("eventName")]) };
    let mut rules: Vec<_> = (1..=noise::MAX).map(named).collect();
    assert!(mistakes(rules).is_empty());
    rules = (1..=noise::MAX + 1).map(named).collect();
    assert_eq!(mistakes(rules), ["noise.yml: in all: 33 rules, at most 32 fit"]);
}

#[test]
fn rules_become_rust_and_words() {
    let either = ConditionEntry { starts: vec!["Get".to_owned()], absent: true, ..at("userIdentity.type") };
    let mut one = rule(vec![at("eventName"), either]);
    one.unless = vec![ConditionEntry { log_bucket: true, ..ConditionEntry::default() }];
    let file = file(vec![one]);
    let table = table::render(&file);
    for line in [
        "    &[\"userIdentity\", \"type\"],\n",
        "    \"some-probe\",\n",
        "        Condition::Member(0, &[Test::Is(\"x\")]),\n",
        "        Condition::Member(1, &[Test::Is(\"x\"), Test::Starts(\"Get\"), Test::Absent]),\n    ], unless: &[\n",
        "        Condition::LogBucket,\n    ] },\n",
    ] {
        assert!(table.contains(line), "{line} is missing in\n{table}");
    }
    let page = reference::render(&file);
    for line in [
        "| [`some-probe`](#some-probe) | m |\n",
        "- `userIdentity.type` is `x`, or starts with `Get`, or is absent\n",
        "- but not: `requestParameters.bucketName` is the bucket",
        "| w | no |\n",
    ] {
        assert!(page.contains(line), "{line} is missing in\n{page}");
    }
}
