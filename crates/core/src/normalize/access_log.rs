//! A line of an S3 server access log to its document.

mod line;
mod time;

use std::borrow::Cow;

use trailsearch_schema::KEYWORD_MAX;

pub(super) use line::Line;

use super::bounds::MAX_TERMS;
use super::degrade::MAX_KEPT_BYTES;
use super::json::Object;
use super::{Document, IndexBy, Normalizer, Origin, denied, identity, index, redact};

/// What stays of a line of which only a minimal document can be made: text that every mapping takes.
const KEPT: [&str; 6] = ["bucket", "requester", "requestID", "operation", "httpStatus", "errorCode"];

/// The field that is analyzed, and has no longest text.
const ANALYZED: &str = "requestURI";

impl Normalizer {
    /// Makes the document of a line.
    pub(super) fn request(&mut self, raw: &[u8], origin: &Origin, position: u64) -> Document<'_> {
        let text = String::from_utf8_lossy(raw);
        let line = Line::read(&text);
        if let Err(malformed) = line.check() {
            return self.degraded_request(raw, origin, position, &malformed.to_string());
        }
        self.note_time(line.time.as_deref());
        self.write_line(&line);
        let mut to = Object::resume(&mut self.body);
        to.object("ingest", |to| {
            origin.write(position, to);
            self.found.write_notes(to);
            if matches!(text, Cow::Owned(_)) {
                to.raw("repaired", b"true");
            }
        });
        to.close();
        let denial = denied::of_request(&line);
        Document { denial, ..Document::of_line(raw, line.time.as_deref(), &self.body) }
    }

    fn write_line(&mut self, line: &Line<'_>) {
        let mut body = std::mem::take(&mut self.body);
        let mut to = Object::open(&mut body);
        to.optional("@timestamp", line.time.as_deref());
        for (name, text, is_number) in line.fields() {
            if is_number {
                to.raw(name, text.as_bytes());
            } else {
                to.string(name, &self.shown(name, text));
            }
        }
        to.string("outcome", outcome(line));
        if let Some(key) = line.get("key").map(line::decoded) {
            to.string("objectKey", &self.shown("objectKey", &key));
        }
        self.write_appended(line, &mut to);
        self.body = body;
    }

    /// Writes the fields that are not known. Those beyond the bound are kept whole and not indexed.
    fn write_appended(&mut self, line: &Line<'_>, to: &mut Object<'_>) {
        let (appended, beyond) = line.appended(MAX_TERMS);
        if appended.is_empty() {
            return;
        }
        if let Some(beyond) = beyond {
            let beyond = self.shown("appended", beyond);
            self.found.truncate("appended");
            self.found.keep_text("appended", &beyond);
        }
        let appended: Vec<_> = appended.into_iter().map(|text| self.shown("appended", text)).collect();
        // Writing texts into a Vec cannot fail.
        let _ = serde_json::to_writer(to.key("appended"), &appended);
    }

    /// A field's text without the secrets of presigned URLs. What cannot be searched since it is too long is listed.
    fn shown<'t>(&mut self, name: &str, text: &'t str) -> Cow<'t, str> {
        let without = redact::presigned(text).filter(|_| self.rules.redact);
        if without.is_some() {
            self.found.redact(name);
        }
        let shown = without.map_or(Cow::Borrowed(text), Cow::Owned);
        if shown.len() > KEYWORD_MAX && name != ANALYZED {
            self.found.list_truncated(name);
        }
        shown
    }

    /// Makes the minimal document of a line: when, who and what, as far as it can be read, the reason, and the whole text,
    /// not indexed.
    pub(super) fn degraded_request(
        &mut self,
        raw: &[u8],
        origin: &Origin,
        position: u64,
        reason: &str,
    ) -> Document<'_> {
        let text = String::from_utf8_lossy(raw);
        let line = Line::read(&text);
        let time = line.time.clone().or_else(|| origin.midnight());
        let without = redact::presigned(&text).filter(|_| self.rules.redact);
        self.body.clear();
        let mut to = Object::open(&mut self.body);
        to.string("@timestamp", time.as_deref().unwrap_or_else(|| origin.time()));
        for name in KEPT.iter().filter(|_| line.check().is_ok()) {
            to.optional(name, line.get(name).filter(|text| text.len() <= MAX_KEPT_BYTES));
        }
        to.object("ingest", |to| {
            origin.write(position, to);
            to.string("error", reason);
            to.string("raw", without.as_deref().unwrap_or(&text));
        });
        to.close();
        Document { degraded: true, ..Document::of_line(raw, time.as_deref(), &self.body) }
    }
}

impl<'n> Document<'n> {
    /// The document of a line that was written at `time`. Its id is a digest of all of it: a line that comes twice is the same,
    /// and no two others are, since each has the ids of its request.
    fn of_line(raw: &[u8], time: Option<&str>, body: &'n [u8]) -> Self {
        Self {
            id: Cow::Owned(identity::digest_of_bytes(raw)),
            index: index::suffix(None, time, IndexBy::Month),
            body,
            degraded: false,
            dropped: false,
            denial: None,
        }
    }
}

fn outcome(line: &Line<'_>) -> &'static str {
    let is_refused = line.get("httpStatus").is_some_and(|status| status >= "400");
    if is_refused || line.get("errorCode").is_some() { "failure" } else { "success" }
}

#[cfg(test)]
mod tests;
