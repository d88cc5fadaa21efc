//! Settings to clients.

use std::sync::Arc;

use aws_config::SdkConfig;
use jiff::Timestamp;
use tokio::sync::OnceCell;
use trailsearch_aws::{CloudTrailKeys, S3Store, load_config, read_login};
use trailsearch_digest::{ListKeysError, PublicKey, PublicKeys};
use trailsearch_ingest::Settings;
use trailsearch_ingest::ports::StateStore;
use trailsearch_ingest::settings::EndpointSettings;
use trailsearch_search::{AwsService, Connection, Dashboards, OpenSearchIndex};
use trailsearch_setup::{Choices, Plan};

use crate::error::CliError;
use crate::state::{FolderState, StateLocation};

/// The cluster, and the settings that lead to it.
pub(crate) struct Cluster {
    pub(crate) settings: Settings,
    pub(crate) index: OpenSearchIndex,
}

impl Cluster {
    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// When the settings do not lead to a client.
    pub(crate) async fn connect(mut settings: Settings) -> Result<Self, CliError> {
        let aws = aws_settings(&settings.endpoint).await;
        read_login(&mut settings.endpoint, &aws).await?;
        let index = OpenSearchIndex::from_settings(&settings.endpoint, &aws)?;
        Ok(Self { settings, index })
    }

    /// The indices of all months.
    pub(crate) fn indices(&self) -> String {
        format!("{}-*", self.index_prefix())
    }

    /// What index names start with.
    pub(crate) fn index_prefix(&self) -> &str {
        &self.settings.ingest.index_prefix
    }
}

/// The client of the Dashboards that the settings lead to.
///
/// # Errors
/// When they do not lead to a client.
pub(crate) async fn dashboards(settings: &EndpointSettings) -> Result<Dashboards, CliError> {
    Ok(Dashboards::from_settings(settings, &aws_settings(settings).await)?)
}

/// Where Dashboards answers, without a login: where it is `given`, where the settings say, or beside an AWS endpoint.
///
/// # Errors
/// When the address is no URL.
pub(crate) fn dashboards_address(settings: &Settings, given: Option<&str>) -> Result<Option<String>, CliError> {
    let Some(place) = dashboards_place(settings, given)? else { return Ok(None) };
    let address = Connection::from_settings(&place)?.endpoint;
    Ok(Some(address.as_str().trim_end_matches('/').to_owned()))
}

/// The same, and how it is spoken to.
///
/// # Errors
/// When the index prefix is unusable.
pub(crate) fn dashboards_place(settings: &Settings, given: Option<&str>) -> Result<Option<EndpointSettings>, CliError> {
    let choices = Choices { dashboards: given.map(str::to_owned), ..Choices::default() };
    Ok(Plan::new(settings, &choices)?.dashboards().cloned())
}

/// The settings that requests are signed by, where they are, and that the login is read with.
async fn aws_settings(settings: &EndpointSettings) -> SdkConfig {
    match (AwsService::of(settings), &settings.secret) {
        (Some(_), _) | (_, Some(_)) => load_config().await,
        // To find the region may take seconds where there is none.
        (None, None) => SdkConfig::builder().build(),
    }
}

/// Amazon S3, set up when it is first asked for: local files need no AWS settings. Clones share one client.
#[derive(Debug, Clone, Default)]
pub(crate) struct LazyS3(Arc<OnceCell<S3Store>>);

impl LazyS3 {
    /// The client.
    pub(crate) async fn get(&self) -> &S3Store {
        self.0.get_or_init(async || S3Store::from_config(&load_config().await)).await
    }
}

/// CloudTrail's public keys, asked for when the first digest needs one: a file with keys needs no AWS settings.
#[derive(Debug, Default)]
pub(crate) struct LazyKeys(OnceCell<CloudTrailKeys>);

impl PublicKeys for LazyKeys {
    async fn list(&self, region: &str, from: Timestamp, to: Timestamp) -> Result<Vec<PublicKey>, ListKeysError> {
        let keys = self.0.get_or_init(async || CloudTrailKeys::from_config(load_config().await)).await;
        keys.list(region, from, to).await
    }
}

/// Where dead letters go: to the place that is given, or else to that of the settings.
pub(crate) async fn state(
    given: Option<StateLocation>,
    settings: &Settings,
    s3: &LazyS3,
) -> Option<Arc<dyn StateStore>> {
    match given.or_else(|| settings.state.clone().map(StateLocation::S3))? {
        StateLocation::S3(place) => Some(Arc::new(s3.get().await.state(place))),
        StateLocation::Folder(folder) => Some(Arc::new(FolderState::new(folder))),
    }
}
