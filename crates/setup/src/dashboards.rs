//! Saved objects into OpenSearch Dashboards.

use std::fmt;

use serde::Serialize;
use trailsearch_ingest::settings::EndpointSettings;
use trailsearch_schema::saved_objects;
use trailsearch_search::{AwsService, Connection, Dashboards};

use crate::error::SetupError;

/// What became of the saved objects.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// They are there.
    Imported {
        /// Where Dashboards answers.
        address: String,
        /// How many they are.
        objects: u64,
    },
    /// They were not sent, or not taken.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// Imports the searches and dashboards of the index prefix. Unless Dashboards is `needed`, it is no error that it does
/// not take them.
///
/// # Errors
/// When the Dashboards that is needed does not take them.
pub(crate) async fn install(
    dashboards: Option<&Dashboards>,
    needed: bool,
    prefix: &str,
) -> Result<Outcome, SetupError> {
    let Some(dashboards) = dashboards else {
        let reason = "nobody says where OpenSearch Dashboards is, give its URL".to_owned();
        return Ok(Outcome::Skipped { reason });
    };
    match dashboards.import(&saved_objects(prefix)?).await {
        Ok(objects) => Ok(Outcome::Imported { address: dashboards.address().to_owned(), objects }),
        Err(error) if !needed => Ok(Outcome::Skipped { reason: error.to_string() }),
        Err(error) => Err(error.into()),
    }
}

/// Where Dashboards answers: where it is `given`, or at `/_dashboards` of an AWS endpoint. See
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/dashboards.html>.
pub(crate) fn place(cluster: &EndpointSettings, given: Option<&str>) -> Option<EndpointSettings> {
    let beside = || AwsService::of(cluster).map(|_| format!("{}/_dashboards", cluster.endpoint.trim_end_matches('/')));
    let endpoint = given.map(str::to_owned).or_else(beside)?;
    Some(EndpointSettings { endpoint, ..cluster.clone() })
}

/// The address of the import, without a login.
///
/// # Errors
/// When the address is no URL.
pub(crate) fn import_address(place: &EndpointSettings) -> Result<String, SetupError> {
    let address = Connection::from_settings(place)?.endpoint;
    let address = address.as_str().trim_end_matches('/');
    Ok(format!("{address}/api/saved_objects/_import?overwrite=true"))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Imported { address, objects } => write!(f, "{objects} saved objects imported at {address}"),
            Self::Skipped { reason } => write!(f, "skipped: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trailsearch_ingest::Settings;

    fn address_of(endpoint: &str, given: Option<&str>) -> Option<String> {
        let lookup = |name: &str| (name == "OPENSEARCH_ENDPOINT").then(|| endpoint.to_owned());
        let cluster = Settings::read(lookup, std::iter::empty()).unwrap().endpoint;
        let address = import_address(&place(&cluster, given)?).unwrap();
        address.strip_suffix("/api/saved_objects/_import?overwrite=true").map(str::to_owned)
    }

    #[test]
    fn dashboards_is_where_it_is_given_or_beside_an_aws_endpoint() {
        let domain = "https://search-x.eu-central-1.es.amazonaws.com/";
        let collection = "https://abc123.eu-central-1.aoss.amazonaws.com";
        let beside = |endpoint: &str| format!("{}/_dashboards", endpoint.trim_end_matches('/'));
        assert_eq!(address_of(domain, None), Some(beside(domain)));
        assert_eq!(address_of(collection, None), Some(beside(collection)));
        assert_eq!(address_of("http://127.0.0.1:9200", None), None);
        let own = Some("http://127.0.0.1:5601".to_owned());
        assert_eq!(address_of(domain, Some("http://127.0.0.1:5601/")), own);
        assert_eq!(address_of(domain, Some("http://alice:s3cret@127.0.0.1:5601")), own);
    }
}
