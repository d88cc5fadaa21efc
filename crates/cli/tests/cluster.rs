//! The binary against the real servers of the local stack (`make up`, then `. target/local/env`). Without
//! `OPENSEARCH_ENDPOINT` or `AWS_ENDPOINT_URL` the tests of that server are skipped.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::server::{Cluster, address, http};
use common::{Run, assert_recorded, write};
use serde_json::{Value, json};
use trailsearch_testkit::{gzip, load};

const HISTORY: &str = include_str!("data/history.json");

const INSTANCE: &str = "i-0123456789abcdef0";

/// Records of the objects in [`folder`] that can be read.
const RECORDS: u64 = 700;

/// Logs of several forms, and what is none.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let digest = "AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/10/05/111122223333_CloudTrail-Digest_eu-central-1_trail_eu-central-1_20261005T100000Z.json.gz";
    let log = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/10/05/111122223333_CloudTrail_eu-central-1_20261005T1000Z_a1B2c3D4e5F6g7H8.json.gz";
    write(
        folder.path(),
        &[
            ("plain.json", load::object(1, 300).into_bytes()),
            (log, gzip(load::object(2, 400))),
            (digest, gzip("{}")),
            ("README.md", b"# no log".to_vec()),
        ],
    );
    folder
}

/// The books without what differs between runs.
fn books(run: &Run) -> Value {
    let mut books = run.json();
    let read = |name: &str| books[name].as_f64().unwrap_or_default();
    assert!(read("bytes_read") > 0.0 && read("bytes_posted") > 0.0 && read("seconds") > 0.0, "{books}");
    for name in ["bytes_read", "bytes_posted", "seconds"] {
        books.as_object_mut().unwrap().remove(name);
    }
    books
}

fn expected(indexed: u64, duplicate: u64) -> Value {
    json!({
        "objects": 2, "records": indexed + duplicate, "indexed": indexed, "duplicate": duplicate,
        "degraded": 0, "dead_lettered": 0, "dropped": 0, "failed": 0, "skipped": 2, "failed_objects": 0,
    })
}

#[test]
fn a_folder_is_ingested_once_however_often_it_is_given() {
    let Some(cluster) = Cluster::new("folder") else { return };
    let folder = folder();
    let path = folder.path().to_str().unwrap();
    let first = cluster.run(&["ingest", path, "--setup", "--output", "json"]);
    assert_eq!(books(&first), expected(RECORDS, 0));
    assert_eq!(first.code, Some(0));
    assert!(first.stderr.contains("README.md: its name ends neither in .json.gz nor in .json\n"), "{}", first.stderr);
    assert!(first.stderr.contains("a CloudTrail digest holds hashes of log files, no events\n"), "{}", first.stderr);

    let second = cluster.run(&["ingest", path, "--output", "json"]);
    assert_eq!(books(&second), expected(0, RECORDS));
    cluster.refresh();
    let (_, count) = cluster.get("/PREFIX-2026.10/_count");
    assert!(count.starts_with(&format!("{{\"count\":{RECORDS},")), "{count}");
}

#[test]
fn the_summary_for_people_has_the_same_counts() {
    let Some(cluster) = Cluster::new("summary") else { return };
    let folder = folder();
    let run = cluster.run(&["ingest", folder.path().join("plain.json").to_str().unwrap(), "--setup"]);
    let counts: Vec<&str> = run.stdout.lines().take(10).collect();
    assert_eq!(
        counts,
        [
            "objects         1",
            "failed objects  0",
            "skipped         0",
            "records         300",
            "indexed         300",
            "duplicate       0",
            "degraded        0",
            "dead-lettered   0",
            "dropped         0",
            "failed          0",
        ]
    );
    assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
}

/// A log of two records: AWS Config asks for a policy that is not there, and somebody deletes the bucket.
fn log_with_noise() -> tempfile::TempDir {
    let arn = "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";
    let config = json!({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": arn}}});
    let alice = json!({"type": "IAMUser", "userName": "alice"});
    let record = |id: &str, who: Value, event_name: &str, error_code: Value| {
        json!({
            "eventID": id, "eventTime": "2026-10-05T10:00:00Z", "eventSource": "s3.amazonaws.com",
            "userIdentity": who, "eventName": event_name, "errorCode": error_code,
        })
    };
    let probe = record("a", config, "GetBucketPolicy", json!("NoSuchBucketPolicy"));
    let log = json!({"Records": [probe, record("b", alice, "DeleteBucket", Value::Null)]});
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("log.json", log.to_string().into_bytes())]);
    folder
}

