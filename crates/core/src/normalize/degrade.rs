//! The minimal document of a record that could not be indexed whole.

use std::borrow::Cow;

use super::actor;
use super::json::Object;
use super::{Document, Normalizer, Origin, identity, index, redact, repair};
use crate::object::Format;
use crate::tape::{Lexer, Progress, Value};

/// What stays of the record's own fields: text that every mapping takes.
const KEPT: [&str; 8] =
    ["eventID", "eventTime", "eventName", "eventSource", "eventType", "awsRegion", "recipientAccountId", "errorCode"];

/// Longer values of kept fields are only in the raw text.
pub(super) const MAX_KEPT_BYTES: usize = 1024;

impl Normalizer {
    /// Makes the minimal document of a record: what it is, who did it, when, the reason, and the whole text, not indexed.
    ///
    /// For records that cannot be read, and for documents that the index refused; `reason` says why.
    pub fn degraded(&mut self, raw: &[u8], origin: &Origin, position: u64, reason: &str) -> Document<'_> {
        self.body.clear();
        match origin.format() {
            Format::CloudTrail => self.degraded_event(raw, origin, position, reason),
            Format::AccessLog => self.degraded_request(raw, origin, position, reason),
        }
    }

    fn degraded_event(&mut self, raw: &[u8], origin: &Origin, position: u64, reason: &str) -> Document<'_> {
        let text = repair::sound(raw).map_or_else(|| Cow::Owned(repair::repair(raw).0), Cow::Borrowed);
        let mut lexer = Lexer::new();
        let is_json = matches!(lexer.run(text.as_bytes()), Ok(Progress::Done(_)));
        let value = is_json.then(|| Value::new(&text, lexer.tape()));
        let time = value.as_ref().and_then(identity::timestamp).map(Cow::into_owned).or_else(|| origin.midnight());
        let index = index::suffix(value.as_ref(), time.as_deref(), self.index_by);
        let id = match &value {
            Some(value) => identity::document_id(value).into_owned(),
            None => identity::digest(raw),
        };
        let mut to = Object::open(&mut self.body);
        to.string("@timestamp", time.as_deref().unwrap_or_else(|| origin.time()));
        value.iter().for_each(|value| keep(value, &mut to));
        let without = value.as_ref().filter(|_| self.rules.redact).and_then(|value| redact::value("", value));
        to.object("ingest", |to| {
            origin.write(position, to);
            to.string("error", reason);
            to.string("raw", without.as_deref().unwrap_or(&text));
        });
        to.close();
        Document { id: Cow::Owned(id), index, body: &self.body, degraded: true, dropped: false, denial: None }
    }
}

fn keep(value: &Value<'_>, to: &mut Object<'_>) {
    for name in KEPT {
        let text = value.get(name).and_then(|value| value.text());
        to.optional(name, text.as_deref().filter(|text| text.len() <= MAX_KEPT_BYTES));
    }
    let actor = actor::actor(value);
    if actor.is_bounded(MAX_KEPT_BYTES) {
        to.object("actor", |to| actor.write(to));
    }
}
