//! Whether the cluster has the index template of this version, as it was installed.

use std::collections::BTreeMap;

use serde_json::Value;
use trailsearch_schema::{Put, SCHEMA_VERSION};
use trailsearch_search::SearchError;
use trailsearch_setup::{Choices, Plan, SetupError, TemplateState, template_state};

use super::finding::{Asked, Finding, counted, some_of};
use crate::connect::Cluster;
use crate::error::CliError;

const CHECK: &str = "template";

const INDEX_TEMPLATE: Asked =
    Asked { request: "GET _index_template/PREFIX", permission: "indices:admin/index_template/get" };

const COMPONENTS: Asked =
    Asked { request: "GET _component_template/PREFIX-*", permission: "cluster:admin/component_template/get" };

/// What `setup` lets users choose: a difference in it is no drift.
const CHOSEN: [&str; 2] = ["settings.index.number_of_shards", "settings.index.number_of_replicas"];

/// Compares what is installed with what this version installs.
///
/// # Errors
/// When the template cannot be made for these settings.
pub(super) async fn look(cluster: &Cluster) -> Result<Vec<Finding>, CliError> {
    let plan = Plan::new(&cluster.settings, &Choices::default())?;
    let name = cluster.index_prefix();
    let parts = plan.template().puts().map_err(SetupError::from)?;
    match template_state(&cluster.index, plan.template()).await {
        Ok(state @ (TemplateState::Missing | TemplateState::Foreign)) => Ok(vec![told(name, state)]),
        Ok(state) => Ok(vec![told(name, state), drift(cluster, &parts).await]),
        Err(error) => Ok(vec![Finding::unanswered(CHECK, INDEX_TEMPLATE, &error)]),
    }
}

fn told(name: &str, state: TemplateState) -> Finding {
    match state {
        TemplateState::Missing => {
            let found = format!("there is no index template {name}: the cluster would guess the mapping");
            Finding::failure(CHECK, found, setup_command(name))
        }
        TemplateState::Foreign => {
            let found = format!("the index template {name} is somebody else's");
            Finding::failure(CHECK, found, "choose another --index-prefix, or remove that template")
        }
        TemplateState::OtherSchema => {
            let found = format!("the index template {name} is not of version {SCHEMA_VERSION} of the schema");
            Finding::warning(CHECK, found, setup_command(name))
        }
        TemplateState::Current | TemplateState::Differs => {
            Finding::ok(CHECK, format!("the index template {name} is of version {SCHEMA_VERSION} of the schema"))
        }
    }
}

fn setup_command(prefix: &str) -> String {
    format!("run `trailsearch setup --index-prefix {prefix}`")
}

/// What differs in the component templates, which hold the mapping and the settings.
async fn drift(cluster: &Cluster, wanted: &[Put]) -> Finding {
    let name = cluster.index_prefix();
    let installed = match cluster.index.get(&format!("/_component_template/{name}-*")).await {
        Ok(reply) => reply,
        Err(SearchError::NotFound { .. }) => Value::Null,
        Err(error) => return Finding::unanswered(CHECK, COMPONENTS, &error),
    };
    let differences: Vec<String> = wanted.iter().flat_map(|put| differences(put, &installed)).collect();
    let found = match differences.len() {
        0 => "its parts are as they were installed".to_owned(),
        count => format!(
            "it differs from what this trailsearch installs in {}: {}",
            counted(count as u64, "place", "places"),
            some_of(&differences)
        ),
    };
    let todo = format!(
        "{}, and give TRAILSEARCH_PROMOTE the value that setup had; it concerns the indices made afterwards",
        setup_command(name)
    );
    Finding::warning_if(!differences.is_empty(), CHECK, found, todo)
}

/// The places in which a component differs, or that it is not there. The index template itself is not compared.
fn differences(put: &Put, installed: &Value) -> Vec<String> {
    let Some(name) = put.path.strip_prefix("/_component_template/") else { return Vec::new() };
    let components = installed["component_templates"].as_array().map_or(&[][..], Vec::as_slice);
    let Some(there) = components.iter().find(|component| component["name"] == name) else {
        return vec![format!("{name} is missing")];
    };
    let (wanted, there) = (flat(&put.body["template"]), flat(&there["component_template"]["template"]));
    let mut places: Vec<&String> =
        wanted.keys().chain(there.keys()).filter(|at| wanted.get(*at) != there.get(*at)).collect();
    places.retain(|place| !CHOSEN.contains(&place.as_str()));
    places.sort();
    places.dedup();
    places.into_iter().cloned().collect()
}

/// Every scalar by its path, as text: the server answers settings as texts.
fn flat(value: &Value) -> BTreeMap<String, String> {
    fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| walk(value, &below(name), found)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(number, value)| walk(value, &below(&number.to_string()), found));
            }
            Value::String(text) => drop(found.insert(path.to_owned(), text.clone())),
            other => drop(found.insert(path.to_owned(), other.to_string())),
        }
    }
    let mut found = BTreeMap::new();
    walk(value, "", &mut found);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::finding::Level;
    use super::*;

    fn put() -> Put {
        let template = json!({"settings": {"index": {"number_of_shards": 1, "mapping.total_fields.limit": 400}}});
        Put { path: "/_component_template/audit-settings".to_owned(), body: json!({"template": template}) }
    }

    fn installed(settings: &Value) -> Value {
        let template = json!({"template": {"settings": {"index": settings}}});
        json!({"component_templates": [{"name": "audit-settings", "component_template": template}]})
    }

    #[test]
    fn what_the_server_writes_otherwise_is_no_difference() {
        let same = json!({"number_of_shards": "3", "mapping": {"total_fields": {"limit": "400"}}});
        assert!(differences(&put(), &installed(&same)).is_empty());
    }

    #[test]
    fn a_difference_is_named() {
        let other = json!({"mapping": {"total_fields": {"limit": "9"}}, "codec": "zlib"});
        let places = ["settings.index.codec", "settings.index.mapping.total_fields.limit"];
        assert_eq!(differences(&put(), &installed(&other)), places);
        assert_eq!(differences(&put(), &Value::Null), ["audit-settings is missing"]);
    }

    #[test]
    fn only_a_template_of_ours_is_well() {
        let level = |state| told("audit", state).level;
        assert_eq!([TemplateState::Current, TemplateState::Differs].map(level), [Level::Ok; 2]);
        assert_eq!(level(TemplateState::OtherSchema), Level::Warning);
        assert_eq!([TemplateState::Missing, TemplateState::Foreign].map(level), [Level::Failure; 2]);
    }
}
