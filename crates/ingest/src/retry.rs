//! How long to wait before trying again.

use std::time::Duration;

use rand::RngExt;

/// Exponential back-off with full jitter
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// The longest first wait.
    pub base: Duration,
    /// The longest wait of all.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(250), cap: Duration::from_secs(15) }
    }
}

impl Backoff {
    /// The wait after the failed attempt number `attempt`, counted from 0; at least what the server asked for.
    pub fn delay(&self, attempt: u32, retry_after: Option<Duration>) -> Duration {
        let most = self.base.saturating_mul(2u32.saturating_pow(attempt.min(16))).min(self.cap);
        let jitter = most.mul_f64(rand::rng().random_range(0.0..=1.0));
        retry_after.unwrap_or_default().min(self.cap * 4).max(jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_cap_and_no_further() {
        let backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(1) };
        assert!((0..200).all(|_| backoff.delay(0, None) <= Duration::from_millis(100)));
        assert!((0..200).all(|attempt| backoff.delay(attempt, None) <= Duration::from_secs(1)));
        let longest = (0..200).map(|_| backoff.delay(20, None)).max();
        assert!(longest > Some(Duration::from_millis(500)));
    }

    #[test]
    fn honours_retry_after() {
        let backoff = Backoff::default();
        assert!(backoff.delay(0, Some(Duration::from_secs(3))) >= Duration::from_secs(3));
    }
}
