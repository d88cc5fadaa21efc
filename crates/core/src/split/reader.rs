//! Text to records, whatever they are.

use super::{Lines, Record, SplitError, Splitter};
use crate::limits::Limits;
use crate::object::Format;

/// Splits the text of one object by its format.
#[derive(Debug)]
pub enum Reader {
    /// A log of events.
    CloudTrail(Splitter),
    /// A log of lines.
    AccessLog(Lines),
}

impl Reader {
    /// A reader of one object, whose records stay within the limits.
    pub fn new(format: Format, limits: Limits) -> Self {
        match format {
            Format::CloudTrail => Self::CloudTrail(Splitter::new(limits)),
            Format::AccessLog => Self::AccessLog(Lines::new(limits)),
        }
    }

    /// A reader of a log that holds nothing but this record.
    pub fn of_record(format: Format, record: &[u8]) -> Self {
        let mut reader = Self::new(format, Limits::NONE);
        match format {
            Format::CloudTrail => [b"[", record, b"]"].into_iter().for_each(|bytes| reader.feed(bytes)),
            Format::AccessLog => reader.feed(record),
        }
        reader.close();
        reader
    }

    /// Takes the next bytes of the text.
    pub fn feed(&mut self, bytes: &[u8]) {
        match self {
            Self::CloudTrail(splitter) => splitter.feed(bytes),
            Self::AccessLog(lines) => lines.feed(bytes),
        }
    }

    /// The next record, or `None` when more bytes are needed.
    ///
    /// # Errors
    /// Where the text is no log object; what was given out before is good.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, SplitError> {
        match self {
            Self::CloudTrail(splitter) => splitter.next_record(),
            Self::AccessLog(lines) => lines.next_record(),
        }
    }

    /// Says that the text is complete; there may be one more record now.
    pub fn close(&mut self) {
        if let Self::AccessLog(lines) = self {
            lines.close();
        }
    }

    /// Whether the text was a whole log, once it is closed and all records are taken.
    ///
    /// # Errors
    /// Where it ends too early, or holds no list of records.
    pub fn finish(&self) -> Result<(), SplitError> {
        match self {
            Self::CloudTrail(splitter) => splitter.finish(),
            Self::AccessLog(_) => Ok(()),
        }
    }
}
