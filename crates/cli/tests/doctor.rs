//! `doctor` against a real server, and against servers that stand for what is ill, refuses or is no OpenSearch.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::fake::{Request, Server};
use common::server::{Cluster, http};
use common::story::day;
use common::{Run, assert_recorded, run};
use serde_json::{Value, json};

/// The findings of a check.
fn found(run: &Run, check: &str) -> Vec<Value> {
    let findings = run.json()["findings"].as_array().unwrap().clone();
    findings.into_iter().filter(|finding| finding["check"] == check).collect()
}

/// The levels of a check's findings.
fn levels(run: &Run, check: &str) -> Vec<String> {
    found(run, check).iter().map(|finding| finding["level"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_real_cluster_with_a_days_events_does_not_fail() {
    let Some(day) = day("doctor") else { return };
    let doctor = || day.cluster.run(&["doctor", "--output", "json"]);
    let run = doctor();
    assert_eq!((run.code, &run.json()["failures"]), (Some(0), &json!(0)), "{run:?}");
    let well = ["endpoint", "identity", "indices", "schema", "fields", "blocks", "shard limit", "degraded", "alerting"];
    for check in well {
        assert_eq!(levels(&run, check), ["ok"], "{check}: {run:?}");
    }
    assert_eq!(levels(&run, "template"), ["ok", "ok"], "{run:?}");
    assert!(found(&run, "fields")[0]["found"].as_str().unwrap().starts_with("362 of 400 fields"), "{run:?}");

    let index = format!("/{}-2026.11/_settings", day.cluster.prefix);
    let block = |value: &str| {
        http(&day.cluster.endpoint, "PUT", &index, format!("{{\"index.blocks.write\": {value}}}").as_bytes())
    };
    assert_eq!(block("true").0, 200);
    let blocked = doctor();
    assert_eq!((blocked.code, levels(&blocked, "blocks")), (Some(1), vec!["failure".to_owned()]));
    block("null");

    let promoted =
        day.cluster.run_with(&["doctor", "--output", "json"], &[("TRAILSEARCH_PROMOTE", "request.fleetShape")]);
    assert_eq!(levels(&promoted, "template"), ["ok", "warning"]);
}

#[test]
fn a_cluster_without_the_template_fails() {
    let Some(cluster) = Cluster::new("doctor-bare") else { return };
    let path = format!("/{}-2026.11/_doc/1", cluster.prefix);
    assert_eq!(http(&cluster.endpoint, "PUT", &path, b"{\"eventName\": \"RunInstances\"}").0, 201);
    let run = cluster.run(&["doctor", "--output", "json"]);
    assert_eq!(run.code, Some(1));
    for check in ["template", "indices", "fields"] {
        assert_eq!(levels(&run, check), ["failure"], "{check}: {run:?}");
    }
}

fn doctor(server: &Server, more: &[&str]) -> Run {
    let environment = [("OPENSEARCH_ENDPOINT", server.address.as_str())];
    run(&[&["doctor"], more].concat(), &environment).replacing(&server.address, "CLUSTER")
}

fn info(version: &str) -> Value {
    json!({"version": {"distribution": "opensearch", "number": version}})
}

fn denied() -> (u16, Value) {
    (403, json!({"error": {"reason": "no permissions"}}))
}

#[test]
fn what_may_not_be_looked_at_names_its_permission() {
    let server = Server::answering(|request| if request.line == "GET /" { (200, info("3.8.0")) } else { denied() });
    let nobody = Server::answering(|_| denied());
    assert_recorded("doctor-refused", &[doctor(&server, &[]), doctor(&nobody, &[])]);
}

/// A cluster that is in every kind of trouble.
fn ill(Request { line, .. }: &Request) -> (u16, Value) {
    let meta = json!({"product": "trailsearch", "schema": 0});
    let watermark = json!({"low": "85%", "flood_stage": "95%"});
    let disk = json!({"cluster": {"max_shards_per_node": "1000", "routing": {"allocation": {"disk": {"watermark": watermark}}}}});
    let path = line.split(' ').nth(1).unwrap().split('?').next().unwrap();
    let reply = match path {
        "/" => info("2.11.1"),
        "/_index_template/cloudtrail" => json!({"index_templates": [{"index_template": {"_meta": meta}}]}),
        "/_component_template/cloudtrail-*" => json!({"component_templates": []}),
        "/cloudtrail-*/_mapping" => {
            json!({"cloudtrail-2026.10": {"mappings": {"dynamic": "false", "_meta": meta}}, "cloudtrail-2026.11": {"mappings": {}}})
        }
        "/cloudtrail-*/_settings" => {
            json!({"cloudtrail-2026.10": {"settings": {"index.blocks.read_only_allow_delete": "true"}}})
        }
        "/_cluster/health" | "/_cluster/health/cloudtrail-*" => {
            json!({"status": "red", "number_of_data_nodes": 1, "active_shards": 990, "unassigned_shards": 12})
        }
        "/_cluster/settings" => json!({"defaults": disk}),
        "/_cat/allocation" => json!([{"node": "a", "disk.percent": "97"}, {"node": "b", "disk.percent": "40"}]),
        "/cloudtrail-*/_search" => json!({"hits": {"total": {"value": 7}, "hits": []}}),
        "/_plugins/_alerting/monitors/_search" => json!({"hits": {"hits": []}}),
        _ => return (404, json!({"error": format!("nothing at {path}")})),
    };
    (200, reply)
}

/// A Dashboards without the saved objects.
fn empty_dashboards(Request { line, .. }: &Request) -> (u16, Value) {
    match line.as_str() {
        "GET /api/status" => (200, json!({"version": {"number": "2.19.1"}})),
        _ => (404, json!({"statusCode": 404, "message": "not found"})),
    }
}

#[test]
fn every_trouble_has_its_finding_and_a_remedy() {
    let (server, dashboards) = (Server::answering(ill), Server::answering(empty_dashboards));
    let state = tempfile::tempdir().unwrap();
    let letters = state.path().join("dead-letters/2026/11/20");
    std::fs::create_dir_all(&letters).unwrap();
    std::fs::write(letters.join("one.ndjson.gz"), "").unwrap();
    let state = state.path().to_str().unwrap();
    let run = doctor(&server, &["--dashboards", &dashboards.address, "--state", state]);
    assert_recorded("doctor-ill", &[run.replacing(&dashboards.address, "DASHBOARDS").replacing(state, "STATE")]);
    let csv = doctor(&server, &["--output", "csv"]);
    assert!(csv.stdout.starts_with("check,found,level,todo\n") && csv.code == Some(1), "{csv:?}");
}

#[test]
fn what_is_no_opensearch_is_said() {
    let elastic = Server::answering(|_| (200, json!({"version": {"number": "8.15.0"}})));
    let locked = Server::answering(|_| (401, json!({"error": "who are you?"})));
    let page = Server::answering(|_| (200, json!("<html>")));
    assert_recorded("doctor-else", &[elastic, locked, page].map(|server| doctor(&server, &[])));
}
