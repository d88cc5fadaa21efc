//! The index template: looked at, and installed.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use trailsearch_schema::{Put, Template};
use trailsearch_search::{OpenSearchIndex, SearchError};

use crate::error::SetupError;

/// What trailsearch writes into `_meta.product` of its index templates.
const PRODUCT: &str = "trailsearch";

/// The index template that a cluster has, beside the one that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateState {
    /// There is none of that name.
    Missing,
    /// It is the one that is wanted.
    Current,
    /// It is of the same version of the schema, with other choices, such as shards or promoted names.
    Differs,
    /// It is of another version of the schema.
    OtherSchema,
    /// It is not trailsearch's.
    Foreign,
}

/// What was done to something of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was not there.
    Created,
    /// It was another one.
    Updated,
    /// It was there.
    Unchanged,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        })
    }
}

/// What was done to the index template.
#[derive(Debug, Clone, Serialize)]
pub struct Installed {
    /// Its name.
    pub index_template: String,
    /// What was done.
    pub state: Change,
    /// What identifies its content, see [`Template::digest`].
    pub digest: String,
    /// The paths that were written, in this order.
    pub requests: Vec<String>,
}

/// Compares the cluster's index template with the one that is `wanted`, and changes nothing.
///
/// # Errors
/// When the cluster does not answer, or not as it should.
pub async fn template_state(index: &OpenSearchIndex, wanted: &Template) -> Result<TemplateState, SearchError> {
    let reply = match index.get(&format!("/_index_template/{}", wanted.name())).await {
        Ok(reply) => reply,
        Err(SearchError::NotFound { .. }) => return Ok(TemplateState::Missing),
        Err(error) => return Err(error),
    };
    let meta = reply.pointer("/index_templates/0/index_template/_meta").unwrap_or(&Value::Null);
    Ok(compared(meta, wanted))
}

/// What an index template's `_meta` says beside the one that is wanted.
fn compared(meta: &Value, wanted: &Template) -> TemplateState {
    if meta["product"] != PRODUCT {
        TemplateState::Foreign
    } else if meta["digest"] == wanted.digest() {
        TemplateState::Current
    } else if meta["schema"] == wanted.version() {
        TemplateState::Differs
    } else {
        TemplateState::OtherSchema
    }
}

/// Installs the template, whether or not it is there already.
///
/// # Errors
/// When the cluster does not take it, or has somebody else's of that name.
pub async fn install_template(index: &OpenSearchIndex, template: &Template) -> Result<Installed, SetupError> {
    let name = template.name().to_owned();
    let state = match template_state(index, template).await? {
        TemplateState::Missing => Change::Created,
        TemplateState::Current => Change::Unchanged,
        TemplateState::Differs | TemplateState::OtherSchema => Change::Updated,
        TemplateState::Foreign => return Err(SetupError::ForeignTemplate(name)),
    };
    let mut requests = Vec::new();
    for Put { path, body } in template.puts()? {
        index.put_json(&path, &body).await?;
        requests.push(path);
    }
    Ok(Installed { index_template: name, state, digest: template.digest(), requests })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use trailsearch_schema::{Flavor, SCHEMA_VERSION};

    #[test]
    fn a_template_says_itself_what_it_is() {
        let template = Template::new(Flavor::OpenSearch, "audit").unwrap();
        let meta = template.puts().unwrap().pop().unwrap().body["_meta"].clone();
        let compared_with = |wanted: &Template| compared(&meta, wanted);
        assert_eq!(compared_with(&template), TemplateState::Current);
        assert_eq!(compared_with(&template.clone().with_shards(3)), TemplateState::Differs);
        let older = json!({"product": PRODUCT, "schema": SCHEMA_VERSION - 1, "digest": "0f"});
        assert_eq!(compared(&older, &template), TemplateState::OtherSchema);
        assert_eq!(compared(&Value::Null, &template), TemplateState::Foreign);
    }
}
