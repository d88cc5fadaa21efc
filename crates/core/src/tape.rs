//! Tokens of a JSON value, found in one pass over its bytes.
//!
//! The lexer remembers where each token lies and never copies a byte, so that
//! what needs no change can later be copied through as it arrived: numbers keep
//! their digits, strings their escapes. It can stop anywhere and go on when more
//! bytes are there. The grammar is RFC 8259's; the insides of strings and numbers are
//! left to those who read them.

mod lexer;
mod value;

pub use lexer::Malformed;
pub(crate) use lexer::{Lexer, Progress};
pub use value::{Entries, Items, Key, Value};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`; its [`Token::next`] is the token after the matching `}`.
    Object,
    /// `[`; its [`Token::next`] is the token after the matching `]`.
    Array,
    /// The name of an object's member; its value is the next token.
    Key,
    /// A string.
    String,
    /// A number, as it was written.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// `}` or `]`.
    End,
}

/// One token; positions are bytes from the start of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Whether a key or string holds a backslash.
    pub escaped: bool,
    /// The first byte, quotes and brackets included.
    pub start: u32,
    /// The byte after the last one; for a container, after its closing bracket.
    pub end: u32,
    /// The index of the token after this value.
    pub next: u32,
}
