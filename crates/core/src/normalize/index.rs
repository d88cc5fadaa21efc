//! Which index: that of the event's own month and, where this is wanted, of its account or its class.
//!
//! The name follows from the record alone, so that an event which comes twice meets its twin. Nothing in a record can
//! make indices without end: months, account ids and classes are taken only in the forms that they have.

use std::borrow::Cow;

use crate::object::is_account;
use crate::tape::Value;

/// Stands for the month of events without a usable time.
pub const UNDATED: &str = "undated";

/// Stands for the account or the class of events that name none.
const OTHER: &str = "other";

/// The months that get an index of their own: CloudTrail began in November 2013, and a
/// record with a wild date must not be able to create indices without end.
const YEARS: std::ops::RangeInclusive<u32> = 2013..=2099;

/// What an index holds one of, beside the month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IndexBy {
    /// Nothing more: `2026.11`.
    #[default]
    Month,
    /// The account that received the event: `111122223333-2026.11`, or `other-2026.11`.
    Account,
    /// The event's category: `management-2026.11`, `data-…`, `insight-…`, `network-…`, `aggregated-…`, or
    /// `other-…` where it names none, as before version 1.07 of the records.
    Class,
}

/// What follows the index prefix for a record of this time; there is no record where its text is no JSON.
pub(super) fn suffix(record: Option<&Value<'_>>, time: Option<&str>, by: IndexBy) -> Cow<'static, str> {
    let month = time.and_then(month).map_or(Cow::Borrowed(UNDATED), Cow::Owned);
    let part = match by {
        IndexBy::Month => return month,
        IndexBy::Account => record.and_then(account).unwrap_or(Cow::Borrowed(OTHER)),
        IndexBy::Class => Cow::Borrowed(record.and_then(class).unwrap_or(OTHER)),
    };
    Cow::Owned(format!("{part}-{month}"))
}

/// `2026.11` of a time in that month.
fn month(time: &str) -> Option<String> {
    let year = time.get(..4)?;
    let month = time.get(5..7)?;
    YEARS.contains(&year.parse().ok()?).then(|| format!("{year}.{month}"))
}

/// The account that received the event. Aggregated events know it as `accountId`.
fn account<'a>(record: &Value<'a>) -> Option<Cow<'a, str>> {
    ["recipientAccountId", "accountId"].iter().find_map(|name| record.get(name)?.str().filter(|id| is_account(id)))
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
fn class(record: &Value<'_>) -> Option<&'static str> {
    match record.get("eventCategory")?.str()?.as_ref() {
        "Management" => Some("management"),
        "Data" => Some("data"),
        "Insight" => Some("insight"),
        "NetworkActivity" => Some("network"),
        "Aggregated" => Some("aggregated"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Normalization;
    use crate::testing::{document_with, with_value};

    const TIME: &str = "2026-11-20T09:14:27Z";

    fn of(record: &str, by: IndexBy) -> String {
        with_value(record, |record| suffix(Some(&record), Some(TIME), by).into_owned())
    }

    #[test]
    fn months_of_cloudtrails_life_have_an_index() {
        for (time, expected) in [
            (TIME, "2026.11"),
            ("2013-01-01T00:00:00Z", "2013.01"),
            ("2099-12-31T23:59:59Z", "2099.12"),
            ("2012-12-31T23:59:59Z", UNDATED),
            ("2100-01-01T00:00:00Z", UNDATED),
            ("9999-12-31T23:59:59Z", UNDATED),
            ("0000-01-01T00:00:00Z", UNDATED),
        ] {
            assert_eq!(suffix(None, Some(time), IndexBy::Month), expected, "{time}");
        }
    }

    #[test]
    fn an_account_is_twelve_digits() {
        for (record, expected) in [
            (r#"{"recipientAccountId":"111122223333"}"#, "111122223333-2026.11"),
            (r#"{"accountId":"444455556666","eventCategory":"Aggregated"}"#, "444455556666-2026.11"),
            (r#"{"accountId":"444455556666","recipientAccountId":"111122223333"}"#, "111122223333-2026.11"),
            (r#"{"recipientAccountId":111122223333}"#, "other-2026.11"),
            (r#"{"recipientAccountId":["111122223333"]}"#, "other-2026.11"),
            (r#"{"recipientAccountId":"11112222333"}"#, "other-2026.11"),
            (r#"{"recipientAccountId":"1111222233334"}"#, "other-2026.11"),
            (r#"{"recipientAccountId":"11112222333a"}"#, "other-2026.11"),
            (r#"{"recipientAccountId":"٣٣٣٣٣٣"}"#, "other-2026.11"),
            (r#"{"recipientAccountId":"../_all/*,-x"}"#, "other-2026.11"),
            (r#"{"userIdentity":{"accountId":"111122223333"}}"#, "other-2026.11"),
            ("{}", "other-2026.11"),
        ] {
            assert_eq!(of(record, IndexBy::Account), expected, "{record}");
        }
    }

    #[test]
    fn classes_are_the_known_categories() {
        for (category, expected) in [
            (r#""Management""#, "management-2026.11"),
            (r#""Data""#, "data-2026.11"),
            (r#""Insight""#, "insight-2026.11"),
            (r#""NetworkActivity""#, "network-2026.11"),
            (r#""Aggregated""#, "aggregated-2026.11"),
            (r#""management""#, "other-2026.11"),
            (r#""Brand/New""#, "other-2026.11"),
            ("true", "other-2026.11"),
            ("null", "other-2026.11"),
        ] {
            assert_eq!(of(&format!(r#"{{"eventCategory":{category}}}"#), IndexBy::Class), expected, "{category}");
        }
        assert_eq!(of("{}", IndexBy::Class), "other-2026.11");
    }

    #[test]
    fn events_without_a_month_still_have_their_account() {
        let undated = |by| {
            with_value(r#"{"recipientAccountId":"111122223333"}"#, |record| {
                suffix(Some(&record), None, by).into_owned()
            })
        };
        assert_eq!(undated(IndexBy::Account), "111122223333-undated");
        assert_eq!(undated(IndexBy::Class), "other-undated");
        assert_eq!(suffix(None, None, IndexBy::Account), "other-undated");
    }

    /// What is redelivered as it was, mended on its way or no record at all has one place, every time.
    #[test]
    fn whole_mended_and_degraded_documents_have_an_index() {
        let broken = b"{\"eventTime\":\"2026-10-01T00:00:00Z\",\"recipientAccountId\":\"111122223333\",\"a\":\"\xff\"}";
        for (record, by, expected) in [
            (
                &b"{\"eventTime\":\"2026-10-01T00:00:00Z\",\"recipientAccountId\":\"111122223333\"}"[..],
                IndexBy::Account,
                "111122223333-2026.10",
            ),
            (broken, IndexBy::Account, "111122223333-2026.10"),
            (b"7", IndexBy::Account, "other-2026.11"),
            (b"7", IndexBy::Class, "other-2026.11"),
        ] {
            let settings = Normalization { index_by: by, ..Normalization::default() };
            let (made, again) = (document_with(record, &settings), document_with(record, &settings));
            assert_eq!((made.index.as_str(), made.id), (expected, again.id));
            assert_eq!(again.index, expected);
        }
    }
}
