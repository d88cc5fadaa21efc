//! Text of a log object to its records, one at a time.
//!
//! [`Reader`] does so for every format. Of CloudTrail, accepted is `{"Records":[…]}`, with other members beside it, and a bare list,
//! as aggregated events are delivered
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>).
//! Only the record at hand is held, so memory does not grow with the object.

mod lines;
mod reader;

pub use lines::Lines;
pub use reader::Reader;

use crate::limits::Limits;
use crate::tape::{Lexer, Malformed, Progress, Token};

/// One record as it was delivered.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its bytes, exactly as in the object.
    pub raw: &'a [u8],
    /// Where each of its tokens lies in `raw`; empty where it is a line.
    pub tape: &'a [Token],
    /// How deep its containers nest.
    pub depth: usize,
    /// Where it starts in the uncompressed object, in bytes.
    pub offset: u64,
}

/// The text is not a CloudTrail log object.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// The text is not JSON.
    #[error("not JSON at byte {offset} of the uncompressed object")]
    Malformed {
        /// Where, in bytes.
        offset: u64,
        /// What would have been right there.
        #[source]
        source: Malformed,
    },
    /// The text ends inside the list of records, or before it.
    #[error("the object ends at byte {offset} (uncompressed), inside {inside}")]
    Truncated {
        /// Where, in bytes.
        offset: u64,
        /// What was not complete.
        inside: &'static str,
    },
    /// JSON, but no log object.
    #[error(
        "no CloudTrail log at byte {offset} of the uncompressed object: expected {{\"Records\":[…]}} or a list of records, found {found}"
    )]
    NotALog {
        /// Where, in bytes.
        offset: u64,
        /// What is there instead.
        found: String,
    },
    /// A record is larger than the bound.
    #[error("the record at byte {offset} of the uncompressed object is larger than the {limit} bytes allowed")]
    RecordTooLarge {
        /// Where the record starts, in bytes.
        offset: u64,
        /// The bound, in bytes.
        limit: usize,
    },
    /// The object holds more records than the bound.
    #[error(
        "the object holds more than the {limit} records allowed; the next one is at its uncompressed byte {offset}"
    )]
    TooManyRecords {
        /// Where the first record beyond the bound starts, in bytes.
        offset: u64,
        /// The bound.
        limit: u64,
    },
}

/// Where in the object the splitter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    MemberOrEnd,
    Member,
    Colon,
    MemberValue,
    RecordsColon,
    Records,
    FirstRecord,
    Record,
    AfterRecord,
    AfterMember,
    End,
}

/// Splits the text of one object.
#[derive(Debug)]
pub struct Splitter {
    buffer: Vec<u8>,
    /// Where the value at hand starts in `buffer`.
    at: usize,
    /// How many bytes of the object lie before `buffer`.
    before: u64,
    lexer: Lexer,
    /// Whether the lexer's value was given out and is to be dropped.
    given: bool,
    state: State,
    bare_list: bool,
    found_records: bool,
    limits: Limits,
    /// Records given out so far.
    records: u64,
}

/// What one step of the splitter found.
enum Step {
    Go,
    NeedMore,
    Record,
}

impl Splitter {
    /// A splitter for one object, whose records stay within the limits.
    pub fn new(limits: Limits) -> Self {
        // Tokens count their places in 32 bits.
        let record_bytes = limits.record_bytes.min(u32::MAX as usize / 2);
        Self {
            buffer: Vec::new(),
            at: 0,
            before: 0,
            lexer: Lexer::new(),
            given: false,
            state: State::Start,
            bare_list: false,
            found_records: false,
            limits: Limits { record_bytes, ..limits },
            records: 0,
        }
    }

