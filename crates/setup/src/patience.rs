//! How long a cluster is waited for that is not ready yet.

use std::time::Duration;

use trailsearch_ingest::Deadline;
use trailsearch_ingest::retry::Backoff;

use crate::error::SetupError;

/// How long a new cluster takes at most until its name is known and its policies hold; what is wrong longer than this
/// is wrong.
const LONGEST: Duration = Duration::from_secs(300);

/// How long a cluster is waited for that does not answer, or does not let us in, yet.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// When nothing is begun any more.
    tries: Deadline,
    /// When even what is under way is dropped.
    end: Deadline,
    backoff: Backoff,
}

impl Patience {
    /// Tries everything once, and takes the time that the requests take.
    pub fn none() -> Self {
        Self { tries: Deadline::after(Duration::ZERO), end: Deadline::NEVER, backoff: Backoff::default() }
    }

    /// Tries again what may yet succeed, for five minutes and until the deadline.
    pub fn until(deadline: Deadline) -> Self {
        Self { tries: deadline.or_after(LONGEST), end: deadline, backoff: Backoff::default() }
    }

    /// What comes of `step`, which does no harm when it is repeated.
    pub(crate) async fn with<T>(&self, step: impl AsyncFn() -> Result<T, SetupError>) -> Result<T, SetupError> {
        let (mut attempt, mut last) = (0, None);
        loop {
            let error = match self.end.limit(step()).await {
                None => return Err(SetupError::Timeout { source: last }),
                Some(Err(error)) if error.may_pass() => error,
                Some(done) => return done,
            };
            let delay = self.backoff.delay(attempt, None);
            if self.tries.is_within(delay) {
                return Err(error);
            }
            tracing::warn!(%error, seconds = delay.as_secs_f64(), "the cluster is not ready, and is waited for");
            tokio::time::sleep(delay).await;
            (attempt, last) = (attempt + 1, Some(Box::new(error)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use trailsearch_search::SearchError;

    fn denied() -> SetupError {
        let (endpoint, reason) = ("https://search.example.com".to_owned(), "not yet".to_owned());
        SearchError::Unauthorized { endpoint, status: 403, reason, remedy: "check the role" }.into()
    }

    fn foreign() -> SetupError {
        SetupError::ForeignTemplate("audit".to_owned())
    }

    async fn tried(patience: Patience, succeeds_at: u32, error: fn() -> SetupError) -> (u32, Result<(), SetupError>) {
        let tries = Cell::new(0);
        let step = async || {
            tries.set(tries.get() + 1);
            if tries.get() == succeeds_at { Ok(()) } else { Err(error()) }
        };
        let done = patience.with(step).await;
        (tries.get(), done)
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_again_until_the_deadline() {
        let soon = Patience::until(Deadline::after(Duration::from_secs(60)));
        let (tries, done) = tried(soon, 4, denied).await;
        assert!(tries == 4 && done.is_ok());
        let (tries, done) = tried(soon, u32::MAX, denied).await;
        assert!(tries > 4 && matches!(done, Err(SetupError::Search(_))), "{tries}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_pass_is_an_error_at_once() {
        let long = Patience::until(Deadline::NEVER);
        assert!(matches!(tried(long, 2, foreign).await, (1, Err(SetupError::ForeignTemplate(_)))));
        assert!(matches!(tried(Patience::none(), 2, denied).await, (1, Err(SetupError::Search(_)))));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_deadline_patience_ends_all_the_same() {
        let started = tokio::time::Instant::now();
        assert!(tried(Patience::until(Deadline::NEVER), u32::MAX, denied).await.1.is_err());
        assert!(started.elapsed() <= LONGEST);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_with_the_deadline() {
        let patience = Patience::until(Deadline::after(Duration::from_secs(8)));
        let done = patience.with(std::future::pending::<Result<(), SetupError>>).await;
        assert!(matches!(done, Err(SetupError::Timeout { source: None })));
    }
}
