//! Copies a text through, but for the spans that change.

/// Writes `text` to `out`, from a start to wherever it is told, replacing spans on the way.
#[derive(Debug)]
pub(super) struct Copier<'t, 'o> {
    text: &'t str,
    out: &'o mut Vec<u8>,
    /// How far the text has been copied or replaced.
    done: usize,
}

impl<'t, 'o> Copier<'t, 'o> {
    /// Starts at byte `from`.
    pub(super) fn new(text: &'t str, from: u32, out: &'o mut Vec<u8>) -> Self {
        Self { text, out, done: from as usize }
    }

    /// Copies as far as `to`.
    pub(super) fn copy(&mut self, to: u32) {
        let to = to as usize;
        if let Some(span) = self.text.as_bytes().get(self.done..to) {
            self.out.extend_from_slice(span);
            self.done = to;
        }
    }

    /// Writes `with` instead of the span.
    pub(super) fn replace(&mut self, start: u32, end: u32, with: &[u8]) {
        self.copy(start);
        self.out.extend_from_slice(with);
        self.done = end as usize;
    }
}
