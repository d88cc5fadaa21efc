//! The questions against a real server over a day of sample events, and over chains that the day lacks. Without
//! `OPENSEARCH_ENDPOINT` they are skipped (`make up`, then `. target/local/env`).
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::server::Cluster;
use common::story::Day;
use common::{Run, assert_recorded};
use serde_json::{Value, json};
use trailsearch_testkit::story;

/// A cluster with these objects in it.
fn cluster_with(test: &str, objects: &[(&str, Vec<u8>)]) -> Option<(Cluster, tempfile::TempDir)> {
    common::story::with(test, objects).map(|Day { cluster, folder }| (cluster, folder))
}

/// A cluster with the day of the story, under a folder that is `FOLDER` in what is recorded.
fn day(test: &str) -> Option<impl Fn(&[&str]) -> Run> {
    let Day { cluster, folder } = common::story::day(test)?;
    Some(move |arguments: &[&str]| cluster.run(arguments).replacing(folder.path().to_str().unwrap(), "FOLDER"))
}

/// The id of the one event that a query finds.
#[track_caller]
fn only(ask: &impl Fn(&[&str]) -> Run, query: &str) -> String {
    let found = ask(&["search", query, "--output", "json"]).json();
    assert_eq!(found["total"], 1, "{query}: {found}");
    found["events"][0]["eventID"].as_str().unwrap().to_owned()
}

#[test]
fn history_tells_what_names_only_an_association() {
    let Some(ask) = day("history") else { return };
    assert_recorded(
        "history",
        &[
            ask(&["history", story::ROUTE_TABLE_ID]),
            ask(&["history", "arn:aws:iam::111122223333:user/support-tmp"]),
            ask(&["history", story::BUCKET, "--reads", "--until", "2026-11-20T09:30:00Z"]),
            ask(&["history", story::INSTANCE_ID, "--limit", "2", "--output", "csv"]),
            ask(&["history", "rtb-00000000000000000"]),
            ask(&["history", story::ROUTE_TABLE_ID, "--since", "2026-11-21"]),
        ],
    );
}

#[test]
fn search_filters_and_says_what_it_cannot_read() {
    let Some(ask) = day("search") else { return };
    assert_recorded(
        "search",
        &[
            ask(&[
                "search",
                "--human",
                "--changes",
                "--since",
                "2026-11-20T08:40:00Z",
                "--until",
                "2026-11-20T09:00:00Z",
            ]),
            ask(&["search", "eventName:RunInstances", "--errors"]),
            ask(&["search", "eventName:RunInstances", "--limit", "1"]),
            ask(&["search", "--account", "444455556666", "--region", "us-east-1", "--changes", "--output", "csv"]),
            ask(&["search", "eventName:NoSuchCall"]),
            ask(&["search", "eventName:((", "--output", "json"]),
            ask(&["search", "--since", "2026-11-20", "--until", "2026-11-19"]),
        ],
    );
    let total =
        |more: &[&str]| ask(&[&["search", "--output", "json"], more].concat()).json()["total"].as_u64().unwrap();
    let (all, quiet) = (total(&[]), total(&["--no-noise"]));
    assert_eq!(all, story::EVENTS as u64);
    assert_eq!(all - quiet, total(&["noise:*"]));
    assert_eq!(ask(&["search", "--limit", "500", "--output", "ndjson"]).stdout.lines().count(), story::EVENTS);
}

#[test]
fn trace_leads_back_to_the_person_or_the_workload() {
    let Some(ask) = day("trace") else { return };
    let stack = only(&ask, "eventName:CreateTable");
    let instance = only(&ask, "eventName:RegisterManagedInstance");
    let function = only(
        &ask,
        "eventName:AssumeRole AND userIdentity.invokedBy:lambda.amazonaws.com AND resource.id:orders-api-role",
    );
    assert_recorded(
        "trace",
        &[
            ask(&["trace", story::CHAINED_ACCESS_KEY_ID]),
            ask(&["trace", &stack]),
            ask(&["trace", &instance]),
            ask(&["trace", &function]),
            ask(&["trace", "ASIAEXAMPLECAROLSSO2"]),
            ask(&["trace", story::CREATED_ACCESS_KEY_ID]),
            ask(&["trace", "DevAdmin/alice", "--since", "2026-11-20T09:00:00Z"]),
            ask(&["trace", "ASIAEXAMPLENOBODY234"]),
            ask(&["trace", "i-00000000000000000"]),
        ],
    );
}

