//! Settings from the environment: every variable declared once, checked before the first event.
//!
//! `docs/settings.md` is rendered from the same declarations.

mod reader;
#[cfg(test)]
mod tests;
mod variable;

use std::path::PathBuf;
use std::time::Duration;

use trailsearch_core::batch::{BatchLimits, Ids};
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{IndexBy, Normalization};
use trailsearch_core::object::{AccessLogs, Format};

use crate::state::S3Prefix;

use reader::Reader;
pub use variable::{VARIABLES, Variable, reference};

/// Which settings are wrong, all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings are not right: {}", .problems.join("; "))]
pub struct SettingsError {
    /// One sentence each: the variable, what was wrong, what is allowed.
    pub problems: Vec<String>,
}

/// How the cluster asks who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthKind {
    /// By the endpoint's name and whether there is a user name.
    Auto,
    /// Not at all.
    None,
    /// User name and password.
    Basic,
    /// Signature version 4 for Amazon OpenSearch Service.
    Es,
    /// Signature version 4 for Amazon OpenSearch Serverless.
    Aoss,
}

/// Where the cluster is and how it is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointSettings {
    /// The URL; may hold a user name and a password.
    pub endpoint: String,
    /// How to authenticate.
    pub auth: AuthKind,
    /// For basic authentication.
    pub username: Option<String>,
    /// For basic authentication.
    pub password: Option<String>,
    /// The name or ARN of a secret of AWS Secrets Manager that holds both.
    pub secret: Option<String>,
    /// A PEM file with the certificate authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// How long one request may take.
    pub timeout: Duration,
}

impl std::fmt::Debug for EndpointSettings {
    /// Without the URL, the user name and the password: the first may hold both others.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndpointSettings")
            .field("auth", &self.auth)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// What the pipeline follows.
#[derive(Debug, Clone)]
pub struct IngestSettings {
    /// What index names start with.
    pub index_prefix: String,
    /// Which objects are S3 server access logs.
    pub access_logs: AccessLogs,
    /// What the names of their indices start with.
    pub access_log_index_prefix: String,
    /// Whether documents carry the events' ids.
    pub ids: Ids,
    /// How large one bulk request may become.
    pub batch: BatchLimits,
    /// Bulk requests under way at the same time.
    pub bulk_concurrency: usize,
    /// Objects worked on at the same time.
    pub object_concurrency: usize,
    /// How much one object may ask for.
    pub limits: Limits,
    /// How long before the function's deadline work stops.
    pub deadline_margin: Duration,
    /// How records become documents.
    pub normalization: Normalization,
}

impl IngestSettings {
    /// What the names of all indices start with: those of events, and of access logs where there are any.
    pub fn index_prefixes(&self) -> impl Iterator<Item = &str> {
        let access_logs = Some(self.access_log_index_prefix.as_str()).filter(|_| !self.access_logs.is_empty());
        std::iter::once(self.index_prefix.as_str()).chain(access_logs)
    }

    /// What the names of the indices start with that take records of this format.
    pub fn index_prefix_of(&self, format: Format) -> &str {
        match format {
            Format::CloudTrail => &self.index_prefix,
            Format::AccessLog => &self.access_log_index_prefix,
        }
    }
}

/// All settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the cluster is.
    pub endpoint: EndpointSettings,
    /// What the pipeline follows.
    pub ingest: IngestSettings,
    /// Where dead letters and checkpoints are kept.
    pub state: Option<S3Prefix>,
    /// Where OpenSearch Dashboards answers, where that is said; may hold a user name and a password.
    pub dashboards: Option<String>,
    /// The CloudWatch namespace of metrics; none where they are not wanted.
    pub metrics_namespace: Option<String>,
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// When any is missing, wrong or unknown.
    pub fn from_env() -> Result<Self, SettingsError> {
        let names: Vec<String> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
        Self::read(|name| std::env::var(name).ok(), names.iter().map(String::as_str))
    }

