//! The most memory that the real Lambda binary takes for large objects.
//!
//! The objects are as large as CloudTrail's largest, and ten times that. The peak is that of the whole process, at any moment
//! since its start.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::fs::File;

use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};
use trailsearch_testkit::load::{Limit, Records, Written, write_object_within};
use trailsearch_tests::{Sandbox, key, sandbox};

const MIB: f64 = 1024.0 * 1024.0;

/// The longest that Lambda lets a function run.
const LONGEST: (&str, &str) = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "900");

#[tokio::test]
async fn an_object_of_50_mb_takes_less_than_64_mib() {
    sandbox("memory-50", async |sandbox| {
        let limit = Limit { records: 40_000, bytes: u64::MAX };
        assert!(peak_mib(sandbox, limit).await < 64.0);
    })
    .await;
}

#[tokio::test]
async fn an_object_of_500_mb_takes_less_than_72_mib() {
    sandbox("memory-500", async |sandbox| {
        let limit = Limit { records: u64::MAX, bytes: 500_000_000 };
        assert!(peak_mib(sandbox, limit).await < 72.0);
    })
    .await;
}

/// The peak after one object, of which every record must be indexed.
async fn peak_mib(sandbox: &Sandbox, limit: Limit) -> f64 {
    let key = key("large");
    let written = put_large(sandbox, &key, limit).await;
    let function = sandbox.function(&[LONGEST]).await;
    let reply = function.invoke(&json!({"bucket": sandbox.name, "key": key})).await;
    let summary: Value = serde_json::from_str(reply["summary"].as_str().unwrap_or_else(|| panic!("{reply}"))).unwrap();
    assert_eq!((&summary["indexed"], &summary["bytes_inflated"]), (&json!(written.records), &json!(written.bytes)));
    let peak = function.peak_memory_bytes() as f64 / MIB;
    let seconds = function.logged("object ingested")[0]["milliseconds"].as_f64().unwrap() / 1000.0;
    eprintln!("{} records, {} bytes: peak {peak:.1} MiB, {seconds:.1} s", written.records, written.bytes);
    peak
}

/// Puts an object that was never in memory as a whole.
async fn put_large(sandbox: &Sandbox, key: &str, limit: Limit) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.json.gz");
    let written = write_object_within(&mut Records::new(1), limit, File::create(&path).unwrap()).unwrap();
    sandbox.put(&sandbox.name, key, ByteStream::from_path(&path).await.unwrap()).await;
    written
}