#[test]
fn noise_is_dropped_and_counted_only_where_a_setting_says_so() {
    let Some(cluster) = Cluster::new("noise") else { return };
    let folder = log_with_noise();
    let path = folder.path().to_str().unwrap();
    let setting = [("TRAILSEARCH_DROP_NOISE", "config-probe")];
    let dropping = cluster.run_with(&["ingest", path, "--setup", "--output", "json"], &setting);
    let counts = |run: &Run| ["records", "indexed", "duplicate", "dropped"].map(|name| run.json()[name].clone());
    assert_eq!((counts(&dropping), dropping.code), ([2, 1, 0, 1].map(Value::from), Some(0)));

    let tagging = cluster.run(&["ingest", path, "--output", "json"]);
    assert_eq!(counts(&tagging), [2, 1, 1, 0].map(Value::from));
    cluster.refresh();
    for query in ["noise:config-probe", "NOT%20noise:*"] {
        let (_, count) = cluster.get(&format!("/PREFIX-2026.10/_count?q={query}"));
        assert!(count.starts_with("{\"count\":1,"), "{query}: {count}");
    }
}

#[test]
fn an_object_that_fails_does_not_stop_the_others() {
    let Some(cluster) = Cluster::new("broken") else { return };
    let folder = tempfile::tempdir().unwrap();
    let good = gzip(load::object(3, 50));
    let truncated = good[..good.len() / 2].to_vec();
    write(
        folder.path(),
        &[
            ("a-truncated.json.gz", truncated),
            ("b-no-json.json", b"hello".to_vec()),
            ("c-good.json.gz", good),
            ("d-empty.json.gz", Vec::new()),
        ],
    );
    let run = cluster.run(&["ingest", folder.path().to_str().unwrap(), "--setup", "--output", "json"]);
    let books = run.json();
    assert_eq!((run.code, &books["failed_objects"]), (Some(1), &json!(3)), "{run:?}");
    let placed = books["indexed"].as_u64().unwrap() + books["duplicate"].as_u64().unwrap();
    assert_eq!(Some(placed), books["records"].as_u64());
    assert!(placed >= 50, "{books}");
    for name in [
        "a-truncated.json.gz: could not be inflated: ",
        "b-no-json.json: cannot be read as a log: ",
        "d-empty.json.gz: ",
    ] {
        let line = format!("error: {}/{name}", folder.path().display());
        assert!(run.stderr.contains(&line), "{line} is missing in:\n{}", run.stderr);
    }
}

#[test]
fn nothing_to_ingest_is_an_error_that_says_what_to_do() {
    let Some(cluster) = Cluster::new("nothing") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    write(folder.path(), &[("docs/README.md", b"# no log".to_vec())]);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let ingest = |below: &str| {
        cluster.run(&["ingest", "--output", "json", &format!("{path}/{below}")]).replacing(&path, "FOLDER")
    };
    let without_template = ingest("docs");
    cluster.run(&["setup"]);
    assert_recorded("nothing", &[without_template, ingest("docs"), ingest("empty"), ingest("missing")]);
}

#[test]
fn setup_is_safe_to_repeat() {
    let Some(cluster) = Cluster::new("setup") else { return };
    assert_recorded(
        "setup",
        &[
            cluster.run(&["setup"]),
            cluster.run(&["setup"]),
            cluster.run(&["setup", "--shards", "2", "--replicas", "0"]),
        ],
    );
    let state = cluster.run(&["setup", "--output", "json"]).json();
    assert_eq!((&state["index_template"], &state["state"]), (&json!("PREFIX"), &json!("updated")));
    let (_, settings) = cluster.get("/_index_template/PREFIX");
    assert!(settings.contains(state["digest"].as_str().unwrap()), "{settings}");
}

#[test]
fn the_template_of_somebody_else_is_left_alone() {
    let Some(cluster) = Cluster::new("foreign") else { return };
    let template = json!({"index_patterns": [format!("{}-*", cluster.prefix)]}).to_string();
    let path = format!("/_index_template/{}", cluster.prefix);
    assert_eq!(http(&cluster.endpoint, "PUT", &path, template.as_bytes()).0, 200);
    assert_recorded("foreign", &[cluster.run(&["setup"]), cluster.run(&["ingest", "logs/"])]);
}

