//! The set-up event: the real Lambda binary makes a cluster ready, for whoever invokes it and for CloudFormation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use trailsearch_tests::{Callback, Function, Sandbox, event, key, sandbox, variable};

/// As Terraform sends it.
fn terraform(action: &str, setup: &Value) -> Value {
    json!({"setup": setup, "tf": {"action": action, "prev_input": null}})
}

/// A setting of the index template that the cluster has.
async fn shards(sandbox: &Sandbox) -> Value {
    let settings = sandbox.index.get(&format!("/_component_template/{}-settings", sandbox.name)).await.unwrap();
    settings["component_templates"][0]["component_template"]["template"]["settings"]["index"]["number_of_shards"]
        .clone()
}

#[tokio::test]
async fn a_cluster_is_set_up_changed_and_left_by_invocation() {
    sandbox("setup", async |sandbox| {
        sandbox.delete_template().await;
        let function = sandbox.function(&[]).await;
        let keys = [key("one")];
        let ids = sandbox.put_log(&keys[0], 5).await.ids;
        let notification = event::s3(&sandbox.name, &keys);

        let refused = function.invoke(&notification).await;
        assert_eq!(refused["errorType"], "MissingTemplate", "{refused}");
        assert!(refused["errorMessage"].as_str().unwrap().contains("invoke the function with {\"setup\": {}}"));

        let created = function.invoke(&terraform("create", &json!({"replicas": "0", "retentionDays": 365}))).await;
        assert_eq!((&created["action"], &created["state"]), (&json!("create"), &json!("created")), "{created}");
        assert_eq!(created["index_template"], sandbox.name);
        for part in ["retention", "monitors", "dashboards"] {
            assert_eq!(created[part]["state"], "skipped", "{created}");
            assert!(created[part]["reason"].is_string(), "{created}");
        }
        assert!(function.invoke(&notification).await["summary"].is_string());
        assert_eq!(sandbox.count(&ids).await, ids.len());

        let wanted = json!({"replicas": 0, "shards": 2, "monitors": false});
        for state in ["updated", "unchanged"] {
            let answer = function.invoke(&terraform("update", &wanted)).await;
            assert_eq!((&answer["state"], shards(sandbox).await), (&json!(state), json!("2")), "{answer}");
            assert_eq!(answer["monitors"]["reason"], "they are not wanted");
        }

        let deleted = function.invoke(&terraform("delete", &wanted)).await;
        assert_eq!((&deleted["action"], &deleted["state"]), (&json!("delete"), &json!("left")), "{deleted}");
        assert_eq!(deleted["left"][0], format!("the indices {}-* with all their events", sandbox.name));
        assert_eq!((sandbox.count(&ids).await, shards(sandbox).await), (ids.len(), json!("2")));
    })
    .await;
}

#[tokio::test]
async fn cloudformation_is_answered_about_creation_update_and_deletion() {
    sandbox("setup-stack", async |sandbox| {
        sandbox.delete_template().await;
        let function =
            sandbox.function(&[("TRAILSEARCH_LOG", "trace,lambda_runtime::layers::api_response=trace")]).await;
        let mut callback = Callback::start(&[503, 500]).await;
        let ids = sandbox.put_log(&key("one"), 5).await.ids;
        let wanted = [json!({"replicas": "0"}), json!({"replicas": "0", "shards": "2"}), json!({"shard": "?"})];
        for ((request, setup), state) in
            ["Create", "Update", "Delete"].iter().zip(&wanted).zip([json!("created"), json!("updated"), Value::Null])
        {
            let event = event::custom_resource(request, &callback.url, setup);
            assert_eq!(function.invoke(&event).await["responded"], "SUCCESS", "{}", function.output());
            let answer = callback.answer().await;
            assert_eq!(
                (&answer["Status"], &answer["Data"]["IndexTemplateState"]),
                (&json!("SUCCESS"), &state),
                "{answer}"
            );
            for name in ["StackId", "RequestId", "LogicalResourceId"] {
                assert_eq!(answer[name], event[name]);
            }
            assert_eq!(answer["PhysicalResourceId"], "trailsearch-setup-Setup");
            if *request == "Create" {
                function.invoke(&event::s3(&sandbox.name, &[key("one")])).await;
            }
        }
        assert_eq!((sandbox.count(&ids).await, shards(sandbox).await), (ids.len(), json!("2")));
        assert!(!function.output().contains(Callback::SIGNATURE));
    })
    .await;
}

