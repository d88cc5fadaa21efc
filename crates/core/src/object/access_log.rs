//! S3 server access logs: which objects are read as such, and what their keys say.
//!
//! S3 writes to `PREFIX[ACCOUNT/REGION/BUCKET/YYYY/MM/DD/]YYYY-MM-DD-hh-mm-ss-UNIQUE`, where the prefix need not end with
//! a slash. Other services write names of other shapes. See
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html#server-log-keyname-format>.

use std::str::FromStr;

use super::{Day, Kind, ObjectKey, ObjectRef, is_account};

/// What the records of an object are, and so how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// CloudTrail's events, in JSON.
    #[default]
    CloudTrail,
    /// Requests to S3, one a line.
    AccessLog,
}

impl Format {
    /// Whether it is that of nearly every object.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The objects that are read as S3 server access logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessLogs {
    /// Those below some prefixes that are named as S3 names them. Whatever else lies there is read, or skipped, as ever.
    Below(Vec<Place>),
    /// All of them: somebody says so who knows what they are.
    All,
}

/// A part of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bucket's name.
    pub bucket: String,
    /// What keys begin with; may be empty.
    pub prefix: String,
}

/// The text names no part of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no bucket: write bucket/prefix")]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    /// Reads `bucket/prefix`, or `bucket` for all of it.
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (bucket, prefix) = text.split_once('/').unwrap_or((text, ""));
        let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if bucket.is_empty() || !bucket.bytes().all(usual) {
            return Err(NoPlace);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl Default for AccessLogs {
    /// None.
    fn default() -> Self {
        Self::Below(Vec::new())
    }
}

impl AccessLogs {
    /// Whether no object is read as such.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Below(places) if places.is_empty())
    }

    /// Whether the object is read as such.
    pub fn take(&self, bucket: &str, key: &str) -> bool {
        match self {
            Self::Below(places) => {
                let holds = |place: &Place| place.bucket == bucket && key.starts_with(&place.prefix);
                places.iter().any(holds) && ObjectKey::parse(key).kind == Kind::AccessLog
            }
            Self::All => !key.is_empty() && !key.ends_with('/'),
        }
    }

    /// Whether all of a folder lies where such objects are known to lie.
    pub fn lie_around(&self, bucket: &str, folder: &str) -> bool {
        match self {
            Self::Below(places) => {
                places.iter().any(|place| place.bucket == bucket && folder.starts_with(&place.prefix))
            }
            Self::All => true,
        }
    }

    /// Whether such objects are known to lie in a part of a folder.
    pub fn lie_below(&self, bucket: &str, folder: &str) -> bool {
        match self {
            Self::Below(places) => {
                places.iter().any(|place| place.bucket == bucket && place.prefix.starts_with(folder))
            }
            Self::All => true,
        }
    }

    /// How the object is read.
    pub fn format(&self, object: &ObjectRef) -> Format {
        if self.take(&object.bucket, &object.key) { Format::AccessLog } else { Format::CloudTrail }
    }

    /// Why the object is not read; `None` where it is.
    pub fn skip_reason(&self, object: &ObjectRef) -> Option<&'static str> {
        match self.format(object) {
            Format::AccessLog => None,
            Format::CloudTrail => ObjectKey::parse(&object.key).kind.skip_reason(),
        }
    }
}

/// What the key of an access log says; `None` where it is named otherwise. Copies may be compressed.
pub(super) fn parse(key: &str) -> Option<ObjectKey<'_>> {
    let (folder, name) = key.rsplit_once('/').unwrap_or(("", key));
    let day = day_of_name(name)?;
    let (prefix, account, region) = partition(folder).unwrap_or((folder, None, None));
    Some(ObjectKey { kind: Kind::AccessLog, prefix, organization: None, account, region, day: Some(day) })
}

/// The day of `…YYYY-MM-DD-hh-mm-ss-UNIQUE`.
fn day_of_name(name: &str) -> Option<Day> {
    let mut parts = name.strip_suffix(".gz").unwrap_or(name).rsplitn(7, '-');
    let unique = parts.next()?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = (0..3).all(|_| parts.next().is_some_and(two_digits));
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_unique = !unique.is_empty() && unique.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Day::parse(year.get(year.len().checked_sub(4)?..)?, month, day).filter(|_| is_time && is_unique)
}

/// Prefix, account and region of `PREFIX/ACCOUNT/REGION/BUCKET/YYYY/MM/DD`.
fn partition(folder: &str) -> Option<(&str, Option<&str>, Option<&str>)> {
    let mut parts = folder.rsplitn(7, '/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (_bucket, region, account) = (parts.next()?, parts.next()?, parts.next()?);
    Day::parse(year, month, day).filter(|_| is_account(account))?;
    Some((parts.next().unwrap_or_default(), Some(account), Some(region)))
}