#[test]
fn explain_tells_an_event_and_shows_it_raw() {
    let Some(ask) = day("explain") else { return };
    let cut = only(&ask, "eventName:DisassociateRouteTable");
    // The time of ingestion differs from run to run.
    let without_time = |run: Run| {
        let time =
            run.stdout.lines().find_map(|line| line.trim().strip_prefix("\"time\": ")).unwrap_or_default().to_owned();
        if time.is_empty() { run } else { run.replacing(&time, "TIME") }
    };
    assert_recorded(
        "explain",
        &[
            without_time(ask(&["explain", &cut])),
            ask(&["explain", "00000000-0000-4000-8000-000000000000"]),
            ask(&["explain", "DisassociateRouteTable"]),
        ],
    );
    let program = ask(&["explain", &cut, "--output", "json"]).json();
    assert_eq!(program["event"]["requestParameters"]["associationId"], story::ROUTE_TABLE_ASSOCIATION_ID);
}

#[test]
fn counts_are_by_any_field_or_path() {
    let Some(ask) = day("counts") else { return };
    assert_recorded(
        "counts",
        &[
            ask(&["top", "eventSource", "--limit", "3", "--changes"]),
            ask(&["top", "requestParameters.instanceType", "actor.name", "--query", "eventName:RunInstances"]),
            ask(&["top", "awsRegion", "--by", "day", "--output", "ndjson"]),
            ask(&["top", "no.such.path"]),
            ask(&["top", "actor.name", "--query", "actor:(("]),
            ask(&["errors", "--limit", "4"]),
            ask(&["errors", "--since", "2026-11-21"]),
            ask(&["logins"]),
            ask(&["logins", "--since", "2026-11-21"]),
        ],
    );
    // A path that is read out of the documents counts what the index counts.
    let counts = |field: &str| {
        let rows = ask(&["top", field, "--limit", "1000", "--output", "json"]).json()["counts"].clone();
        let mut rows: Vec<String> = rows.as_array().unwrap().iter().map(Value::to_string).collect();
        rows.sort();
        rows
    };
    assert_eq!(counts("request.roleArn"), counts("requestParameters.roleArn"));
}

#[test]
fn delivery_tells_what_is_denied_silent_and_changed() {
    let Some(ask) = day("delivery") else { return };
    assert_recorded(
        "delivery",
        &[
            ask(&["delivery", "--until", "2026-11-20", "--at-least", "30"]),
            ask(&["delivery", "--until", "2026-11-20", "--at-least", "30", "--output", "csv"]),
            ask(&["delivery", "--account", "444455556666", "--until", "2026-11-20", "--silent-after", "5h"]),
            ask(&["delivery", "--until", "2026-11-01"]),
        ],
    );
    // The same numbers as the dashboard's.
    let answer = ask(&["delivery", "--until", "2026-11-20", "--output", "json"]).json();
    let denied = &answer["denied"][0];
    let known = ["events", "first", "target"].map(|name| denied[name].clone());
    assert_eq!(known, [json!(3), json!("2026-11-20T22:05:07Z"), json!("example-flow-logs")]);
    assert_eq!((&answer["total_changes"], answer["regions"].as_array().unwrap().len()), (&json!(2), 6));
}

/// A log bucket that loses its policy, and what then is denied of it and of its key.
fn denials() -> Vec<Value> {
    let service = |name: &str| json!({"type": "AWSService", "invokedBy": name});
    let bob = json!({"type": "IAMUser", "userName": "bob", "arn": "arn:aws:iam::777788889999:user/bob", "accountId": ACCOUNTS[2]});
    let at = |bucket: &str| json!({"requestParameters": {"bucketName": bucket}});
    let denied =
        |parameters: Value| json!({"errorCode": "AccessDenied", "errorMessage": "no", "requestParameters": parameters});
    let bucket = denied(json!({"bucketName": "example-logs", "key": "AWSLogs/one.json.gz"}));
    let key = denied(json!({"keyId": "arn:aws:kms:eu-central-1:777788889999:key/one"}));
    vec![
        record(1, ACCOUNTS[2], "s3", "DeleteBucketPolicy", &bob, &at("example-logs")),
        record(2, ACCOUNTS[2], "s3", "DeleteBucketPolicy", &bob, &at("example-other")),
        record(3, ACCOUNTS[2], "s3", "PutObject", &service("cloudtrail.amazonaws.com"), &bucket),
        record(4, ACCOUNTS[2], "kms", "GenerateDataKey", &service("cloudtrail.amazonaws.com"), &key),
        record(5, ACCOUNTS[2], "kms", "GenerateDataKey", &service("cloudtrail.amazonaws.com"), &key),
        record(6, ACCOUNTS[2], "s3", "PutObject", &bob, &bucket),
    ]
}

