//! Reading a value by way of its tokens.

use std::borrow::Cow;

use super::{Kind, Token};

/// A JSON value inside a record: a view that decodes only what is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    text: &'a str,
    tape: &'a [Token],
    index: usize,
}

impl<'a> Value<'a> {
    /// The value that `tape` describes; `text` is the text the tape was made from.
    pub(crate) fn new(text: &'a str, tape: &'a [Token]) -> Self {
        Self { text, tape, index: 0 }
    }

    /// The value's own token.
    pub(crate) fn token(&self) -> Token {
        self.tape[self.index]
    }

    /// The text that the value is part of.
    pub(crate) fn source(&self) -> &'a str {
        self.text
    }

    /// Every token of the value, itself first, keys included, in the order of the text.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = Value<'a>> {
        let (text, tape) = (self.text, self.tape);
        (self.index..self.token().next as usize).map(move |index| Value { text, tape, index })
    }

    /// The tokens of the value from the one that starts at a byte of the text.
    pub(crate) fn tokens_from(&self, start: u32) -> impl Iterator<Item = Value<'a>> {
        self.tokens().skip_while(move |token| token.token().start < start)
    }

    /// The value inside this one that starts at a byte of the text.
    pub(crate) fn starting_at(&self, start: u32) -> Option<Value<'a>> {
        let index = self.tape.binary_search_by_key(&start, |token| token.start).ok()?;
        Some(Value { text: self.text, tape: self.tape, index })
    }

    /// The text of a key, with its escapes resolved.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        self.unquoted()
    }

    /// What kind of value it is.
    pub fn kind(&self) -> Kind {
        self.token().kind
    }

    /// The value as it was written, quotes and brackets included.
    pub fn raw(&self) -> &'a str {
        let token = self.token();
        self.text.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// The text of a string, without quotes and with its escapes resolved; `None` for every other kind.
    pub fn str(&self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| self.unquoted())
    }

    /// The text of a string that is neither empty nor of another kind.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        self.str().filter(|text| !text.is_empty())
    }

    /// The text of any scalar as a search term: a string's text, a number's digits, `true`, `false`; `None` for null and containers.
    pub fn scalar(&self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::String => Some(self.unquoted()),
            Kind::Number | Kind::Bool => Some(Cow::Borrowed(self.raw())),
            _ => None,
        }
    }

    /// Whether it is `true`, or the string `"true"`: CloudTrail writes both.
    pub fn is_true(&self) -> bool {
        matches!(self.raw(), "true" | "\"true\"")
    }

    /// The member `name` of an object; `None` where there is none, and for every other kind.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.entries().find(|(key, _)| key.is(name)).map(|(_, value)| value)
    }

    /// The value at a path of member names.
    pub fn at(&self, path: &[&str]) -> Option<Value<'a>> {
        path.iter().try_fold(*self, |value, name| value.get(name))
    }

    /// The members of an object in their order; nothing for every other kind.
    pub fn entries(&self) -> Entries<'a> {
        Entries { inner: self.children(Kind::Object) }
    }

    /// The items of an array in their order; nothing for every other kind.
    pub fn items(&self) -> Items<'a> {
        self.children(Kind::Array)
    }

    fn children(&self, container: Kind) -> Items<'a> {
        let end = if self.kind() == container { self.token().next as usize - 1 } else { 0 };
        Items { text: self.text, tape: self.tape, index: self.index + 1, end }
    }

    fn unquoted(&self) -> Cow<'a, str> {
        let token = self.token();
        let raw = self.raw();
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if !token.escaped {
            return Cow::Borrowed(inner);
        }
        match serde_json::from_str::<String>(raw) {
            Ok(text) => Cow::Owned(text),
            // A lone surrogate or an unknown escape: the text as it was written still says most.
            Err(_) => Cow::Borrowed(inner),
        }
    }
}

/// A member's name.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a>(Value<'a>);

impl<'a> Key<'a> {
    /// The name, with its escapes resolved.
    pub fn name(&self) -> Cow<'a, str> {
        self.0.unquoted()
    }

    /// The name as it was written, quotes included.
    pub fn raw(&self) -> &'a str {
        self.0.raw()
    }

    /// Where the name starts in the record, quote included.
    pub(crate) fn start(&self) -> u32 {
        self.0.token().start
    }

    /// Whether two names are the same, however they are written.
    pub(crate) fn same(&self, other: &Key<'_>) -> bool {
        let (own, others) = (self.0.token(), other.0.token());
        if own.escaped || others.escaped {
            return self.name() == other.name();
        }
        own.end - own.start == others.end - others.start && self.raw() == other.raw()
    }

    /// Whether this is the name `name`.
    pub fn is(&self, name: &str) -> bool {
        let token = self.0.token();
        if token.escaped {
            return self.name() == name;
        }
        let quoted = (token.end - token.start) as usize;
        quoted == name.len() + 2 && self.raw().as_bytes()[1..quoted - 1] == *name.as_bytes()
    }
}

/// The items of an array.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    text: &'a str,
    tape: &'a [Token],
    index: usize,
    end: usize,
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.index >= self.end {
            return None;
        }
        let value = Value { text: self.text, tape: self.tape, index: self.index };
        self.index = value.token().next as usize;
        Some(value)
    }
}

/// The members of an object.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    inner: Items<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Key<'a>, Value<'a>);

    fn next(&mut self) -> Option<(Key<'a>, Value<'a>)> {
        let key = self.inner.next()?;
        Some((Key(key), self.inner.next()?))
    }
}

#[cfg(test)]
mod tests;