    /// Reads the settings that `lookup` gives; `names` are all variables there are, in which unknown settings are looked for.
    ///
    /// # Errors
    /// When any is missing, wrong or unknown.
    pub fn read<'a>(
        lookup: impl Fn(&str) -> Option<String>,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(&lookup);
        let (endpoint, ingest) = (endpoint(&mut reader), ingest(&mut reader));
        let state = reader.s3_prefix(&variable::STATE);
        let dashboards = reader.url_if_any(&variable::DASHBOARDS);
        let metrics_namespace = reader.namespace(&variable::METRICS_NAMESPACE);
        let settings = Self { endpoint, ingest, state, dashboards, metrics_namespace };
        reader.refuse_unknown(names);
        reader.finish(settings)
    }
}

impl IngestSettings {
    /// Reads the settings that need no cluster, as `lookup` gives them.
    ///
    /// # Errors
    /// When any is wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(&lookup);
        let settings = ingest(&mut reader);
        reader.finish(settings)
    }
}

fn endpoint(reader: &mut Reader<'_>) -> EndpointSettings {
    let choices = [
        ("auto", AuthKind::Auto),
        ("none", AuthKind::None),
        ("basic", AuthKind::Basic),
        ("es", AuthKind::Es),
        ("aoss", AuthKind::Aoss),
    ];
    EndpointSettings {
        endpoint: reader.url(&variable::ENDPOINT),
        auth: reader.choice(&variable::AUTH, &choices).unwrap_or(AuthKind::Auto),
        username: reader.text(&variable::USERNAME),
        password: reader.text(&variable::PASSWORD),
        secret: reader.text(&variable::SECRET),
        ca_file: reader.text(&variable::CA_FILE).map(PathBuf::from),
        timeout: Duration::from_secs(reader.number(&variable::REQUEST_TIMEOUT)),
    }
}

fn ingest(reader: &mut Reader<'_>) -> IngestSettings {
    let index_prefix = reader.index_prefix(&variable::INDEX_PREFIX);
    IngestSettings {
        access_logs: reader.access_logs(&variable::ACCESS_LOGS),
        access_log_index_prefix: reader.another_index_prefix(&variable::ACCESS_LOG_INDEX_PREFIX, &index_prefix),
        index_prefix,
        ids: reader
            .choice(&variable::DOCUMENT_IDS, &[("event", Ids::Event), ("automatic", Ids::Automatic)])
            .unwrap_or(Ids::Event),
        batch: BatchLimits {
            bytes: reader.number(&variable::BATCH_BYTES) as usize,
            documents: reader.number(&variable::BATCH_DOCUMENTS) as usize,
        },
        bulk_concurrency: reader.number(&variable::BULK_CONCURRENCY) as usize,
        object_concurrency: reader.number(&variable::OBJECT_CONCURRENCY) as usize,
        limits: Limits {
            object_bytes: reader.number(&variable::MAX_OBJECT_BYTES),
            object_ratio: reader.number(&variable::MAX_OBJECT_RATIO),
            object_records: reader.number(&variable::MAX_OBJECT_RECORDS),
            record_bytes: reader.number(&variable::MAX_RECORD_BYTES) as usize,
        },
        deadline_margin: Duration::from_secs(reader.number(&variable::DEADLINE_MARGIN)),
        normalization: Normalization {
            redact: reader.choice(&variable::REDACT, &[("true", true), ("false", false)]).unwrap_or(true),
            promoted: reader.promoted(&variable::PROMOTE),
            drop_noise: reader.names(&variable::DROP_NOISE),
            index_by: index_by(reader),
        },
    }
}

fn index_by(reader: &mut Reader<'_>) -> IndexBy {
    let choices = [("month", IndexBy::Month), ("account", IndexBy::Account), ("class", IndexBy::Class)];
    reader.choice(&variable::INDEX_BY, &choices).unwrap_or_default()
}
