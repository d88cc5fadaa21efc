//! One field and what it has to hold.

use std::net::IpAddr;
use std::ops::{Bound, RangeBounds};

use jiff::Timestamp;
use serde_json::Value;

use crate::error::QueryError;
use crate::field::{Field, Kind, text};
use crate::pattern::{Pattern, Wildcard};
use crate::query::Query;
use crate::time;
use crate::words::{Words, words};

/// The ends of a range.
pub(crate) type Ends<T> = (Bound<T>, Bound<T>);

/// What one value has to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Any value that the index takes.
    Exists,
    Text(Pattern),
    Words(Words),
    Number(Ends<f64>),
    /// Milliseconds since 1970.
    Time(Ends<i64>),
    /// Addresses in the order of their 16 bytes.
    Address(Ends<u128>),
    Flag(bool),
}

/// A field, one of whose values has to fulfil a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) field: Field,
    pub(crate) condition: Condition,
}

impl Leaf {
    /// Whether a document has such a value.
    pub(crate) fn matches(&self, document: &Value) -> bool {
        self.field.any(document, &mut |value| self.condition.holds(&self.field.kind, value))
    }
}

impl Condition {
    fn holds(&self, kind: &Kind, value: &Value) -> bool {
        match self {
            Self::Exists => is_indexed(kind, value),
            Self::Text(pattern) => keyword(kind, value).is_some_and(|text| pattern.matches(&text)),
            Self::Words(words) => text(value).is_some_and(|text| words.match_text(&text)),
            Self::Number(ends) => number(value).is_some_and(|number| ends.contains(&number)),
            Self::Time(ends) => moment(value).is_some_and(|moment| ends.contains(&moment)),
            Self::Address(ends) => address(value).is_some_and(|address| ends.contains(&bits(address))),
            Self::Flag(wanted) => flag(value) == Some(*wanted),
        }
    }
}

fn is_indexed(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Date => moment(value).is_some(),
        Kind::Ip => address(value).is_some(),
        Kind::Boolean => flag(value).is_some(),
        Kind::Number => number(value).is_some(),
        _ => keyword(kind, value).is_some(),
    }
}

/// The text of a value, unless the index leaves it out for its length.
pub(crate) fn keyword<'v>(kind: &Kind, value: &'v Value) -> Option<std::borrow::Cow<'v, str>> {
    let text = text(value)?;
    match kind {
        // Text of fewer bytes has fewer UTF-16 code units too.
        Kind::Keyword(limit) if text.len() > *limit && text.encode_utf16().count() > *limit => None,
        _ => Some(text),
    }
}

/// The number that a value is, or is the text of.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The beginning of the time that a value tells, in milliseconds since 1970.
pub(crate) fn moment(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| Some(time::moment(value.as_str()?)?.0))
}

/// The boolean that a value is, or is the text of.
pub(crate) fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}

fn address(value: &Value) -> Option<IpAddr> {
    value.as_str()?.parse().ok()
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// One end of a range as it was written, and whether it belongs to it.
pub(crate) type End<'t> = Option<(&'t str, bool)>;

/// What queries ask of a field. A field that is not mapped has nothing.
impl Field {
    /// What has exactly this value.
    pub(crate) fn term(self, text: &str, now: Timestamp) -> Result<Query, QueryError> {
        let condition = match self.kind {
            Kind::Object | Kind::Unmapped => return Ok(Query::None),
            Kind::Keyword(_) | Kind::Flat(_) => Condition::Text(Pattern::Is(text.to_owned())),
            Kind::Text => Condition::Words(Words::Any(vec![Pattern::Is(text.to_owned())])),
            Kind::Boolean => Condition::Flag(text.parse().map_err(|_| self.wrong(text, "true or false"))?),
            Kind::Ip => Condition::Address(network(text).ok_or_else(|| self.wrong(text, "IP addresses"))?),
            Kind::Date | Kind::Number => return self.range(Some((text, true)), Some((text, true)), now),
        };
        Ok(self.leaf(condition))
    }

    /// What has one of these words, or is exactly this where it does not hold words.
    pub(crate) fn search(self, text: &str, now: Timestamp) -> Result<Query, QueryError> {
        match self.kind {
            Kind::Text => {
                Ok(self.leaf(Condition::Words(Words::Any(words(text).into_iter().map(Pattern::Is).collect()))))
            }
            _ => self.term(text, now),
        }
    }

