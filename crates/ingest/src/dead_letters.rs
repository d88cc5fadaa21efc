//! Dead letters: records for which the index takes no document, kept as gzip NDJSON until they are replayed.
//!
//! ```text
//! dead-letters/2026/11/20/DIGEST-0000001000-0000001999.ndjson.gz
//! {"reason": …, "bucket": …, "key": …, "position": …, "eventID": …, "record": "{\"eventVersion\": …"}
//! {"reason": …, "bucket": …, "key": …, "format": "access-log", "position": …, "record": "0f1e2d3c4b5a example-bucket [20/Nov/2026:…"}
//! ```
//!
//! A file holds the dead letters of one batch. Its name comes from the object and the batch's first and last record, and
//! its folder from the day in the object's key, so that an object delivered again writes the same files again. Where
//! batches are cut otherwise then, the files have other names: none is overwritten by one that stands for less.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};
use trailsearch_core::object::{Format, ObjectKey, ObjectRef};

use crate::state::name_of;

/// The folder of objects whose keys tell no day.
const UNDATED: &str = "undated";

/// What the names of dead-letter files end in.
pub const SUFFIX: &str = ".ndjson.gz";

/// The folder of dead letters, below the place for state.
pub const FOLDER: &str = "dead-letters";

/// A record, where it stood, and why no document was taken for it.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct DeadLetter {
    reason: String,
    bucket: String,
    key: String,
    #[serde(default, skip_serializing_if = "Format::is_default")]
    pub(crate) format: Format,
    pub(crate) position: u64,
    #[serde(rename = "eventID", default, skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(flatten)]
    content: Content,
}

/// The record's bytes, exactly as they were delivered.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
enum Content {
    #[serde(rename = "record")]
    Text(String),
    /// Bytes that are no UTF-8.
    #[serde(rename = "recordBase64")]
    Bytes(String),
}

impl DeadLetter {
    fn new(object: &ObjectRef, format: Format, position: u64, record: &[u8], reason: String) -> Self {
        let content = match std::str::from_utf8(record) {
            Ok(text) => Content::Text(text.to_owned()),
            Err(_) => Content::Bytes(BASE64_STANDARD.encode(record)),
        };
        let (bucket, key) = (object.bucket.clone(), object.key.clone());
        Self { reason, bucket, key, format, position, event_id: event_id(record), content }
    }

    /// Reads one line.
    ///
    /// # Errors
    /// When it is no dead letter.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// The object that the record stood in.
    pub(crate) fn object(&self) -> ObjectRef {
        ObjectRef { bucket: self.bucket.clone(), key: self.key.clone(), version_id: None }
    }

    /// The record as it was delivered.
    ///
    /// # Errors
    /// When it is not the base64 that it should be.
    pub(crate) fn record(&self) -> Result<Cow<'_, [u8]>, base64::DecodeError> {
        match &self.content {
            Content::Text(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Content::Bytes(text) => BASE64_STANDARD.decode(text).map(Cow::Owned),
        }
    }
}

/// The event's id, for people who look for it in the file.
fn event_id(record: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "eventID", alias = "eventId")]
        id: String,
    }
    serde_json::from_slice::<Event>(record).ok().map(|event| event.id)
}

/// The dead letters of one batch.
#[derive(Debug, Default)]
pub(crate) struct DeadLetters {
    /// NDJSON.
    pub(crate) lines: Vec<u8>,
    pub(crate) count: u64,
    pub(crate) last_reason: String,
}

impl DeadLetters {
    pub(crate) fn push(&mut self, object: &ObjectRef, format: Format, position: u64, record: &[u8], reason: String) {
        self.last_reason.clone_from(&reason);
        // Writing texts and numbers into a Vec cannot fail.
        let _ = serde_json::to_writer(&mut self.lines, &DeadLetter::new(object, format, position, record, reason));
        self.lines.push(b'\n');
        self.count += 1;
    }
}

/// The file of a batch, by the positions of its first and last record.
pub(crate) fn file_name(index_prefix: &str, object: &ObjectRef, first: u64, last: u64) -> String {
    let day = ObjectKey::parse(&object.key).day.map(|day| day.to_string().replace('-', "/"));
    let folder = day.as_deref().unwrap_or(UNDATED);
    format!("{FOLDER}/{folder}/{}-{first:010}-{last:010}{SUFFIX}", name_of(index_prefix, object))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str) -> ObjectRef {
        ObjectRef { bucket: "logs".to_owned(), key: key.to_owned(), version_id: None }
    }

    fn written(record: &[u8]) -> String {
        let mut letters = DeadLetters::default();
        letters.push(&object("k.json.gz"), Format::CloudTrail, 17, record, "HTTP 400".to_owned());
        String::from_utf8(letters.lines).unwrap()
    }

    #[test]
    fn a_line_tells_where_the_record_stood_and_why() {
        assert_eq!(
            written(br#"{"eventID": "e-1", "n": 1.50}"#),
            r#"{"reason":"HTTP 400","bucket":"logs","key":"k.json.gz","position":17,"eventID":"e-1","#.to_owned()
                + r#""record":"{\"eventID\": \"e-1\", \"n\": 1.50}"}"#
                + "\n"
        );
    }

    #[test]
    fn any_bytes_survive() {
        let records: [&[u8]; 4] =
            [b"{\"a\": \"\xff\xfe\"}", b"{\n\t\"a\": 1}", "{\"é\": \"\u{2028}\"}".as_bytes(), b"7"];
        for record in records {
            let line = written(record);
            assert_eq!(line.lines().count(), 1);
            let letter = DeadLetter::parse(line.as_bytes()).unwrap();
            assert_eq!(letter.record().unwrap(), record);
            assert_eq!((letter.object(), letter.position), (object("k.json.gz"), 17));
        }
    }

    #[test]
    fn a_letter_tells_its_format_unless_it_is_an_event() {
        let mut letters = DeadLetters::default();
        letters.push(&object("k"), Format::AccessLog, 17, b"a line", "HTTP 400".to_owned());
        let line = String::from_utf8(letters.lines).unwrap();
        assert!(line.contains(r#""key":"k","format":"access-log","position":17,"record":"a line""#), "{line}");
        assert_eq!(DeadLetter::parse(line.as_bytes()).unwrap().format, Format::AccessLog);
        assert_eq!(DeadLetter::parse(written(b"{}").as_bytes()).unwrap().format, Format::CloudTrail);
    }

    #[test]
    fn what_is_no_dead_letter_is_refused() {
        assert!(DeadLetter::parse(b"{\"eventID\": \"e-1\"}").is_err());
        let letter = r#"{"reason":"r","bucket":"b","key":"k","position":0,"recordBase64":"?"}"#;
        assert!(DeadLetter::parse(letter.as_bytes()).unwrap().record().is_err());
    }

    #[test]
    fn files_are_named_by_day_object_and_range() {
        let key = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/a.json.gz";
        let name = file_name("cloudtrail", &object(key), 1000, 1999);
        assert!(
            name.starts_with("dead-letters/2026/11/20/") && name.ends_with("-0000001000-0000001999.ndjson.gz"),
            "{name}"
        );
        assert!(file_name("cloudtrail", &object("copy.json"), 0, 9).starts_with("dead-letters/undated/"));
    }
}
