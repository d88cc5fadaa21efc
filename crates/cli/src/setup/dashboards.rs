//! Saved objects into OpenSearch Dashboards.

use serde::Serialize;
use trailsearch_ingest::Settings;
use trailsearch_ingest::settings::EndpointSettings;
use trailsearch_schema::saved_objects;
use trailsearch_search::Connection;

use crate::connect::{aws_service, dashboards};
use crate::error::CliError;

/// What became of the saved objects.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// They are there.
    Imported {
        /// Where Dashboards answers.
        address: String,
        objects: u64,
    },
    Skipped {
        reason: String,
    },
}

/// Imports the searches and dashboards of the index prefix. Where nobody said that there is a Dashboards, it is no
/// error that none answers.
///
/// # Errors
/// When the Dashboards that is `given` does not take them.
pub(crate) async fn install(settings: &Settings, given: Option<&str>) -> Result<Outcome, CliError> {
    let Some(place) = place(&settings.endpoint, given) else {
        let reason = "nobody says where OpenSearch Dashboards is, give --dashboards URL".to_owned();
        return Ok(Outcome::Skipped { reason });
    };
    let objects = saved_objects(&settings.ingest.index_prefix)?;
    let dashboards = dashboards(&place).await?;
    match dashboards.import(&objects).await {
        Ok(objects) => Ok(Outcome::Imported { address: dashboards.address().to_owned(), objects }),
        Err(error) if given.is_none() => Ok(Outcome::Skipped { reason: error.to_string() }),
        Err(error) => Err(error.into()),
    }
}

/// Where Dashboards answers: where it is `given`, or at `/_dashboards` of an AWS endpoint. See
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/dashboards.html>.
fn place(cluster: &EndpointSettings, given: Option<&str>) -> Option<EndpointSettings> {
    let beside = || aws_service(cluster).map(|_| format!("{}/_dashboards", cluster.endpoint.trim_end_matches('/')));
    let endpoint = given.map(str::to_owned).or_else(beside)?;
    Some(EndpointSettings { endpoint, ..cluster.clone() })
}

/// The address of the import, without a login, where there is a Dashboards.
///
/// # Errors
/// When the address is no URL.
pub(super) fn import_address(cluster: &EndpointSettings, given: Option<&str>) -> Result<Option<String>, CliError> {
    let Some(place) = place(cluster, given) else { return Ok(None) };
    let address = Connection::from_settings(&place)?.endpoint;
    let address = address.as_str().trim_end_matches('/');
    Ok(Some(format!("{address}/api/saved_objects/_import?overwrite=true")))
}

impl Outcome {
    /// What is said of it, in one line.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Imported { address, objects } => format!("{objects} saved objects imported at {address}"),
            Self::Skipped { reason } => format!("skipped: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address_of(endpoint: &str, given: Option<&str>) -> Option<String> {
        let lookup = |name: &str| (name == "OPENSEARCH_ENDPOINT").then(|| endpoint.to_owned());
        let address = import_address(&Settings::read(lookup, std::iter::empty()).unwrap().endpoint, given).unwrap()?;
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
