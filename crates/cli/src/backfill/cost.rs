//! What AWS asks for, in US dollars. Prices differ by region and over time, so every sum is an estimate.

use serde::Serialize;

/// Which prices these are, and where to look for others.
pub(super) const SOURCE: &str = "prices of S3 Standard in us-east-1, see https://aws.amazon.com/s3/pricing/";

/// A GET request, <https://aws.amazon.com/s3/pricing/>.
const GET_USD: f64 = 0.000_000_4;

/// A LIST request, <https://aws.amazon.com/s3/pricing/>.
const LIST_USD: f64 = 0.000_005;

/// A GiB that leaves for the internet, at the highest rate; within the region it is free, <https://aws.amazon.com/s3/pricing/>.
const TRANSFER_GIB_USD: f64 = 0.09;

/// A KMS request: one for each object that is encrypted with a KMS key without a bucket key,
/// <https://aws.amazon.com/kms/pricing/>.
const KMS_USD: f64 = 0.000_003;

/// A job of S3 Batch Operations, <https://aws.amazon.com/s3/pricing/>.
const JOB_USD: f64 = 0.25;

/// An object in it.
const TASK_USD: f64 = 0.000_001;

/// The bucket is listed for the estimate, and again for the work: years of keys need not be remembered.
const LISTINGS: f64 = 2.0;

const GIB: f64 = 1_073_741_824.0;

/// What reading objects costs, in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Cost {
    /// GET and LIST requests.
    pub(super) requests: f64,
    /// Where it leaves the bucket's region.
    pub(super) transfer: f64,
    /// Where a KMS key encrypts every object.
    pub(super) decryption: f64,
}

impl Cost {
    /// The cost of so many objects and bytes, found with so many LIST requests.
    pub(super) fn of(objects: u64, bytes: u64, list_requests: u64) -> Self {
        let requests = objects as f64 * GET_USD + list_requests as f64 * LIST_USD * LISTINGS;
        let transfer = bytes as f64 / GIB * TRANSFER_GIB_USD;
        Self { requests: rounded(requests), transfer: rounded(transfer), decryption: rounded(objects as f64 * KMS_USD) }
    }
}

/// The cost of a job of S3 Batch Operations with so many objects, without that of the function's time.
pub(super) fn of_job(objects: u64) -> f64 {
    rounded(JOB_USD + objects as f64 * TASK_USD)
}

/// To the millionth of a dollar.
fn rounded(usd: f64) -> f64 {
    (usd * 1e6).round() / 1e6
}

/// A sum as people read it.
pub(super) fn dollars(usd: f64) -> String {
    if usd < 0.01 { "less than $0.01".to_owned() } else { format!("${usd:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_objects_of_20_kib() {
        let cost = Cost::of(1_000_000, 1_000_000 * 20 * 1024, 1_100);
        assert_eq!(cost, Cost { requests: 0.411, transfer: 1.716_614, decryption: 3.0 });
        assert_eq!(of_job(1_000_000), 1.25);
    }

    #[test]
    fn sums_are_readable() {
        assert_eq!(
            [0.0, 0.000_4, 0.411, 1234.5].map(dollars),
            ["less than $0.01", "less than $0.01", "$0.41", "$1234.50"]
        );
    }
}
