//! A cluster that throttles, fails, and breaks connections and replies off, 30 % of the time.
//!
//! With `SOAK=1` more records go through it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use serde_json::Value;
use trailsearch_tests::{Function, Odds, Proxy, Sandbox, event, is_soak, key, sandbox, seed, variable};

/// Objects that are delivered together.
const OBJECTS: usize = 4;

/// A queue gives a message up after some more.
const MOST_DELIVERIES: usize = 3;

/// Many small requests meet many faults, and the function does not wait long for a late reply. It has the longest time
/// that Lambda gives.
const SETTINGS: [(&str, &str); 3] = [
    ("TRAILSEARCH_BATCH_DOCUMENTS", "50"),
    ("TRAILSEARCH_REQUEST_TIMEOUT_SECONDS", "1"),
    ("AWS_LAMBDA_FUNCTION_TIMEOUT", "900"),
];

#[tokio::test]
async fn failing_requests_lose_and_double_nothing() {
    sandbox("requests", async |sandbox| check(sandbox, Odds { requests: 0.3, items: 0.0 }).await).await;
}

#[tokio::test]
async fn throttled_items_lose_and_double_nothing() {
    sandbox("items", async |sandbox| check(sandbox, Odds { requests: 0.0, items: 0.3 }).await).await;
}

/// What is left of each request is small, and waits add up: only in the long form.
#[tokio::test]
async fn throttled_items_of_failing_requests_lose_and_double_nothing() {
    if is_soak() {
        sandbox("both", async |sandbox| check(sandbox, Odds { requests: 0.3, items: 0.3 }).await).await;
    }
}

/// Delivers objects through a proxy until none of them has failed.
async fn check(sandbox: &Sandbox, odds: Odds) {
    let records = if is_soak() { 10_000 } else { 500 };
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for number in 0..OBJECTS {
        keys.push(key(&number.to_string()));
        ids.extend(sandbox.put_log(&keys[number], records).await.ids);
    }
    let proxy = Proxy::start(&variable("OPENSEARCH_ENDPOINT").unwrap(), odds, seed("throttling")).await;
    let settings = [&SETTINGS[..], &[("OPENSEARCH_ENDPOINT", proxy.endpoint.as_str())]].concat();
    let function = sandbox.function(&settings).await;

    let deliveries = deliver(&function, &sandbox.name, keys).await;
    check_books(&function, records);
    sandbox.assert_holds(&ids).await;
    let sum = |name| books(&function).iter().map(|line| count(line, name)).sum::<u64>();
    let tally = proxy.tally();
    assert!(sum("retried") > 0);
    assert_eq!(tally.hasty, 0, "requests that came again before the time that Retry-After named");
    eprintln!("{} records, {deliveries} deliveries: {tally}", ids.len());
    eprintln!("{} documents sent again, {} found to be there already", sum("retried"), sum("duplicate"));
}

/// Delivers what has failed again, as a queue does; how many deliveries it took.
async fn deliver(function: &Function, bucket: &str, mut keys: Vec<String>) -> usize {
    for deliveries in 1..=MOST_DELIVERIES {
        let reply = function.invoke(&event::sqs(bucket, &keys)).await;
        keys.retain(|key| reply.to_string().contains(key));
        assert_eq!(reply, event::failed(&keys));
        if keys.is_empty() {
            return deliveries;
        }
    }
    panic!("after {MOST_DELIVERIES} deliveries these have failed: {keys:?}")
}

/// Each object's last books balance, and nothing was made of its records but whole documents.
fn check_books(function: &Function, records: usize) {
    let done = function.logged("object ingested");
    assert_eq!(done.len(), OBJECTS);
    for line in done {
        assert_eq!(count(&line, "records"), records as u64, "{line}");
        assert_eq!(count(&line, "indexed") + count(&line, "duplicate"), records as u64, "{line}");
    }
    for line in books(function) {
        assert_eq!((count(&line, "rejected"), count(&line, "degraded")), (0, 0), "{line}");
    }
}

/// The books of each attempt at an object.
fn books(function: &Function) -> Vec<Value> {
    [function.logged("object ingested"), function.logged("object failed")].concat()
}

fn count(line: &Value, name: &str) -> u64 {
    line[name].as_u64().unwrap()
}
