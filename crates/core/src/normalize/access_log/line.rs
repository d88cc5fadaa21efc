//! The fields of one line of an S3 server access log.
//!
//! They are parted by blanks, and `-` stands for nothing there. New ones are appended from time to time. See
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>.

use std::borrow::Cow;

use super::time::utc;

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is, without a blank in it.
    Plain,
    /// A number, likewise.
    Number,
    /// `[03/Nov/2026:09:14:27 +0000]`
    Time,
    /// `"GET /key HTTP/1.1"`, before the status.
    Request,
    /// `"…"`, whatever the client sent, before another one.
    Referrer,
    /// `"…"`, whatever the client sent, before fields without quotes.
    Agent,
}

/// Every field that is known, in the order of the line.
const FIELDS: [(&str, Form); 27] = [
    ("bucketOwner", Form::Plain),
    ("bucket", Form::Plain),
    ("time", Form::Time),
    ("remoteIP", Form::Plain),
    ("requester", Form::Plain),
    ("requestID", Form::Plain),
    ("operation", Form::Plain),
    ("key", Form::Plain),
    ("requestURI", Form::Request),
    ("httpStatus", Form::Number),
    ("errorCode", Form::Plain),
    ("bytesSent", Form::Number),
    ("objectSize", Form::Number),
    ("totalTime", Form::Number),
    ("turnAroundTime", Form::Number),
    ("referrer", Form::Referrer),
    ("userAgent", Form::Agent),
    ("versionId", Form::Plain),
    ("hostId", Form::Plain),
    ("signatureVersion", Form::Plain),
    ("cipherSuite", Form::Plain),
    ("authenticationType", Form::Plain),
    ("hostHeader", Form::Plain),
    ("tlsVersion", Form::Plain),
    ("accessPointARN", Form::Plain),
    ("aclRequired", Form::Plain),
    ("sourceRegion", Form::Plain),
];

/// The fields of the oldest lines: up to the user agent.
const FEWEST: usize = 17;

/// What stands for nothing.
const NOTHING: &str = "-";

/// The line is none that S3 writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::normalize) enum Malformed {
    #[error("the line ends after {0} fields, and access logs have {FEWEST} at least")]
    TooShort(usize),
    #[error("the third field is no time such as [03/Nov/2026:09:14:27 +0000]")]
    Time,
    #[error("the tenth field is no HTTP status")]
    Status,
}

/// A line that was read.
#[derive(Debug)]
pub(in crate::normalize) struct Line<'l> {
    /// The fields that are there, in the order of [`FIELDS`]; `None` stands for nothing.
    values: Vec<Option<&'l str>>,
    /// When the request was received, ISO 8601 in UTC; none where the line does not tell.
    pub(super) time: Option<String>,
    /// What follows the last field that is known.
    rest: Option<&'l str>,
}

impl<'l> Line<'l> {
    /// Reads a line as far as it goes.
    pub(super) fn read(text: &'l str) -> Self {
        let mut rest = Some(text.trim_end());
        let mut values = Vec::with_capacity(FIELDS.len());
        for (_, form) in FIELDS {
            let Some(text) = rest else { break };
            let (value, next) = form.split(text);
            values.push(Some(value).filter(|value| !matches!(*value, NOTHING | "")));
            rest = next;
        }
        let mut line = Self { values, time: None, rest };
        line.time = line.get("time").and_then(utc);
        line
    }

    /// Whether it is as S3 writes lines.
    pub(super) fn check(&self) -> Result<(), Malformed> {
        match self {
            _ if self.values.len() < FEWEST => Err(Malformed::TooShort(self.values.len())),
            _ if self.time.is_none() => Err(Malformed::Time),
            _ if !self.get("httpStatus").is_none_or(is_status) => Err(Malformed::Status),
            _ => Ok(()),
        }
    }

    /// The field of this name, where it is there.
    pub(in crate::normalize) fn get(&self, name: &str) -> Option<&'l str> {
        let at = FIELDS.iter().position(|(known, _)| *known == name)?;
        *self.values.get(at)?
    }

    /// The fields that are there, but for the time: name, text, and whether the text is a number.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &'l str, bool)> {
        let there = FIELDS.iter().zip(&self.values).filter(|((_, form), _)| *form != Form::Time);
        there
            .filter_map(|((name, form), value)| Some((*name, (*value)?, *form == Form::Number && is_number((*value)?))))
    }

    /// The first fields that follow, at most so many, and what comes behind them.
    pub(super) fn appended(&self, most: usize) -> (Vec<&'l str>, Option<&'l str>) {
        let (mut fields, mut rest) = (Vec::new(), self.rest);
        while let Some(text) = rest.filter(|_| fields.len() < most) {
            let (field, next) = split_quoted(text);
            fields.push(field);
            rest = next;
        }
        (fields, rest)
    }
}

