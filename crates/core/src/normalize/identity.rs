//! Which document: its id and its time, from the record alone.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::tape::Value;

/// Longer ids are refused by OpenSearch.
const MAX_ID_BYTES: usize = 512;

/// The document's id: the event's own where it has one, else a digest of the canonical record, so
/// that the same event always meets its twin.
pub(super) fn document_id<'a>(record: &Value<'a>) -> Cow<'a, str> {
    let own = ["eventID", "eventId"].iter().find_map(|name| record.get(name)?.text().filter(|id| is_id(id)));
    own.unwrap_or_else(|| Cow::Owned(digest(record.raw().as_bytes())))
}

fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A digest of the record: of its members in sorted order where it is JSON, else of its bytes.
pub(super) fn digest(raw: &[u8]) -> String {
    let canonical = serde_json::from_slice::<serde_json::Value>(raw).map(|value| value.to_string());
    let hash = match &canonical {
        Ok(text) => Sha256::digest(text.as_bytes()),
        Err(_) => return digest_of_bytes(raw),
    };
    hex(&hash)
}

/// A digest of bytes.
pub(super) fn digest_of_bytes(raw: &[u8]) -> String {
    hex(&Sha256::digest(raw))
}

fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// When the event happened, as it is written: `eventTime`, or the end of an aggregated event's window.
pub(super) fn timestamp<'a>(record: &Value<'a>) -> Option<Cow<'a, str>> {
    let places: [&[&str]; 3] = [&["eventTime"], &["timeWindow", "windowEnd"], &["timeWindow", "windowStart"]];
    places.iter().find_map(|path| record.at(path)?.text().filter(|time| is_utc(time.as_bytes())))
}

/// Whether the text is `YYYY-MM-DDThh:mm:ss[.f]Z` with numbers that can be.
pub(super) fn is_utc(time: &[u8]) -> bool {
    const SHAPE: &[u8; 19] = b"0000-00-00T00:00:00";
    let Some((head, tail)) = time.split_at_checked(SHAPE.len()) else { return false };
    let shaped = head.iter().zip(SHAPE).all(|(byte, like)| match like {
        b'0' => byte.is_ascii_digit(),
        _ => byte == like,
    });
    let number = |at: usize| (head[at] - b'0') * 10 + (head[at + 1] - b'0');
    shaped
        && (1..=12).contains(&number(5))
        && (1..=days(head, number(5))).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 60
        && is_fraction(tail)
}

fn is_fraction(tail: &[u8]) -> bool {
    match tail {
        b"Z" => true,
        [b'.', digits @ .., b'Z'] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn days(date: &[u8], month: u8) -> u8 {
    let year = date[..4].iter().fold(0u32, |year, digit| year * 10 + u32::from(digit - b'0'));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests;
