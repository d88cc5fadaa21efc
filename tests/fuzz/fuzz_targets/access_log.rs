//! Any bytes as an S3 server access log: the same lines in any pieces, and a document for each that keeps all of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Document, Normalization, Normalizer, Origin};
use trailsearch_core::object::Format;
use trailsearch_core::split::{Reader, SplitError};

#[path = "../../../crates/core/src/testing/access_log.rs"]
mod access_log;

// The first byte says how large the pieces are in which the others arrive.
fuzz_target!(|input: &[u8]| {
    let Some((size, text)) = input.split_first() else { return };
    let whole = lines(text, text.len().max(1)).expect("no limits");
    assert_eq!(lines(text, usize::from(*size).max(1)).expect("no limits"), whole);
    let origin = Origin::new("example-logs", "access/log", None, "2026-11-20T09:30:00Z".to_owned());
    let origin = origin.of_format(Format::AccessLog);
    let mut normalizer = Normalizer::new(&Normalization::default());
    for (position, line) in (0..).zip(&whole) {
        let mut reader = Reader::of_record(Format::AccessLog, line);
        let record = reader.next_record().expect("no limits").expect("a line");
        let id = check(&normalizer.document(&record, &origin, position), line);
        assert_eq!(check(&normalizer.degraded(line, &origin, position, "refused"), line), id);
    }
});

/// The lines of a text that arrives in pieces.
fn lines(text: &[u8], size: usize) -> Result<Vec<Vec<u8>>, SplitError> {
    let (mut reader, mut lines) = (Reader::new(Format::AccessLog, Limits::NONE), Vec::new());
    for piece in text.chunks(size) {
        reader.feed(piece);
        take(&mut reader, &mut lines)?;
    }
    reader.close();
    take(&mut reader, &mut lines)?;
    reader.finish()?;
    Ok(lines)
}

fn take(reader: &mut Reader, lines: &mut Vec<Vec<u8>>) -> Result<(), SplitError> {
    while let Some(record) = reader.next_record()? {
        lines.push(record.raw.to_vec());
    }
    Ok(())
}

/// Checks a document, and gives its id.
fn check(document: &Document<'_>, line: &[u8]) -> String {
    assert!(!document.body.contains(&b'\n'), "one line of a bulk request");
    let body: Value = serde_json::from_slice(document.body).expect("JSON");
    access_log::check(&body, line, document.degraded);
    document.id.to_string()
}
