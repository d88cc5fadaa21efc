//! What is installed beside the index template: saved objects of OpenSearch Dashboards, and monitors of its Alerting
//! plugin.

use serde_json::Value;

use crate::names::{DEFAULT_PREFIX, NameError, check_prefix};
use crate::rendered::MONITORS;
use crate::template::TemplateError;

const SAVED_OBJECTS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings/rendered/dashboards.ndjson"));

/// The index pattern, searches, visualizations and dashboards over the indices of a prefix: saved objects, one a line,
/// as Dashboards imports them. Those of different prefixes have different ids and titles, and can stand side by side.
///
/// # Errors
/// Where the prefix cannot begin an index's name.
pub fn saved_objects(prefix: &str) -> Result<String, NameError> {
    for_prefix(SAVED_OBJECTS, prefix)
}

/// The id of the index pattern among them.
///
/// # Errors
/// Where the prefix cannot begin an index's name.
pub fn index_pattern(prefix: &str) -> Result<String, NameError> {
    for_prefix("trailsearch-events", prefix)
}

/// What the monitor of this name (that of its file in mappings/monitors/) looks for, in query string syntax; none where
/// there is no such monitor, or it has no query.
#[must_use]
pub fn monitor_query(name: &str) -> Option<String> {
    let (_, text) = MONITORS.iter().find(|(file, _)| *file == name)?;
    let monitor: Value = serde_json::from_str(text).ok()?;
    let filters = monitor.pointer("/inputs/0/search/query/query/bool/filter")?.as_array()?;
    filters.iter().find_map(|filter| filter.pointer("/query_string/query")?.as_str().map(str::to_owned))
}

/// The monitors over the indices of a prefix, each the body of the request that creates it.
/// <https://docs.opensearch.org/latest/observing-your-data/alerting/api/#create-a-query-level-monitor>
///
/// # Errors
/// Where the prefix cannot begin an index's name, or this build embeds a broken monitor.
pub fn monitors(prefix: &str) -> Result<Vec<Value>, TemplateError> {
    let parsed = |(file, text): &(&'static str, &str)| {
        let monitor = for_prefix(text, prefix)?;
        serde_json::from_str(&monitor).map_err(|source| TemplateError::Rendered { file, source })
    };
    MONITORS.iter().map(parsed).collect()
}

/// What is rendered is for the default prefix and can be installed as it is. The generator sees to it that these three
/// texts stand only where they mean the prefix: in the index pattern, in ids and links, and at the beginning of titles.
fn for_prefix(rendered: &str, prefix: &str) -> Result<String, NameError> {
    check_prefix(prefix)?;
    if prefix == DEFAULT_PREFIX {
        return Ok(rendered.to_owned());
    }
    let pattern = rendered.replace(&format!("\"{DEFAULT_PREFIX}-*\""), &format!("\"{prefix}-*\""));
    let ids = pattern.replace("trailsearch-", &format!("trailsearch-{prefix}-"));
    Ok(ids.replace("CloudTrail: ", &format!("CloudTrail ({prefix}): ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn objects(prefix: &str) -> Vec<Value> {
        saved_objects(prefix).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn ids(objects: &[Value]) -> BTreeSet<&str> {
        objects.iter().map(|object| object["id"].as_str().unwrap()).collect()
    }

    /// Everything with an id in it, links included: what is left of them once the ids are taken out.
    fn strays(text: &str) -> usize {
        text.matches("trailsearch-").count() - text.matches("trailsearch-audit-").count()
    }

    #[test]
    fn the_default_prefix_is_what_is_rendered() {
        assert_eq!(saved_objects(DEFAULT_PREFIX).unwrap(), SAVED_OBJECTS);
        assert_eq!(objects(DEFAULT_PREFIX)[0]["attributes"]["title"], "cloudtrail-*");
        assert_eq!(monitors(DEFAULT_PREFIX).unwrap().len(), MONITORS.len());
    }

    #[test]
    fn another_prefix_shares_no_id_and_no_title() {
        let (own, other) = (objects(DEFAULT_PREFIX), objects("audit"));
        assert!(ids(&own).is_disjoint(&ids(&other)));
        assert_eq!(ids(&other).len(), own.len());
        assert_eq!(other[0]["attributes"]["title"], "audit-*");
        for object in &other[1..] {
            let title = object["attributes"]["title"].as_str().unwrap();
            assert!(title.starts_with("CloudTrail (audit): "), "{title}");
        }
        assert_eq!(strays(&saved_objects("audit").unwrap()), 0);
    }

    #[test]
    fn the_index_pattern_is_the_first_of_them() {
        for prefix in [DEFAULT_PREFIX, "audit"] {
            let first = &objects(prefix)[0];
            assert_eq!(first["type"], "index-pattern");
            assert_eq!(first["id"], index_pattern(prefix).unwrap());
        }
    }

    #[test]
    fn the_query_of_a_monitor_is_found_by_its_name() {
        assert!(monitor_query("trail-changed").unwrap().starts_with("eventSource:cloudtrail.amazonaws.com AND "));
        assert_eq!((monitor_query("silent"), monitor_query("no-such")), (None, None));
    }

    #[test]
    fn references_and_links_of_another_prefix_lead_to_its_own_objects() {
        let objects = objects("audit");
        let ids = ids(&objects);
        let references = objects.iter().flat_map(|object| object["references"].as_array().unwrap());
        for id in references.map(|reference| reference["id"].as_str().unwrap()) {
            assert!(ids.contains(id), "{id}");
        }
        let formats = objects[0]["attributes"]["fieldFormatMap"].as_str().unwrap();
        assert!(formats.contains("/view/trailsearch-audit-one-id?"), "{formats}");
    }

    #[test]
    fn a_monitor_searches_the_indices_of_the_prefix() {
        for monitor in monitors("audit").unwrap() {
            assert_eq!(monitor["inputs"][0]["search"]["indices"], serde_json::json!(["audit-*"]));
            assert!(monitor["name"].as_str().unwrap().starts_with("CloudTrail (audit): "));
        }
    }

    #[test]
    fn an_unusable_prefix_is_refused() {
        assert!(saved_objects("Audit").is_err() && monitors("").is_err());
    }
}
