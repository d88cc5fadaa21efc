//! `setup --retention-days` against a server that stands for the Index State Management plugin, as its documentation has
//! it: <https://docs.opensearch.org/latest/im-plugin/ism/api/>.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use common::fake::{Request, Server};
use common::server::Cluster;
use common::{Run, assert_recorded, run};
use serde_json::{Value, json};

const PRIMARY_TERM: u64 = 1;

/// A policy as an index follows it.
#[derive(Debug, Clone, PartialEq)]
struct Followed {
    policy: String,
    seq_no: u64,
}

/// What the plugin knows.
#[derive(Default)]
struct Plugin {
    policies: BTreeMap<String, (Value, u64)>,
    indices: BTreeMap<String, Option<Followed>>,
    seq_no: u64,
}

impl Plugin {
    fn answer(&mut self, request: &Request) -> (u16, Value) {
        let (method, path) = request.line.split_once(" /_plugins/_ism/").unwrap();
        let (api, rest) = path.split_once('/').unwrap();
        let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
        let body = || serde_json::from_str::<Value>(&request.body).unwrap();
        match (method, api) {
            ("GET", "policies") => self.policy(name),
            ("PUT", "policies") => self.put(name, query, body()["policy"].clone()),
            ("POST", "add") => self.add(name, body()["policy_id"].as_str().unwrap()),
            ("POST", "change_policy") => self.change(name, body()["policy_id"].as_str().unwrap()),
            ("GET", "explain") => (200, self.explain(name)),
            _ => (405, json!({"error": request.line})),
        }
    }

    fn policy(&self, name: &str) -> (u16, Value) {
        let Some((policy, seq_no)) = self.policies.get(name) else {
            return (404, json!({"error": {"type": "status_exception", "reason": "Policy not found"}, "status": 404}));
        };
        (200, json!({"_id": name, "_version": 1, "_seq_no": seq_no, "_primary_term": PRIMARY_TERM, "policy": policy}))
    }

    /// A policy is replaced by who says which one: anybody else meets a conflict.
    fn put(&mut self, name: &str, query: &str, policy: Value) -> (u16, Value) {
        let current = self.policies.get(name).map(|(_, seq_no)| *seq_no);
        let expected =
            current.map_or(String::new(), |seq_no| format!("if_seq_no={seq_no}&if_primary_term={PRIMARY_TERM}"));
        if query != expected {
            let reason = format!("[{name}]: version conflict, document already exists");
            return (409, json!({"error": {"type": "version_conflict_engine_exception", "reason": reason}}));
        }
        self.seq_no += 3;
        self.policies.insert(name.to_owned(), (policy, self.seq_no));
        (201, json!({"_id": name, "_seq_no": self.seq_no, "_primary_term": PRIMARY_TERM}))
    }

    fn add(&mut self, pattern: &str, policy: &str) -> (u16, Value) {
        let followed = self.followed(policy);
        let (mut updated, mut failed) = (0, Vec::new());
        for (name, follows) in
            self.indices.iter_mut().filter(|(name, _)| name.starts_with(pattern.trim_end_matches('*')))
        {
            if follows.is_some() {
                failed.push(failure(name, "This index already has a policy"));
            } else {
                (*follows, updated) = (Some(followed.clone()), updated + 1);
            }
        }
        (200, json!({"updated_indices": updated, "failures": !failed.is_empty(), "failed_indices": failed}))
    }

    fn change(&mut self, names: &str, policy: &str) -> (u16, Value) {
        let followed = self.followed(policy);
        for name in names.split(',') {
            *self.indices.get_mut(name).unwrap() = Some(followed.clone());
        }
        (200, json!({"updated_indices": names.split(',').count(), "failures": false, "failed_indices": []}))
    }

    fn followed(&self, policy: &str) -> Followed {
        Followed { policy: policy.to_owned(), seq_no: self.policies[policy].1 }
    }

    fn explain(&self, pattern: &str) -> Value {
        let indices = self.indices.iter().filter(|(name, _)| name.starts_with(pattern.trim_end_matches('*')));
        let told = |(name, follows): (&String, &Option<Followed>)| {
            let state = follows.as_ref().map_or(json!({"policy_id": null}), |Followed { policy, seq_no }| {
                json!({"index": name, "policy_id": policy, "policy_seq_no": seq_no, "policy_primary_term": PRIMARY_TERM})
            });
            (name.clone(), state)
        };
        let managed = json!(indices.clone().filter(|(_, follows)| follows.is_some()).count());
        Value::Object(indices.map(told).chain([("total_managed_indices".to_owned(), managed)]).collect())
    }
}

fn failure(name: &str, reason: &str) -> Value {
    json!({"index_name": name, "index_uuid": "gCFlS_zcTdih8xyxf3jQ-A", "reason": reason})
}

/// A cluster with the plugin, and what the plugin knows.
fn cluster(plugin: Plugin) -> (Server, Arc<Mutex<Plugin>>) {
    let plugin = Arc::new(Mutex::new(plugin));
    let inside = Arc::clone(&plugin);
    let server = Server::answering(move |request| match request.line.as_str() {
        line if line.contains("/_plugins/_ism/") => inside.lock().unwrap().answer(request),
        line if line.starts_with("GET ") => (404, json!({"error": "there is none"})),
        line if line.contains("_alerting") => (400, json!({"error": "no handler found for uri"})),
        _ => (200, json!({"acknowledged": true})),
    });
    (server, plugin)
}

