//! What verification needs from the outside world.

use std::error::Error;
use std::future::Future;

use jiff::Timestamp;

use crate::keys::PublicKey;

/// Gives CloudTrail's public keys.
pub trait PublicKeys: Send + Sync {
    /// The keys that may have signed digests of `region` between two moments.
    ///
    /// # Errors
    /// When CloudTrail does not tell.
    fn list(
        &self,
        region: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Vec<PublicKey>, ListKeysError>> + Send;
}

/// CloudTrail does not tell its public keys.
#[derive(Debug, thiserror::Error)]
#[error(
    "the public keys of {region} cannot be listed: cloudtrail:ListPublicKeys is needed there, or a file with them (`aws cloudtrail list-public-keys --region {region} --start-time … --end-time …`)"
)]
pub struct ListKeysError {
    /// The region whose keys they are.
    pub region: String,
    /// What was answered.
    pub source: Box<dyn Error + Send + Sync>,
}
