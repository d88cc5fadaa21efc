//! A bounded set of strings that keeps its memory from record to record.

use super::bounds::{MAX_TERM_BYTES, MAX_TERMS};
use super::json;

/// Distinct strings in the order of their coming.
#[derive(Debug, Default)]
pub(super) struct Terms {
    text: String,
    ends: Vec<usize>,
    overflow: bool,
}

impl Terms {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.overflow = false;
    }

    /// Adds a term unless it is empty or there already.
    pub(super) fn insert(&mut self, term: &str) {
        if term.is_empty() || self.iter().any(|known| known == term) {
            return;
        }
        if term.len() > MAX_TERM_BYTES || self.ends.len() >= MAX_TERMS {
            self.overflow = true;
            return;
        }
        self.text.push_str(term);
        self.ends.push(self.text.len());
    }

    /// Puts another term in the place of the last.
    pub(super) fn replace_last(&mut self, term: &str) {
        self.ends.pop();
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
        self.text.push_str(term);
        self.ends.push(self.text.len());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether a term was left out because of a bound.
    pub(super) fn overflowed(&self) -> bool {
        self.overflow
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// Writes the terms as a JSON array.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, term) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            json::string(out, term);
        }
        out.push(b']');
    }
}
