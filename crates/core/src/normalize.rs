//! Record to document: bounded, index-safe, and with the answers that people look for.
//!
//! ```text
//! { the record as it was, but for what does not fit
//!   "@timestamp", "outcome", "noise", "actor", "resource", "request", "response", "issued", "unmapped", "embedded", "ingest" }
//! ```
//!
//! Whatever the record holds, the document is one that the index template takes.
//! A line of an S3 server access log becomes one likewise, with fields of its own (`mappings/access-log`).
//! Nothing is dropped: `ingest.truncated`, `ingest.moved` and `ingest.redacted` name
//! what does not stand where it stood, and `ingest.full` keeps what was cut.

mod access_log;
mod actor;
mod aside;
pub mod bounds;
mod copier;
mod degrade;
mod denied;
mod embedded;
mod found;
mod identity;
mod index;
mod json;
mod names;
mod noise;
mod origin;
mod outcome;
mod promoted;
mod redact;
mod repair;
mod resource;
mod terms;
mod walk;

pub use index::{IndexBy, UNDATED};
pub use origin::Origin;
/// The names of the noise rules.
pub use trailsearch_schema::noise::NAMES as NOISE_RULES;

use std::borrow::Cow;
use std::sync::Arc;

use trailsearch_schema::promoted::Extra;

use crate::denial::Denial;
use crate::object::Format;
use crate::split::Record;
use crate::tape::{Kind, Lexer, Progress, Token, Value};
use found::Found;
use json::Object;
use names::Names;
use noise::Noise;
use walk::{Rules, Walk};

/// How records become documents.
#[derive(Debug, Clone)]
pub struct Normalization {
    /// Whether bearer secrets are replaced.
    pub redact: bool,
    /// Promoted names beyond the schema's.
    pub promoted: Extra,
    /// The [noise rules](NOISE_RULES) whose records are dropped.
    pub drop_noise: Vec<String>,
    /// Which documents share an index.
    pub index_by: IndexBy,
}

impl Default for Normalization {
    fn default() -> Self {
        Self { redact: true, promoted: Extra::default(), drop_noise: Vec::new(), index_by: IndexBy::Month }
    }
}

/// What is indexed for one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'n> {
    /// The document's id: the event's own, or a digest of the record.
    pub id: Cow<'n, str>,
    /// What follows the index prefix: `2026.11`, or what else [`IndexBy`] makes.
    pub index: Cow<'n, str>,
    /// The document, JSON without line breaks.
    pub body: &'n [u8],
    /// Whether only a minimal document could be made.
    pub degraded: bool,
    /// Whether it is noise that the settings keep out of the index.
    pub dropped: bool,
    /// The denied delivery of logs that the record tells of.
    pub denial: Option<Denial>,
}

/// Makes documents of records; keeps its memory from record to record.
#[derive(Debug)]
pub struct Normalizer {
    rules: Arc<Rules>,
    /// The noise that is dropped.
    drop: Noise,
    index_by: IndexBy,
    found: Found,
    body: Vec<u8>,
    /// The earliest time of the events so far, empty where none had one.
    oldest_event: String,
}

impl Clone for Normalizer {
    /// One with the same rules, which are large and shared, and a memory of its own.
    fn clone(&self) -> Self {
        Self::with(Arc::clone(&self.rules), self.drop, self.index_by)
    }
}

impl Normalizer {
    /// A normalizer for any number of records.
    pub fn new(settings: &Normalization) -> Self {
        let rules = Rules { names: Names::new(&settings.promoted), redact: settings.redact };
        Self::with(Arc::new(rules), Noise::named(&settings.drop_noise), settings.index_by)
    }

    fn with(rules: Arc<Rules>, drop: Noise, index_by: IndexBy) -> Self {
        Self { rules, drop, index_by, found: Found::default(), body: Vec::new(), oldest_event: String::new() }
    }

