//! Who answers at the endpoint, and as whom it is asked.

use serde_json::Value;
use trailsearch_core::ack::with_causes;
use trailsearch_search::{AwsService, Connection, SearchError};

use super::finding::{Asked, Finding};
use crate::connect::Cluster;

const CHECK: &str = "endpoint";

/// The first version whose `flat_object` fields are searched as the mapping needs it.
const OLDEST: (u32, u32) = (2, 11);

/// The first version that counts by any path
/// (<https://docs.opensearch.org/latest/field-types/supported-field-types/derived/>).
const OLDEST_FOR_PATHS: (u32, u32) = (2, 15);

const ASKED: Asked = Asked { request: "GET /", permission: "cluster:monitor/main" };

/// What kind of server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// None that anything else can be asked of.
    Away,
    Serverless,
    Cluster,
}

/// Asks the server who it is.
pub(super) async fn look(cluster: &Cluster) -> (Server, Vec<Finding>) {
    let identity = Finding::ok("identity", identity(cluster));
    if AwsService::of(&cluster.settings.endpoint) == Some(AwsService::Aoss) {
        return (
            Server::Serverless,
            vec![Finding::ok(CHECK, "OpenSearch Serverless, which tells no version"), identity],
        );
    }
    match cluster.index.get("/").await {
        Ok(info) => {
            let (server, finding) = of(&info);
            (server, vec![finding, identity])
        }
        Err(error @ SearchError::Unauthorized { status: 403, .. }) => {
            (Server::Cluster, vec![Finding::unanswered(CHECK, ASKED, &error), identity])
        }
        Err(error) => (Server::Away, vec![Finding::failure(CHECK, with_causes(&error), remedy(&error)), identity]),
    }
}

fn remedy(error: &SearchError) -> &'static str {
    match error {
        SearchError::Unauthorized { .. } => "set OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD, or OPENSEARCH_AUTH",
        _ => "check --endpoint, that the cluster runs, and the network between; nothing else could be looked at",
    }
}

/// As whom requests are made.
fn identity(cluster: &Cluster) -> String {
    let endpoint = &cluster.settings.endpoint;
    let user = endpoint.username.as_deref();
    match (AwsService::of(endpoint), user) {
        (Some(AwsService::Es), _) => {
            "requests are signed with AWS credentials for Amazon OpenSearch Service".to_owned()
        }
        (Some(AwsService::Aoss), _) => "requests are signed with AWS credentials for OpenSearch Serverless".to_owned(),
        (None, Some(user)) => format!("requests are those of the user {user}"),
        (None, None) => match Connection::from_settings(endpoint).map(|connection| connection.auth) {
            Ok(trailsearch_search::Auth::Basic { user, .. }) => format!("requests are those of the user {user}"),
            _ => "requests are nobody's: there is no user name".to_owned(),
        },
    }
}

/// What the server says of itself.
fn of(info: &Value) -> (Server, Finding) {
    let number = info.pointer("/version/number").and_then(Value::as_str).unwrap_or_default();
    if info.pointer("/version/distribution").and_then(Value::as_str) != Some("opensearch") {
        let found = format!("answers as version {number:?} of something that does not call itself OpenSearch");
        let todo = "give the address of OpenSearch 2.11 or newer; Elasticsearch has no flat_object fields";
        return (Server::Away, Finding::failure(CHECK, found, todo));
    }
    let found = format!("OpenSearch {number}");
    let finding = match version(number) {
        Some(version) if version < OLDEST => {
            Finding::failure(CHECK, found, "upgrade to 2.11 or newer, which the mapping needs")
        }
        Some(version) if version < OLDEST_FOR_PATHS => {
            Finding::warning(CHECK, found, "upgrade to 2.15 or newer for `top` by paths that are no fields")
        }
        _ => Finding::ok(CHECK, found),
    };
    (Server::Cluster, finding)
}

fn version(number: &str) -> Option<(u32, u32)> {
    let mut parts = number.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::finding::Level;
    use super::*;

    #[test]
    fn the_version_tells_what_works() {
        for (number, level) in [
            ("1.3.20", Level::Failure),
            ("2.9.0", Level::Failure),
            ("2.11.0", Level::Warning),
            ("2.19.1", Level::Ok),
            ("3.8.0", Level::Ok),
        ] {
            let (server, finding) = of(&json!({"version": {"distribution": "opensearch", "number": number}}));
            assert_eq!((server, finding.level), (Server::Cluster, level), "{number}");
        }
    }

    #[test]
    fn another_product_is_named() {
        let (server, finding) = of(&json!({"version": {"number": "8.15.0"}}));
        assert_eq!((server, finding.level), (Server::Away, Level::Failure));
    }
}
