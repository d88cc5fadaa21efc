//! Nothing that the command line prints holds a secret, however much it logs and whatever goes wrong.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::server::Cluster;
use common::{Run, run, write};
use trailsearch_testkit::gzip;

const PASSWORD: &str = "s3cret-password";
const SECRET_KEY: &str = "s3cret-access-key";
const SESSION_TOKEN: &str = "s3cret-session-token";
/// `alice:s3cret-password` in base64.
const LOGIN: &str = "YWxpY2U6czNjcmV0LXBhc3N3b3Jk";
/// In an event, as an answer of AWS STS.
const ISSUED_TOKEN: &str = "s3cret-issued-token";

/// Whatever can be secret in an environment, and all that can be logged. No AWS service answers there.
const SECRETS: [(&str, &str); 9] = [
    ("OPENSEARCH_USERNAME", "alice"),
    ("OPENSEARCH_PASSWORD", PASSWORD),
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
    ("AWS_SESSION_TOKEN", SESSION_TOKEN),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ("AWS_MAX_ATTEMPTS", "1"),
    ("TRAILSEARCH_LOG", "trace"),
];

#[track_caller]
fn assert_silent(run: &Run) {
    for secret in [PASSWORD, SECRET_KEY, SESSION_TOKEN, ISSUED_TOKEN, LOGIN] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{secret}: {run:?}");
    }
}

#[test]
fn no_error_holds_a_secret() {
    let inside = ["http", "ftp"].map(|scheme| format!("{scheme}://alice:{PASSWORD}@127.0.0.1:9"));
    for endpoint in [inside[0].as_str(), &inside[1], "127.0.0.1:9"] {
        for auth in ["auto", "es"] {
            let environment = [&SECRETS[..], &[("OPENSEARCH_ENDPOINT", endpoint), ("OPENSEARCH_AUTH", auth)]].concat();
            for arguments in [
                &["ingest", "."][..],
                &["setup"],
                &["who", "i-0abc1234def567890"],
                &["replay", "s3://example-state/dead-letters/"],
                &["replay", "--queue", "http://127.0.0.1:9/111122223333/dlq"],
                &["verify", "s3://example-logs/", "--against-index"],
            ] {
                let run = run(arguments, &environment);
                assert!(run.code == Some(1) || run.code == Some(2), "{run:?}");
                assert_silent(&run);
            }
        }
    }
}

#[test]
fn no_log_of_what_went_well_holds_a_secret() {
    let Some(cluster) = Cluster::new("secrets") else { return };
    let folder = tempfile::tempdir().unwrap();
    let credentials = format!(r#"{{"accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionToken":"{ISSUED_TOKEN}"}}"#);
    let record = format!(
        r#"{{"eventID":"e-1","eventTime":"2026-10-05T10:00:00Z","eventName":"AssumeRole","responseElements":{{"credentials":{credentials}}}}}"#
    );
    write(folder.path(), &[("log.json.gz", gzip(format!("{{\"Records\":[{record}]}}")))]);
    let path = folder.path().to_str().unwrap();
    for auth in ["basic", "es"] {
        let environment = [&SECRETS[..], &[("OPENSEARCH_AUTH", auth)]].concat();
        for arguments in [&["ingest", path, "--setup"][..], &["who", "ASIAIOSFODNN7EXAMPLE", "--output", "json"]] {
            let run = cluster.run_with(arguments, &environment);
            assert!(run.stderr.lines().count() > 10 && run.code != Some(2), "{run:?}");
            assert_silent(&run);
        }
    }
}
