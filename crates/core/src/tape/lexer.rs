//! Bytes to tokens, resumable at any byte.

use memchr::memchr2;

use super::{Kind, Token};

/// The bytes are not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct Malformed {
    /// Where, in bytes from the start of the value.
    pub at: usize,
    /// What would have been right there.
    pub expected: &'static str,
}

/// How far the lexer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The value ends before this byte.
    Done(usize),
    /// The value goes on behind the bytes given.
    NeedMore,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

impl Expect {
    fn text(self) -> &'static str {
        match self {
            Self::Value => "a value",
            Self::ValueOrEnd => "a value or ']'",
            Self::Key => "a member's name in quotes",
            Self::KeyOrEnd => "a member's name in quotes or '}'",
            Self::Colon => "':'",
            Self::CommaOrEnd => "',' or a closing bracket",
        }
    }
}

/// Finds the tokens of one value.
#[derive(Debug)]
pub(crate) struct Lexer {
    tape: Vec<Token>,
    open: Vec<u32>,
    expect: Expect,
    pos: usize,
    /// Where to go on looking for the end of an unfinished string or scalar.
    resume: usize,
    string_escaped: bool,
    deepest: usize,
}

impl Lexer {
    pub(crate) fn new() -> Self {
        Self {
            tape: Vec::new(),
            open: Vec::new(),
            expect: Expect::Value,
            pos: 0,
            resume: 0,
            string_escaped: false,
            deepest: 0,
        }
    }

    /// Forgets the value, keeps the memory.
    pub(crate) fn reset(&mut self) {
        self.tape.clear();
        self.open.clear();
        self.expect = Expect::Value;
        self.pos = 0;
        self.resume = 0;
        self.string_escaped = false;
        self.deepest = 0;
    }

    /// How many containers lie inside one another at the deepest place.
    pub(crate) fn deepest(&self) -> usize {
        self.deepest
    }

    /// The tokens found so far.
    pub(crate) fn tape(&self) -> &[Token] {
        &self.tape
    }

    /// Goes on over `bytes`, the value from its start to as far as it has arrived.
    pub(crate) fn run(&mut self, bytes: &[u8]) -> Result<Progress, Malformed> {
        while let Some(&byte) = bytes.get(self.pos) {
            let advanced = match byte {
                b' ' | b'\n' | b'\r' | b'\t' => {
                    self.pos += 1;
                    continue;
                }
                b'"' => self.string(bytes)?,
                b':' => self.colon()?,
                b',' => self.comma()?,
                b'{' => self.open(Kind::Object, Expect::KeyOrEnd)?,
                b'[' => self.open(Kind::Array, Expect::ValueOrEnd)?,
                b'}' => self.close(Kind::Object)?,
                b']' => self.close(Kind::Array)?,
                _ => self.scalar(bytes)?,
            };
            if !advanced {
                return Ok(Progress::NeedMore);
            }
            if self.open.is_empty() {
                return Ok(Progress::Done(self.pos));
            }
        }
        Ok(Progress::NeedMore)
    }

    fn malformed<T>(&self) -> Result<T, Malformed> {
        Err(Malformed { at: self.pos, expected: self.expect.text() })
    }

    fn push(&mut self, kind: Kind, escaped: bool, end: usize) {
        let next = self.tape.len() as u32 + 1;
        self.tape.push(Token { kind, escaped, start: self.pos as u32, end: end as u32, next });
        self.pos = end;
    }

    fn string(&mut self, bytes: &[u8]) -> Result<bool, Malformed> {
        let kind = match self.expect {
            Expect::Key | Expect::KeyOrEnd => Kind::Key,
            Expect::Value | Expect::ValueOrEnd => Kind::String,
            _ => return self.malformed(),
        };
        let Some(end) = self.string_end(bytes) else { return Ok(false) };
        self.push(kind, self.string_escaped, end);
        self.string_escaped = false;
        self.expect = if kind == Kind::Key { Expect::Colon } else { Expect::CommaOrEnd };
        Ok(true)
    }

    /// The byte after the closing quote, or where to go on when more bytes are there.
    fn string_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut from = self.resume.max(self.pos + 1);
        loop {
            let Some(found) = bytes.get(from..).and_then(|rest| memchr2(b'"', b'\\', rest)) else {
                self.resume = from.max(bytes.len());
                return None;
            };
            let at = from + found;
            if bytes[at] == b'"' {
                return Some(at + 1);
            }
            self.string_escaped = true;
            from = at + 2;
        }
    }

    fn colon(&mut self) -> Result<bool, Malformed> {
        if self.expect != Expect::Colon {
            return self.malformed();
        }
        self.expect = Expect::Value;
        self.pos += 1;
        Ok(true)
    }

    fn comma(&mut self) -> Result<bool, Malformed> {
        if self.expect != Expect::CommaOrEnd {
            return self.malformed();
        }
        self.expect = if self.parent() == Some(Kind::Object) { Expect::Key } else { Expect::Value };
        self.pos += 1;
        Ok(true)
    }

    fn open(&mut self, kind: Kind, expect: Expect) -> Result<bool, Malformed> {
        self.value_expected()?;
        self.open.push(self.tape.len() as u32);
        self.deepest = self.deepest.max(self.open.len());
        self.push(kind, false, self.pos + 1);
        self.expect = expect;
        Ok(true)
    }

    fn close(&mut self, kind: Kind) -> Result<bool, Malformed> {
        let empty = if kind == Kind::Object { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
        let fits = self.parent() == Some(kind) && (self.expect == Expect::CommaOrEnd || self.expect == empty);
        let (true, Some(opened)) = (fits, self.open.pop()) else { return self.malformed() };
        self.push(Kind::End, false, self.pos + 1);
        let (next, end) = (self.tape.len() as u32, self.pos as u32);
        let container = &mut self.tape[opened as usize];
        container.next = next;
        container.end = end;
        self.expect = Expect::CommaOrEnd;
        Ok(true)
    }

    fn scalar(&mut self, bytes: &[u8]) -> Result<bool, Malformed> {
        self.value_expected()?;
        let from = self.resume.max(self.pos);
        let Some(length) = bytes[from..].iter().position(|b| !is_scalar_byte(*b)) else {
            self.resume = bytes.len();
            return Ok(false);
        };
        let end = from + length;
        let kind = match &bytes[self.pos..end] {
            b"true" | b"false" => Kind::Bool,
            b"null" => Kind::Null,
            text if is_number(text) => Kind::Number,
            _ => return self.malformed(),
        };
        self.push(kind, false, end);
        self.expect = Expect::CommaOrEnd;
        Ok(true)
    }

    fn value_expected(&self) -> Result<(), Malformed> {
        if matches!(self.expect, Expect::Value | Expect::ValueOrEnd) { Ok(()) } else { self.malformed() }
    }

    fn parent(&self) -> Option<Kind> {
        self.open.last().map(|&index| self.tape[index as usize].kind)
    }
}

fn is_scalar_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// RFC 8259's number: `-? int frac? exp?`.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let int = digits(text);
    if int == 0 || (int > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[int..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    match rest {
        [] => true,
        [b'e' | b'E', exponent @ ..] => {
            let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
        _ => false,
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests;