    /// The time of the oldest event so far, ISO 8601 in UTC.
    pub fn oldest_event(&self) -> Option<&str> {
        Some(self.oldest_event.as_str()).filter(|time| !time.is_empty())
    }

    fn note_time(&mut self, time: Option<&str>) {
        // Such texts are in the order of time, but for the parts of a second.
        if let Some(time) = time.filter(|time| self.oldest_event().is_none_or(|oldest| *time < oldest)) {
            time.clone_into(&mut self.oldest_event);
        }
    }

    /// Makes the document of a record; `position` counts the object's records from 0.
    pub fn document(&mut self, record: &Record<'_>, origin: &Origin, position: u64) -> Document<'_> {
        self.body.clear();
        self.found.clear();
        match origin.format() {
            Format::CloudTrail => self.event(record, origin, position),
            Format::AccessLog => self.request(record.raw, origin, position),
        }
    }

    /// Makes the document of an event.
    fn event(&mut self, record: &Record<'_>, origin: &Origin, position: u64) -> Document<'_> {
        let is_object = record.tape.first().is_some_and(|token| token.kind == Kind::Object);
        match repair::sound(record.raw) {
            _ if !is_object => self.degraded(record.raw, origin, position, "the record is not a JSON object"),
            Some(text) => self.build(text, record.tape, origin, position, false),
            None => self.repaired(record, origin, position),
        }
    }

    /// Makes the document of a record whose text is mended first.
    fn repaired(&mut self, record: &Record<'_>, origin: &Origin, position: u64) -> Document<'_> {
        let (text, repaired) = repair::repair(record.raw);
        let mut lexer = Lexer::new();
        match lexer.run(text.as_bytes()) {
            Ok(Progress::Done(_)) => self.build(&text, lexer.tape(), origin, position, repaired),
            _ => self.degraded(record.raw, origin, position, "the record is not JSON"),
        }
    }

    fn build(&mut self, text: &str, tape: &[Token], origin: &Origin, position: u64, repaired: bool) -> Document<'_> {
        let record = Value::new(text, tape);
        Walk::new(&record, &self.rules, &mut self.found, &mut self.body).record(&record);
        let (index, noise) = self.add(&record, origin, position, repaired);
        Document {
            id: Cow::Owned(identity::document_id(&record).into_owned()),
            index,
            body: &self.body,
            degraded: false,
            dropped: noise.meets(self.drop),
            denial: denied::of_event(&record, noise),
        }
    }

    /// Adds what trailsearch says of the record, and closes the document; its index and what noise it is.
    fn add(
        &mut self,
        record: &Value<'_>,
        origin: &Origin,
        position: u64,
        repaired: bool,
    ) -> (Cow<'static, str>, Noise) {
        let time = identity::timestamp(record);
        self.note_time(time.as_deref());
        let time = time.or_else(|| origin.midnight().map(Cow::Owned));
        let index = index::suffix(Some(record), time.as_deref(), self.index_by);
        let actor = actor::actor(record);
        let noise = Noise::of(record, actor.human, origin.bucket());
        self.write_unmapped(record);
        self.write_embedded();
        self.found.finish(&self.rules.names);
        let mut to = Object::resume(&mut self.body);
        to.string("@timestamp", time.as_deref().unwrap_or_else(|| origin.time()));
        to.string("outcome", outcome::outcome(record));
        noise.write(&mut to);
        to.object("actor", |to| actor.write(to));
        to.object("resource", |to| self.found.resources.write(actor.account.as_deref(), to));
        self.found.promoted.write(&self.rules.names, &mut to);
        to.object("issued", |to| to.terms("accessKeyId", &self.found.issued));
        to.object("ingest", |to| {
            origin.write(position, to);
            self.found.write_notes(to);
            if repaired {
                to.raw("repaired", b"true");
            }
        });
        to.close();
        (index, noise)
    }
}

#[cfg(test)]
mod tests;
