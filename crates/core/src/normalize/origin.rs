//! Where a record comes from.

use super::json::Object;
use crate::object::Format;

/// The object that records come from, and what their documents say of it.
#[derive(Debug, Clone)]
pub struct Origin {
    format: Format,
    bucket: String,
    day: Option<String>,
    time: String,
    /// The members that are the same for every record, written once.
    members: Vec<u8>,
}

impl Origin {
    /// The origin of an object's records.
    ///
    /// `bucket` is empty for a local file, whose path is `object`. `day` is the day in the object's key,
    /// `YYYY-MM-DD`: the time of events that have none. `time` is when the object is ingested, ISO 8601 in UTC.
    pub fn new(bucket: &str, object: &str, day: Option<String>, time: String) -> Self {
        let mut braced = Vec::new();
        let mut to = Object::open(&mut braced);
        to.optional("bucket", Some(bucket).filter(|bucket| !bucket.is_empty()));
        to.string("object", object);
        to.string("time", &time);
        to.string("version", env!("CARGO_PKG_VERSION"));
        let members = braced.split_off(1);
        Self { format: Format::default(), bucket: bucket.to_owned(), day, time, members }
    }

    /// The same origin, whose records are of another format.
    #[must_use]
    pub fn of_format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// What its records are.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The object's bucket; empty for a local file.
    pub(super) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// When the object is ingested.
    pub(super) fn time(&self) -> &str {
        &self.time
    }

    /// The start of the day that the object's key names.
    pub(super) fn midnight(&self) -> Option<String> {
        self.day.as_deref().map(|day| format!("{day}T00:00:00Z"))
    }

    /// Writes what of `ingest` is about the object and the record's position in it.
    pub(super) fn write(&self, position: u64, to: &mut Object<'_>) {
        to.members(&self.members);
        to.raw("position", position.to_string().as_bytes());
    }
}