#[test]
fn a_log_bucket_that_loses_its_policy_is_told_with_what_is_denied() {
    let Some((cluster, _folder)) = cluster_with("log-bucket", &[("log.json", log(&denials()))]) else { return };
    let answer = cluster.run(&["delivery", "--until", "2026-11-20", "--output", "json"]);
    let answer = (answer.code == Some(0)).then(|| answer.json()).unwrap();
    let denied = answer["denied"].as_array().unwrap();
    let told: Vec<(&str, u64)> =
        denied.iter().map(|denial| (denial["target"].as_str().unwrap(), denial["events"].as_u64().unwrap())).collect();
    assert_eq!(told, [("arn:aws:kms:eu-central-1:777788889999:key/one", 2), ("example-logs", 1)]);
    let changes = answer["changes"].as_array().unwrap();
    assert_eq!((changes.len(), &changes[0]["eventID"]), (1, &json!("777788889999-DeleteBucketPolicy-1")));
}

const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];

/// The record of a call, at a minute of the day, in the account that receives it.
fn record(minute: usize, account: &str, service: &str, name: &str, identity: &Value, more: &Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11", "eventTime": format!("2026-11-20T10:{minute:02}:00Z"), "eventName": name,
        "eventSource": format!("{service}.amazonaws.com"), "awsRegion": "eu-central-1", "readOnly": name.starts_with("Assume"),
        "eventID": format!("{account}-{name}-{minute}"), "recipientAccountId": account, "userIdentity": identity,
        "sourceIPAddress": "203.0.113.24", "eventType": "AwsApiCall", "eventCategory": "Management",
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn key(hop: usize) -> String {
    format!("ASIAEXAMPLEHOP{hop:06}")
}

/// The session of the chain's role of this number, from 0.
fn session(hop: usize) -> Value {
    let (account, role) = (ACCOUNTS[hop % 3], format!("hop-{hop}"));
    json!({
        "type": "AssumedRole", "principalId": format!("AROAEXAMPLEHOP{hop:06}:build"), "accountId": account,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/build"), "accessKeyId": key(hop),
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "userName": role, "arn": format!("arn:aws:iam::{account}:role/{role}"), "accountId": account},
            "attributes": {"creationDate": format!("2026-11-20T10:{hop:02}:00Z"), "mfaAuthenticated": "false"},
        },
    })
}

/// The two records of one `AssumeRole` across accounts: the caller's, and that of the role's owner.
fn assume(hop: usize, caller: &Value) -> Vec<Value> {
    let (from, to) = (caller["accountId"].as_str().unwrap(), ACCOUNTS[hop % 3]);
    let more = json!({
        "requestParameters": {"roleArn": format!("arn:aws:iam::{to}:role/hop-{hop}"), "roleSessionName": "build"},
        "responseElements": {"credentials": {"accessKeyId": key(hop)}}, "sharedEventID": format!("shared-{hop}"),
    });
    let mut records = vec![record(hop, from, "sts", "AssumeRole", caller, &more)];
    if from != to {
        let stranger = json!({"type": "AWSAccount", "principalId": caller["principalId"], "accountId": from});
        records.push(record(hop, to, "sts", "AssumeRole", &stranger, &more));
    }
    records
}

/// A user who takes a role, from it another, five in all over three accounts, and then makes a bucket.
fn chain() -> Vec<Value> {
    let alice = json!({
        "type": "IAMUser", "userName": "alice", "accountId": ACCOUNTS[0], "principalId": "AIDAEXAMPLEALICE1234",
        "arn": "arn:aws:iam::111122223333:user/alice", "accessKeyId": "AKIAEXAMPLEALICEKEY1",
    });
    let mut records = assume(0, &alice);
    records.extend((1..5).flat_map(|hop| assume(hop, &session(hop - 1))));
    let bucket = json!({"requestParameters": {"bucketName": "example-exports"}});
    records.push(record(5, ACCOUNTS[1], "s3", "CreateBucket", &session(4), &bucket));
    records
}

fn log(records: &[Value]) -> Vec<u8> {
    json!({"Records": records}).to_string().into_bytes()
}

