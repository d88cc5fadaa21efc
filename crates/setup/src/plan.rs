//! What is wanted, as the requests that bring it about.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;
use trailsearch_ingest::Settings;
use trailsearch_ingest::settings::EndpointSettings;
use trailsearch_schema::{Flavor, Put, Template, monitors, saved_objects};
use trailsearch_search::{AwsService, Dashboards, OpenSearchIndex};

use crate::error::SetupError;
use crate::patience::Patience;
use crate::template::Installed;
use crate::{dashboards, monitors, retention, template};

/// What whoever sets up may choose; the rest follows from the settings.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The kind of server; told by the endpoint and the authentication where it is not chosen.
    pub flavor: Option<Flavor>,
    /// Primary shards of each index; 1 where they are not chosen.
    pub shards: Option<u32>,
    /// Replicas of each shard; the server's default where they are not chosen.
    pub replicas: Option<u32>,
    /// How many days events are kept at least; for ever where it is not chosen.
    pub retention_days: Option<u32>,
    /// Where OpenSearch Dashboards answers, a URL; where the settings say, or `/_dashboards` of an AWS endpoint, where it
    /// is not chosen.
    pub dashboards: Option<String>,
    /// Whether monitors are wanted; they are where it is not chosen.
    pub monitors: Option<bool>,
}

impl Choices {
    /// How many primary shards an index may have.
    pub const SHARDS: RangeInclusive<i64> = 1..=1024;
    /// How many replicas a shard may have.
    pub const REPLICAS: RangeInclusive<i64> = 0..=32;
    /// For how many days events may be kept: a century.
    pub const RETENTION_DAYS: RangeInclusive<i64> = 1..=36_500;
}

/// What is wanted of a cluster.
#[derive(Debug, Clone)]
pub struct Plan {
    flavor: Flavor,
    template: Template,
    retention: retention::Policy,
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
    /// To old indices.
    pub retention: retention::Outcome,
    /// To the monitors.
    pub monitors: monitors::Outcome,
    /// To the saved objects of Dashboards.
    pub dashboards: dashboards::Outcome,
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
        let given = choices.dashboards.as_deref().or(settings.dashboards.as_deref());
        Ok(Self {
            flavor,
            template: template_of(settings, choices, flavor)?,
            retention: retention::Policy::new(&settings.ingest.index_prefix, choices.retention_days),
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
        let json = |(method, path, body)| Request { method, path, body: Body::Json(body) };
        let puts = self.template.puts()?.into_iter().map(|Put { path, body }| json(("PUT", path, body)));
        let mut requests: Vec<_> = puts.collect();
        if self.flavor == Flavor::OpenSearch {
            requests.extend(self.retention.requests().into_iter().map(json));
        }
        if self.monitors && self.flavor == Flavor::OpenSearch {
            let post = |body| json(("POST", monitors::PATH.to_owned(), body));
            requests.extend(monitors(prefix)?.into_iter().map(post));
        }
        if let Some(place) = &self.dashboards {
            let path = dashboards::import_address(place)?;
            requests.push(Request { method: "POST", path, body: Body::Lines(saved_objects(prefix)?) });
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
    /// [`Self::dashboards`]. A cluster that is not ready yet is waited for with `patience`.
    ///
    /// # Errors
    /// When the cluster or the Dashboards that was chosen does not take them, or the cluster has somebody else's template
    /// or policy of that name.
    pub async fn install(
        &self,
        index: &OpenSearchIndex,
        dashboards: Option<&Dashboards>,
        patience: &Patience,
    ) -> Result<Report, SetupError> {
        let prefix = self.template.name();
        Ok(Report {
            template: patience.with(async || self.install_template(index).await).await?,
            retention: patience.with(async || self.retention.install(index, self.flavor).await).await?,
            monitors: patience
                .with(async || monitors::install(index, self.monitors, self.flavor, prefix).await)
                .await?,
            dashboards: patience
                .with(async || dashboards::install(dashboards, self.needs_dashboards, prefix).await)
                .await?,
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
