//! The index template and its component templates, for each flavor of server.

use serde_json::{Value, json};
use trailsearch_schema::Type;

use crate::model::{FieldDef, Schema};
use crate::{Output, RenderError, mapping};

/// The files of both flavors, below `folder` in the folder of each. `{prefix}` in them stands for the index prefix.
///
/// Serverless has the same fields and no settings: it manages shards, replicas,
/// refreshing and codecs by itself.
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-overview.html>
pub(crate) fn render(schema: &Schema, folder: &str) -> Result<Vec<Output>, RenderError> {
    let mut components = vec![("settings", settings(schema)), ("fields", component(mapping::fields(schema)))];
    if !schema.promoted.is_empty() {
        components.push(("promoted", component(mapping::promoted(schema))));
    }
    let mut files = flavor(&format!("opensearch/{folder}"), &components)?;
    files.extend(flavor(&format!("serverless/{folder}"), &components[1..])?);
    Ok(files)
}

/// The files of one flavor: the components, and the index template that is composed of them.
fn flavor(folder: &str, components: &[(&str, Value)]) -> serde_json::Result<Vec<Output>> {
    let template = ("index-template", index_template(components));
    let files = components.iter().chain([&template]);
    files.map(|(file, body)| Output::json(format!("mappings/rendered/{folder}{file}.json"), body)).collect()
}

fn component(mappings: Value) -> Value {
    json!({"template": {"mappings": mappings}})
}

fn index_template(components: &[(&str, Value)]) -> Value {
    let composed_of: Vec<_> = components.iter().map(|(name, _)| format!("{{prefix}}-{name}")).collect();
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
