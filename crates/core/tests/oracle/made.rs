//! Making documents as the pipeline does: split, then normalized.

use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Normalization, Normalizer, Origin};
use trailsearch_core::split::Splitter;

/// One document, taken out of the normalizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) index: String,
    pub(crate) body: Vec<u8>,
    pub(crate) degraded: bool,
}

/// The origin of all records here.
pub(crate) fn origin() -> Origin {
    let day = Some("2026-11-20".to_owned());
    Origin::new("example-logs", "AWSLogs/x.json.gz", day, "2026-11-20T09:30:00Z".to_owned())
}

/// The documents of the records of an object's text, each with its record.
pub(crate) fn documents(text: &[u8]) -> Vec<(Vec<u8>, Made)> {
    let mut splitter = Splitter::new(Limits::NONE);
    splitter.feed(text);
    let mut normalizer = Normalizer::new(&Normalization::default());
    let mut made = Vec::new();
    while let Some(record) = splitter.next_record().expect("a log object") {
        let document = normalizer.document(&record, &origin(), made.len() as u64);
        let (id, index) = (document.id.into_owned(), document.index.into_owned());
        let document = Made { id, index, body: document.body.to_vec(), degraded: document.degraded };
        made.push((record.raw.to_vec(), document));
    }
    splitter.finish().expect("a whole log object");
    made
}

/// The document of one record.
pub(crate) fn document(record: &[u8]) -> Made {
    let text = [b"[", record, b"]"].concat();
    let (_, made) = documents(&text).pop().expect("one record");
    made
}
