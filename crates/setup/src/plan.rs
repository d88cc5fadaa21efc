//! What is wanted, as the requests that bring it about.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;
use trailsearch_core::normalize::IndexBy;
use trailsearch_ingest::Settings;
use trailsearch_ingest::settings::EndpointSettings;
use trailsearch_schema::{Flavor, Template, monitors, saved_objects};
use trailsearch_search::{AwsService, Dashboards, OpenSearchIndex};

use crate::error::SetupError;
use crate::indices::{Indices, Prepared};
use crate::patience::Patience;
use crate::template::Installed;
use crate::{dashboards, monitors, retention};

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
    events: Indices,
    /// Where there are any access logs.
    access_log: Option<Indices>,
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
    /// To the indices of access logs, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log: Option<Prepared>,
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
            events: Indices::new(template_of(settings, flavor)?, settings.ingest.normalization.index_by, choices),
            access_log: access_log_template(settings, flavor)?
                .map(|template| Indices::new(template, IndexBy::Month, choices)),
            dashboards: dashboards::place(&settings.endpoint, given),
            needs_dashboards: given.is_some(),
            monitors: choices.monitors.unwrap_or(true),
        })
    }

    /// The index template.
    pub fn template(&self) -> &Template {
        self.events.template()
    }

    /// The index template of access logs, where there are any.
    pub fn access_log_template(&self) -> Option<&Template> {
        self.access_log.as_ref().map(Indices::template)
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
        let prefix = self.template().name();
        let json = |(method, path, body)| Request { method, path, body: Body::Json(body) };
        let mut requests = Vec::new();
        for indices in [&self.events].into_iter().chain(&self.access_log) {
            requests.extend(indices.requests(self.flavor)?.into_iter().map(json));
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
        let prefix = self.template().name();
        let Prepared { template, retention } = self.events.install(index, self.flavor, patience).await?;
        let access_log = match &self.access_log {
            Some(indices) => Some(indices.install(index, self.flavor, patience).await?),
            None => None,
        };
        Ok(Report {
            template,
            retention,
            access_log,
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

fn template_of(settings: &Settings, flavor: Flavor) -> Result<Template, SetupError> {
    let promoted = settings.ingest.normalization.promoted.clone();
    Ok(Template::new(flavor, &settings.ingest.index_prefix)?.with_promoted(promoted))
}

fn access_log_template(settings: &Settings, flavor: Flavor) -> Result<Option<Template>, SetupError> {
    if settings.ingest.access_logs.is_empty() {
        return Ok(None);
    }
    Ok(Some(Template::access_log(flavor, &settings.ingest.access_log_index_prefix)?))
}

#[cfg(test)]
mod tests;
