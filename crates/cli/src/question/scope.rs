//! What part of which indices, or of which files, a question is about: `--since`, `--until`, `--account`, `--region`,
//! `--indices`, `--files`.

use std::str::FromStr;

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, ToSpan};
use serde_json::{Value, json};
use trailsearch_core::object::ObjectKey;

use super::indices::Indices;
use super::link::LinkArgs;
use super::query::terms;
use crate::connect::Cluster;
use crate::error::CliError;
use crate::ingest::Source;

/// How late an event may be delivered, in days: CloudTrail needs minutes, and after an outage of its own much longer.
const LATEST_DELIVERY: i64 = 7;

/// The region that events of global services name, also in the folder of another region
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events>).
const GLOBAL_REGION: &str = "us-east-1";

/// What every question takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Part of the index")]
pub(crate) struct ScopeArgs {
    /// Only events from then on: a day (in UTC), a time, or how long ago, such as 12h or 7d
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Only events up to then; a day counts in full
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Only events that this account received; may be repeated
    #[arg(long, value_name = "ID")]
    account: Vec<String>,
    /// Only events of this region; may be repeated
    #[arg(long, value_name = "NAME")]
    region: Vec<String>,
    /// The indices to ask instead of PREFIX-*, those of remote clusters too: `cloudtrail-*,*:cloudtrail-*`
    #[arg(long, value_name = "PATTERNS", conflicts_with = "files")]
    pub(super) indices: Option<Indices>,
    /// Ask these log files and not a cluster: files, folders, S3 objects or S3 prefixes; may be repeated
    #[arg(long, value_name = "PATH|s3://BUCKET/PREFIX", help_heading = "Without a cluster")]
    pub(crate) files: Vec<Source>,
    #[command(flatten)]
    pub(crate) link: LinkArgs,
}

/// From when to when events count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl ScopeArgs {
    /// The times that are meant at `now`.
    ///
    /// # Errors
    /// When no time is left.
    pub(crate) fn bounds(&self, now: Timestamp) -> Result<Bounds, CliError> {
        let since = self.since.map(|when| when.start(now).ok_or(CliError::EmptySpan)).transpose()?;
        let until = self.until.map(|when| when.end(now).ok_or(CliError::EmptySpan)).transpose()?;
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            return Err(CliError::EmptySpan);
        }
        Ok(Bounds { since, until })
    }
}

/// A point in time as people give it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    Day(Date),
    Moment(Timestamp),
    Ago(Span),
}

/// Why a text is no point in time.
#[derive(Debug, thiserror::Error)]
#[error("write a day (2026-11-20), a time (2026-11-20T08:30:00Z) or how long ago (30m, 12h, 7d)")]
pub(crate) struct WhenError;

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let ago = || text.parse::<Span>().ok().filter(|span| span.is_positive()).map(Self::Ago);
        // A day comes last but one, since its parser takes a time too and forgets the hour.
        let day = || text.parse().ok().filter(|_| text.len() == "2026-11-20".len()).map(Self::Day);
        text.parse().map(Self::Moment).ok().or_else(day).or_else(ago).ok_or(WhenError)
    }
}

impl When {
    /// Where it begins.
    fn start(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp()),
            Self::Moment(moment) => Some(moment),
            Self::Ago(span) => Some(now.to_zoned(TimeZone::UTC).checked_sub(span).ok()?.timestamp()),
        }
    }

    /// Where it has passed.
    fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Self::Day(day.tomorrow().ok()?).start(now)?.checked_sub(1.millisecond()).ok(),
            other => other.start(now),
        }
    }
}

/// A span of time that has a length of its own, such as `90s`, `6h` or `2d`.
///
/// # Errors
/// When the text is no such span.
pub(crate) fn span(text: &str) -> Result<SignedDuration, SpanError> {
    let span = text.parse::<Span>().ok().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    span.filter(SignedDuration::is_positive).ok_or(SpanError)
}

/// Why a text is no span of time.
#[derive(Debug, thiserror::Error)]
#[error("write a span such as 90s, 30m, 6h or 2d")]
pub(crate) struct SpanError;

/// The filters of a question, and the indices it is put to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    filters: Vec<Value>,
    since: Option<Date>,
    until: Option<Date>,
    accounts: Vec<String>,
    regions: Vec<String>,
    indices: Option<Indices>,
}

impl Scope {
    /// The filters of what was asked for at `now`.
    ///
    /// # Errors
    /// When no time is left.
    pub(crate) fn new(args: &ScopeArgs, now: Timestamp) -> Result<Self, CliError> {
        Ok(Self::within(args, args.bounds(now)?))
    }

    /// The same between other times.
    pub(crate) fn within(args: &ScopeArgs, Bounds { since, until }: Bounds) -> Self {
        let mut filters = Vec::new();
        filters.extend(since.map(|since| json!({"range": {"@timestamp": {"gte": since.to_string()}}})));
        filters.extend(until.map(|until| json!({"range": {"@timestamp": {"lte": until.to_string()}}})));
        for (field, values) in [("recipientAccountId", &args.account), ("awsRegion", &args.region)] {
            filters.extend((!values.is_empty()).then(|| terms(field, values.iter().map(String::as_str))));
        }
        let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        let (since, until) = (since.map(day), until.map(day));
        let (accounts, regions, indices) = (args.account.clone(), args.region.clone(), args.indices.clone());
        Self { filters, since, until, accounts, regions, indices }
    }

