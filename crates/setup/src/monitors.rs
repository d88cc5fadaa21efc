//! Monitors into the cluster's Alerting plugin.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use trailsearch_schema::{Flavor, monitors};
use trailsearch_search::{OpenSearchIndex, SearchError};

use crate::error::SetupError;

/// Where the plugin takes monitors. See <https://docs.opensearch.org/latest/observing-your-data/alerting/api/>.
pub(crate) const PATH: &str = "/_plugins/_alerting/monitors";

/// What became of the monitors.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// They are there.
    Installed {
        /// The names of those that were missing.
        created: Vec<String>,
        /// Monitors of these names that were there already: they are left as people have set them up.
        kept: Vec<String>,
    },
    /// There are none.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// Creates the monitors that are not there yet, where they are `wanted` and the cluster has the plugin.
///
/// # Errors
/// When the cluster does not answer, or the plugin does not take one.
pub(crate) async fn install(
    index: &OpenSearchIndex,
    wanted: bool,
    flavor: Flavor,
    prefix: &str,
) -> Result<Outcome, SetupError> {
    if !wanted {
        return Ok(skipped("they are not wanted"));
    }
    if flavor == Flavor::Serverless {
        return Ok(skipped("OpenSearch Serverless has no alerting"));
    }
    let wanted = monitors(prefix)?;
    let known = match known(index, &wanted).await {
        Ok(known) => known,
        Err(error) if is_missing(&error) => return Ok(skipped("the cluster has no Alerting plugin")),
        Err(error @ SearchError::Unauthorized { .. }) => return Ok(skipped(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    let (kept, missing): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|monitor| known.contains(name(monitor)));
    for monitor in &missing {
        match index.post_json(PATH, monitor).await {
            Err(SearchError::NotFound { .. }) => return Ok(skipped("the cluster has no Alerting plugin")),
            created => created?,
        };
    }
    let names = |monitors: &[Value]| monitors.iter().map(|monitor| name(monitor).to_owned()).collect();
    Ok(Outcome::Installed { created: names(&missing), kept: names(&kept) })
}

/// Whether the error says that the cluster has no Alerting plugin.
#[must_use]
pub fn is_missing(error: &SearchError) -> bool {
    matches!(error, SearchError::BadRequest { reason, .. } if reason.starts_with("no handler found"))
}

/// Which of the monitors that are wanted there are, by their names.
///
/// # Errors
/// When the cluster does not answer, or has no Alerting plugin.
pub async fn known(index: &OpenSearchIndex, wanted: &[Value]) -> Result<BTreeSet<String>, SearchError> {
    let names: Vec<&str> = wanted.iter().map(name).collect();
    let query = json!({"size": 1000, "query": {"terms": {"monitor.name.keyword": names}}});
    match index.post_json(&format!("{PATH}/_search"), &query).await {
        Ok(reply) => {
            let hits = reply.pointer("/hits/hits").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            Ok(hits.iter().map(|hit| name(&hit["_source"]).to_owned()).collect())
        }
        // The plugin makes its index with the first monitor.
        Err(SearchError::NotFound { .. }) => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// A monitor's name. The plugin answers monitors as it was given them, or as its index holds them.
fn name(monitor: &Value) -> &str {
    let places = ["/name", "/monitor/name"];
    places.iter().find_map(|place| monitor.pointer(place).and_then(Value::as_str)).unwrap_or_default()
}

fn skipped(reason: impl Into<String>) -> Outcome {
    Outcome::Skipped { reason: reason.into() }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed { created, kept } => {
                write!(f, "{} created, {} kept as they were", created.len(), kept.len())
            }
            Self::Skipped { reason } => write!(f, "skipped: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_has_its_name_in_either_form() {
        assert_eq!(name(&json!({"name": "a"})), "a");
        assert_eq!(name(&json!({"monitor": {"name": "a"}})), "a");
        assert_eq!(name(&json!({})), "");
    }
}