#[test]
fn who_finds_the_creating_event_and_the_last_change() {
    let Some(cluster) = Cluster::new("who") else { return };
    let folder = tempfile::tempdir().unwrap();
    // The file's path is in the documents, which are not shown whole.
    write(folder.path(), &[("history.json", HISTORY.into())]);
    let path = folder.path().to_str().unwrap();
    let nothing = cluster.run(&["who", INSTANCE]);
    assert_eq!(cluster.run(&["ingest", path, "--setup"]).code, Some(0));
    cluster.refresh();
    let who = |id: &str| cluster.run(&["who", id]);
    assert_recorded(
        "who",
        &[
            nothing,
            who(INSTANCE),
            who("deploy-bot"),
            who("arn:aws:iam::111122223333:user/deploy-bot"),
            who("AKIAEXAMPLEDEPLOYBOT"),
            who("ASIAEXAMPLEALICESES1"),
            who("arn:aws:ec2:eu-central-1:111122223333:instance/i-0123456789abcdef0"),
            who("subnet-0123456789abcdef0"),
            who("i-00000000000000000"),
            cluster.run(&["who", INSTANCE, "--output", "json"]).replacing(path, "FOLDER"),
            cluster.run(&["who", "vpc-0123456789abcdef0", "--output", "json"]).replacing(path, "FOLDER"),
        ],
    );
}

#[test]
fn access_logs_are_ingested_from_files_of_any_name() {
    let Some(cluster) = Cluster::new("access") else { return };
    let line = "0f1e2d3c4b5a example-flow-logs [20/Nov/2026:09:14:27 +0000] - svc:delivery.logs.amazonaws.com 7F3A9C41D2E85B06 \
                REST.PUT.OBJECT flow/one.gz \"PUT /flow/one.gz HTTP/1.1\" 403 AccessDenied 243 - 41 12 \"-\" \"-\" - h= SigV4 - \
                AuthHeader - - - -\n";
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("one.log", line.as_bytes().to_vec()), ("two.gz", gzip(line.to_owned() + "no line"))]);
    let path = folder.path().to_str().unwrap();
    let prefix = format!("{}-access", cluster.prefix);
    let run = |arguments: &[&str]| {
        cluster.run_with(arguments, &[("TRAILSEARCH_ACCESS_LOG_INDEX_PREFIX", &prefix), ("OPENSEARCH_AUTH", "none")])
    };
    let missing = run(&["ingest", "--access-logs", path]);
    assert!(missing.stderr.contains("the index template PREFIX-access is not installed"), "{missing:?}");

    let books = run(&["ingest", "--access-logs", path, "--setup", "--output", "json"]).json();
    let counts = ["records", "indexed", "duplicate", "degraded"].map(|name| books[name].as_u64().unwrap());
    assert_eq!(counts, [3, 1, 1, 1]);
    cluster.refresh();
    let query = "q=requester:%22svc:delivery.logs.amazonaws.com%22%20AND%20httpStatus:403";
    let (_, found) = cluster.get(&format!("/PREFIX-access-2026.11/_count?{query}"));
    assert!(found.starts_with("{\"count\":1,"), "{found}");
    let setup = run(&["setup", "--access-logs", "--output", "json"]).json();
    assert_eq!((&setup["state"], &setup["access_log"]["state"]), (&json!("created"), &json!("unchanged")));
}

