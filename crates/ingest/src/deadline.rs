//! How long work may go on.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// A moment after which no new work is started and no retry waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No such moment.
    pub const NEVER: Self = Self(None);

    /// The moment that lies `duration` from now.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    /// The earlier of two moments.
    pub fn or_after(self, duration: Duration) -> Self {
        let other = Self::after(duration);
        match (self.0, other.0) {
            (Some(own), Some(other)) => Self(Some(own.min(other))),
            (own, other) => Self(own.or(other)),
        }
    }

    /// Whether there is no such moment.
    pub fn is_never(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the moment comes before `duration` has passed.
    pub fn is_within(&self, duration: Duration) -> bool {
        self.0.is_some_and(|moment| Instant::now() + duration >= moment)
    }

    /// What comes of `work`, or nothing where the moment comes first: the work is dropped then, and is not even begun
    /// where the moment has passed.
    pub async fn limit<T>(self, work: impl Future<Output = T>) -> Option<T> {
        match self.0 {
            Some(_) if self.has_passed() => None,
            Some(moment) => tokio::time::timeout_at(moment, work).await.ok(),
            None => Some(work.await),
        }
    }

    /// Whether the moment has passed.
    pub fn has_passed(&self) -> bool {
        self.is_within(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_dropped_at_the_moment_and_not_begun_after_it() {
        let deadline = Deadline::after(Duration::from_millis(20));
        assert_eq!(deadline.limit(async { 1 }).await, Some(1));
        assert_eq!(deadline.limit(std::future::pending::<()>()).await, None);
        assert_eq!(deadline.limit(async { panic!("begun") }).await, None::<()>);
    }

    #[test]
    fn the_earlier_moment_counts() {
        let soon = Deadline::NEVER.or_after(Duration::ZERO);
        assert!(soon.has_passed() && soon.or_after(Duration::from_secs(60)).has_passed());
        assert!(Deadline::NEVER.is_never() && !soon.is_never());
    }
}
