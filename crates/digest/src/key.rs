//! What the keys of digests and log files say.
//!
//! A digest's name is `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_YYYYMMDDTHHmmssZ[_backfill].json.gz`; see
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serialize;
use trailsearch_core::object::{Kind, ObjectKey};

const SUFFIX: &str = ".json.gz";

const BACKFILL: &str = "_backfill";

/// The digests that belong together: those of one trail for one account and region. Backfill digests, which name log files that were
/// delivered too late for their hour's digest, are a chain of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ChainId {
    /// What stands before `AWSLogs/` in the keys.
    #[serde(skip)]
    pub prefix: String,
    /// The organization's id, for an organization trail.
    pub organization: Option<String>,
    /// The account whose events these are.
    pub account: String,
    /// The region whose events these are.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// The region in which the trail was made.
    pub home_region: String,
    /// Whether these are backfill digests.
    pub backfill: bool,
}

/// What a digest's key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestKey {
    /// The chain it belongs to.
    pub chain: ChainId,
    /// When its hour ends.
    pub end: Timestamp,
}

impl DigestKey {
    /// Reads a decoded key; `None` where it is not that of a digest.
    pub fn parse(key: &str) -> Option<Self> {
        let place = ObjectKey::parse(key);
        let (account, region) = (place.account?, place.region?);
        let name = file_name(key).filter(|_| place.kind == Kind::Digest)?.strip_suffix(SUFFIX)?;
        let backfill = name.ends_with(BACKFILL);
        let name = name.strip_suffix(BACKFILL).unwrap_or(name);
        let name = name.strip_prefix(account)?.strip_prefix("_CloudTrail-Digest_")?;
        let (trail, end) = name.strip_prefix(region)?.strip_prefix('_')?.rsplit_once('_')?;
        // A trail's name may hold underscores itself.
        let (trail, home_region) = trail.rsplit_once('_')?;
        let chain = ChainId {
            prefix: place.prefix.to_owned(),
            organization: place.organization.map(str::to_owned),
            account: account.to_owned(),
            region: region.to_owned(),
            trail: trail.to_owned(),
            home_region: home_region.to_owned(),
            backfill,
        };
        Some(Self { chain, end: time("%Y%m%dT%H%M%SZ", end)? })
    }
}

/// The time in a log file's name, `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz`: about when it was delivered.
pub fn log_file_time(key: &str) -> Option<Timestamp> {
    let (before, _) = file_name(key)?.rsplit_once('_')?;
    time("%Y%m%dT%H%MZ", before.rsplit('_').next()?)
}

fn file_name(key: &str) -> Option<&str> {
    key.rsplit('/').next()
}

fn time(format: &str, text: &str) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(DateTime::strptime(format, text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "audit/AWSLogs/o-exampleorg1/111122223333/CloudTrail-Digest/eu-central-1/2026/10/05/111122223333_CloudTrail-Digest_eu-central-1_my_trail.1_us-east-1_20261005T101530Z";

    #[test]
    fn a_digests_key_tells_its_chain_and_its_time() {
        let key = DigestKey::parse(&format!("{DIGEST}.json.gz")).unwrap();
        assert_eq!(key.end.to_string(), "2026-10-05T10:15:30Z");
        let chain = &key.chain;
        assert_eq!((chain.prefix.as_str(), chain.organization.as_deref()), ("audit", Some("o-exampleorg1")));
        assert_eq!((chain.account.as_str(), chain.region.as_str()), ("111122223333", "eu-central-1"));
        assert_eq!((chain.trail.as_str(), chain.home_region.as_str()), ("my_trail.1", "us-east-1"));
        assert!(!chain.backfill);
    }

    #[test]
    fn backfill_digests_are_another_chain() {
        let key = DigestKey::parse(&format!("{DIGEST}.json.gz")).unwrap();
        let backfill = DigestKey::parse(&format!("{DIGEST}_backfill.json.gz")).unwrap();
        assert_eq!(backfill.end, key.end);
        assert_eq!(backfill.chain, ChainId { backfill: true, ..key.chain });
    }

    #[test]
    fn other_keys_are_none_of_a_digest() {
        let log = DIGEST.replace("-Digest", "");
        let other_region = DIGEST.replacen("eu-central-1", "eu-west-1", 1);
        let cases = [format!("{log}.json.gz"), format!("{other_region}.json.gz"), DIGEST.to_owned()];
        for key in [cases[0].as_str(), &cases[1], &cases[2], "", "AWSLogs/111122223333/CloudTrail-Digest/x.json.gz"] {
            assert_eq!(DigestKey::parse(key), None, "{key}");
        }
    }

    #[test]
    fn a_log_files_name_holds_a_time() {
        let name = "111122223333_CloudTrail-Insight_eu-central-1_20261005T1015Z_a1B2c3D4e5F6g7H8.json.gz";
        assert_eq!(log_file_time(&format!("a/b/{name}")).unwrap().to_string(), "2026-10-05T10:15:00Z");
        assert_eq!(log_file_time("a/b/copy of a log.json.gz"), None);
    }
}