#[test]
fn trace_follows_five_roles_over_three_accounts() {
    let Some((cluster, _folder)) = cluster_with("chain", &[("log.json", log(&chain()))]) else { return };
    let made = "444455556666-CreateBucket-5";
    let answer = cluster.run(&["trace", made, "--output", "json"]).json();
    assert_eq!(answer["origin"], json!({"name": "alice", "type": "IAMUser", "account": "111122223333", "human": true}));
    let ids: Vec<&str> =
        answer["chain"].as_array().unwrap().iter().filter_map(|step| step["event"]["eventID"].as_str()).collect();
    let hops = (0..5).rev().map(|hop| {
        let caller = if hop == 0 { ACCOUNTS[0] } else { ACCOUNTS[(hop - 1) % 3] };
        format!("{caller}-AssumeRole-{hop}")
    });
    assert_eq!(ids, [made.to_owned()].into_iter().chain(hops).collect::<Vec<_>>());
    assert_eq!(answer["session"]["created"], json!([{"id": "example-exports", "event": made}]));
    // A key with which nothing was done yet, or one in the middle, leads back too.
    for hop in 0..5 {
        let answer = cluster.run(&["trace", &key(hop), "--output", "json"]).json();
        assert_eq!(answer["origin"]["name"], "alice", "{answer}");
    }
}

#[test]
fn a_chain_that_breaks_off_says_which_logs_to_ingest() {
    let owners: Vec<Value> = chain().into_iter().filter(|record| record["recipientAccountId"] != ACCOUNTS[0]).collect();
    let unissued = session(9);
    let more = json!({"requestParameters": {"bucketName": "example-unissued"}});
    let records = [owners, vec![record(9, ACCOUNTS[0], "s3", "CreateBucket", &unissued, &more)]].concat();
    let Some((cluster, _folder)) = cluster_with("broken-chain", &[("log.json", log(&records))]) else { return };
    assert_recorded(
        "trace-broken-off",
        &[
            cluster.run(&["trace", "444455556666-CreateBucket-5"]),
            cluster.run(&["trace", "111122223333-CreateBucket-9"]),
        ],
    );
}

/// Other ways to credentials, each with its last call and who is behind it.
fn other_origins() -> Vec<(Vec<Value>, &'static str, &'static str)> {
    let issued = |key: &str| json!({"responseElements": {"credentials": {"accessKeyId": key}}});
    let saml = json!({"type": "SAMLUser", "userName": "carol@example.com", "principalId": "p:carol@example.com", "identityProvider": "idp"});
    let web = json!({"type": "WebIdentityUser", "userName": "repo:example-org/orders", "principalId": "x", "identityProvider": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"});
    let mut center = session(7);
    let role = "AWSReservedSSO_Admin_0f1e2d3c4b5a6978";
    center["arn"] = json!(format!("arn:aws:sts::444455556666:assumed-role/{role}/bob@example.com"));
    center["principalId"] = json!("AROAEXAMPLEHOP000007:bob@example.com");
    center["sessionContext"]["sessionIssuer"]["userName"] = json!(role);
    let none = json!({});
    vec![
        (
            vec![
                record(20, ACCOUNTS[0], "sts", "AssumeRoleWithSAML", &saml, &issued(&key(3))),
                record(21, ACCOUNTS[0], "s3", "CreateBucket", &session(3), &none),
            ],
            "111122223333-CreateBucket-21",
            "carol@example.com",
        ),
        (
            vec![
                record(22, ACCOUNTS[1], "sts", "AssumeRoleWithWebIdentity", &web, &issued(&key(4))),
                record(23, ACCOUNTS[1], "s3", "CreateBucket", &session(4), &none),
            ],
            "444455556666-CreateBucket-23",
            "repo:example-org/orders",
        ),
        (
            vec![record(24, ACCOUNTS[1], "s3", "CreateBucket", &center, &none)],
            "444455556666-CreateBucket-24",
            "bob@example.com",
        ),
    ]
}

#[test]
fn trace_ends_at_federated_people_and_workloads() {
    let records: Vec<Value> = other_origins().into_iter().flat_map(|(records, ..)| records).collect();
    let Some((cluster, _folder)) = cluster_with("federated", &[("log.json", log(&records))]) else { return };
    for (_, call, origin) in other_origins() {
        let answer = cluster.run(&["trace", call, "--output", "json"]);
        assert_eq!((answer.code, &answer.json()["origin"]["name"]), (Some(0), &json!(origin)), "{answer:?}");
    }
}
