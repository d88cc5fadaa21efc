use super::*;
use crate::testing::with_value;

#[test]
fn members_are_found_by_name_and_path() {
    with_value(r#"{"a":{"b":[1]},"\u0061b":"x","a":2,"":3}"#, |value| {
        assert_eq!(value.at(&["a", "b"]).map(|found| found.raw()), Some("[1]"));
        assert_eq!(value.get("ab").and_then(|found| found.str()).as_deref(), Some("x"));
        assert_eq!(value.get("a").map(|found| found.kind()), Some(Kind::Object), "the first of two counts");
        assert_eq!(value.get("").map(|found| found.raw()), Some("3"));
        assert!(value.get("b").is_none() && value.at(&["a", "b", "c"]).is_none());
    });
}

#[test]
fn containers_give_their_children_and_nothing_else() {
    with_value(r#"{"a":[{"x":1},[],"s"],"b":{}}"#, |value| {
        let names: Vec<_> = value.entries().map(|(key, _)| key.name()).collect();
        assert_eq!(names, ["a", "b"]);
        let list = value.get("a").unwrap();
        let items: Vec<_> = list.items().map(|item| item.raw()).collect();
        assert_eq!(items, [r#"{"x":1}"#, "[]", "\"s\""]);
        assert_eq!(list.entries().count() + value.items().count(), 0, "each kind has children of its own");
        assert_eq!(value.get("b").unwrap().entries().count(), 0);
        assert_eq!(list.items().last().unwrap().items().count(), 0);
    });
}

#[test]
fn scalars_as_text() {
    with_value(r#"["a\"b",7,true,null,{},"","\ud800","\q",1e400]"#, |value| {
        let texts: Vec<_> = value.items().map(|item| item.scalar().map(Cow::into_owned)).collect();
        let some = |text: &str| Some(text.to_owned());
        // A lone surrogate and an escape that does not exist stay as they were written.
        let expected =
            [some("a\"b"), some("7"), some("true"), None, None, some(""), some(r"\ud800"), some(r"\q"), some("1e400")];
        assert_eq!(texts, expected);
        assert_eq!(value.items().filter_map(|item| item.str()).count(), 4);
        assert_eq!(value.items().filter_map(|item| item.text()).count(), 3);
    });
}

#[test]
fn true_is_also_written_as_text() {
    with_value(r#"[true,"true",false,"True",1]"#, |value| {
        let truths: Vec<_> = value.items().map(|item| item.is_true()).collect();
        assert_eq!(truths, [true, true, false, false, false]);
    });
}

#[test]
fn names_are_the_same_however_they_are_written() {
    with_value(r#"{"ab":1,"\u0061b":2,"ac":3,"a":4}"#, |value| {
        let keys: Vec<_> = value.entries().map(|(key, _)| key).collect();
        let same: Vec<_> = keys.iter().map(|key| key.same(&keys[0])).collect();
        assert_eq!(same, [true, true, false, false]);
        assert!(keys[1].is("ab") && !keys[1].is("ac") && !keys[3].is("ab"));
    });
}

#[test]
fn a_value_is_found_by_where_it_starts() {
    let text = r#"{"a":[1,"b"]}"#;
    with_value(text, |value| {
        for inner in value.tokens() {
            let found = value.starting_at(inner.token().start).unwrap();
            assert_eq!(found.token(), inner.token());
        }
        assert!(value.starting_at(2).is_none());
        assert_eq!(value.starting_at(5).unwrap().tokens().count(), 4, "its own tokens and its end");
        assert_eq!(value.source(), text);
    });
}
