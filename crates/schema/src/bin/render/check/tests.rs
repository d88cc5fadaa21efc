use super::*;
use crate::testing::{self, entry};

const URL: &str = "https://docs.aws.amazon.com/";

fn source(fields: Vec<FieldEntry>) -> Source {
    let file =
        FieldFile { title: "T".to_owned(), intro: "I".to_owned(), part: Part::Record, source: URL.to_owned(), fields };
    Source { files: vec![("f.yml".to_owned(), file)], ..testing::source() }
}

fn leaf(name: &str) -> PromotedEntry {
    PromotedEntry { name: name.to_owned(), why: "w".to_owned() }
}

/// The mistakes in a file with these fields, as they are shown.
fn mistakes(fields: Vec<FieldEntry>) -> Vec<String> {
    shown(source(fields))
}

fn shown(source: Source) -> Vec<String> {
    check(source).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn a_correct_field_is_kept() {
    let mut field = entry("a", "ip");
    field.ecs = vec!["source.ip".to_owned()];
    field.ecs_keyword = vec!["source.address".to_owned()];
    let schema = check(source(vec![field])).unwrap();
    let aliases = schema.aliases();
    assert_eq!(aliases, [("source.address", "a.keyword".to_owned()), ("source.ip", "a".to_owned())]);
    assert_eq!(schema.all_fields().next().unwrap().source, URL);
}

#[test]
fn an_unknown_type_names_those_that_are_known() {
    let found = mistakes(vec![entry("a", "keywrod")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("f.yml: a: unknown type \"keywrod\", expected one of keyword, text,"), "{}", found[0]);
}

#[test]
fn every_mistake_is_told_at_once() {
    let mut field = entry("a", "keyword");
    field.meaning = " ".to_owned();
    field.example = String::new();
    field.source = Some("the manual".to_owned());
    let found = mistakes(vec![field, entry("a", "keyword")]);
    let expected = [
        "f.yml: a: has no meaning",
        "f.yml: a: has no example",
        "f.yml: a: its source \"the manual\" is no https:// address",
        "f.yml: a: is declared twice",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_path_needs_declared_objects_above_it() {
    assert_eq!(mistakes(vec![entry("a.b", "keyword")]), ["f.yml: a.b: its parent a is not declared"]);
    let found = mistakes(vec![entry("a", "keyword"), entry("a.b", "keyword")]);
    assert_eq!(found, ["f.yml: a.b: its parent a is a keyword, no object"]);
    assert!(mistakes(vec![entry("a", "object"), entry("a.b", "keyword")]).is_empty());
}

#[test]
fn aliases_must_not_clash() {
    let with = |alias: &str, ty: &str| {
        let mut field = entry("a", ty);
        field.ecs = vec![alias.to_owned()];
        mistakes(vec![field, entry("b", "object"), entry("b.c", "keyword")])
    };
    assert_eq!(with("b", "keyword"), ["f.yml: a: the alias b clashes with a field"]);
    assert_eq!(with("b.d", "keyword"), ["f.yml: a: the alias b.d clashes with a field"]);
    assert_eq!(with("x.y", "flat_object"), ["f.yml: a: an alias cannot point at a flat_object"]);
    assert!(with("x.y", "keyword").is_empty());
}

#[test]
fn aliases_must_be_unique_and_leaves() {
    let with = |aliases: &[&str]| {
        let mut field = entry("a", "keyword");
        field.ecs = aliases.iter().map(ToString::to_string).collect();
        mistakes(vec![field])
    };
    assert_eq!(with(&["x.y", "x.y"]), ["f.yml: a: the alias x.y is declared twice"]);
    assert_eq!(with(&["x.y", "x"]), ["f.yml: a: the alias x.y lies below another alias"]);
}

#[test]
fn options_must_suit_the_type() {
    let mut unsearched = entry("a", "keyword");
    unsearched.unsearched = vec!["x".to_owned()];
    let mut sub_field = entry("b", "keyword");
    sub_field.ecs_keyword = vec!["x.y".to_owned()];
    let mut search = entry("c", "date");
    search.search = true;
    let mut counted = entry("d", "text");
    counted.counted = Some(true);
    let mut format = entry("e", "keyword");
    format.format = Some("link".to_owned());
    let found = mistakes(vec![unsearched, sub_field, search, counted, format]);
    let expected = [
        "f.yml: a: only a flat_object can have unsearched keys",
        "f.yml: b: ecs_keyword needs a type with a keyword sub-field, ip or text",
        "f.yml: c: bare words cannot be searched in a date",
        "f.yml: d: only a keyword can say whether it is counted",
        "f.yml: e: its format is neither bytes nor history",
    ];
    assert_eq!(found, expected);
}

#[test]
fn names_are_letters_and_digits() {
    assert!(mistakes(vec![entry("@timestamp", "date")]).is_empty());
    for bad in ["", "a..b", "a b", "a-b"] {
        let found = mistakes(vec![entry(bad, "keyword")]);
        assert!(found[0].contains("must be letters and digits"), "{bad:?}: {found:?}");
    }
}

#[test]
fn promoted_names_are_checked() {
    let mut source = source(vec![]);
    source.promoted.request = vec![leaf("a.b"), leaf("c"), leaf("c")];
    source.promoted.response = vec![PromotedEntry { name: "d".to_owned(), why: String::new() }];
    let found = shown(source);
    assert!(found[0].starts_with("promoted.yml: request.a.b: \"a.b\" cannot be promoted"), "{}", found[0]);
    assert_eq!(found[1..], ["promoted.yml: request.c: is declared twice", "promoted.yml: response.d: has no why"]);
}

#[test]
fn the_bounds_are_kept() {
    let mut many = source((0..=MAX_FIELDS).map(|n| entry(&format!("f{n}"), "keyword")).collect());
    assert_eq!(shown(many), ["fields: in all: 401 fields, objects, aliases and sub-fields, at most 400 fit"]);
    many = source(vec![]);
    many.promoted.request = (0..=promoted::MAX).map(|n| leaf(&format!("p{n}"))).collect();
    assert_eq!(shown(many), ["promoted.yml: in all: 201 promoted names, at most 200 fit"]);
}
