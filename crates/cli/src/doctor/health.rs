//! Shards and disks.

use serde_json::Value;
use trailsearch_search::SearchError;

use super::finding::{Asked, Finding, some_of};
use crate::connect::Cluster;

const HEALTH: Asked = Asked { request: "GET _cluster/health", permission: "cluster:monitor/health" };

const SETTINGS: Asked = Asked { request: "GET _cluster/settings", permission: "cluster:monitor/state" };

const ALLOCATION: Asked = Asked {
    request: "GET _cat/allocation",
    permission: "cluster:monitor/state, cluster:monitor/nodes/stats and indices:monitor/stats",
};

/// The settings that bound shards and disks.
const LIMITS: &str = "/_cluster/settings?include_defaults=true&filter_path=**.max_shards_per_node,**.disk";

/// How many of the shards that a cluster may have there may be, in percent, before it is worth saying.
const MANY: u64 = 90;

/// Looks at the shards of the indices, at those of the whole cluster, and at its disks.
pub(super) async fn look(cluster: &Cluster, indices: Option<usize>) -> Vec<Finding> {
    let ask = |path: String| async move { cluster.index.get(&path).await };
    let own = format!("/_cluster/health/{}", cluster.indices());
    let (own, whole, limits, nodes) = futures::join!(
        ask(own),
        ask("/_cluster/health".to_owned()),
        ask(LIMITS.to_owned()),
        ask("/_cat/allocation?format=json&h=node,disk.percent".to_owned()),
    );
    let mut findings = Vec::new();
    if indices != Some(0) {
        findings.push(finding("shards", HEALTH, &own, shards));
    }
    findings.push(match &limits {
        Err(error) => Finding::unanswered("shard limit", SETTINGS, error),
        Ok(limits) => finding("shard limit", HEALTH, &whole, |health| shard_limit(health, limits)),
    });
    let limits = limits.unwrap_or_default();
    findings.push(finding("disk", ALLOCATION, &nodes, |nodes| disks(nodes, &limits)));
    findings
}

fn finding(
    check: &'static str,
    asked: Asked,
    reply: &Result<Value, SearchError>,
    judge: impl FnOnce(&Value) -> Finding,
) -> Finding {
    match reply {
        Ok(reply) => judge(reply),
        Err(error) => Finding::unanswered(check, asked, error),
    }
}

fn shards(health: &Value) -> Finding {
    let count = |name: &str| health[name].as_u64().unwrap_or_default();
    let (active, unassigned) = (count("active_shards"), count("unassigned_shards"));
    let found = format!("{active} active, {unassigned} unassigned");
    match health["status"].as_str() {
        Some("red") => {
            let todo =
                "events of the missing shards are neither found nor indexed: see `GET _cluster/allocation/explain`";
            Finding::failure("shards", found, todo)
        }
        Some("yellow") => {
            let todo = match count("number_of_data_nodes") {
                1 => {
                    "one node holds no replicas: run `trailsearch setup --replicas 0` and set the same on the indices, or add a node"
                }
                _ => "see `GET _cluster/allocation/explain`; until then the loss of a node loses events",
            };
            Finding::warning("shards", found, todo)
        }
        _ => Finding::ok("shards", found),
    }
}

fn shard_limit(health: &Value, limits: &Value) -> Finding {
    let count = |name: &str| health[name].as_u64().unwrap_or_default();
    let per_node = setting(limits, "/cluster/max_shards_per_node").and_then(|text| text.parse().ok()).unwrap_or(1000);
    let limit: u64 = count("number_of_data_nodes") * per_node;
    let shards = count("active_shards") + count("unassigned_shards");
    let found = format!("the cluster has {shards} of {limit} shards");
    let todo = "delete or merge indices, or raise cluster.max_shards_per_node: at the limit no month gets its index";
    match shards {
        shards if shards >= limit && limit > 0 => Finding::failure("shard limit", found, todo),
        shards => Finding::warning_if(shards * 100 > limit * MANY, "shard limit", found, todo),
    }
}

/// A setting of the cluster, where the strongest kind of setting says it.
fn setting<'a>(limits: &'a Value, place: &str) -> Option<&'a str> {
    let kinds = ["transient", "persistent", "defaults"];
    kinds.iter().find_map(|kind| limits.get(kind)?.pointer(place)?.as_str())
}

/// A watermark in percent; the usual one where it is given in bytes.
fn watermark(limits: &Value, name: &str, usual: u64) -> u64 {
    let text = setting(limits, &format!("/cluster/routing/allocation/disk/watermark/{name}"));
    text.and_then(|text| text.strip_suffix('%')?.parse().ok()).unwrap_or(usual)
}

fn disks(nodes: &Value, limits: &Value) -> Finding {
    let used = |node: &Value| -> Option<(u64, String)> {
        let percent = node["disk.percent"].as_str()?.parse().ok()?;
        Some((percent, node["node"].as_str().unwrap_or_default().to_owned()))
    };
    let mut nodes: Vec<(u64, String)> = nodes.as_array().into_iter().flatten().filter_map(used).collect();
    nodes.sort_by(|a, b| b.cmp(a));
    let Some((fullest, _)) = nodes.first() else { return Finding::ok("disk", "nobody says how full the disks are") };
    let (low, flood) = (watermark(limits, "low", 85), watermark(limits, "flood_stage", 95));
    let found = format!("the fullest disk is {fullest} % full");
    let full: Vec<String> = nodes.iter().filter(|(used, _)| *used >= low).map(|(_, name)| name.clone()).collect();
    let todo = format!(
        "delete old months or add space to {}: from {low} % on no shards are put there, at {flood} % indices refuse documents",
        some_of(&full)
    );
    if *fullest >= flood {
        Finding::failure("disk", found, todo)
    } else {
        Finding::warning_if(!full.is_empty(), "disk", found, todo)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::finding::Level;
    use super::*;

    #[test]
    fn the_color_tells_how_grave_it_is() {
        let level = |status: &str| shards(&json!({"status": status, "number_of_data_nodes": 1})).level;
        assert_eq!([level("green"), level("yellow"), level("red")], [Level::Ok, Level::Warning, Level::Failure]);
    }

    #[test]
    fn shards_are_counted_against_what_the_nodes_may_have() {
        let level = |active: u64| {
            let health = json!({"number_of_data_nodes": 2, "active_shards": active, "unassigned_shards": 10});
            let limits = json!({"defaults": {"cluster": {"max_shards_per_node": "1000"}}, "persistent": {"cluster": {"max_shards_per_node": "100"}}});
            shard_limit(&health, &limits).level
        };
        assert_eq!([level(100), level(180), level(190)], [Level::Ok, Level::Warning, Level::Failure]);
    }

    #[test]
    fn disks_are_held_against_the_watermarks() {
        let nodes = |percent: &str| json!([{"node": "a", "disk.percent": percent}, {"node": "UNASSIGNED", "disk.percent": null}]);
        let watermarks = json!({"low": "70%", "flood_stage": "500gb"});
        let limits =
            json!({"transient": {"cluster": {"routing": {"allocation": {"disk": {"watermark": watermarks}}}}}});
        let level = |percent| disks(&nodes(percent), &limits).level;
        assert_eq!([level("69"), level("70"), level("95")], [Level::Ok, Level::Warning, Level::Failure]);
        assert_eq!(disks(&json!([]), &limits).level, Level::Ok);
    }
}
