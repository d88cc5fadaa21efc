//! Why an object could not be ingested whole.

use trailsearch_core::books::Books;
use trailsearch_core::inflate::InflateError;
use trailsearch_core::notification::NotificationError;
use trailsearch_core::split::SplitError;

use crate::ports::{Cause, FetchError, QueueError};

/// What went wrong with one object.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It could not be read.
    #[error("could not be fetched")]
    Fetch(#[from] FetchError),
    /// Its bytes are not what they should be.
    #[error("could not be inflated")]
    Inflate(#[from] InflateError),
    /// Its text is no log.
    #[error("cannot be read as a log")]
    Split(#[from] SplitError),
    /// It should hold dead letters.
    #[error("line {line} is no dead letter")]
    DeadLetter {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        source: Cause,
    },
    /// Documents could not be delivered.
    #[error("{count} records could not be delivered: {reason}")]
    Undelivered {
        /// How many.
        count: u64,
        /// The last reason given.
        reason: String,
    },
    /// Time ran out before the object was read to its end.
    #[error("time ran out after {records} records")]
    OutOfTime {
        /// Records read so far.
        records: u64,
    },
}

impl ObjectError {
    /// Whether another delivery of the same object can succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_retryable(),
            Self::Inflate(_) | Self::Split(_) | Self::DeadLetter { .. } => false,
            Self::Undelivered { .. } | Self::OutOfTime { .. } => true,
        }
    }
}

/// An object that failed, and what was done of it all the same.
#[derive(Debug, thiserror::Error)]
#[error("{object}")]
pub struct Failure {
    /// The object, `s3://bucket/key` or a path.
    pub object: String,
    /// What was read, indexed and failed.
    pub books: Books,
    /// What went wrong.
    #[source]
    pub error: ObjectError,
}

/// Why a message of a queue stays there.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] NotificationError),
    /// One of its objects has failed.
    #[error(transparent)]
    Object(#[from] Box<Failure>),
    /// It is done, but cannot be deleted.
    #[error("the message is done and cannot be deleted")]
    Undeleted(#[from] QueueError),
}
