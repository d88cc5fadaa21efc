//! Names in a query to fields of the mapping, and the values that a document has in them.

use serde_json::Value;
use trailsearch_schema::{ALIASES, Field as Mapped, KEYWORD_MAX, Type, added_fields, find, record_fields};

/// The longest error message that is also a keyword, in UTF-16 code units.
const MESSAGE_MAX: usize = 256;

/// What a field holds, as far as queries care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Exact text up to so many UTF-16 code units.
    Keyword(usize),
    /// Words.
    Text,
    Date,
    Ip,
    Boolean,
    Number,
    /// The leaves of an object of free shape, or those at a path below it.
    Flat(Option<String>),
    /// Fields below it.
    Object,
    /// Not a field of the mapping.
    Unmapped,
}

/// A field that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Where its values stand in a document; of a [`Kind::Flat`], the object of free shape.
    pub(crate) path: String,
    pub(crate) kind: Kind,
}

impl Field {
    /// The field of this name, which may be an alias or a sub-field.
    pub(crate) fn resolve(name: &str) -> Self {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let name = alias.map_or(name, |(_, path)| path);
        Self::mapped(name)
            .or_else(|| Self::exact(name))
            .or_else(|| Self::promoted(name))
            .unwrap_or_else(|| Self::unmapped(name))
    }

    fn mapped(name: &str) -> Option<Self> {
        let (field, length) = walk(name)?;
        let kind = match field.ty {
            Type::Keyword => Kind::Keyword(KEYWORD_MAX),
            Type::Text => Kind::Text,
            Type::Date => Kind::Date,
            Type::Ip => Kind::Ip,
            Type::Boolean => Kind::Boolean,
            Type::Long | Type::Double => Kind::Number,
            Type::FlatObject => Kind::Flat(name.get(length + 1..).map(str::to_owned)),
            Type::Object => Kind::Object,
            Type::Stored => return None,
        };
        Some(Self { path: name[..length].to_owned(), kind })
    }

    /// The sub-field `.keyword` of a text or an address.
    fn exact(name: &str) -> Option<Self> {
        let field = Self::mapped(name.strip_suffix(".keyword")?)?;
        let limit = match field.kind {
            Kind::Text => MESSAGE_MAX,
            Kind::Ip => KEYWORD_MAX,
            _ => return None,
        };
        Some(Self { kind: Kind::Keyword(limit), ..field })
    }

    /// A parameter that only the user's settings promote: a document has it where they do.
    fn promoted(name: &str) -> Option<Self> {
        let (part, leaf) = name.split_once('.')?;
        let is_one = matches!(part, "request" | "response") && !leaf.contains('.');
        is_one.then(|| Self { path: name.to_owned(), kind: Kind::Keyword(KEYWORD_MAX) })
    }

    fn unmapped(name: &str) -> Self {
        Self { path: name.to_owned(), kind: Kind::Unmapped }
    }

    /// Whether the index can count by it, as `_field_caps` tells. See
    /// <https://docs.opensearch.org/latest/api-reference/search-apis/field-caps/>.
    pub(crate) fn is_countable(&self) -> bool {
        !matches!(self.kind, Kind::Text | Kind::Flat(_) | Kind::Object | Kind::Unmapped)
    }

    /// The fields below an object, aliases included.
    pub(crate) fn below(&self) -> Vec<Self> {
        let prefix = format!("{}.", self.path);
        let aliases = ALIASES.iter().filter(|(alias, _)| alias.starts_with(&prefix)).map(|(alias, _)| *alias);
        let mut fields: Vec<Self> = aliases.map(Self::resolve).collect();
        if let Some((mapped, _)) = walk(&self.path) {
            fields.extend(mapped.children.iter().map(|child| Self::resolve(&format!("{prefix}{}", child.name))));
        }
        fields
    }

    /// Whether any of a document's values in the field passes the test.
    pub(crate) fn any(&self, document: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        match &self.kind {
            Kind::Flat(below) => at(document, &self.path, &mut |object| flat(object, below.as_deref(), test)),
            _ => at(document, &self.path, test),
        }
    }
}

