//! Which object: its address in S3 and what its key says about it.
//!
//! CloudTrail writes to `[prefix/]AWSLogs/[o-…/]ACCOUNT/FOLDER/REGION/YYYY/MM/DD/FILE`, where the
//! folder tells the kind of file. Other services share the layout with folders of their own. See
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>.

mod access_log;
#[cfg(test)]
mod tests;

pub use access_log::{AccessLogs, Format, NoPlace, Place};

/// The address of one S3 object, as a notification names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectRef {
    /// The bucket's name.
    pub bucket: String,
    /// The key, already form-decoded where the notification's shape encodes it.
    pub key: String,
    /// The version, where the bucket keeps versions and the notification says so.
    pub version_id: Option<String>,
}

impl std::fmt::Display for ObjectRef {
    /// As `s3://bucket/key`; without a bucket it is a local file, and shown as its path.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.bucket.is_empty() {
            return f.write_str(&self.key);
        }
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// What an object is, judged by its key alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Management and data events (`CloudTrail`).
    Log,
    /// Insights events (`CloudTrail-Insight`).
    Insight,
    /// Network activity events of VPC endpoints (`CloudTrail-NetworkActivity`).
    NetworkActivity,
    /// Aggregated events (`CloudTrail-Aggregated`).
    Aggregated,
    /// A JSON file outside the layout: taken for someone's copy of a log file.
    Unplaced,
    /// Requests to a bucket, named as S3 names its server access logs.
    AccessLog,
    /// Hashes and signatures of log files (`CloudTrail-Digest`), no events.
    Digest,
    /// In the layout, but under another folder (`Config`, `vpcflowlogs`, a kind yet unknown).
    OtherFolder,
    /// A folder marker: the key ends in `/`, or is empty.
    FolderMarker,
    /// The name ends neither in `.json.gz` nor in `.json`.
    NotJson,
}

impl Kind {
    /// Whether objects of this kind hold CloudTrail's events.
    pub fn is_ingested(self) -> bool {
        self.skip_reason().is_none()
    }

    /// Why objects of this kind are not read as CloudTrail's logs; `None` where they are.
    pub fn skip_reason(self) -> Option<&'static str> {
        match self {
            Self::Log | Self::Insight | Self::NetworkActivity | Self::Aggregated | Self::Unplaced => None,
            Self::AccessLog => {
                Some("it is named like an S3 server access log, and TRAILSEARCH_ACCESS_LOGS names no prefix of it")
            }
            Self::Digest => Some("a CloudTrail digest holds hashes of log files, no events"),
            Self::OtherFolder => Some("its folder is not one in which CloudTrail delivers events"),
            Self::FolderMarker => Some("a folder marker has no content"),
            Self::NotJson => Some("its name ends neither in .json.gz nor in .json"),
        }
    }

    /// What metrics call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "Log",
            Self::Insight => "Insight",
            Self::NetworkActivity => "NetworkActivity",
            Self::Aggregated => "Aggregated",
            Self::Unplaced => "Unplaced",
            Self::AccessLog => "AccessLog",
            Self::Digest => "Digest",
            Self::OtherFolder => "OtherFolder",
            Self::FolderMarker => "FolderMarker",
            Self::NotJson => "NotJson",
        }
    }

    /// The kind of the files that CloudTrail delivers into `folder`.
    fn of_folder(folder: &str) -> Self {
        match folder {
            "CloudTrail" => Self::Log,
            "CloudTrail-Insight" => Self::Insight,
            "CloudTrail-NetworkActivity" => Self::NetworkActivity,
            "CloudTrail-Aggregated" => Self::Aggregated,
            "CloudTrail-Digest" => Self::Digest,
            _ => Self::OtherFolder,
        }
    }
}

/// How an object's bytes are stored, judged by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// One or several gzip members: the name ends in `.gz`.
    Gzip,
    /// Plain text: any other name.
    Plain,
    /// Gzip or plain text, as the first byte tells. No log begins with that of gzip.
    Either,
}

impl Encoding {
    /// The encoding of an object with this key. Access logs are plain text, and copies of them may be either.
    pub fn of(format: Format, key: &str) -> Self {
        match format {
            Format::CloudTrail => Self::of_name(key),
            Format::AccessLog => Self::Either,
        }
    }

