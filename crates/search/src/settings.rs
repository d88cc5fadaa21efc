//! From the settings of a process to a client.

use aws_config::SdkConfig;
use trailsearch_ingest::settings::{AuthKind, EndpointSettings};
use url::Url;

use crate::client::OpenSearchIndex;
use crate::connection::{Auth, AwsService, Connection};
use crate::error::ConnectError;

impl OpenSearchIndex {
    /// Sets up the client that the settings describe; nothing is sent yet. Where loading AWS settings
    /// costs time, [`Connection::from_settings`] tells first whether they are needed.
    ///
    /// # Errors
    /// When the endpoint is no URL, a login or a region is missing, the CA file is unusable, or there is nobody to sign as.
    pub fn from_settings(settings: &EndpointSettings, aws: &SdkConfig) -> Result<Self, ConnectError> {
        Self::connect(&Connection::from_settings(settings)?, Some(aws))
    }
}

impl Connection {
    /// The connection that the settings describe.
    ///
    /// # Errors
    /// When the endpoint is no URL, or basic authentication is asked for without a login.
    pub fn from_settings(settings: &EndpointSettings) -> Result<Self, ConnectError> {
        let endpoint = Url::parse(&settings.endpoint).map_err(ConnectError::Endpoint)?;
        let login = settings.username.clone().map(|user| (user, settings.password.clone().unwrap_or_default()));
        let inferred = Self::new(endpoint, login);
        let auth = auth(settings.auth, inferred.auth, &inferred.endpoint)?;
        Ok(Self { auth, ca_file: settings.ca_file.clone(), timeout: settings.timeout, ..inferred })
    }
}

impl AwsService {
    /// The service that requests are signed for; none where they are not signed, or the settings lead to no client.
    pub fn of(settings: &EndpointSettings) -> Option<Self> {
        match Connection::from_settings(settings).ok()?.auth {
            Auth::SigV4 { service, .. } => Some(service),
            Auth::None | Auth::Basic { .. } => None,
        }
    }
}

/// What was asked for, with what could be inferred where that is enough.
fn auth(asked: AuthKind, inferred: Auth, endpoint: &Url) -> Result<Auth, ConnectError> {
    match (asked, inferred) {
        (AuthKind::Auto, inferred) => Ok(inferred),
        (AuthKind::None, _) => Ok(Auth::None),
        (AuthKind::Basic, login @ Auth::Basic { .. }) => Ok(login),
        (AuthKind::Basic, _) => Err(ConnectError::NoLogin),
        (AuthKind::Es, _) => Ok(Auth::signed(AwsService::Es, endpoint)),
        (AuthKind::Aoss, _) => Ok(Auth::signed(AwsService::Aoss, endpoint)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;

    const OWN: &str = "https://logs.example.com";
    const DOMAIN: &str = "https://search-logs-abc123.us-east-1.es.amazonaws.com";
    const WITH_LOGIN: &str = "https://alice:secret@logs.example.com";

    fn settings(endpoint: &str, auth: AuthKind, username: Option<&str>) -> EndpointSettings {
        EndpointSettings {
            secret: None,
            endpoint: endpoint.to_owned(),
            auth,
            username: username.map(str::to_owned),
            password: Some("secret".to_owned()),
            ca_file: Some("/etc/ca.pem".into()),
            timeout: Duration::from_secs(7),
        }
    }

    fn resolved(endpoint: &str, auth: AuthKind, username: Option<&str>) -> Result<Auth, ConnectError> {
        Connection::from_settings(&settings(endpoint, auth, username)).map(|connection| connection.auth)
    }

    fn signed(service: AwsService, region: Option<&str>) -> Auth {
        Auth::SigV4 { service, region: region.map(str::to_owned) }
    }

    #[test]
    fn what_is_asked_for_wins_over_what_is_inferred() {
        let alice = || Auth::Basic { user: "alice".to_owned(), password: "secret".to_owned() };
        let cases = [
            (OWN, AuthKind::Auto, None, Auth::None),
            (OWN, AuthKind::Auto, Some("alice"), alice()),
            (OWN, AuthKind::Es, Some("alice"), signed(AwsService::Es, None)),
            (OWN, AuthKind::Aoss, None, signed(AwsService::Aoss, None)),
            (DOMAIN, AuthKind::Auto, None, signed(AwsService::Es, Some("us-east-1"))),
            (DOMAIN, AuthKind::Es, Some("alice"), signed(AwsService::Es, Some("us-east-1"))),
            (DOMAIN, AuthKind::Basic, Some("alice"), alice()),
            (DOMAIN, AuthKind::None, None, Auth::None),
            (WITH_LOGIN, AuthKind::Auto, None, alice()),
            (WITH_LOGIN, AuthKind::Basic, None, alice()),
            (WITH_LOGIN, AuthKind::None, None, Auth::None),
        ];
        for (endpoint, asked, username, expected) in cases {
            let auth = resolved(endpoint, asked, username).unwrap();
            assert_eq!(auth, expected, "{endpoint} {asked:?} {username:?}");
            assert_eq!(auth.needs_aws(), matches!(auth, Auth::SigV4 { .. }));
        }
    }

    #[test]
    fn requests_are_signed_for_the_service_of_the_host_or_of_the_settings() {
        let collection = "https://abc123.eu-central-1.aoss.amazonaws.com";
        let cases = [
            (collection, AuthKind::Auto, None, Some(AwsService::Aoss)),
            (DOMAIN, AuthKind::Auto, None, Some(AwsService::Es)),
            (OWN, AuthKind::Aoss, None, Some(AwsService::Aoss)),
            (collection, AuthKind::None, None, None),
            (DOMAIN, AuthKind::Auto, Some("alice"), None),
            ("http://127.0.0.1:9200", AuthKind::Auto, None, None),
            ("http://", AuthKind::Es, None, None),
        ];
        for (endpoint, asked, username, expected) in cases {
            assert_eq!(AwsService::of(&settings(endpoint, asked, username)), expected, "{endpoint} {asked:?}");
        }
    }

    #[test]
    fn the_rest_is_taken_over() {
        let connection = Connection::from_settings(&settings(WITH_LOGIN, AuthKind::Auto, None)).unwrap();
        assert_eq!(connection.endpoint.as_str(), "https://logs.example.com/");
        assert_eq!(connection.timeout, Duration::from_secs(7));
        assert_eq!(connection.ca_file.as_deref(), Some(Path::new("/etc/ca.pem")));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(matches!(resolved(OWN, AuthKind::Basic, None), Err(ConnectError::NoLogin)));
        assert!(matches!(resolved("http://", AuthKind::Auto, None), Err(ConnectError::Endpoint(_))));
    }
}
