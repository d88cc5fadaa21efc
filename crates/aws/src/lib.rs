//! Adapters for Amazon S3, Amazon SQS and AWS Secrets Manager.
//!
//! [`load_config`] reads credentials, region and endpoints once per process, the way every AWS tool
//! does; [`S3Store`] opens, lists and uploads objects with them, and [`S3State`] keeps dead letters and checkpoints;
//! [`read_login`] reads the cluster's login.
//! With the feature `sqs`, `SqsQueue` hands out messages; with the feature `cloudtrail`, `CloudTrailKeys`
//! lists the public keys that digests are checked with.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

mod list;
#[cfg(feature = "cloudtrail")]
mod public_keys;
#[cfg(feature = "sqs")]
mod queue;
mod secret;
mod state;
mod store;
mod upload;

pub use list::{ListError, Listed, Listing, Page};
#[cfg(feature = "cloudtrail")]
pub use public_keys::CloudTrailKeys;
#[cfg(feature = "sqs")]
pub use queue::SqsQueue;
pub use secret::{SecretError, read_login};
pub use state::S3State;
pub use store::S3Store;
pub use upload::UploadError;

/// How often a request is sent at most, until its reply has begun.
const ATTEMPTS: u32 = 4;

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long S3 may take to begin its reply.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a body may trickle (under one byte a second) before it counts as broken.
const STALL_GRACE: Duration = Duration::from_secs(10);

/// The AWS settings of this process: environment, profile files, container or instance role.
///
/// Requests are retried with back-off on throttling, 5xx replies and broken connections; time-outs
/// are short enough that a function notices a dead endpoint well before its own deadline.
pub async fn load_config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT);
    aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts.build())
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALL_GRACE).build())
        .load()
        .await
}