/// Whether JSON takes the text as a number that a `long` holds.
fn is_number(text: &str) -> bool {
    let plain = text == "0" || !text.starts_with('0');
    plain && (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Form {
    /// The first field of `text`, which is of this form, and what follows it.
    fn split(self, text: &str) -> (&str, Option<&str>) {
        match (self, text.strip_prefix('"')) {
            (Self::Time, _) => split_time(text),
            (Self::Plain | Self::Number, _) | (_, None) => split_plain(text),
            (Self::Request, Some(inside)) => close(inside, ends(inside).find(|end| is_status_next(end.rest()))),
            (Self::Referrer, Some(inside)) => {
                close(inside, ends(inside).find(|end| end.rest().starts_with(['"', '-'])))
            }
            (Self::Agent, Some(inside)) => close(inside, end_of_agent(inside)),
        }
    }
}

/// The last quote behind which a version, a host id and a signature may stand, or anything at all.
fn end_of_agent(inside: &str) -> Option<End<'_>> {
    let last = |test: fn(&str) -> bool| ends(inside).filter(|end| test(end.rest())).last();
    last(is_signature_next).or_else(|| last(|rest| !rest.is_empty()))
}

fn split_plain(text: &str) -> (&str, Option<&str>) {
    text.split_once(' ').map_or((text, None), |(field, rest)| (field, Some(rest)))
}

fn split_time(text: &str) -> (&str, Option<&str>) {
    let Some((time, rest)) = text.strip_prefix('[').and_then(|inside| inside.split_once(']')) else {
        return split_plain(text);
    };
    (time, rest.strip_prefix(' '))
}

/// A field of which nothing is known: it may have quotes.
fn split_quoted(text: &str) -> (&str, Option<&str>) {
    match text.strip_prefix('"') {
        Some(inside) => close(inside, ends(inside).next()),
        None => split_plain(text),
    }
}

/// A quote that may be the closing one.
#[derive(Debug, Clone, Copy)]
struct End<'t> {
    at: usize,
    /// What follows, behind a blank; none at the end of the line.
    rest: Option<&'t str>,
}

impl<'t> End<'t> {
    fn rest(&self) -> &'t str {
        self.rest.unwrap_or_default()
    }
}

/// Ends a field behind its opening quote, at `end` or else at the first quote that can be. Quotes in it are not escaped, so
/// several can. Without any, the field has no end.
fn close<'t>(inside: &'t str, end: Option<End<'t>>) -> (&'t str, Option<&'t str>) {
    match end.or_else(|| ends(inside).next()) {
        Some(End { at, rest }) => (&inside[..at], rest),
        None => (inside, None),
    }
}

/// The quotes that a blank or the end of the line follows.
fn ends(inside: &str) -> impl Iterator<Item = End<'_>> {
    inside.match_indices('"').filter_map(|(at, quote)| {
        let behind = &inside[at + quote.len()..];
        let rest = behind.strip_prefix(' ');
        (behind.is_empty() || rest.is_some()).then_some(End { at, rest })
    })
}

fn is_status(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the text begins with a status, or with nothing in its place.
fn is_status_next(rest: &str) -> bool {
    let status = split_plain(rest).0;
    status == NOTHING || is_status(status)
}

/// Whether the third field from here is the version of a signature: so it is behind a user agent. Whoever writes that
/// into a user agent writes it before its end.
fn is_signature_next(rest: &str) -> bool {
    let mut fields = rest.split(' ').skip(2);
    fields.next().is_some_and(|field| field == NOTHING || field.starts_with("SigV"))
}

/// A key as it is: S3 encodes it twice in its logs.
pub(super) fn decoded(key: &str) -> Cow<'_, str> {
    let once = |text: &str| {
        let blanks = text.replace('+', " ");
        percent_encoding::percent_decode_str(&blanks).decode_utf8_lossy().into_owned()
    };
    if key.contains(['%', '+']) { Cow::Owned(once(&once(key))) } else { Cow::Borrowed(key) }
}

#[cfg(test)]
pub(in crate::normalize) mod tests;
