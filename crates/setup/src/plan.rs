//! What is wanted, as the requests that bring it about.

use serde::Serialize;
use serde_json::Value;
use trailsearch_ingest::Settings;
use trailsearch_ingest::settings::EndpointSettings;
use trailsearch_schema::{Flavor, Put, Template, monitors, saved_objects};
use trailsearch_search::{AwsService, Dashboards, OpenSearchIndex};

use crate::error::SetupError;
use crate::template::Installed;
use crate::{dashboards, monitors, template};

/// What whoever sets up may choose; the rest follows from the settings.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The kind of server; told by the endpoint and the authentication where it is not chosen.
    pub flavor: Option<Flavor>,
    /// Primary shards of each index; 1 where they are not chosen.
    pub shards: Option<u32>,
    /// Replicas of each shard; the server's default where they are not chosen.
    pub replicas: Option<u32>,
    /// Where OpenSearch Dashboards answers, a URL; `/_dashboards` of an AWS endpoint where it is not chosen.
    pub dashboards: Option<String>,
    /// Whether monitors are wanted; they are where it is not chosen.
    pub monitors: Option<bool>,
}

/// What is wanted of a cluster.
#[derive(Debug, Clone)]
pub struct Plan {
    flavor: Flavor,
    template: Template,
    dashboards: Option<EndpointSettings>,
    /// Whether it is an error that Dashboards takes no saved objects.
    needs_dashboards: bool,
    monitors: bool,
}

/// What was done.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// To the index template.
    #[serde(flatten)]
    pub template: Installed,
    /// To the saved objects of Dashboards.
    pub dashboards: dashboards::Outcome,
    /// To the monitors.
    pub monitors: monitors::Outcome,
}

/// A request that is to be sent.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// `PUT` or `POST`.
    pub method: &'static str,
    /// With a leading slash; of Dashboards, the whole address.
    pub path: String,
    /// What is sent.
    pub body: Body,
}

/// The body of a request.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Body {
    /// A JSON object.
    Json(Value),
    /// JSON objects, one a line.
    Lines(String),
}

impl Plan {
    /// What settings and choices ask for.
    ///
    /// # Errors
    /// When the index prefix is unusable.
    pub fn new(settings: &Settings, choices: &Choices) -> Result<Self, SetupError> {
        let flavor = choices.flavor.unwrap_or_else(|| flavor(&settings.endpoint));
        let given = choices.dashboards.as_deref();
        Ok(Self {
            flavor,
            template: template_of(settings, choices, flavor)?,
            dashboards: dashboards::place(&settings.endpoint, given),
            needs_dashboards: given.is_some(),
            monitors: choices.monitors.unwrap_or(true),
        })
    }

    /// The index template.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Where Dashboards answers, where somebody knows.
    pub fn dashboards(&self) -> Option<&EndpointSettings> {
        self.dashboards.as_ref()
    }

    /// The requests that are sent to a cluster that has nothing of it yet.
    ///
    /// # Errors
    /// When the address of Dashboards is no URL, or this build embeds broken JSON.
    pub fn requests(&self) -> Result<Vec<Request>, SetupError> {
        let prefix = self.template.name();
        let put = |Put { path, body }| Request { method: "PUT", path, body: Body::Json(body) };
        let mut requests: Vec<_> = self.template.puts()?.into_iter().map(put).collect();
        if let Some(place) = &self.dashboards {
            let path = dashboards::import_address(place)?;
            requests.push(Request { method: "POST", path, body: Body::Lines(saved_objects(prefix)?) });
        }
        if self.monitors && self.flavor == Flavor::OpenSearch {
            let post = |body| Request { method: "POST", path: monitors::PATH.to_owned(), body: Body::Json(body) };
            requests.extend(monitors(prefix)?.into_iter().map(post));
        }
        Ok(requests)
    }

    /// Installs the index template alone.
    ///
    /// # Errors
    /// When the cluster does not take it, or has somebody else's of that name.
    pub async fn install_template(&self, index: &OpenSearchIndex) -> Result<Installed, SetupError> {
        template::install(index, &self.template).await
    }

    /// Installs the index template, and the rest where there is somebody to take it. `dashboards` is the client of
    /// [`Self::dashboards`].
    ///
    /// # Errors
    /// When the cluster or the Dashboards that was chosen does not take them, or the cluster has somebody else's template
    /// of that name.
    pub async fn install(
        &self,
        index: &OpenSearchIndex,
        dashboards: Option<&Dashboards>,
    ) -> Result<Report, SetupError> {
        let prefix = self.template.name();
        Ok(Report {
            template: self.install_template(index).await?,
            dashboards: dashboards::install(dashboards, self.needs_dashboards, prefix).await?,
            monitors: monitors::install(index, self.monitors, self.flavor, prefix).await?,
        })
    }
}

fn flavor(settings: &EndpointSettings) -> Flavor {
    match AwsService::of(settings) {
        Some(AwsService::Aoss) => Flavor::Serverless,
        Some(AwsService::Es) | None => Flavor::OpenSearch,
    }
}

fn template_of(settings: &Settings, choices: &Choices, flavor: Flavor) -> Result<Template, SetupError> {
    let promoted = settings.ingest.normalization.promoted.clone();
    let template = Template::new(flavor, &settings.ingest.index_prefix)?.with_promoted(promoted);
    let template = choices.shards.into_iter().fold(template, Template::with_shards);
    Ok(choices.replicas.into_iter().fold(template, Template::with_replicas))
}

#[cfg(test)]
mod tests;
