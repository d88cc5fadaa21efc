use serde_json::Value;

use super::*;
use crate::{added_fields, lookup, promoted, record_fields};

/// Whether a type takes a value, arrays judged by their items.
fn takes(ty: Type, value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| takes(ty, item)),
        Value::Null => ty.accepts(Shape::Null),
        Value::Bool(_) => ty.accepts(Shape::Boolean),
        Value::Number(_) => ty.accepts(Shape::Number),
        Value::String(text) => ty.accepts(Shape::Text(text.as_bytes())),
        Value::Object(_) => ty.accepts(Shape::Object),
    }
}

#[test]
fn accepts_what_real_servers_index() {
    let table: Vec<Value> = serde_json::from_str(include_str!("../../../../mappings/accepts.json")).unwrap();
    assert_eq!(table.len(), 10);
    for row in &table {
        let ty = Type::ALL.into_iter().find(|ty| row["type"] == ty.name()).unwrap();
        for (list, expected) in [("indexed", true), ("rejected", false), ("varies", false)] {
            for value in row[list].as_array().into_iter().flatten() {
                assert_eq!(takes(ty, value), expected, "{} {value}", ty.name());
            }
        }
    }
}

fn assert_ordered(fields: &'static [Field]) {
    for pair in fields.windows(2) {
        let [a, b] = pair else { unreachable!() };
        assert_eq!(order(a.name.as_bytes(), b.name.as_bytes()), Ordering::Less, "{} {}", a.name, b.name);
    }
    for field in fields {
        assert_eq!(find(fields, field.name.as_bytes()), Some(field));
        assert_ordered(field.children);
    }
}

#[test]
fn the_table_is_ordered_for_find() {
    assert_ordered(record_fields());
    assert_ordered(added_fields());
    assert_eq!(find(record_fields(), b"eventNam"), None);
    assert_eq!(find(record_fields(), b""), None);
}

#[test]
fn record_and_added_fields_share_no_name() {
    for field in added_fields() {
        assert_eq!(find(record_fields(), field.name.as_bytes()), None, "{}", field.name);
    }
}

#[test]
fn paths_lead_to_fields() {
    let ty = |path: &str| lookup(path).map(|field| field.ty);
    assert_eq!(ty("eventTime"), Some(Type::Date));
    assert_eq!(ty("userIdentity.sessionContext.sessionIssuer.arn"), Some(Type::Keyword));
    assert_eq!(ty("userIdentity.sessionContext.webIdFederationData.attributes.any.thing"), Some(Type::FlatObject));
    assert_eq!(ty("requestParameters.instancesSet.items.imageId"), Some(Type::FlatObject));
    assert_eq!(ty("ingest.full.requestParameters"), Some(Type::Stored));
    assert_eq!(ty("request.instanceType"), Some(Type::Keyword));
    assert_eq!(ty("userIdentity.noSuchField"), None);
    assert_eq!(ty("eventTime.below"), None);
    assert_eq!(ty("event.action"), None, "aliases hold no value");
}

#[test]
fn promoted_names_are_fields() {
    for (part, leaves) in
        [("request", promoted::REQUEST), ("response", promoted::RESPONSE), ("additional", promoted::ADDITIONAL)]
    {
        let children = find(added_fields(), part.as_bytes()).unwrap().children;
        let names: Vec<_> = children.iter().map(|field| field.name).collect();
        assert_eq!(names, leaves, "{part}");
    }
}

#[test]
fn the_unique_token_of_s3_is_not_searched() {
    assert_eq!(lookup("additionalEventData").unwrap().unsearched, ["x-amz-id-2"]);
}

#[test]
fn a_child_is_found_by_name() {
    let identity = find(record_fields(), b"userIdentity").unwrap();
    assert_eq!(identity.child(b"arn").map(|field| field.ty), Some(Type::Keyword));
    assert_eq!(identity.child(b"ARN"), None);
}