    /// Takes the next bytes of the text.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.drop_given();
        self.buffer.drain(..self.at);
        self.before += self.at as u64;
        self.at = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next record, or `None` when more bytes are needed.
    ///
    /// # Errors
    /// Where the text is no log object; what was given out before is good.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, SplitError> {
        self.drop_given();
        loop {
            match self.step()? {
                Step::Go => {}
                Step::NeedMore => return Ok(None),
                Step::Record => return Ok(Some(self.record())),
            }
        }
    }

    /// Says that the text is complete.
    ///
    /// # Errors
    /// Where it ends too early, or holds no list of records.
    pub fn finish(&self) -> Result<(), SplitError> {
        let offset = self.offset(self.buffer.len());
        let inside = match self.state {
            State::End if self.found_records => return Ok(()),
            State::End => {
                return Err(SplitError::NotALog { offset: 0, found: "an object without Records".to_owned() });
            }
            State::Start => "an empty object",
            State::Record | State::FirstRecord if self.at < self.buffer.len() => "a record",
            State::Record | State::FirstRecord | State::AfterRecord => "the list of records",
            _ => "the object around the records",
        };
        Err(SplitError::Truncated { offset, inside })
    }

    fn record(&mut self) -> Record<'_> {
        self.given = true;
        let length = self.lexer.tape().first().map_or(0, |first| first.end as usize);
        Record {
            raw: &self.buffer[self.at..self.at + length],
            tape: self.lexer.tape(),
            depth: self.lexer.deepest(),
            offset: self.before + self.at as u64,
        }
    }

    fn drop_given(&mut self) {
        if self.given {
            self.at += self.lexer.tape().first().map_or(0, |first| first.end as usize);
            self.lexer.reset();
            self.given = false;
        }
    }

    fn offset(&self, at: usize) -> u64 {
        self.before + at as u64
    }

    fn step(&mut self) -> Result<Step, SplitError> {
        let Some(byte) = self.peek() else { return Ok(Step::NeedMore) };
        match self.state {
            State::Start => self.start(byte),
            State::MemberOrEnd if byte == b'}' => self.pass(State::End),
            State::MemberOrEnd | State::Member => self.member(byte),
            State::Colon => self.punctuation(byte, b':', "':'", State::MemberValue),
            State::MemberValue => self.member_value(),
            State::RecordsColon => self.punctuation(byte, b':', "':'", State::Records),
            State::Records if byte == b'[' => self.pass(State::FirstRecord),
            State::Records => self.not_a_log("Records that are not a list"),
            State::FirstRecord if byte == b']' => self.close_records(),
            State::FirstRecord | State::Record => self.lex_record(),
            State::AfterRecord if byte == b']' => self.close_records(),
            State::AfterRecord => self.punctuation(byte, b',', "',' or ']'", State::Record),
            State::AfterMember if byte == b'}' => self.pass(State::End),
            State::AfterMember => self.punctuation(byte, b',', "',' or '}'", State::Member),
            State::End => self.malformed("the end of the object"),
        }
    }

    /// The next byte that is no white space, from where the value at hand starts.
    fn peek(&mut self) -> Option<u8> {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let skip = self.buffer[self.at..].iter().position(|byte| !blank(byte));
        match skip {
            Some(count) => {
                self.at += count;
                self.buffer.get(self.at).copied()
            }
            None => {
                self.at = self.buffer.len();
                None
            }
        }
    }

    fn pass(&mut self, next: State) -> Result<Step, SplitError> {
        self.at += 1;
        self.state = next;
        Ok(Step::Go)
    }

    fn punctuation(&mut self, byte: u8, wanted: u8, text: &'static str, next: State) -> Result<Step, SplitError> {
        if byte == wanted { self.pass(next) } else { self.malformed(text) }
    }

    fn malformed<T>(&self, expected: &'static str) -> Result<T, SplitError> {
        self.malformed_at(Malformed { at: 0, expected })
    }

    fn malformed_at<T>(&self, source: Malformed) -> Result<T, SplitError> {
        Err(SplitError::Malformed { offset: self.offset(self.at + source.at), source })
    }

    fn not_a_log<T>(&self, found: impl Into<String>) -> Result<T, SplitError> {
        Err(SplitError::NotALog { offset: self.offset(self.at), found: found.into() })
    }

    fn start(&mut self, byte: u8) -> Result<Step, SplitError> {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        match byte {
            b'{' => self.pass(State::MemberOrEnd),
            b'[' => {
                self.bare_list = true;
                self.found_records = true;
                self.pass(State::FirstRecord)
            }
            0xEF if self.offset(self.at) == 0 => self.skip_mark(BYTE_ORDER_MARK),
            _ => self.malformed("'{' or '['"),
        }
    }

    fn skip_mark(&mut self, mark: &[u8]) -> Result<Step, SplitError> {
        let rest = &self.buffer[self.at..];
        if rest.len() < mark.len() {
            return Ok(Step::NeedMore);
        }
        if !rest.starts_with(mark) {
            return self.malformed("'{' or '['");
        }
        self.at += mark.len();
        Ok(Step::Go)
    }

    fn member(&mut self, byte: u8) -> Result<Step, SplitError> {
        if byte != b'"' {
            return self.malformed("a member's name in quotes");
        }
        let Some(length) = self.lex()? else { return Ok(Step::NeedMore) };
        let is_records = &self.buffer[self.at..self.at + length] == b"\"Records\"";
        self.skip_value(length, State::Colon);
        if is_records {
            return self.expect_records();
        }
        Ok(Step::Go)
    }

    fn expect_records(&mut self) -> Result<Step, SplitError> {
        if self.found_records {
            return self.not_a_log("a second list of Records");
        }
        self.found_records = true;
        self.state = State::RecordsColon;
        Ok(Step::Go)
    }

    fn close_records(&mut self) -> Result<Step, SplitError> {
        self.pass(if self.bare_list { State::End } else { State::AfterMember })
    }

    fn member_value(&mut self) -> Result<Step, SplitError> {
        let Some(length) = self.lex()? else { return Ok(Step::NeedMore) };
        self.skip_value(length, State::AfterMember);
        Ok(Step::Go)
    }

    fn skip_value(&mut self, length: usize, next: State) {
        self.at += length;
        self.lexer.reset();
        self.state = next;
    }

    fn lex_record(&mut self) -> Result<Step, SplitError> {
        let limit = self.limits.object_records;
        if self.records >= limit {
            return Err(SplitError::TooManyRecords { offset: self.offset(self.at), limit });
        }
        if self.lex()?.is_none() {
            return Ok(Step::NeedMore);
        }
        self.records += 1;
        self.state = State::AfterRecord;
        Ok(Step::Record)
    }

    fn lex(&mut self) -> Result<Option<usize>, SplitError> {
        // One byte more than allowed tells what is too large, and what lies behind has no say.
        let limit = self.limits.record_bytes;
        let end = self.buffer.len().min(self.at + limit + 1);
        let bytes = &self.buffer[self.at..end];
        match self.lexer.run(bytes) {
            Ok(Progress::Done(length)) if length <= limit => Ok(Some(length)),
            Ok(Progress::NeedMore) if bytes.len() <= limit => Ok(None),
            Ok(_) => Err(SplitError::RecordTooLarge { offset: self.offset(self.at), limit }),
            Err(source) => self.malformed_at(source),
        }
    }
}

#[cfg(test)]
mod tests;