#[test]
fn a_prefix_or_one_object_of_a_bucket_is_ingested() {
    let (Some(cluster), Some(s3)) = (Cluster::new("bucket"), address("AWS_ENDPOINT_URL")) else { return };
    let bucket = cluster.prefix.clone();
    let put = |path: &str, body: &[u8]| assert_eq!(http(&s3, "PUT", path, body).0, 200, "{path}");
    put(&format!("/{bucket}"), b"");
    put(&format!("/{bucket}/logs/one.json"), load::object(4, 20).as_bytes());
    put(&format!("/{bucket}/logs/one.json.gz"), &gzip(load::object(5, 30)));
    put(&format!("/{bucket}/logs/README.md"), b"# no log");
    let aws = [
        ("AWS_ENDPOINT_URL", s3.as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
    ];
    let ingest = |source: &str| {
        let source = format!("s3://{source}");
        cluster.run_with(&["ingest", &source, "--setup", "--output", "json"], &aws)
    };
    let one = ingest(&format!("{bucket}/logs/one.json")).json();
    assert_eq!((&one["objects"], &one["indexed"]), (&json!(1), &json!(20)));
    let all = ingest(&format!("{bucket}/logs/")).json();
    let counts = ["objects", "indexed", "duplicate", "skipped"].map(|name| all[name].as_u64().unwrap());
    assert_eq!(counts, [2, 30, 20, 1]);

    let empty = ingest(&format!("{bucket}/none/"));
    assert!(empty.stderr.starts_with("error: s3://PREFIX/none/ holds no objects"), "{empty:?}");
    let missing = ingest("no-such-bucket-of-trailsearch/");
    assert!(missing.stderr.contains("the bucket no-such-bucket-of-trailsearch does not exist"), "{missing:?}");
    assert_eq!((empty.code, missing.code), (Some(1), Some(1)));
}

/// A log of one management event, one data event and one without a category, for two accounts.
fn log_of_classes() -> tempfile::TempDir {
    let record = |id: &str, account: &str, category: &str| {
        json!({
            "eventID": id, "eventTime": "2026-10-05T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
            "userIdentity": {"type": "IAMUser", "userName": "alice"}, "eventCategory": category, "recipientAccountId": account,
        })
    };
    let mut old = record("c", "444455556666", "");
    old.as_object_mut().unwrap().remove("eventCategory");
    let records = [record("a", "111122223333", "Management"), record("b", "111122223333", "Data"), old];
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("log.json", json!({"Records": records}).to_string().into_bytes())]);
    folder
}

#[test]
fn indices_are_divided_by_account_or_class_and_a_repetition_meets_its_twin() {
    let folder = log_of_classes();
    let path = folder.path().to_str().unwrap();
    for (by, counts) in [
        ("account", [("111122223333", 2), ("444455556666", 1)].as_slice()),
        ("class", &[("data", 1), ("management", 1), ("other", 1)]),
    ] {
        let Some(cluster) = Cluster::new(by) else { return };
        let ingest = |by| {
            cluster.run_with(&["ingest", path, "--setup", "--output", "json"], &[("TRAILSEARCH_INDEX_BY", by)]).json()
        };
        assert_eq!((&ingest(by)["indexed"], &ingest(by)["duplicate"]), (&json!(3), &json!(3)), "{by}");
        cluster.refresh();
        let (_, found) = cluster.get("/_cat/indices/PREFIX-*?h=index,docs.count&s=index&format=json");
        let expected: Vec<Value> = counts
            .iter()
            .map(|(part, count)| json!({"index": format!("{}-{part}-2026.10", cluster.prefix), "docs.count": count.to_string()}))
            .collect();
        assert_eq!(serde_json::from_str::<Value>(&found).unwrap(), Value::from(expected), "{by}");
        let found = cluster.run(&["search", "eventName:GetObject", "--output", "json"]).json();
        assert_eq!(found["total"], 3, "every index is asked, and has the mapping: {found}");

        assert_eq!(ingest("month")["indexed"], 3, "under another name the same event is another document");
    }
}

#[test]
fn of_two_templates_that_match_an_index_the_one_of_the_longer_prefix_makes_it() {
    let Some(short) = Cluster::new("pair") else { return };
    let long = Cluster { endpoint: short.endpoint.clone(), prefix: format!("{}-x", short.prefix) };
    let folder = log_of_classes();
    let ingest = |cluster: &Cluster, by| {
        let run = cluster.run_with(&["ingest", folder.path().to_str().unwrap()], &[("TRAILSEARCH_INDEX_BY", by)]);
        assert_eq!(run.code, Some(0), "{run:?}");
    };
    let digest = |cluster: &Cluster, shards| {
        cluster.run(&["setup", "--shards", shards, "--output", "json"]).json()["digest"].clone()
    };
    let (of_short, of_long) = (digest(&short, "1"), digest(&long, "2"));
    ingest(&short, "class");
    ingest(&long, "month");
    let made_by = |cluster: &Cluster, index: &str| {
        let (_, mapping) = cluster.get(&format!("/PREFIX-{index}/_mapping"));
        let mapping: Value = serde_json::from_str(&mapping).unwrap();
        mapping.pointer(&format!("/{}-{index}/mappings/_meta/digest", cluster.prefix)).cloned()
    };
    assert_ne!(of_short, of_long);
    assert_eq!(made_by(&short, "management-2026.10"), Some(of_short));
    assert_eq!(made_by(&long, "2026.10"), Some(of_long));
}
