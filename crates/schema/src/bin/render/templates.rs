//! The index template and its component templates, for each flavor of server.

use serde_json::{Value, json};
use trailsearch_schema::Type;

use crate::model::{FieldDef, Schema};
use crate::{Output, RenderError, mapping};

/// The files of both flavors. `{prefix}` stands for the index prefix.
///
/// Serverless has the same fields and no settings: it manages shards, replicas,
/// refreshing and codecs by itself.
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-overview.html>
pub(crate) fn render(schema: &Schema) -> Result<Vec<Output>, RenderError> {
    let [fields, promoted] = [mapping::fields(schema), mapping::promoted(schema)].map(component);
    let bodies = [
        ("mappings/rendered/opensearch/settings.json", settings(schema)),
        ("mappings/rendered/opensearch/fields.json", fields.clone()),
        ("mappings/rendered/opensearch/promoted.json", promoted.clone()),
        ("mappings/rendered/opensearch/index-template.json", index_template(&["settings", "fields", "promoted"])),
        ("mappings/rendered/serverless/fields.json", fields),
        ("mappings/rendered/serverless/promoted.json", promoted),
        ("mappings/rendered/serverless/index-template.json", index_template(&["fields", "promoted"])),
    ];
    bodies.into_iter().map(|(path, body)| Ok(Output::json(path, &body)?)).collect()
}

fn component(mappings: Value) -> Value {
    json!({"template": {"mappings": mappings}})
}

fn index_template(components: &[&str]) -> Value {
    let composed_of: Vec<_> = components.iter().map(|name| format!("{{prefix}}-{name}")).collect();
    json!({"index_patterns": ["{prefix}-*"], "composed_of": composed_of, "template": {"mappings": {}}})
}

fn settings(schema: &Schema) -> Value {
    let set = schema.settings.iter().map(|setting| (setting.name.clone(), setting.value.clone()));
    let mut index: serde_json::Map<_, _> = set.collect();
    index.insert("query.default_field".to_owned(), json!(default_field(schema)));
    json!({"template": {"settings": {"index": index}}})
}

/// Where the bare words of a search look: what people paste into the search bar.
/// An address is searched through its keyword sub-field, since a word that is
/// none would be an error.
fn default_field(schema: &Schema) -> Vec<String> {
    let searched = schema.all_fields().filter(|field| field.search);
    searched.map(searched_path).collect()
}

fn searched_path(field: &FieldDef) -> String {
    match field.ty {
        Type::Ip => format!("{}.keyword", field.path),
        _ => field.path.clone(),
    }
}
