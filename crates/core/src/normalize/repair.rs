//! Text that no JSON parser takes, made so that every one does.
//!
//! The brackets and quotes of a record are right when it comes here; this is
//! about what lies between them: bytes that are no UTF-8, control characters, escapes that do
//! not exist, halves of surrogate pairs. White space between tokens goes too,
//! since a line break would end the line of a bulk request.

use std::borrow::Cow;

const REPLACEMENT: &[u8] = b"\\ufffd";

/// The text as it is, where it needs no repair: so it is for nearly every record.
pub(super) fn sound(raw: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(raw).ok()?;
    (!has_control(raw) && escapes_are_valid(raw)).then_some(text)
}

/// Whether there is a control character; without an early exit in a chunk, so that it is looked at many bytes at a time.
fn has_control(raw: &[u8]) -> bool {
    raw.chunks(256).any(|chunk| chunk.iter().fold(false, |found, byte| found | (*byte < 0x20)))
}

fn escapes_are_valid(raw: &[u8]) -> bool {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        match escape(&rest[at..]) {
            Some(length) => rest = &rest[at + length..],
            None => return false,
        }
    }
    true
}

/// The length of the valid escape that `text` starts with; a surrogate pair is one.
fn escape(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => match unit(text)? {
            0xd800..=0xdbff => matches!(unit(text.get(6..)?)?, 0xdc00..=0xdfff).then_some(12),
            0xdc00..=0xdfff => None,
            _ => Some(6),
        },
        _ => None,
    }
}

/// The UTF-16 unit of `\uXXXX`.
fn unit(text: &[u8]) -> Option<u32> {
    if text.get(..2)? != b"\\u" {
        return None;
    }
    text.get(2..6)?.iter().try_fold(0, |unit, byte| Some(unit * 16 + char::from(*byte).to_digit(16)?))
}

/// The text with its faults mended, and whether characters had to be replaced; its tokens are the same in number and kind.
pub(super) fn repair(raw: &[u8]) -> (String, bool) {
    let text = String::from_utf8_lossy(raw);
    let replaced = matches!(text, Cow::Owned(_));
    let mut repair = Repair { out: Vec::with_capacity(text.len()), in_string: false, replaced };
    repair.run(text.as_bytes());
    (String::from_utf8_lossy(&repair.out).into_owned(), repair.replaced)
}

struct Repair {
    out: Vec<u8>,
    in_string: bool,
    replaced: bool,
}

impl Repair {
    fn run(&mut self, text: &[u8]) {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at += match byte {
                b'\\' if self.in_string => self.escape(&text[at..]),
                b'"' => self.quote(),
                0..0x20 if self.in_string => self.control(byte),
                b' ' | 0..0x20 if !self.in_string => 1,
                _ => self.copy(&[byte]),
            };
        }
    }

    fn copy(&mut self, bytes: &[u8]) -> usize {
        self.out.extend_from_slice(bytes);
        bytes.len()
    }

    fn quote(&mut self) -> usize {
        self.in_string = !self.in_string;
        self.copy(b"\"")
    }

    fn control(&mut self, byte: u8) -> usize {
        self.replaced = true;
        self.out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        1
    }

    fn escape(&mut self, text: &[u8]) -> usize {
        if let Some(length) = escape(text) {
            return self.copy(&text[..length]);
        }
        self.replaced = true;
        if unit(text).is_some() {
            self.out.extend_from_slice(REPLACEMENT);
            return 6;
        }
        // No escape at all: the backslash stands for itself.
        self.out.extend_from_slice(b"\\\\");
        1
    }
}

#[cfg(test)]
mod tests;
