//! Text of an S3 server access log to its lines, one at a time.

use super::{Record, SplitError};
use crate::limits::Limits;

/// Splits the text of one object into lines. Blank ones are none.
#[derive(Debug)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Where the line at hand starts in `buffer`.
    at: usize,
    /// Up to where there is no line break from there on.
    searched: usize,
    /// How many bytes of the object lie before `buffer`.
    before: u64,
    limits: Limits,
    /// Lines given out so far.
    records: u64,
}

impl Lines {
    /// A splitter for one object, whose lines stay within the limits.
    pub fn new(limits: Limits) -> Self {
        Self { buffer: Vec::new(), at: 0, searched: 0, before: 0, limits, records: 0 }
    }

    /// Takes the next bytes of the text.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.at);
        self.before += self.at as u64;
        self.searched -= self.at;
        self.at = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that the text is complete: what follows the last line break is a line too.
    pub fn close(&mut self) {
        self.feed(b"\n");
    }

    /// The next line, without its line break; `None` when more bytes are needed.
    ///
    /// # Errors
    /// Where a line, or their number, is beyond the limits; what was given out before is good.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, SplitError> {
        while let Some((start, end)) = self.next_line()? {
            if self.buffer[start..end].iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let (offset, limit) = (self.before + start as u64, self.limits.object_records);
            if self.records >= limit {
                return Err(SplitError::TooManyRecords { offset, limit });
            }
            self.records += 1;
            return Ok(Some(Record { raw: &self.buffer[start..end], tape: &[], depth: 0, offset }));
        }
        Ok(None)
    }

    /// Where the next line starts and ends in the buffer.
    fn next_line(&mut self) -> Result<Option<(usize, usize)>, SplitError> {
        let start = self.at;
        let found = memchr::memchr(b'\n', &self.buffer[self.searched..]).map(|at| self.searched + at);
        let end = found.unwrap_or(self.buffer.len());
        let line = &self.buffer[start..end];
        let limit = self.limits.record_bytes;
        if line.len() > limit {
            return Err(SplitError::RecordTooLarge { offset: self.before + start as u64, limit });
        }
        // All returns, so that a line that is given by itself is the same line.
        let length = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
        self.searched = found.map_or(end, |at| at + 1);
        if found.is_some() {
            self.at = self.searched;
        }
        Ok(found.map(|_| (start, start + length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { record_bytes: 5, object_records: 3, ..Limits::NONE };

    /// The lines of a text that comes in pieces of `size` bytes, with their places, and how it ended.
    fn read(text: &str, size: usize) -> (Vec<(u64, String)>, Option<String>) {
        let (mut lines, mut found) = (Lines::new(LIMITS), Vec::new());
        let mut take = |lines: &mut Lines| loop {
            match lines.next_record() {
                Ok(Some(record)) => found.push((record.offset, String::from_utf8_lossy(record.raw).into_owned())),
                Ok(None) => return None,
                Err(error) => return Some(error.to_string()),
            }
        };
        for piece in text.as_bytes().chunks(size) {
            lines.feed(piece);
            if let Some(error) = take(&mut lines) {
                return (found, Some(error));
            }
        }
        lines.close();
        let error = take(&mut lines);
        (found, error)
    }

    #[test]
    fn any_pieces_give_the_same_lines() {
        for size in 1..9 {
            let (lines, error) = read("one\r\n\n two \n\r\r\nlas\r\r", size);
            let expected = [(0, "one"), (6, " two "), (15, "las")].map(|(at, line)| (at, line.to_owned()));
            assert_eq!((lines.as_slice(), error), (expected.as_slice(), None), "{size}");
        }
    }

    #[test]
    fn returns_without_end_are_no_way_around_the_limit() {
        assert!(read(&"\r".repeat(6), 2).1.is_some_and(|error| error.contains("larger than the 5")));
    }

    #[test]
    fn what_is_beyond_the_limits_is_told_and_what_came_before_is_good() {
        for size in 1..9 {
            let (lines, error) = read("ok\n123456\nok", size);
            assert_eq!(lines.len(), 1);
            assert!(error.unwrap().contains("byte 3 of the uncompressed object is larger than the 5"));
            let (lines, error) = read("a\nb\nc\nd\n", size);
            assert_eq!(lines.len(), 3);
            assert!(error.unwrap().contains("more than the 3 records"));
        }
    }
}
