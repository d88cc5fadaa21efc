//! `setup` against servers that stand for a cluster with the Alerting plugin and for OpenSearch Dashboards.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::fake::{Request, Server};
use common::{Run, assert_recorded, run};
use serde_json::{Value, json};

/// A cluster with the plugin and one of the monitors.
fn cluster(request: &Request) -> (u16, Value) {
    match request.line.as_str() {
        line if line.starts_with("GET ") => (404, json!({"error": "there is none"})),
        "POST /_plugins/_alerting/monitors/_search" => {
            let monitor = json!({"type": "monitor", "name": "CloudTrail: Root is used"});
            (200, json!({"hits": {"hits": [{"_id": "m1", "_source": monitor}]}}))
        }
        _ => (200, json!({"acknowledged": true})),
    }
}

/// A cluster whose plugin has had no monitor yet, and so has no index.
fn fresh_cluster(request: &Request) -> (u16, Value) {
    match request.line.as_str() {
        "POST /_plugins/_alerting/monitors/_search" => {
            (404, json!({"error": {"reason": "Configured indices are not found: [.opendistro-alerting-config]"}}))
        }
        _ => cluster(request),
    }
}

fn dashboards(_: &Request) -> (u16, Value) {
    (200, json!({"success": true, "successCount": 88}))
}

fn setup(cluster: &Server, dashboards: &Server, more: &[&str]) -> Run {
    let arguments = [&["setup", "--dashboards", &dashboards.address], more].concat();
    let login = [("OPENSEARCH_USERNAME", "alice"), ("OPENSEARCH_PASSWORD", "secret")];
    let environment = [&[("OPENSEARCH_ENDPOINT", cluster.address.as_str())][..], &login].concat();
    run(&arguments, &environment).replacing(&dashboards.address, "DASHBOARDS").replacing(&cluster.address, "CLUSTER")
}

#[test]
fn dashboards_and_monitors_come_with_the_template() {
    let (cluster, dashboards) = (Server::answering(cluster), Server::answering(dashboards));
    assert_recorded("setup-dashboards", &[setup(&cluster, &dashboards, &[])]);

    let [import] = &dashboards.asked("")[..] else { panic!("one request") };
    assert_eq!(import.line, "POST /api/saved_objects/_import?overwrite=true");
    assert!(
        import.head.contains("\nosd-xsrf: true") && import.head.contains("\nauthorization: basic "),
        "{}",
        import.head
    );
    let objects = import.body.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let patterns: Vec<Value> = objects.filter(|object| object["type"] == "index-pattern").collect();
    assert_eq!(patterns[0]["attributes"]["title"], "cloudtrail-*");
}

#[test]
fn a_monitor_that_is_there_is_left_as_it_is() {
    let (cluster, dashboards) = (Server::answering(cluster), Server::answering(dashboards));
    let run = setup(&cluster, &dashboards, &["--output", "json"]);
    let monitors = &run.json()["monitors"];
    assert_eq!(monitors["kept"], json!(["CloudTrail: Root is used"]));
    let created = monitors["created"].as_array().unwrap();
    let posted: Vec<Value> = cluster
        .asked("POST /_plugins/_alerting/monitors")
        .iter()
        .filter(|request| !request.line.ends_with("_search"))
        .map(|request| serde_json::from_str::<Value>(&request.body).unwrap()["name"].clone())
        .collect();
    assert_eq!((&posted, posted.contains(&json!("CloudTrail: Root is used"))), (created, false));
}

#[test]
fn the_first_monitors_are_created() {
    let (cluster, dashboards) = (Server::answering(fresh_cluster), Server::answering(dashboards));
    let run = setup(&cluster, &dashboards, &["--output", "json", "--index-prefix", "audit"]);
    assert_eq!(run.json()["monitors"]["kept"], json!([]));
    let posted = cluster.asked("POST /_plugins/_alerting/monitors");
    assert!(posted.last().unwrap().body.contains("\"indices\":[\"audit-*\"]"), "{posted:?}");
    assert!(dashboards.asked("")[0].body.contains("\"title\":\"audit-*\""));
}

#[test]
fn dashboards_that_do_not_take_the_objects_are_an_error() {
    let cluster = Server::answering(cluster);
    let refusing = Server::answering(|_| (401, json!({"statusCode": 401, "message": "Authentication required"})));
    let incomplete = Server::answering(|_| {
        let error = json!({"id": "trailsearch-overview", "type": "dashboard", "error": {"type": "missing_references"}});
        (200, json!({"success": false, "successCount": 87, "errors": [error]}))
    });
    let other = Server::answering(|_| (200, json!({"hello": "world"})));
    let servers = [refusing, incomplete, other];
    assert_recorded("setup-dashboards-faults", &servers.map(|server| setup(&cluster, &server, &[])));
}
