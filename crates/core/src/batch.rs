//! Documents to the body of a bulk request, bounded by bytes and count.
//!
//! <https://docs.opensearch.org/latest/api-reference/document-apis/bulk/>

use crate::denial::Denial;
use crate::normalize::Document;

/// How large one bulk request may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    /// Bytes of the uncompressed body; one larger document makes a batch of its own.
    pub bytes: usize,
    /// Number of documents.
    pub documents: usize,
}

/// Whether documents carry ids of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// The event's id, so that a repeated event meets its twin.
    Event,
    /// The index chooses: time-series collections of OpenSearch Serverless take no others.
    Automatic,
}

/// One document of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where the action line starts in the body, the document, and what follows it.
    start: usize,
    document: usize,
    end: usize,
    /// Where the record starts in the records, and what follows it.
    record: usize,
    record_end: usize,
    /// The record's position in its object, from 0.
    pub position: u64,
    /// Whether it is a minimal document.
    pub degraded: bool,
    /// The denied delivery of logs that its record tells of.
    pub denial: Option<Box<Denial>>,
}

/// What is known of an item beside its bytes.
struct Mark {
    position: u64,
    degraded: bool,
    denial: Option<Box<Denial>>,
}

/// The body of a bulk request: an action line and a document line for each item.
///
/// The records that the documents were made of are kept beside it: from a refused document alone, the record
/// could not be told byte by byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    body: Vec<u8>,
    records: Vec<u8>,
    items: Vec<Item>,
}

impl Batch {
    /// Adds a document that is created in the index `PREFIX-SUFFIX`, and the record it was made of.
    pub fn push(&mut self, prefix: &str, ids: Ids, document: &Document<'_>, record: &[u8], position: u64) {
        let start = self.body.len();
        self.body.extend_from_slice(b"{\"create\":{\"_index\":\"");
        self.body.extend_from_slice(prefix.as_bytes());
        self.body.push(b'-');
        self.body.extend_from_slice(document.index.as_bytes());
        if ids == Ids::Event {
            self.body.extend_from_slice(b"\",\"_id\":");
            push_string(&mut self.body, &document.id);
            self.body.extend_from_slice(b"}}\n");
        } else {
            self.body.extend_from_slice(b"\"}}\n");
        }
        let denial = document.denial.clone().map(Box::new);
        self.close(start, document.body, record, Mark { position, degraded: document.degraded, denial });
    }

    /// Adds the document to the action line that starts at `start`.
    fn close(&mut self, start: usize, document: &[u8], record: &[u8], mark: Mark) {
        let (text, kept) = (self.body.len(), self.records.len());
        self.body.extend_from_slice(document);
        self.body.push(b'\n');
        self.records.extend_from_slice(record);
        let (end, record_end) = (self.body.len(), self.records.len());
        let Mark { position, degraded, denial } = mark;
        self.items.push(Item { start, document: text, end, record: kept, record_end, position, degraded, denial });
    }

    /// Takes what is in it and leaves an empty batch with as much room, so that a row of batches does not grow anew each time.
    pub fn take(&mut self) -> Self {
        let room = |length: usize| length + length / 16;
        let next = Self {
            body: Vec::with_capacity(room(self.body.len())),
            records: Vec::with_capacity(room(self.records.len())),
            items: Vec::with_capacity(room(self.items.len())),
        };
        std::mem::replace(self, next)
    }

