//! Any bytes as an object: inflated and split alike however they arrive, and never beyond the limits.
#![no_main]

use std::collections::BTreeMap;
use std::mem::Discriminant;

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use trailsearch_core::ack::with_causes;
use trailsearch_core::inflate::{InflateError, Inflater};
use trailsearch_core::limits::Limits;
use trailsearch_core::object::Encoding;
use trailsearch_core::split::{SplitError, Splitter};

#[path = "../../../crates/core/src/testing/dice.rs"]
mod dice;

use dice::Dice;

// The first bytes say how the others are read: the encoding, which limits, and in which pieces.
fuzz_target!(|input: &[u8]| {
    let Some(([how, seed], bytes)) = input.split_first_chunk() else { return };
    let encoding = if how & 1 == 0 { Encoding::Gzip } else { Encoding::Plain };
    let limits = limits(how >> 1);
    let whole = Content::read([bytes], encoding, limits);
    let pieces = pieces(bytes, &mut Dice(u64::from(*seed)));
    let Content { records, end, .. } = Content::read(pieces, encoding, limits);
    assert_eq!((&records, &end), (&whole.records, &whole.end));
    whole.check(limits);
});

fn limits(how: u8) -> Limits {
    let small = |bit: u8, limit: usize| if how & bit == 0 { usize::MAX } else { limit };
    Limits {
        object_bytes: small(1, 300) as u64,
        // It holds for the bytes that have arrived, so pieces make a difference.
        object_ratio: u64::MAX,
        object_records: small(2, 3) as u64,
        record_bytes: small(4, 40),
    }
}

/// Cuts bytes at random.
fn pieces<'b>(mut bytes: &'b [u8], dice: &mut Dice) -> Vec<&'b [u8]> {
    let most = *dice.pick(&[1, 3, 30, 3_000]);
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at((1 + dice.below(most)).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// What came of an object.
#[derive(Debug)]
struct Content {
    /// As far as it was read: nothing is, behind an error.
    text: Vec<u8>,
    /// Each record with its place.
    records: Vec<(u64, Vec<u8>)>,
    end: Result<(), End>,
}

/// What an object ended with.
#[derive(Debug, PartialEq)]
enum End {
    /// Where it was noticed, and the decoder's words for it, depend on the pieces.
    Inflate(Discriminant<InflateError>),
    Split(String),
}

impl From<InflateError> for End {
    fn from(error: InflateError) -> Self {
        assert!(!with_causes(&error).is_empty());
        Self::Inflate(std::mem::discriminant(&error))
    }
}

impl From<SplitError> for End {
    fn from(error: SplitError) -> Self {
        Self::Split(with_causes(&error))
    }
}

impl Content {
    fn read<'b>(pieces: impl IntoIterator<Item = &'b [u8]>, encoding: Encoding, limits: Limits) -> Self {
        let mut content = Self { text: Vec::new(), records: Vec::new(), end: Ok(()) };
        let (mut inflater, mut splitter) = (Inflater::new(encoding, limits), Splitter::new(limits));
        let read = pieces.into_iter().try_for_each(|piece| content.piece(piece, &mut inflater, &mut splitter));
        content.end = read.and_then(|()| Ok(inflater.finish()?)).and_then(|()| Ok(splitter.finish()?));
        assert_eq!(inflater.bytes_inflated(), content.text.len() as u64);
        content
    }

    fn piece(&mut self, piece: &[u8], inflater: &mut Inflater, splitter: &mut Splitter) -> Result<(), End> {
        let text = inflater.push(piece)?;
        self.text.extend_from_slice(text);
        splitter.feed(text);
        while let Some(record) = splitter.next_record()? {
            assert_eq!(record.tape.first().map(|token| token.end as usize), Some(record.raw.len()));
            self.records.push((record.offset, record.raw.to_vec()));
        }
        Ok(())
    }

    fn check(&self, limits: Limits) {
        assert!(self.text.len() as u64 <= limits.object_bytes);
        assert!(self.records.len() as u64 <= limits.object_records);
        for (offset, record) in &self.records {
            assert!(record.len() <= limits.record_bytes);
            assert!(self.text[*offset as usize..].starts_with(record));
        }
        if limits == Limits::NONE {
            self.check_against_serde();
        }
    }

    /// What a strict parser reads has the same records here. The reverse does not hold: strings are read leniently.
    fn check_against_serde(&self) {
        let Some(expected) = records(&self.text) else { return };
        let given = self.records.iter().map(|(_, record)| record.as_slice());
        assert!(expected.iter().map(|record| record.get().as_bytes()).eq(given));
        assert!(!matches!(self.end, Err(End::Split(_))), "{:?}", self.end);
    }
}

fn records(text: &[u8]) -> Option<Vec<&RawValue>> {
    let list = || serde_json::from_slice(text).ok();
    let members: Option<BTreeMap<&str, &RawValue>> = serde_json::from_slice(text).ok();
    // serde_json reads the last of several lists.
    let mut objects = members.filter(|_| text.windows(9).filter(|name| *name == b"\"Records\"").count() == 1);
    objects.as_mut().map_or_else(list, |members| serde_json::from_str(members.remove("Records")?.get()).ok())
}