fn setup(cluster: &Server, more: &[&str]) -> Run {
    let arguments = [&["setup"], more].concat();
    run(&arguments, &[("OPENSEARCH_ENDPOINT", &cluster.address)]).replacing(&cluster.address, "CLUSTER")
}

fn retention(run: &Run) -> Value {
    run.json()["retention"].clone()
}

fn indices(followed: &[(&str, Option<Followed>)]) -> Plugin {
    let indices = followed.iter().map(|(name, followed)| ((*name).to_owned(), followed.clone())).collect();
    Plugin { indices, ..Plugin::default() }
}

#[test]
fn a_policy_is_made_and_followed_by_the_indices_that_are_there() {
    let strange = Followed { policy: "hot-warm".to_owned(), seq_no: 9 };
    let (cluster, plugin) = cluster(indices(&[
        ("cloudtrail-2026.10", None),
        ("cloudtrail-2026.11", None),
        ("cloudtrail-2019.01", Some(strange.clone())),
        ("cloudtrail-undated", None),
    ]));
    let done = setup(&cluster, &["--retention-days", "365", "--output", "json"]);
    assert_eq!(
        retention(&done),
        json!({
            "state": "installed", "policy": "cloudtrail-retention", "change": "created", "deletes_after_days": 396,
            "added": 2, "left": {"cloudtrail-2019.01": "it follows the policy hot-warm"},
        })
    );
    let plugin = plugin.lock().unwrap();
    let followed = Some(Followed { policy: "cloudtrail-retention".to_owned(), seq_no: 3 });
    assert_eq!(plugin.indices["cloudtrail-2026.11"], followed);
    assert_eq!(plugin.indices["cloudtrail-2019.01"], Some(strange));
    assert_eq!(plugin.indices["cloudtrail-undated"], None);
}

#[test]
fn another_number_of_days_reaches_the_indices_that_follow_the_policy() {
    let (cluster, plugin) = cluster(indices(&[("cloudtrail-2026.10", None)]));
    setup(&cluster, &["--retention-days", "365"]);
    plugin.lock().unwrap().indices.insert("cloudtrail-2026.11".to_owned(), None);
    let changed = setup(&cluster, &["--retention-days", "90", "--output", "json"]);
    let told = retention(&changed);
    assert_eq!((&told["change"], &told["deletes_after_days"]), (&json!("updated"), &json!(121)));
    assert_eq!((&told["added"], &told["left"]), (&json!(1), &json!({})));
    {
        let plugin = plugin.lock().unwrap();
        let (policy, seq_no) = &plugin.policies["cloudtrail-retention"];
        assert_eq!(policy["states"][0]["transitions"][0]["conditions"]["min_index_age"], "121d");
        assert!(plugin.indices.values().all(|followed| followed.as_ref().unwrap().seq_no == *seq_no));
    }
    let again = setup(&cluster, &["--retention-days", "90", "--output", "json"]);
    assert_eq!(retention(&again)["change"], "unchanged");
    assert_eq!(cluster.asked("PUT /_plugins/_ism/").len(), 2);
    assert_eq!(cluster.asked("POST /_plugins/_ism/change_policy/cloudtrail-2026.10").len(), 1);
}

#[test]
fn what_is_said_of_retention() {
    let (cluster, plugin) = cluster(indices(&[("cloudtrail-2026.11", None)]));
    let none = setup(&cluster, &[]);
    let made = setup(&cluster, &["--retention-days", "365"]);
    let kept = setup(&cluster, &[]);
    let policy = json!({"description": "hot to warm after a week"});
    plugin.lock().unwrap().policies.insert("cloudtrail-retention".to_owned(), (policy, 40));
    let foreign = setup(&cluster, &["--retention-days", "365"]);
    assert_recorded("retention", &[none, made, kept, foreign]);
}

#[test]
fn the_policy_is_shown_before_it_is_sent() {
    let arguments = ["setup", "--dry-run", "--retention-days", "30", "--output", "json"];
    let requests = run(&arguments, &[("OPENSEARCH_ENDPOINT", common::NOBODY)]).json();
    let requests: Vec<&Value> = requests
        .as_array()
        .unwrap()
        .iter()
        .filter(|request| request["path"].as_str().unwrap().contains("/_ism/"))
        .collect();
    let [put, add] = requests[..] else { panic!("{requests:?}") };
    assert_eq!((&put["method"], &put["path"]), (&json!("PUT"), &json!("/_plugins/_ism/policies/cloudtrail-retention")));
    assert_eq!(put["body"]["policy"]["ism_template"][0]["index_patterns"], json!(["cloudtrail-20*"]));
    assert_eq!(
        (&add["path"], &add["body"]),
        (&json!("/_plugins/_ism/add/cloudtrail-20*"), &json!({"policy_id": "cloudtrail-retention"}))
    );
}

#[test]
fn a_cluster_without_the_plugin_keeps_its_indices_and_says_so() {
    let Some(cluster) = Cluster::new("retention") else { return };
    let run = cluster.run(&["setup", "--retention-days", "365", "--output", "json"]);
    let reason = "the cluster has no Index State Management plugin: indices are kept";
    assert_eq!(retention(&run), json!({"state": "skipped", "reason": reason}));
}
