//! Settings to clients.

use std::sync::Arc;

use aws_config::SdkConfig;
use jiff::Timestamp;
use tokio::sync::OnceCell;
use trailsearch_aws::{CloudTrailKeys, S3Store, load_config};
use trailsearch_digest::{ListKeysError, PublicKey, PublicKeys};
use trailsearch_ingest::Settings;
use trailsearch_ingest::ports::StateStore;
use trailsearch_ingest::settings::{AuthKind, EndpointSettings};
use trailsearch_search::{Auth, AwsService, Connection, Dashboards, OpenSearchIndex};

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
    pub(crate) async fn connect(settings: Settings) -> Result<Self, CliError> {
        let aws = aws_settings(&settings.endpoint).await;
        let index = OpenSearchIndex::from_settings(&settings.endpoint, &aws)?;
        Ok(Self { settings, index })
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

/// The settings that requests are signed by, where they are.
async fn aws_settings(settings: &EndpointSettings) -> SdkConfig {
    match aws_service(settings) {
        Some(_) => load_config().await,
        // To find the region may take seconds where there is none.
        None => SdkConfig::builder().build(),
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

/// The AWS service that requests to the endpoint are signed for, by what is set or else by its host name.
pub(crate) fn aws_service(settings: &EndpointSettings) -> Option<AwsService> {
    match settings.auth {
        AuthKind::Es => Some(AwsService::Es),
        AuthKind::Aoss => Some(AwsService::Aoss),
        AuthKind::Auto => inferred_service(settings),
        AuthKind::None | AuthKind::Basic => None,
    }
}

fn inferred_service(settings: &EndpointSettings) -> Option<AwsService> {
    let login = settings.username.clone().map(|user| (user, String::new()));
    match Connection::new(settings.endpoint.parse().ok()?, login).auth {
        Auth::SigV4 { service, .. } => Some(service),
        Auth::None | Auth::Basic { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(endpoint: &str, auth: &str, user: &str) -> Option<AwsService> {
        let lookup = |name: &str| match name {
            "OPENSEARCH_ENDPOINT" => Some(endpoint.to_owned()),
            "OPENSEARCH_AUTH" => Some(auth.to_owned()),
            "OPENSEARCH_USERNAME" => Some(user.to_owned()),
            _ => None,
        };
        aws_service(&Settings::read(lookup, std::iter::empty()).unwrap().endpoint)
    }

    #[test]
    fn the_host_or_the_authentication_tells_the_service() {
        let collection = "https://abc123.eu-central-1.aoss.amazonaws.com";
        let domain = "https://search-x.eu-central-1.es.amazonaws.com";
        assert_eq!(service(collection, "auto", ""), Some(AwsService::Aoss));
        assert_eq!(service(domain, "auto", ""), Some(AwsService::Es));
        assert_eq!(service("https://search.example.com", "aoss", ""), Some(AwsService::Aoss));
        assert_eq!(service(collection, "none", ""), None);
        assert_eq!(service(domain, "auto", "alice"), None);
        assert_eq!(service("http://127.0.0.1:9200", "auto", ""), None);
    }
}
