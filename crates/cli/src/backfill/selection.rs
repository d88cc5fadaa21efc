//! Which objects of a bucket are chosen, and how little of the bucket has to be listed for them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use trailsearch_aws::Listing;
use trailsearch_core::object::{AccessLogs, Day, Kind, ObjectKey};

use crate::args::SelectionArgs;
use crate::error::CliError;
use crate::ingest::Source;
use crate::ingest::sources::NoBucket;

#[cfg(test)]
mod tests;

/// The name of a file that makes a key of a folder: what the key then tells, the folder does.
const FILE: &str = "x.json";

/// The folder and the file below an account, or what could be one.
const ACCOUNT_FILE: &str = "CloudTrail/x.json";

/// The account, folder and file below the root of the layout.
const ROOT_FILE: &str = "111122223333/CloudTrail/x.json";

/// All objects of a bucket whose keys begin with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketPrefix {
    pub(super) bucket: String,
    pub(super) prefix: String,
}

/// Why a text names no part of a bucket.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotInS3 {
    /// The address lacks it.
    #[error(transparent)]
    NoBucket(#[from] NoBucket),
    /// It is a path.
    #[error("it is no address in S3: write s3://bucket/prefix (`trailsearch ingest` takes local files)")]
    Path,
}

impl FromStr for BucketPrefix {
    type Err = NotInS3;

    fn from_str(text: &str) -> Result<Self, NotInS3> {
        match text.parse()? {
            Source::Bucket { bucket, prefix } => Ok(Self { bucket, prefix }),
            Source::Path(_) => Err(NotInS3::Path),
        }
    }
}

impl fmt::Display for BucketPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// What a user chooses of a bucket. What is not given chooses everything.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    pub(super) source: BucketPrefix,
    from: Option<Date>,
    to: Option<Date>,
    accounts: Vec<String>,
    regions: Vec<String>,
    kinds: Vec<Kind>,
    access_logs: AccessLogs,
}

/// Whether an object is chosen, judged by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Chosen,
    /// It may hold events, but its key does not tell what was asked for.
    Unplaced,
    /// It holds no events, or others.
    Other,
}