/// What the function answers to an invocation, and what it has CloudFormation told, about the same.
async fn failures(function: &Function, setup: &Value) -> (String, String) {
    let failed = function.invoke(&terraform("create", setup)).await;
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{failed}")).to_owned();
    let mut callback = Callback::start(&[]).await;
    let responded = function.invoke(&event::custom_resource("Create", &callback.url, setup)).await;
    assert_eq!(responded["responded"], "FAILED", "{responded}");
    let answer = callback.answer().await;
    assert_eq!(
        (&answer["Status"], &answer["PhysicalResourceId"]),
        (&json!("FAILED"), &json!("trailsearch-setup-Setup"))
    );
    assert!(!function.output().contains(Callback::SIGNATURE));
    (text(&failed["errorMessage"]), text(&answer["Reason"]))
}

#[tokio::test]
async fn what_is_wrong_is_told_to_who_deploys() {
    sandbox("setup-wrong", async |sandbox| {
        let function = sandbox.function(&[]).await;
        let (message, reason) = failures(&function, &json!({"shards": "two", "retention": 365})).await;
        for text in [message, reason.replace("ResourceProperties.Setup", "setup")] {
            assert!(text.contains("setup.shards is \"two\", allowed is a whole number from 1 to 1024"), "{text}");
            assert!(text.contains("setup.retention is no member, known are shards, replicas, retentionDays"), "{text}");
        }
        let unknown = function.invoke(&json!({"setup": {}, "shards": 1})).await;
        assert_eq!(unknown["errorType"], "FailedSetup");
        assert!(unknown["errorMessage"].as_str().unwrap().contains("unknown field `shards`"), "{unknown}");

        let foreign = json!({"index_patterns": [format!("{}-*", sandbox.name)], "priority": 900});
        sandbox.delete_template().await;
        sandbox.index.put_json(&format!("/_index_template/{}", sandbox.name), &foreign).await.unwrap();
        let (message, reason) = failures(&function, &json!({})).await;
        assert!(message.contains("that is not trailsearch's: choose another index prefix"), "{message}");
        assert_eq!(message, reason);
    })
    .await;
}

#[tokio::test]
async fn a_function_that_cannot_start_says_why_and_does_not_hold_up_a_deletion() {
    sandbox("setup-start", async |sandbox| {
        let function = sandbox.function(&[("TRAILSEARCH_BATCH_BYTES", "2 MiB")]).await;
        let (message, reason) = failures(&function, &json!({})).await;
        assert!(message.contains("TRAILSEARCH_BATCH_BYTES is '2 MiB', allowed is a whole number from"), "{message}");
        assert_eq!(message, reason);
        let mut callback = Callback::start(&[]).await;
        function.invoke(&event::custom_resource("Delete", &callback.url, &json!({}))).await;
        assert_eq!(callback.answer().await["Status"], "SUCCESS");
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_says_nothing_is_told_before_the_time_runs_out() {
    sandbox("setup-silent", async |sandbox| {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let settings = [("OPENSEARCH_ENDPOINT", endpoint.as_str()), ("AWS_LAMBDA_FUNCTION_TIMEOUT", "9")];
        let function = sandbox.function(&settings).await;
        let started = Instant::now();
        let (message, reason) = failures(&function, &json!({})).await;
        assert!(started.elapsed() < Duration::from_secs(21), "{:?}", started.elapsed());
        assert!(message.contains("the cluster did not answer before the time ran out"), "{message}");
        assert_eq!(message, reason);
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_is_not_ready_yet_is_waited_for() {
    let Some(upstream) = variable("OPENSEARCH_ENDPOINT") else { return };
    sandbox("setup-late", async |sandbox| {
        sandbox.delete_template().await;
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
        let function = sandbox.function(&[("OPENSEARCH_ENDPOINT", &format!("http://{address}"))]).await;
        let upstream = upstream.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let late = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(6)).await;
            let listener = TcpListener::bind(address).await.unwrap();
            while let Ok((mut from, _)) = listener.accept().await {
                let mut to = TcpStream::connect(&upstream).await.unwrap();
                tokio::spawn(async move { drop(tokio::io::copy_bidirectional(&mut from, &mut to).await) });
            }
        });
        let answer = function.invoke(&json!({"setup": {"replicas": 0}})).await;
        late.abort();
        assert_eq!(answer["state"], "created", "{answer}");
        assert!(!function.logged("the cluster is not ready, and is waited for").is_empty());
    })
    .await;
}
