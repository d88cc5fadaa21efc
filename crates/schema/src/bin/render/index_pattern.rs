//! The index pattern of OpenSearch Dashboards, as a saved object.

use serde_json::{Map, Value, json};
use trailsearch_schema::{DEFAULT_PREFIX, Type};

use crate::dashboards::ONE_ID;
use crate::model::{FieldDef, Schema};

/// The id of the index pattern.
pub(crate) const ID: &str = "trailsearch-events";

/// Dashboards reads the fields from the server when it refreshes the pattern;
/// they are listed so that the pattern works from the moment it is imported.
pub(crate) fn object(schema: &Schema) -> serde_json::Result<Value> {
    let attributes = json!({
        "title": format!("{DEFAULT_PREFIX}-*"),
        "timeFieldName": "@timestamp",
        "fields": serde_json::to_string(&fields(schema))?,
        "fieldFormatMap": serde_json::to_string(&formats(schema))?,
    });
    Ok(json!({
        "id": ID,
        "type": "index-pattern",
        "attributes": attributes,
        "references": [],
        "migrationVersion": {"index-pattern": "7.6.0"},
    }))
}

fn fields(schema: &Schema) -> Vec<Value> {
    let concrete: Vec<_> = schema.all_fields().chain(&schema.promoted).filter(|field| is_listed(field.ty)).collect();
    let mut listed: Vec<_> = META.into_iter().map(meta).collect();
    listed.extend(concrete.iter().flat_map(|field| entries(field)));
    listed.extend(concrete.iter().flat_map(|field| alias_entries(field)));
    listed
}

fn is_listed(ty: Type) -> bool {
    !matches!(ty, Type::Object | Type::Stored)
}

/// The fields that every index has: name, type, and whether they can be counted.
const META: [(&str, &str, bool); 4] =
    [("_id", "string", true), ("_index", "string", true), ("_score", "number", false), ("_source", "_source", false)];

fn meta((name, ty, aggregatable): (&str, &str, bool)) -> Value {
    json!({"name": name, "type": ty, "esTypes": [name], "count": 0, "scripted": false,
        "searchable": aggregatable, "aggregatable": aggregatable, "readFromDocValues": false})
}

fn entries(field: &FieldDef) -> Vec<Value> {
    let mut entries = vec![entry(&field.path, field.ty, field.counted)];
    if field.has_keyword() {
        let mut keyword = entry(&format!("{}.keyword", field.path), Type::Keyword, true);
        keyword["subType"] = json!({"multi": {"parent": field.path}});
        entries.push(keyword);
    }
    entries
}

fn alias_entries(field: &FieldDef) -> Vec<Value> {
    let own = field.ecs.iter().map(|alias| entry(alias, field.ty, field.counted));
    own.chain(field.ecs_keyword.iter().map(|alias| entry(alias, Type::Keyword, true))).collect()
}

fn entry(name: &str, ty: Type, counted: bool) -> Value {
    json!({"name": name, "type": dashboards_type(ty), "esTypes": [ty.name()], "count": 0, "scripted": false,
        "searchable": true, "aggregatable": counted, "readFromDocValues": counted})
}

/// Dashboards knows no flat_object and shows its type as unknown; searching it
/// by path works all the same.
fn dashboards_type(ty: Type) -> &'static str {
    match ty {
        Type::Keyword | Type::Text => "string",
        Type::Long | Type::Double => "number",
        Type::FlatObject => "unknown",
        other => other.name(),
    }
}

fn formats(schema: &Schema) -> Map<String, Value> {
    let formatted = schema.all_fields().filter_map(|field| Some((field, field.format.as_ref()?)));
    formatted.map(|(field, format)| (field.path.clone(), shown(format))).collect()
}

/// A format as Dashboards knows it. A link leads to the dashboard of one id, with the value, in quotes, in its search bar.
fn shown(format: &str) -> Value {
    if format != "history" {
        return json!({"id": format});
    }
    let url = format!("../app/dashboards#/view/{ONE_ID}?_a=(query:(language:lucene,query:'%22{{{{value}}}}%22'))");
    json!({"id": "url", "params": {"urlTemplate": url, "labelTemplate": "{{value}}", "openLinkInCurrentTab": true}})
}
