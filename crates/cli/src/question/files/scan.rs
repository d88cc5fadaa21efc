//! One object to its part of an answer.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aho_corasick::AhoCorasick;
use futures::StreamExt;
use trailsearch_core::books::Books;
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Normalizer, Origin};
use trailsearch_core::object::{Encoding, Format, ObjectRef};
use trailsearch_core::split::{Record, Splitter};
use trailsearch_ingest::ports::ObjectStore;
use trailsearch_ingest::settings::IngestSettings;
use trailsearch_ingest::{Failure, ObjectError, origin};
use trailsearch_query::{Search, Tally};

use super::kept::{Document, Room};
use crate::error::CliError;
use crate::ingest::store::Store;

/// How much text of one object is held, in bytes, to tell whether it has to be split at all; CloudTrail's objects are
/// smaller. A larger one is split as it comes.
const HELD_BYTES: usize = 64 << 20;

/// Looks for several texts at once.
#[derive(Debug)]
pub(super) struct Finder(AhoCorasick);

impl Finder {
    /// A finder of these texts.
    ///
    /// # Errors
    /// When they are too many.
    pub(super) fn new(texts: &BTreeSet<String>) -> Result<Self, CliError> {
        AhoCorasick::new(texts).map(Self).map_err(|error| CliError::Query(error.to_string()))
    }

    /// Whether one of the texts stands in the bytes.
    fn finds(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }
}

/// Ids of the documents that are part of an answer already: CloudTrail may deliver an event twice, and the index holds it
/// once.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashSet<Box<str>>>);

impl Seen {
    /// Adds a document to the answer if it matches and is not part of it.
    pub(super) fn add(&self, search: &Search, tally: &mut Tally, id: &str, body: &[u8]) {
        // A normalized document is JSON.
        let Ok(body) = serde_json::from_slice(body) else { return };
        let document = trailsearch_query::Document { id, body: &body };
        if search.matches(&document) && self.is_new(id) {
            search.add(tally, &document);
        }
    }

    fn is_new(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.into())
    }
}

/// What all objects are looked through with.
#[derive(Debug)]
pub(super) struct Scan {
    store: Store,
    limits: Limits,
    normalizer: Normalizer,
    pub(super) search: Search,
    /// Finds what records need to have; without it, every record counts.
    finder: Option<Finder>,
    pub(super) seen: Seen,
    pub(super) room: Room,
    /// Memory for the text of one object, for the next one: fresh memory costs more than what is done with it.
    texts: Mutex<Vec<Vec<u8>>>,
}

/// What one object has of the answer.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) tally: Tally,
    /// Of all records that were found, whether they match or not, as far as there was room.
    pub(super) documents: Vec<Document>,
    /// Why the object could not be read to its end.
    pub(super) failure: Option<Failure>,
}

impl Scan {
    pub(super) fn new(
        store: Store,
        settings: &IngestSettings,
        search: Search,
        finder: Option<Finder>,
        room: Room,
    ) -> Self {
        let normalizer = Normalizer::new(&settings.normalization);
        Self {
            store,
            limits: settings.limits,
            normalizer,
            search,
            finder,
            seen: Seen::default(),
            room,
            texts: Mutex::default(),
        }
    }

    fn texts(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks through one object.
    pub(super) async fn object(&self, object: ObjectRef) -> Part {
        let mut reading = Reading::new(self, &object);
        let result = match reading.read(&object).await {
            Ok(()) => reading.finish(),
            // What came before the damage is good.
            Err(error) => reading.split().and(Err(error)),
        };
        reading.text.clear();
        self.texts().push(std::mem::take(&mut reading.text));
        let mut part = reading.records.part;
        part.failure = result.err().map(|error| Failure { object: object.to_string(), books: Books::default(), error });
        part
    }
}

/// The work on one object.
struct Reading<'s> {
    scan: &'s Scan,
    inflater: Inflater,
    /// Text that is not split yet.
    text: Vec<u8>,
    /// Whether some of the text has been split.
    begun: bool,
    splitter: Splitter,
    records: Records<'s>,
}

/// What becomes of an object's records.
struct Records<'s> {
    scan: &'s Scan,
    finder: Option<&'s Finder>,
    normalizer: Normalizer,
    origin: Origin,
    position: u64,
    part: Part,
}

impl<'s> Reading<'s> {
    fn new(scan: &'s Scan, object: &ObjectRef) -> Self {
        // A document tells its object's name, so what is looked for may be in that.
        let finder = scan.finder.as_ref().filter(|finder| !finder.finds(object.to_string().as_bytes()));
        let (normalizer, origin) = (scan.normalizer.clone(), origin(object, Format::CloudTrail));
        Self {
            scan,
            inflater: Inflater::new(Encoding::of_name(&object.key), scan.limits),
            text: scan.texts().pop().unwrap_or_default(),
            begun: false,
            splitter: Splitter::new(scan.limits),
            records: Records { scan, finder, normalizer, origin, position: 0, part: Part::default() },
        }
    }

    async fn read(&mut self, object: &ObjectRef) -> Result<(), ObjectError> {
        let mut opened = self.scan.store.open(object).await?;
        while let Some(chunk) = opened.bytes.next().await {
            for piece in Inflater::pieces(&chunk?) {
                self.text.extend_from_slice(self.inflater.push(piece)?);
                if self.text.len() > HELD_BYTES {
                    self.split()?;
                }
            }
        }
        Ok(self.inflater.finish()?)
    }

    fn finish(&mut self) -> Result<(), ObjectError> {
        if !self.begun && self.holds_nothing() {
            return Ok(());
        }
        self.split()?;
        Ok(self.splitter.finish()?)
    }

    /// Whether nothing that is looked for stands in the whole text. One that looks cut off is split all the same, to hear
    /// what is wrong with it.
    fn holds_nothing(&self) -> bool {
        let text = self.text.trim_ascii();
        let is_whole = text.starts_with(b"{") && text.ends_with(b"}") || text.starts_with(b"[") && text.ends_with(b"]");
        is_whole && self.records.finder.is_some_and(|finder| !finder.finds(text))
    }

    /// Splits the text at hand.
    fn split(&mut self) -> Result<(), ObjectError> {
        self.begun = true;
        self.splitter.feed(&self.text);
        self.text.clear();
        while let Some(record) = self.splitter.next_record()? {
            self.records.take(&record);
        }
        Ok(())
    }
}

impl Records<'_> {
    fn take(&mut self, record: &Record<'_>) {
        let position = self.position;
        self.position += 1;
        if self.finder.is_some_and(|finder| !finder.finds(record.raw)) {
            return;
        }
        let document = self.normalizer.document(record, &self.origin, position);
        if document.dropped {
            return;
        }
        self.scan.seen.add(&self.scan.search, &mut self.part.tally, &document.id, document.body);
        let document = Document { id: document.id.as_ref().into(), body: document.body.into() };
        self.part.documents.extend(self.scan.room.take(&document).then_some(document));
    }
}
