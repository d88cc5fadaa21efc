//! The function's process is killed at random moments while it ingests one object, and the object is delivered again.
//!
//! With `SOAK=1` it is killed 200 times.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

use std::pin::pin;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use trailsearch_tests::{Function, Log, Sandbox, event, is_soak, key, sandbox, seed};

/// Records of the object.
const RECORDS: usize = 20_000;

/// Kills while one index is filled.
const KILLS: usize = 5;

/// An object and the function that it is delivered to.
struct Delivery<'s> {
    sandbox: &'s Sandbox,
    function: Function,
    event: Value,
    log: Log,
}

#[tokio::test]
async fn a_function_killed_at_any_moment_leaves_each_record_indexed_once() {
    let kills = if is_soak() { 200 } else { KILLS };
    let mut dice = StdRng::seed_from_u64(seed("chaos"));
    sandbox("chaos", async |sandbox| {
        let delivery = Delivery::new(sandbox).await;
        let least = delivery.least_time().await;
        let (mut indexed, mut rounds) = (Vec::new(), 0);
        while indexed.len() < kills {
            indexed.extend(delivery.round(moments(&mut dice, least)).await);
            rounds += 1;
        }
        eprintln!("killed {} times while {rounds} indices were filled, each with {RECORDS} records", indexed.len());
        print_histogram(&indexed);
    })
    .await;
}

/// Random moments of a delivery that takes at least so long, the earliest first: each delivery gets further than the
/// one before, and is killed while it has new records to place.
fn moments(dice: &mut StdRng, least: Duration) -> [Duration; KILLS] {
    let mut moments = [(); KILLS].map(|()| least.mul_f64(dice.random()));
    moments.sort();
    moments
}

/// How many kills found how many records indexed.
fn print_histogram(indexed: &[usize]) {
    const STEP: usize = RECORDS / 10;
    for from in (0..=RECORDS).step_by(STEP) {
        let count = indexed.iter().filter(|indexed| (from..from + STEP).contains(indexed)).count();
        eprintln!("{from:>6} records or more were indexed at {count:>3} kills {}", "#".repeat(count));
    }
}

impl<'s> Delivery<'s> {
    async fn new(sandbox: &'s Sandbox) -> Self {
        let key = key("chaos");
        let log = sandbox.put_log(&key, RECORDS).await;
        let event = event::sqs(&sandbox.name, &[key]);
        Self { sandbox, function: sandbox.function(&[]).await, event, log }
    }

    /// How long a delivery takes when there is nothing new to place; leaves no index behind.
    async fn least_time(&self) -> Duration {
        let mut time = Duration::ZERO;
        for _ in 0..2 {
            let started = Instant::now();
            self.complete().await;
            time = started.elapsed();
        }
        self.empty().await;
        time
    }

    /// Fills an index by deliveries that are killed at these moments, and one that is not. How many records were
    /// indexed at each kill; a delivery that was done before its moment has no part in it.
    async fn round(&self, moments: [Duration; KILLS]) -> Vec<usize> {
        let mut indexed = Vec::new();
        for moment in moments {
            if self.is_killed(moment).await {
                indexed.push(self.sandbox.count_all().await);
            }
        }
        assert!(!indexed.is_empty(), "every delivery was done before it could be killed");
        self.complete().await;
        self.sandbox.assert_holds(&self.log.ids).await;
        self.empty().await;
        indexed
    }

    /// Delivers the object and kills the function at this moment, unless the delivery is done by then.
    async fn is_killed(&self, moment: Duration) -> bool {
        let mut invocation = pin!(self.function.invoke(&self.event));
        let reply = tokio::select! {
            reply = &mut invocation => reply,
            () = tokio::time::sleep(moment) => {
                self.function.kill().await;
                invocation.await
            }
        };
        let killed = reply["errorType"] == "Runtime.ExitError";
        assert!(killed || reply == event::failed(&[]), "{reply}");
        killed
    }

    async fn complete(&self) {
        let reply = self.function.invoke(&self.event).await;
        assert_eq!(reply, event::failed(&[]), "{}", self.function.output());
    }

    async fn empty(&self) {
        self.sandbox.delete(&format!("/{}-*", self.sandbox.name)).await;
    }
}
