use super::*;
use crate::check::{self, Problem};
use crate::model::Schema;
use crate::source::Source;
use crate::testing;

/// A dashboard with one search and one table, in which `change` changes members by their JSON pointers.
fn problems(change: &[(&str, Value)]) -> Vec<String> {
    let mut dashboard = testing::dashboard();
    for (pointer, value) in change {
        *dashboard.pointer_mut(pointer).unwrap() = value.clone();
    }
    let shown = |problem: &Problem| problem.to_string();
    schema(dashboard).err().unwrap_or_default().iter().map(shown).collect()
}

fn schema(dashboard: Value) -> Result<Schema, Vec<Problem>> {
    let dashboard = serde_json::from_value(dashboard).unwrap();
    check::check(Source { dashboards: vec![("d.yml".to_owned(), dashboard)], ..testing::source() })
}

fn objects() -> Vec<Value> {
    let text = ndjson(&schema(testing::dashboard()).unwrap()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn inner(object: &Value, pointer: &str) -> Value {
    serde_json::from_str(object.pointer(pointer).unwrap().as_str().unwrap()).unwrap()
}

#[test]
fn a_correct_dashboard_has_no_mistakes() {
    assert_eq!(problems(&[]), [""; 0]);
}

#[test]
fn fields_that_are_none_or_cannot_be_counted_are_mistakes() {
    let cases = [
        ("/searches/0/query", "nmae:alice", "the query names nmae, which is no searchable field"),
        ("/searches/0/query", "kept:alice", "the query names kept, which is no searchable field"),
        ("/searches/0/query", "name:\"alice", "has an open quotation mark"),
        ("/searches/0/query", "\"cloudtrail-*\"", "the query has a text that stands for the index prefix"),
        ("/title", "trailsearch-board", "board: has a text that stands for the index prefix"),
        ("/searches/0/columns/0", "user.name", "the column user.name is no field of the schema"),
        ("/rows/0/panels/1/table/by/0", "parts.x", "parts.x is no field of the schema that can be counted"),
        ("/rows/0/panels/1/table/by/0", "user.name", "user.name is no field of the schema that can be counted"),
        ("/rows/0/panels/1/table/show/1", "sum name", "the sum name cannot be taken"),
        ("/rows/0/panels/1/table/time", "name", "name is no date"),
        ("/rows/0/panels/0/search", "nobody", "nobody: is no saved search"),
        ("/rows/0/panels/2/text", "[x](#nowhere)", "links to nowhere, which is no dashboard"),
        ("/id", "Board", "its id must be lowercase letters and '-'"),
        ("/question", "Things.", "has no question"),
        ("/searches/0/id", "board", "board: is declared twice"),
    ];
    for (pointer, value, expected) in cases {
        let found = problems(&[(pointer, Value::from(value))]).join("\n");
        assert!(found.contains(expected), "{pointer} {value}: {found}");
    }
}

#[test]
fn what_finds_nothing_says_why() {
    let none = |expect: Value| problems(&[("/searches/0/expect", expect)]);
    assert!(none(serde_json::json!({"hits": 0}))[0].contains("does not say why"));
    assert_eq!(none(serde_json::json!({"hits": 0, "why": "nobody does that"})), [""; 0]);
    assert!(none(serde_json::json!({"hits": 3}))[0].contains("does not say what comes first"));
}

#[test]
fn measures_are_a_word_and_a_field() {
    let measure = |text: &str| Measure::try_from(text.to_owned());
    assert_eq!(measure("newest a.b").unwrap(), Measure { kind: MeasureKind::Newest, field: "a.b".to_owned() });
    for wrong in ["count a", "newest", "median a"] {
        assert!(measure(wrong).unwrap_err().to_string().starts_with(&format!("{wrong:?} is no measure")));
    }
}

#[test]
fn an_id_links_to_everything_about_it() {
    let mut source = testing::source();
    source.files[0].1.fields[1].format = Some("history".to_owned());
    let text = ndjson(&check::check(source).unwrap()).unwrap();
    let formats = inner(&serde_json::from_str(&text).unwrap(), "/attributes/fieldFormatMap");
    let link = "../app/dashboards#/view/trailsearch-one-id?_a=(query:(language:lucene,query:'%22{{value}}%22'))";
    assert_eq!(formats["name"]["params"]["urlTemplate"], link);
}

#[test]
fn a_search_has_its_columns_order_and_query() {
    let search = &objects()[1];
    assert_eq!((&search["id"], &search["type"]), (&Value::from("trailsearch-all"), &Value::from("search")));
    assert_eq!(search["attributes"]["sort"], serde_json::json!([["@timestamp", "desc"]]));
    let source = inner(search, "/attributes/kibanaSavedObjectMeta/searchSourceJSON");
    assert_eq!(source["query"], serde_json::json!({"query": "name:alice", "language": "lucene"}));
    assert_eq!(search["references"][0]["id"], "trailsearch-events");
}

#[test]
fn a_table_groups_by_its_fields_in_their_order() {
    let state = inner(&objects()[2], "/attributes/visState");
    let aggs: Vec<_> = state["aggs"].as_array().unwrap().iter().map(|agg| (&agg["id"], &agg["type"])).collect();
    let expected = [("1", "count"), ("2", "max"), ("3", "terms")].map(|(id, ty)| (Value::from(id), Value::from(ty)));
    assert_eq!(aggs, expected.each_ref().map(|(id, ty)| (id, ty)));
    assert_eq!(state["aggs"][2]["params"]["field"], "name");
}

#[test]
fn panels_of_a_row_share_its_width() {
    let dashboard = objects().pop().unwrap();
    let panels = inner(&dashboard, "/attributes/panelsJSON");
    let grid = |number: usize, key: &str| panels[number]["gridData"][key].as_u64().unwrap();
    let places: Vec<_> = (0..3).map(|number| ["x", "y", "w", "h"].map(|key| grid(number, key))).collect();
    assert_eq!(places, [[0, 0, 12, 9], [12, 0, 24, 9], [36, 0, 12, 9]]);
    assert_eq!(dashboard["references"].as_array().unwrap().len(), 3);
}

#[test]
fn links_in_texts_lead_to_dashboards() {
    let state = inner(&objects()[3], "/attributes/visState");
    assert_eq!(state["params"]["markdown"], "[here](#/view/trailsearch-board)");
}