    /// The indices of the cluster that are asked: those of its index prefix, where nothing else was said.
    pub(super) fn indices_of(&self, cluster: &Cluster) -> String {
        self.indices.as_ref().map_or_else(|| cluster.indices(), |indices| indices.as_str().to_owned())
    }

    /// Whether the object of this key may hold such events, as far as the key tells.
    pub(super) fn may_be_in(&self, key: &str) -> bool {
        let key = ObjectKey::parse(key);
        let day = key.day.and_then(|day| day.to_string().parse::<Date>().ok());
        let latest = self.until.map(|until| until.saturating_add(LATEST_DELIVERY.days()));
        let chosen = |chosen: &[String], value: Option<&str>| {
            value.is_none_or(|value| chosen.is_empty() || chosen.iter().any(|chosen| chosen == value))
        };
        day.is_none_or(|day| self.since.is_none_or(|since| since <= day) && latest.is_none_or(|latest| day <= latest))
            && chosen(&self.accounts, key.account)
            && (chosen(&self.regions, key.region) || self.regions.iter().any(|region| region == GLOBAL_REGION))
    }

    /// The query, in this part of the index only.
    pub(crate) fn of(&self, query: &Value) -> Value {
        if self.filters.is_empty() {
            return query.clone();
        }
        super::query::all(self.filters.iter().chain([query]).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn bounds(since: &str, until: &str) -> Result<Value, CliError> {
        let when = |text: &str| Some(text).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap());
        let args = ScopeArgs { since: when(since), until: when(until), ..ScopeArgs::default() };
        Scope::new(&args, NOW.parse().unwrap()).map(|scope| Value::from(scope.filters))
    }

    #[test]
    fn days_times_and_spans_are_points_in_time() {
        for (given, since, until) in [
            ("2026-11-20", "2026-11-20T00:00:00Z", "2026-11-20T23:59:59.999Z"),
            ("2026-11-20T08:30:00+01:00", "2026-11-20T07:30:00Z", "2026-11-20T07:30:00Z"),
            ("7d", "2026-11-14T12:00:00Z", "2026-11-14T12:00:00Z"),
            ("12h", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("1w 1d", "2026-11-13T12:00:00Z", "2026-11-13T12:00:00Z"),
        ] {
            assert_eq!(bounds(given, "").unwrap()[0]["range"]["@timestamp"]["gte"], since, "{given}");
            assert_eq!(bounds("", given).unwrap()[0]["range"]["@timestamp"]["lte"], until, "{given}");
        }
        for wrong in ["", "soon", "-7d", "7", "2026-11-31", "20.11.2026"] {
            assert!(wrong.parse::<When>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn spans_have_a_length_of_their_own() {
        assert_eq!(span("2d 1h").unwrap(), SignedDuration::from_hours(49));
        assert_eq!(span("90s").unwrap(), SignedDuration::from_secs(90));
        assert!(["", "6", "-6h", "0s", "1mo"].iter().all(|text| span(text).is_err()));
    }

    #[test]
    fn a_span_without_time_is_refused() {
        assert!(matches!(bounds("1h", "2h"), Err(CliError::EmptySpan)));
        assert!(matches!(bounds("19000y", ""), Err(CliError::EmptySpan)));
        assert_eq!(bounds("2026-11-20", "2026-11-20").unwrap().as_array().unwrap().len(), 2);
    }

    #[test]
    fn keys_tell_what_need_not_be_read() {
        let args = ScopeArgs {
            since: Some("2026-11-10".parse().unwrap()),
            until: Some("2026-11-11T23:00:00Z".parse().unwrap()),
            account: vec!["111122223333".to_owned()],
            region: vec!["eu-central-1".to_owned()],
            ..ScopeArgs::default()
        };
        let key =
            |account: &str, region: &str, day: &str| format!("AWSLogs/{account}/CloudTrail/{region}/{day}/x.json.gz");
        let (own, here) = ("111122223333", "eu-central-1");
        let scope = Scope::new(&args, NOW.parse().unwrap()).unwrap();
        let of = |account, region, day| scope.may_be_in(&key(account, region, day));
        assert!(of(own, here, "2026/11/10") && of(own, here, "2026/11/18") && scope.may_be_in("copy/x.json"));
        assert!(!of(own, here, "2026/11/09") && !of(own, here, "2026/11/19"));
        assert!(!of("444455556666", here, "2026/11/10") && !of(own, "us-east-1", "2026/11/10"));
        let everywhere = ScopeArgs { region: vec!["us-east-1".to_owned()], ..ScopeArgs::default() };
        assert!(Scope::new(&everywhere, NOW.parse().unwrap()).unwrap().may_be_in(&key(own, here, "2026/11/10")));
    }

    #[test]
    fn a_question_without_options_is_about_everything() {
        let query = json!({"term": {"eventName": "RunInstances"}});
        assert_eq!(Scope::default().of(&query), query);
        let args = ScopeArgs { account: vec!["111122223333".to_owned()], ..ScopeArgs::default() };
        let narrowed = Scope::new(&args, NOW.parse().unwrap()).unwrap().of(&query);
        assert_eq!(narrowed["bool"]["filter"], json!([{"terms": {"recipientAccountId": ["111122223333"]}}, query]));
    }
}