/// The mapped field of a name, and how much of the name leads to it: the rest is a path in an object of free shape.
fn walk(name: &str) -> Option<(&'static Mapped, usize)> {
    let mut parts = name.split('.');
    let top = parts.next()?;
    let mut field = find(record_fields(), top.as_bytes()).or_else(|| find(added_fields(), top.as_bytes()))?;
    let mut length = top.len();
    for part in parts {
        if field.ty == Type::FlatObject {
            break;
        }
        field = field.child(part.as_bytes())?;
        length += 1 + part.len();
    }
    Some((field, length))
}

/// Whether a value at the path passes the test; lists are looked at item by item.
fn at(value: &Value, path: &str, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| at(item, path, test)),
        Value::Object(_) if path.is_empty() => test(value),
        Value::Object(members) => {
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            members.get(name).is_some_and(|value| at(value, rest, test))
        }
        _ => path.is_empty() && test(value),
    }
}

/// Whether a scalar below an object of free shape passes the test; one at exactly this path, where there is one.
fn flat(value: &Value, path: Option<&str>, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(|item| flat(item, path, test)),
        Value::Object(members) => members.iter().any(|(name, value)| match path {
            None => flat(value, None, test),
            Some(path) => rest(path, name).is_some_and(|rest| flat(value, Some(rest), test)),
        }),
        scalar => path.is_none_or(str::is_empty) && test(scalar),
    }
}

/// What of a path is left behind a member's name, which may hold dots itself.
fn rest<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// A scalar as text, as keywords and objects of free shape hold it.
pub(crate) fn text(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(name: &str, document: &Value) -> Vec<String> {
        let mut found = Vec::new();
        Field::resolve(name).any(document, &mut |value| {
            found.push(value.to_string());
            false
        });
        found
    }

    #[test]
    fn names_are_fields_aliases_and_sub_fields() {
        let field = |path: &str, kind| Field { path: path.to_owned(), kind };
        for (name, expected) in [
            ("eventName", field("eventName", Kind::Keyword(KEYWORD_MAX))),
            ("event.action", field("eventName", Kind::Keyword(KEYWORD_MAX))),
            ("source.address", field("sourceIPAddress", Kind::Keyword(KEYWORD_MAX))),
            ("source.ip", field("sourceIPAddress", Kind::Ip)),
            ("errorMessage.keyword", field("errorMessage", Kind::Keyword(256))),
            ("requestParameters", field("requestParameters", Kind::Flat(None))),
            ("requestParameters.a.b", field("requestParameters", Kind::Flat(Some("a.b".to_owned())))),
            ("additional.bytesTransferredIn", field("additional.bytesTransferredIn", Kind::Number)),
            ("actor", field("actor", Kind::Object)),
            ("eventName.keyword", field("eventName.keyword", Kind::Unmapped)),
            ("ingest.raw", field("ingest.raw", Kind::Unmapped)),
            ("request.fleetId", field("request.fleetId", Kind::Keyword(KEYWORD_MAX))),
            ("no.such", field("no.such", Kind::Unmapped)),
        ] {
            assert_eq!(Field::resolve(name), expected, "{name}");
        }
    }

    #[test]
    fn values_are_found_in_lists_and_at_dotted_names() {
        let document = json!({
            "resources": [{"ARN": "a"}, {"ARN": ["b", null]}],
            "requestParameters": {"a.b": {"c": 1}, "a": [{"b": {"c": [true]}}, {"b": "x"}]},
        });
        assert_eq!(values("resources.ARN", &document), ["\"a\"", "\"b\"", "null"]);
        assert_eq!(values("requestParameters.a.b.c", &document), ["true", "1"]);
        assert_eq!(values("requestParameters.a.b", &document), ["\"x\""]);
        assert_eq!(values("requestParameters", &document).len(), 3);
        assert!(values("requestParameters.a", &document).is_empty());
    }

    #[test]
    fn an_object_is_its_fields() {
        let user: Vec<String> = Field { path: "user".to_owned(), kind: Kind::Unmapped }
            .below()
            .into_iter()
            .map(|field| field.path)
            .collect();
        assert_eq!(user, ["userIdentity.principalId", "actor.name"]);
        assert!(Field::resolve("actor").below().len() > 5);
    }

    #[test]
    fn what_the_index_counts_by_is_known() {
        for (name, countable) in [
            ("eventName", true),
            ("source.ip", true),
            ("errorMessage", false),
            ("requestParameters.a", false),
            ("x", false),
        ] {
            assert_eq!(Field::resolve(name).is_countable(), countable, "{name}");
        }
    }
}
