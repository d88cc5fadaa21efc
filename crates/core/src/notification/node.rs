//! A JSON value that knows its path, so that every complaint names the place.

use serde_json::Value;

use super::NotificationError;
use crate::ack::shortened;

/// The longest part of a value or key list that an error shows, in bytes.
const SHOWN_BYTES: usize = 200;

/// A parsed JSON text.
pub(super) struct Root {
    path: String,
    value: Value,
}

impl Root {
    /// Parses `json`, which stands at `path`.
    pub(super) fn parse(path: &str, json: &[u8]) -> Result<Self, NotificationError> {
        let path = path.to_owned();
        match serde_json::from_slice(json) {
            Ok(value) => Ok(Self { path, value }),
            Err(source) => Err(NotificationError::NotJson { path, source }),
        }
    }

    pub(super) fn node(&self) -> Node<'_> {
        Node { path: self.path.clone(), value: Some(&self.value) }
    }
}

/// A place in a JSON value, where something stands or nothing.
pub(super) struct Node<'v> {
    path: String,
    value: Option<&'v Value>,
}

impl<'v> Node<'v> {
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The field `name` of this object.
    pub(super) fn field(&self, name: &str) -> Self {
        Self { path: format!("{}.{name}", self.path), value: self.value.and_then(|value| value.get(name)) }
    }

    /// Whether something other than `null` stands here.
    pub(super) fn exists(&self) -> bool {
        self.value.is_some_and(|value| !value.is_null())
    }

    /// The items of this list; an empty one is an error, since it names nothing to do.
    pub(super) fn items(&self) -> Result<impl Iterator<Item = Self>, NotificationError> {
        let items = self.value.and_then(Value::as_array).filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| self.unlike("a list with items"))?;
        let node = |(at, value)| Self { path: format!("{}[{at}]", self.path), value: Some(value) };
        Ok(items.iter().enumerate().map(node))
    }

    /// The text that stands here; an empty one is an error.
    pub(super) fn text(&self) -> Result<&'v str, NotificationError> {
        let text = self.value.and_then(Value::as_str).filter(|text| !text.is_empty());
        text.ok_or_else(|| self.unlike("a text"))
    }

    /// Like [`Self::text`], but `None` where nothing, `null` or an empty text stands.
    pub(super) fn optional_text(&self) -> Result<Option<&'v str>, NotificationError> {
        let empty = self.value.is_none_or(|value| value.is_null() || value == "");
        if empty { Ok(None) } else { self.text().map(Some) }
    }

    /// Checks that exactly `expected` stands here.
    pub(super) fn is(&self, expected: &str) -> Result<(), NotificationError> {
        if self.text()? == expected { Ok(()) } else { Err(self.unlike(format!("{expected:?}"))) }
    }

    /// The error that something else than `expected` stands here.
    pub(super) fn unlike(&self, expected: impl Into<String>) -> NotificationError {
        let found = match self.value {
            None => "missing".to_owned(),
            Some(value) => shortened(&value.to_string(), SHOWN_BYTES).into_owned(),
        };
        NotificationError::Field { path: self.path.clone(), expected: expected.into(), found }
    }

    /// The error that no known shape stands here.
    pub(super) fn unknown(&self) -> NotificationError {
        let found = match self.value {
            Some(Value::Object(fields)) => {
                let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
                format!("an object with the keys [{}]", shortened(&keys.join(", "), SHOWN_BYTES))
            }
            Some(Value::Array(_)) => "a list".to_owned(),
            _ => "neither an object nor a list".to_owned(),
        };
        NotificationError::UnknownShape { path: self.path.clone(), found }
    }
}