    /// Whether another document should go into the next batch.
    pub fn is_full(&self, limits: BatchLimits) -> bool {
        self.body.len() >= limits.bytes || self.items.len() >= limits.documents
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The request's body, NDJSON.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its items in the order of the body.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The document of an item, without its line break.
    pub fn document(&self, item: &Item) -> &[u8] {
        self.body.get(item.document..item.end - 1).unwrap_or_default()
    }

    /// The record that an item was made of, as it was delivered.
    pub fn record(&self, item: &Item) -> &[u8] {
        self.records.get(item.record..item.record_end).unwrap_or_default()
    }

    /// Adds an item of another batch as it stands there.
    pub fn copy(&mut self, from: &Self, item: &Item) {
        self.add(from, item, from.document(item), item.degraded);
    }

    /// Adds a document in the place of another batch's item: under the same id and in the same index.
    pub fn replace(&mut self, from: &Self, item: &Item, document: &Document<'_>) {
        self.add(from, item, document.body, document.degraded);
    }

    fn add(&mut self, from: &Self, item: &Item, document: &[u8], degraded: bool) {
        let start = self.body.len();
        self.body.extend_from_slice(from.body.get(item.start..item.document).unwrap_or_default());
        let mark = Mark { position: item.position, degraded, denial: item.denial.clone() };
        self.close(start, document, from.record(item), mark);
    }

    /// Two batches of half the items each; the second is empty where there is but one.
    pub fn halves(&self) -> (Self, Self) {
        let (mut first, mut second) = (Self::default(), Self::default());
        let middle = self.items.len().div_ceil(2);
        for (index, item) in self.items.iter().enumerate() {
            if index < middle { &mut first } else { &mut second }.copy(self, item);
        }
        (first, second)
    }
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    // Writing a string into a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn document(id: &str) -> Document<'_> {
        Document {
            id: Cow::Borrowed(id),
            index: Cow::Borrowed("2026.11"),
            body: b"{}",
            degraded: false,
            dropped: false,
            denial: None,
        }
    }

    fn three() -> Batch {
        let mut batch = Batch::default();
        for (at, id) in ["a", "b\"", "c"].into_iter().enumerate() {
            batch.push("p", Ids::Event, &document(id), id.as_bytes(), at as u64);
        }
        batch
    }

    #[test]
    fn body_is_an_action_and_a_document_line_each() {
        let text = String::from_utf8(three().body).unwrap();
        assert_eq!(text.lines().nth(2), Some(r#"{"create":{"_index":"p-2026.11","_id":"b\""}}"#));
        assert_eq!(text.lines().count(), 6);
        assert!(text.ends_with("{}\n"));
    }

    #[test]
    fn what_is_taken_leaves_room() {
        let mut batch = three();
        assert_eq!(batch.take(), three());
        assert!(batch.is_empty() && batch.body().is_empty());
        assert!(batch.body.capacity() >= three().body.len());
    }

    #[test]
    fn without_ids_the_index_chooses() {
        let mut batch = Batch::default();
        batch.push("p", Ids::Automatic, &document("a"), b"", 0);
        assert_eq!(batch.body(), b"{\"create\":{\"_index\":\"p-2026.11\"}}\n{}\n");
    }

    #[test]
    fn halves_hold_every_item_once() {
        let whole = three();
        let (first, second) = whole.halves();
        assert_eq!((first.len(), second.len()), (2, 1));
        assert_eq!([first.body(), second.body()].concat(), whole.body());
        assert_eq!(second.document(&second.items()[0]), b"{}");
        assert_eq!(second.record(&second.items()[0]), b"c");
        assert_eq!(second.items()[0].position, 2);
        assert!(second.halves().1.is_empty());
    }

    #[test]
    fn a_replaced_document_keeps_its_address() {
        let whole = three();
        let minimal = Document { body: b"{\"m\":1}", degraded: true, ..document("another") };
        let mut batch = Batch::default();
        batch.replace(&whole, &whole.items()[2], &minimal);
        assert_eq!(batch.body(), b"{\"create\":{\"_index\":\"p-2026.11\",\"_id\":\"c\"}}\n{\"m\":1}\n");
        assert_eq!(batch.record(&batch.items()[0]), b"c");
        assert!(batch.items()[0].degraded);
        assert_eq!(batch.items()[0].position, 2);
    }

    #[test]
    fn full_by_bytes_or_by_documents() {
        let batch = three();
        assert!(batch.is_full(BatchLimits { bytes: 1, documents: 9 }));
        assert!(batch.is_full(BatchLimits { bytes: 1 << 20, documents: 3 }));
        assert!(!batch.is_full(BatchLimits { bytes: 1 << 20, documents: 4 }));
    }
}
