//! What the tests of several modules share.

pub(crate) mod access_log;
mod dice;

pub(crate) use dice::Dice;

use crate::denial::Denial;
use crate::limits::Limits;
use crate::normalize::{Document, Normalization, Normalizer, Origin};
use crate::split::Splitter;
use crate::tape::{Lexer, Progress, Value};

/// Hands the value of a JSON text to `then`.
pub(crate) fn with_value<R>(text: &str, then: impl FnOnce(Value<'_>) -> R) -> R {
    let mut lexer = Lexer::new();
    // A number ends where something else begins.
    let terminated = format!("{text} ");
    assert!(matches!(lexer.run(terminated.as_bytes()), Ok(Progress::Done(_))), "{text}");
    then(Value::new(text, lexer.tape()))
}

/// The origin of the records of tests.
pub(crate) fn origin() -> Origin {
    let day = Some("2026-11-19".to_owned());
    Origin::new("example-logs", "AWSLogs/x.json.gz", day, "2026-11-20T09:30:00Z".to_owned())
}

/// A document that was made of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) index: String,
    pub(crate) text: String,
    pub(crate) degraded: bool,
    pub(crate) dropped: bool,
    pub(crate) denial: Option<Denial>,
}

impl Made {
    /// The part of the document at a JSON pointer; null where there is none.
    pub(crate) fn at(&self, pointer: &str) -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_str(&self.text).expect("a JSON document");
        document.pointer(pointer).cloned().unwrap_or_default()
    }
}

/// The document of one record.
pub(crate) fn document(record: impl AsRef<[u8]>) -> Made {
    document_with(record, &Normalization::default())
}

/// The document of one record, made with other settings.
pub(crate) fn document_with(record: impl AsRef<[u8]>, settings: &Normalization) -> Made {
    let mut splitter = Splitter::new(Limits::NONE);
    splitter.feed(&[b"[", record.as_ref(), b"]"].concat());
    let record = splitter.next_record().expect("JSON").expect("one record");
    let mut normalizer = Normalizer::new(settings);
    let document = normalizer.document(&record, &origin(), 3);
    let text = String::from_utf8(document.body.to_vec()).expect("UTF-8");
    let Document { degraded, dropped, denial, .. } = document;
    Made { id: document.id.into_owned(), index: document.index.into_owned(), text, degraded, dropped, denial }
}