    /// The encoding that a key or file name promises.
    pub fn of_name(name: &str) -> Self {
        if name.ends_with(".gz") { Self::Gzip } else { Self::Plain }
    }
}

/// A calendar day, as the folders of a key spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// The year, four digits.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
}

impl Day {
    fn parse(year: &str, month: &str, day: &str) -> Option<Self> {
        Some(Self {
            year: number(year, 4, 1..=9999)?,
            month: number(month, 2, 1..=12)?.try_into().ok()?,
            day: number(day, 2, 1..=31)?.try_into().ok()?,
        })
    }
}

/// What a key says about its object. Parts that the key does not spell are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectKey<'a> {
    /// What the object is.
    pub kind: Kind,
    /// What stands before `AWSLogs/`, without the slash between; empty outside the layout.
    pub prefix: &'a str,
    /// The organization's id (`o-…`), for an organization trail.
    pub organization: Option<&'a str>,
    /// The account whose events these are, twelve digits.
    pub account: Option<&'a str>,
    /// The region whose events these are.
    pub region: Option<&'a str>,
    /// The day of delivery (UTC).
    pub day: Option<Day>,
}

impl<'a> ObjectKey<'a> {
    /// Reads a decoded key. Every text is some kind of key, so this cannot fail.
    pub fn parse(key: &'a str) -> Self {
        if let Some(access_log) = access_log::parse(key) {
            return access_log;
        }
        let mut parsed = Self::in_layout(key).unwrap_or(Self::outside_layout());
        if let Some(kind) = Self::kind_by_name(key) {
            parsed.kind = kind;
        }
        parsed
    }

    /// A prefix may hold `AWSLogs` itself, so the last place that fits the layout counts.
    fn in_layout(key: &'a str) -> Option<Self> {
        key.rmatch_indices("AWSLogs/")
            .map(|(at, root)| (&key[..at], &key[at + root.len()..]))
            .filter(|(prefix, _)| prefix.is_empty() || prefix.ends_with('/'))
            .find_map(|(prefix, path)| Self::below_root(prefix.strip_suffix('/').unwrap_or(prefix), path))
    }

    /// Reads `[o-…/]ACCOUNT/FOLDER/[REGION/[YYYY/MM/DD/]]…FILE`.
    fn below_root(prefix: &'a str, path: &'a str) -> Option<Self> {
        let (first, rest) = path.split_once('/')?;
        let organization = is_organization(first).then_some(first);
        let (account, rest) = if organization.is_some() { rest.split_once('/')? } else { (first, rest) };
        let (folder, rest) = rest.split_once('/').filter(|_| is_account(account))?;
        let (region, rest) = rest.split_once('/').unzip();
        Some(Self {
            kind: Kind::of_folder(folder),
            prefix,
            organization,
            account: Some(account),
            region: region.filter(|region| !region.is_empty()),
            day: rest.and_then(day_of),
        })
    }

    fn outside_layout() -> Self {
        Self { kind: Kind::Unplaced, prefix: "", organization: None, account: None, region: None, day: None }
    }

    /// What the file's name settles, whatever folder it lies in.
    fn kind_by_name(key: &str) -> Option<Kind> {
        let name = key.rsplit('/').next().unwrap_or(key);
        if name.is_empty() {
            Some(Kind::FolderMarker)
        } else if !(name.ends_with(".json.gz") || name.ends_with(".json")) {
            Some(Kind::NotJson)
        } else {
            name.contains("_CloudTrail-Digest_").then_some(Kind::Digest)
        }
    }
}

fn day_of(path: &str) -> Option<Day> {
    let mut parts = path.splitn(4, '/');
    Day::parse(parts.next()?, parts.next()?, parts.next()?).filter(|_| parts.next().is_some())
}

/// Whether this is an account's id: twelve digits.
pub(crate) fn is_account(segment: &str) -> bool {
    segment.len() == 12 && segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_organization(segment: &str) -> bool {
    segment.strip_prefix("o-").is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn number(text: &str, width: usize, range: std::ops::RangeInclusive<u16>) -> Option<u16> {
    let digits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| digits && range.contains(value))
}

impl std::fmt::Display for Day {
    /// As `YYYY-MM-DD`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
