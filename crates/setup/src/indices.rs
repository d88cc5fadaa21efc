//! What the indices of one prefix need.

use serde::Serialize;
use serde_json::Value;
use trailsearch_core::normalize::IndexBy;
use trailsearch_schema::{Flavor, Put, Template};
use trailsearch_search::OpenSearchIndex;

use crate::error::SetupError;
use crate::patience::Patience;
use crate::plan::Choices;
use crate::retention;
use crate::template::{Installed, install_template};

/// What is wanted for the indices of one prefix.
#[derive(Debug, Clone)]
pub(crate) struct Indices {
    template: Template,
    retention: retention::Policy,
}

/// What was done for the indices of one prefix.
#[derive(Debug, Clone, Serialize)]
pub struct Prepared {
    /// To the index template.
    #[serde(flatten)]
    pub template: Installed,
    /// To old indices.
    pub retention: retention::Outcome,
}

impl Indices {
    /// The template, as it is chosen, and the retention of its indices, which hold one of these each.
    pub(crate) fn new(template: Template, by: IndexBy, choices: &Choices) -> Self {
        let template = choices.shards.into_iter().fold(template, Template::with_shards);
        let template = choices.replicas.into_iter().fold(template, Template::with_replicas);
        let retention = retention::Policy::new(template.name(), by, choices.retention_days);
        Self { template, retention }
    }

    pub(crate) fn template(&self) -> &Template {
        &self.template
    }

    /// The requests to a cluster that has nothing of it yet: the method, the path and the body of each.
    pub(crate) fn requests(&self, flavor: Flavor) -> Result<Vec<(&'static str, String, Value)>, SetupError> {
        let puts = self.template.puts()?.into_iter().map(|Put { path, body }| ("PUT", path, body));
        let retention = if flavor == Flavor::OpenSearch { self.retention.requests() } else { Vec::new() };
        Ok(puts.chain(retention).collect())
    }

    /// Sends them.
    ///
    /// # Errors
    /// When the cluster does not take them, or has somebody else's template or policy of that name.
    pub(crate) async fn install(
        &self,
        index: &OpenSearchIndex,
        flavor: Flavor,
        patience: &Patience,
    ) -> Result<Prepared, SetupError> {
        Ok(Prepared {
            template: patience.with(async || install_template(index, &self.template).await).await?,
            retention: patience.with(async || self.retention.install(index, flavor).await).await?,
        })
    }
}
