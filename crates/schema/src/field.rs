//! A field of the mapping, and which JSON values it takes.

use std::cmp::Ordering;

/// How a field is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Exact text, sortable and countable; up to [`crate::KEYWORD_MAX`] long.
    Keyword,
    /// Analyzed text for full-text search, with a keyword sub-field `.keyword`.
    Text,
    /// ISO 8601 in the extended or basic form, or milliseconds since 1970.
    Date,
    /// An IP address; whatever else it holds is found by its sub-field `.keyword`.
    Ip,
    /// true or false, also as text.
    Boolean,
    /// A 64-bit integer.
    Long,
    /// A double-precision number.
    Double,
    /// An object of free shape: any path below it and any value can be searched.
    FlatObject,
    /// Kept in `_source` and not searchable.
    Stored,
    /// An object whose children are fields of their own.
    Object,
}

/// What a JSON value looks like, as far as a mapping cares. An array is judged
/// by each of its items, at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape<'a> {
    /// `null`, which every type takes and none indexes.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string, the bytes between its quotes.
    Text(&'a [u8]),
    /// An object.
    Object,
}

impl Type {
    /// Every type.
    pub const ALL: [Self; 10] = [
        Self::Keyword,
        Self::Text,
        Self::Date,
        Self::Ip,
        Self::Boolean,
        Self::Long,
        Self::Double,
        Self::FlatObject,
        Self::Stored,
        Self::Object,
    ];

    /// Whether a document with this value in a field of this type is indexed.
    /// What is not accepted rejects the whole document, on some version of the
    /// server at least, and must be moved to `unmapped`. The cases are listed in
    /// mappings/accepts.json, which is tried on real servers too.
    ///
    /// Dates, addresses and numbers that cannot be read as such are accepted:
    /// the server ignores them (`ignore_malformed`) and keeps them in `_source`.
    #[must_use]
    pub fn accepts(self, shape: Shape<'_>) -> bool {
        match (self, shape) {
            (_, Shape::Null) | (Self::Stored, _) => true,
            (Self::FlatObject | Self::Object, shape) => shape == Shape::Object,
            (_, Shape::Object) => false,
            (Self::Boolean, Shape::Number) => false,
            (Self::Boolean, Shape::Text(text)) => matches!(text, b"true" | b"false" | b""),
            _ => true,
        }
    }

    /// The name of the type in mappings/ and in the field reference.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::Boolean => "boolean",
            Self::Long => "long",
            Self::Double => "double",
            Self::FlatObject => "flat_object",
            Self::Stored => "stored",
            Self::Object => "object",
        }
    }
}

/// One field: the last segment of its path, its type, and what lies below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The last segment of the field's path: `arn` for `userIdentity.arn`.
    pub name: &'static str,
    /// How the field is mapped.
    pub ty: Type,
    /// The fields below it, ordered for [`find`]; empty but for [`Type::Object`].
    pub children: &'static [Field],
    /// Keys directly below a [`Type::FlatObject`] that are kept whole in
    /// `ingest.full` and not indexed: unique tokens that nobody searches for.
    pub unsearched: &'static [&'static str],
}

impl Field {
    /// A field without children.
    #[must_use]
    pub const fn leaf(name: &'static str, ty: Type) -> Self {
        Self { name, ty, children: &[], unsearched: &[] }
    }

    /// An object with the fields below it, which must be ordered for [`find`].
    #[must_use]
    pub const fn object(name: &'static str, children: &'static [Self]) -> Self {
        Self { name, ty: Type::Object, children, unsearched: &[] }
    }

    /// The same field with keys that are not indexed.
    #[must_use]
    pub const fn unsearched(self, unsearched: &'static [&'static str]) -> Self {
        Self { unsearched, ..self }
    }

    /// The child with this name.
    #[must_use]
    pub fn child(&self, name: &[u8]) -> Option<&'static Self> {
        find(self.children, name)
    }
}

/// Finds a field by name among siblings: a binary search by length, then bytes,
/// so that most comparisons are of two integers.
#[must_use]
pub fn find(fields: &'static [Field], name: &[u8]) -> Option<&'static Field> {
    let found = fields.binary_search_by(|field| order(field.name.as_bytes(), name)).ok()?;
    fields.get(found)
}

/// The order of siblings in the rendered table.
#[must_use]
pub fn order(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests;