    /// What has these words side by side, or is exactly this where it does not hold words.
    pub(crate) fn phrase(self, text: &str, now: Timestamp) -> Result<Query, QueryError> {
        match self.kind {
            Kind::Text => Ok(self.leaf(Condition::Words(Words::Phrase(words(text))))),
            _ => self.term(text, now),
        }
    }

    /// What begins so.
    pub(crate) fn prefix(self, text: &str) -> Result<Query, QueryError> {
        let start = Pattern::Starts;
        let mut words = words(text);
        let last = words.pop().map(start);
        self.part(start(text.to_owned()), words.into_iter().map(Pattern::Is).chain(last).collect())
    }

    /// What a pattern with `*` and `?` matches.
    pub(crate) fn wildcard(self, pattern: &str) -> Result<Query, QueryError> {
        let like = |text: &str| Pattern::Like(Wildcard::new(text));
        self.part(like(pattern), vec![like(&pattern.to_lowercase())])
    }

    fn part(self, whole: Pattern, words: Vec<Pattern>) -> Result<Query, QueryError> {
        match self.kind {
            Kind::Object | Kind::Unmapped => Ok(Query::None),
            Kind::Keyword(_) | Kind::Flat(_) => Ok(self.leaf(Condition::Text(whole))),
            Kind::Text => Ok(self.leaf(Condition::Words(Words::Any(words)))),
            _ => Err(QueryError::NoText(self.path)),
        }
    }

    /// What lies between two values. Of a time that is not told in full, the end counts that takes in most for an end
    /// that belongs to the range, and least for one that does not.
    pub(crate) fn range(self, from: End<'_>, to: End<'_>, now: Timestamp) -> Result<Query, QueryError> {
        let condition = match self.kind {
            Kind::Object | Kind::Unmapped => return Ok(Query::None),
            Kind::Boolean => return Err(QueryError::Unsupported(format!("a range of {}", self.path))),
            Kind::Keyword(_) | Kind::Flat(_) => {
                Condition::Text(Pattern::Between(bound(from, str::to_owned), bound(to, str::to_owned)))
            }
            Kind::Text => {
                let between = Pattern::Between(bound(from, str::to_lowercase), bound(to, str::to_lowercase));
                Condition::Words(Words::Any(vec![between]))
            }
            Kind::Number => {
                let number = |text: &str| text.parse().map_err(|_| self.wrong(text, "numbers"));
                Condition::Number((try_bound(from, number)?, try_bound(to, number)?))
            }
            Kind::Ip => {
                let address = |text: &str| text.parse().map(bits).map_err(|_| self.wrong(text, "IP addresses"));
                Condition::Address((try_bound(from, address)?, try_bound(to, address)?))
            }
            Kind::Date => Condition::Time(self.times(from, to, now)?),
        };
        Ok(self.leaf(condition))
    }

    /// The ends of a range of times.
    fn times(&self, from: End<'_>, to: End<'_>, now: Timestamp) -> Result<Ends<i64>, QueryError> {
        let stretch = |text: &str| time::stretch(text, now).ok_or_else(|| self.wrong(text, "times"));
        let from = try_bound(from, stretch)?;
        let to = try_bound(to, stretch)?;
        Ok((
            chosen(from, |(start, end), within| if within { start } else { end }),
            chosen(to, |(start, end), within| if within { end } else { start }),
        ))
    }

    /// What has any value there, or below it.
    pub(crate) fn exists(self) -> Query {
        match self.kind {
            Kind::Object | Kind::Unmapped => Query::any(self.below().into_iter().map(Self::exists).collect()),
            _ => self.leaf(Condition::Exists),
        }
    }

    fn leaf(self, condition: Condition) -> Query {
        Query::Leaf(Leaf { field: self, condition })
    }

    fn wrong(&self, text: &str, holds: &'static str) -> QueryError {
        QueryError::Value { field: self.path.clone(), text: text.to_owned(), holds }
    }
}

fn bound<T>(end: End<'_>, value: impl Fn(&str) -> T) -> Bound<T> {
    ended(end.map(|(text, within)| (value(text), within)))
}

fn try_bound<T>(end: End<'_>, value: impl Fn(&str) -> Result<T, QueryError>) -> Result<Bound<T>, QueryError> {
    Ok(ended(end.map(|(text, within)| Ok((value(text)?, within))).transpose()?))
}

