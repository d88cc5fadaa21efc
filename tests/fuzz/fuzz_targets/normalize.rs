//! Any record as a document that the index takes and that has lost nothing.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Normalization, Normalizer};
use trailsearch_core::split::Splitter;
use trailsearch_core::tape::Kind;

#[path = "../../../crates/core/tests/oracle/check.rs"]
mod check;
#[path = "../../../crates/core/src/testing/dice.rs"]
mod dice;
#[path = "../../../crates/core/tests/oracle/made.rs"]
mod made;
#[path = "../../../crates/core/tests/oracle/mutate.rs"]
mod mutate;
#[path = "../../../crates/core/tests/oracle/node.rs"]
mod node;

use check::{check, check_degraded};
use dice::Dice;
use made::{Made, document, origin};
use node::Node;

fuzz_target!(|record: &[u8]| -> Corpus {
    let Some(kind) = kind(record) else { return Corpus::Reject };
    let made = document(record);
    if kind == Kind::Object {
        check(record, &made);
    } else {
        check_degraded(record, &made, "the record is not a JSON object");
    }
    check_degraded(record, &degraded(record), "refused");
    Corpus::Keep
});

// Every other change is one of the record's members, so that it stays JSON.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut dice = Dice(u64::from(seed));
    if dice.below(2) == 0 && kind(&data[..size]) == Some(Kind::Object) {
        let mut node = Node::lenient(&data[..size]);
        mutate::once(&mut node, &mut dice);
        let record = mutate::written(&node, &mut dice);
        if record.len() <= max_size {
            data[..record.len()].copy_from_slice(&record);
            return record.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
});

/// What kind of value the text is, if it is exactly one.
fn kind(text: &[u8]) -> Option<Kind> {
    let mut splitter = Splitter::new(Limits::NONE);
    splitter.feed(&[b"[", text, b"]"].concat());
    let kind = splitter.next_record().ok()??.tape.first()?.kind;
    let only = splitter.next_record().is_ok_and(|second| second.is_none()) && splitter.finish().is_ok();
    only.then_some(kind)
}

/// The document of a record of which the index has refused the whole one.
fn degraded(record: &[u8]) -> Made {
    let mut normalizer = Normalizer::new(&Normalization::default());
    let document = normalizer.degraded(record, &origin(), 0, "refused");
    let (id, index) = (document.id.into_owned(), document.index.into_owned());
    Made { id, index, body: document.body.to_vec(), degraded: document.degraded }
}