impl Selection {
    /// What the options choose.
    ///
    /// # Errors
    /// When the last day is before the first.
    pub(super) fn new(args: SelectionArgs, access_logs: AccessLogs) -> Result<Self, CliError> {
        let SelectionArgs { source, from, to, account, region, kind } = args;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(CliError::EmptyRange { from, to });
        }
        let kinds = kind.into_iter().map(Kind::from).collect();
        Ok(Self { source, from, to, accounts: account, regions: region, kinds, access_logs })
    }

    /// Whether the object of this key is chosen.
    pub(super) fn choice(&self, key: &str) -> Choice {
        let key = self.key(key);
        if self.takes(&key) && self.takes_region(key.region) && self.takes_day(key.day) {
            Choice::Chosen
        } else if key.kind == Kind::Unplaced {
            Choice::Unplaced
        } else {
            Choice::Other
        }
    }

    /// What a key says: access logs are such only where they are known to lie.
    fn key<'k>(&self, key: &'k str) -> ObjectKey<'k> {
        let parsed = ObjectKey::parse(key);
        match parsed.kind {
            _ if self.access_logs.take(&self.source.bucket, key) => ObjectKey { kind: Kind::AccessLog, ..parsed },
            Kind::AccessLog => ObjectKey { kind: Kind::NotJson, ..parsed },
            _ => parsed,
        }
    }

    /// How the source is listed.
    pub(super) fn root(&self) -> Option<Listing> {
        self.listing(&self.source.prefix, true)
    }

    /// How a folder below it is listed.
    pub(super) fn folder(&self, folder: &str) -> Option<Listing> {
        self.listing(folder, false)
    }

    /// How what begins with `prefix` is listed; `None` where nothing of it can be chosen. Down to the regions, folders are
    /// opened where the next ones tell more; days are a range of keys. Outside the layout, only the folder that the user
    /// gave is opened: there may be any number of others.
    fn listing(&self, prefix: &str, is_given: bool) -> Option<Listing> {
        let folder = &prefix[..prefix.rfind('/').map_or(0, |slash| slash + 1)];
        if self.access_logs.lie_around(&self.source.bucket, folder) {
            return Some(whole(prefix));
        }
        if self.access_logs.lie_below(&self.source.bucket, folder) {
            return Some(opened(prefix));
        }
        let (file, account_file, root_file) =
            (below(folder, FILE), below(folder, ACCOUNT_FILE), below(folder, ROOT_FILE));
        let key = ObjectKey::parse(&file);
        if key.account.is_some() {
            return self.of_kind(prefix, folder, &key);
        }
        let opened = Some(opened(prefix));
        match ObjectKey::parse(&account_file).account {
            Some(account) if self.takes_account(Some(account)) => opened,
            Some(_) => None,
            None if is_given || ObjectKey::parse(&root_file).account.is_some() => opened,
            None => Some(whole(prefix)),
        }
    }

    /// How a folder is listed in which all files are of one kind; its own name is that kind's, a region's or part of a day's.
    fn of_kind(&self, prefix: &str, folder: &str, key: &ObjectKey<'_>) -> Option<Listing> {
        let days_matter = self.from.is_some() || self.to.is_some();
        match key.region {
            _ if !self.takes(key) => None,
            Some(region) if !self.takes_region(Some(region)) => None,
            Some(_) if days_matter => Some(self.days(prefix, region_folder(folder))),
            None if days_matter || !self.regions.is_empty() => Some(opened(prefix)),
            _ => Some(whole(prefix)),
        }
    }

    /// The keys of the chosen days in the folder of a region: `YYYY/MM/DD/…` below it.
    fn days(&self, prefix: &str, region: &str) -> Listing {
        let beginning = |day: Date| format!("{region}{}", day.strftime("%Y/%m/%d"));
        let end = self.to.and_then(|day| day.tomorrow().ok());
        Listing { after: self.from.map(beginning), until: end.map(beginning), ..whole(prefix) }
    }

    /// Whether account and kind are chosen.
    fn takes(&self, key: &ObjectKey<'_>) -> bool {
        let is_ingested = key.kind.is_ingested() || key.kind == Kind::AccessLog;
        let kind = is_ingested && (self.kinds.is_empty() || self.kinds.contains(&key.kind));
        kind && self.takes_account(key.account)
    }

    fn takes_account(&self, account: Option<&str>) -> bool {
        holds(&self.accounts, account)
    }

    fn takes_region(&self, region: Option<&str>) -> bool {
        holds(&self.regions, region)
    }

    fn takes_day(&self, day: Option<Day>) -> bool {
        let day = day.and_then(date);
        self.from.is_none_or(|from| day.is_some_and(|day| day >= from))
            && self.to.is_none_or(|to| day.is_some_and(|day| day <= to))
    }
}

fn holds(chosen: &[String], value: Option<&str>) -> bool {
    chosen.is_empty() || value.is_some_and(|value| chosen.iter().any(|chosen| chosen == value))
}

fn date(day: Day) -> Option<Date> {
    Date::new(day.year.try_into().ok()?, day.month.try_into().ok()?, day.day.try_into().ok()?).ok()
}

fn below(folder: &str, rest: &str) -> String {
    format!("{folder}{rest}")
}

fn whole(prefix: &str) -> Listing {
    Listing { prefix: prefix.to_owned(), ..Listing::default() }
}

fn opened(prefix: &str) -> Listing {
    Listing { folders: true, ..whole(prefix) }
}

/// The outermost folder around `folder` whose name is the same region.
fn region_folder(folder: &str) -> &str {
    let tells = |folder: &&str| ObjectKey::parse(&below(folder, FILE)).region.is_some();
    let mut region = folder;
    while let Some(outer) = parent(region).filter(tells) {
        region = outer;
    }
    region
}

fn parent(folder: &str) -> Option<&str> {
    let name_end = folder.strip_suffix('/')?;
    Some(&folder[..name_end.rfind('/')? + 1])
}