/// The same end with what is chosen of its value; `choose` learns whether the end belongs to the range.
fn chosen<T, U>(end: Bound<T>, choose: impl Fn(T, bool) -> U) -> Bound<U> {
    match end {
        Bound::Included(value) => Bound::Included(choose(value, true)),
        Bound::Excluded(value) => Bound::Excluded(choose(value, false)),
        Bound::Unbounded => Bound::Unbounded,
    }
}

fn ended<T>(end: Option<(T, bool)>) -> Bound<T> {
    match end {
        None => Bound::Unbounded,
        Some((value, true)) => Bound::Included(value),
        Some((value, false)) => Bound::Excluded(value),
    }
}

/// An address, or all of a network in CIDR notation.
fn network(text: &str) -> Option<Ends<u128>> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let fixed: u32 = match (address, length) {
        (_, None) => 128,
        (IpAddr::V4(_), Some(length)) => length.parse::<u32>().ok().filter(|length| *length <= 32)? + 96,
        (IpAddr::V6(_), Some(length)) => length.parse().ok().filter(|length| *length <= 128)?,
    };
    let host = u128::MAX.checked_shr(fixed).unwrap_or(0);
    let first = bits(address) & !host;
    Some((Bound::Included(first), Bound::Included(first | host)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(query: Result<Query, QueryError>, document: &Value) -> bool {
        query.unwrap().matches(&crate::Document { id: "", body: document })
    }

    fn field(name: &str) -> Field {
        Field::resolve(name)
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_value_is_found_as_its_type_has_it() {
        let document = json!({
            "eventName": "RunInstances", "readOnly": "false", "sourceIPAddress": "203.0.113.7", "eventTime": "2026-11-20T08:52:40Z",
            "additional": {"bytesTransferredIn": ["7", "x"]}, "errorMessage": "You are not authorized", "requestParameters": {"n": 1.5},
        });
        for (name, text, found) in [
            ("eventName", "RunInstances", true),
            ("eventName", "runinstances", false),
            ("readOnly", "false", true),
            ("sourceIPAddress", "203.0.113.0/29", true),
            ("sourceIPAddress", "203.0.113.0/30", false),
            ("sourceIPAddress", "0.0.0.0/0", true),
            ("eventTime", "2026-11-20", true),
            ("eventTime", "2026-11-20T08:52:41Z", false),
            ("additional.bytesTransferredIn", "7.0", true),
            ("errorMessage", "authorized", true),
            ("errorMessage", "You", false),
            ("requestParameters.n", "1.5", true),
            ("no.such", "x", false),
        ] {
            assert_eq!(matches(field(name).term(text, NOW), &document), found, "{name}:{text}");
        }
        assert!(matches(field("errorMessage").search("YOU none", NOW), &document));
        assert!(matches(field("errorMessage").phrase("are NOT", NOW), &document));
        assert!(matches(field("errorMessage").prefix("AUTH"), &document));
        assert!(matches(field("errorMessage").wildcard("*THOR*"), &document));
    }

    #[test]
    fn an_end_of_a_range_is_as_much_time_as_it_tells() {
        let document = json!({"eventTime": "2026-11-20T12:30:00Z"});
        let range = |from, to| matches(field("eventTime").range(from, to, NOW), &document);
        assert!(range(Some(("2026-11-20T12", true)), None) && !range(Some(("2026-11-20T12", false)), None));
        assert!(range(None, Some(("2026-11-20T12", true))) && !range(None, Some(("2026-11-20T12", false))));
        assert!(range(None, None));
    }

    #[test]
    fn what_a_field_cannot_hold_is_said() {
        for (name, text) in [
            ("readOnly", "yes"),
            ("sourceIPAddress", "host"),
            ("eventTime", "soon"),
            ("additional.bytesTransferredIn", "many"),
        ] {
            assert!(matches!(field(name).term(text, NOW), Err(QueryError::Value { .. })), "{name}");
            assert!(matches!(field(name).prefix(text), Err(QueryError::NoText(_))), "{name}");
        }
    }

    #[test]
    fn what_the_index_cannot_read_does_not_exist() {
        let document = json!({"sourceIPAddress": "AWS Internal", "errorMessage": "x".repeat(300), "eventTime": null, "requestParameters": {"a": []}});
        let exists = |name: &str| matches(Ok(field(name).exists()), &document);
        assert!(exists("sourceIPAddress.keyword") && exists("errorMessage"));
        for name in ["sourceIPAddress", "errorMessage.keyword", "eventTime", "requestParameters", "actor", "no.such"] {
            assert!(!exists(name), "{name}");
        }
    }
}
