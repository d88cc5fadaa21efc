//! The mapping of each type, and of the whole schema.

use serde_json::{Map, Value, json};
use trailsearch_schema::{KEYWORD_MAX, Type};

/// The longest text that can be counted as a whole, in UTF-16 code units: longer ones hold names and ids, and no two are alike.
const LABEL_MAX: usize = 256;

use crate::model::{FieldDef, Node, Schema, tree};

/// ISO 8601 in the extended form (`2026-11-03T09:14:27Z`) and in the basic one
/// (`20261103T091427Z`, which CloudTrail's session dates may have), and
/// milliseconds.
const DATE_FORMAT: &str = "strict_date_optional_time||basic_date_time_no_millis||epoch_millis";

/// The mapping with every field, alias and promoted name.
pub(crate) fn whole(schema: &Schema) -> Value {
    mapping(schema.all_fields().chain(&schema.promoted), schema.aliases())
}

/// The mapping without the promoted names.
pub(crate) fn fields(schema: &Schema) -> Value {
    mapping(schema.all_fields(), schema.aliases())
}

/// The mapping of the promoted names alone.
pub(crate) fn promoted(schema: &Schema) -> Value {
    mapping(schema.promoted.iter(), Vec::new())
}

fn mapping<'a>(fields: impl Iterator<Item = &'a FieldDef>, aliases: Vec<(&str, String)>) -> Value {
    let mut properties = properties(&tree(fields));
    for (alias, target) in aliases {
        insert(&mut properties, alias, json!({"type": "alias", "path": target}));
    }
    json!({"dynamic": false, "properties": properties})
}

fn properties(node: &Node<'_>) -> Map<String, Value> {
    node.children.iter().map(|(name, child)| ((*name).to_owned(), property(child))).collect()
}

fn property(node: &Node<'_>) -> Value {
    match node.field {
        Some(FieldDef { ty: Type::Object, .. }) | None => json!({"properties": properties(node)}),
        Some(FieldDef { ty: Type::Keyword, counted: false, .. }) => {
            json!({"type": "keyword", "ignore_above": KEYWORD_MAX, "doc_values": false})
        }
        Some(field) => leaf(field.ty),
    }
}

/// Puts an alias at its path, making the objects above it.
fn insert(properties: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        properties.insert(path.to_owned(), value);
        return;
    };
    let object = properties.entry(head).or_insert_with(|| json!({"properties": {}}));
    if let Some(below) = object["properties"].as_object_mut() {
        insert(below, rest, value);
    }
}

fn leaf(ty: Type) -> Value {
    match ty {
        Type::Keyword => keyword(KEYWORD_MAX),
        // Norms would weigh matches by length, which no log search wants.
        Type::Text => json!({"type": "text", "norms": false, "fields": {"keyword": keyword(LABEL_MAX)}}),
        Type::Date => json!({"type": "date", "format": DATE_FORMAT, "ignore_malformed": true}),
        Type::Ip => json!({"type": "ip", "ignore_malformed": true, "fields": {"keyword": keyword(KEYWORD_MAX)}}),
        Type::Long | Type::Double => json!({"type": ty.name(), "ignore_malformed": true}),
        Type::Stored | Type::Object => json!({"type": "object", "enabled": false}),
        Type::Boolean | Type::FlatObject => json!({"type": ty.name()}),
    }
}

fn keyword(longest: usize) -> Value {
    json!({"type": "keyword", "ignore_above": longest})
}
