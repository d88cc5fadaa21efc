//! One walk over a record: what fits is copied through, what does not is put
//! where it can do no harm, and what people ask for is gathered on the way.

use std::collections::HashSet;

use trailsearch_schema::{Field, Shape, Type, find, record_fields};

use super::bounds::{MAX_DEPTH, MAX_EMBEDDED_BYTES, MAX_KEY_BYTES, MAX_LEAF_BYTES, MAX_LEAVES, MAX_PATH_BYTES};
use super::copier::Copier;
use super::found::Found;
use super::promoted::{Names, Side};
use super::redact;
use crate::tape::{Key, Kind, Value};

/// Objects with more members than this look for duplicate names in a set.
const FEW: usize = 24;

/// What the walk follows.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) names: Names,
    pub(super) redact: bool,
}

/// A walk over one text.
pub(super) struct Walk<'t, 'o> {
    rules: &'o Rules,
    copier: Copier<'t, 'o>,
    found: &'o mut Found,
    path: String,
    side: Option<Side>,
    leaves: usize,
    /// The names of the members so far, of every object that is open.
    names: Vec<Key<'t>>,
}

/// A member of an object, and where the one before it ended.
struct Member<'t> {
    key: Key<'t>,
    value: Value<'t>,
    /// Where to cut so that no comma is left over: start and end.
    cut: (u32, u32),
}

impl<'t, 'o> Walk<'t, 'o> {
    pub(super) fn new(
        text: &'t str,
        value: &Value<'t>,
        rules: &'o Rules,
        found: &'o mut Found,
        out: &'o mut Vec<u8>,
    ) -> Self {
        let copier = Copier::new(text, value.token().start, out);
        Self { rules, copier, found, path: String::new(), side: None, leaves: 0, names: Vec::new() }
    }

    /// Copies a record up to its closing brace.
    pub(super) fn record(mut self, record: &Value<'t>) {
        self.fields(record, record_fields());
        self.copier.copy(record.token().end - 1);
    }

    /// Copies a value of a variable part, which stands at `path` in the document.
    pub(super) fn variable(mut self, path: &str, value: &Value<'t>) {
        self.path.push_str(path);
        self.any(path, value, 1);
        self.copier.copy(value.token().end);
    }

    /// The members of an object whose fields the schema knows.
    fn fields(&mut self, object: &Value<'t>, fields: &'static [Field]) {
        self.members(object, |walk, member| {
            let name = member.key.name();
            match find(fields, name.as_bytes()) {
                Some(field) if fits(field.ty, &member.value, 0) => {
                    walk.field(field, &member.value);
                    true
                }
                _ => {
                    walk.unmap(member);
                    false
                }
            }
        });
    }

    fn field(&mut self, field: &'static Field, value: &Value<'t>) {
        match field.ty {
            Type::Object => self.objects(value, field.children),
            Type::FlatObject => self.part(field, value),
            _ => self.found.see_field(&self.path, value),
        }
    }

    /// An object of known fields, or a list of such.
    fn objects(&mut self, value: &Value<'t>, children: &'static [Field]) {
        if value.kind() == Kind::Array {
            value.items().for_each(|item| self.objects(&item, children));
        } else {
            self.fields(value, children);
        }
    }

    /// A variable part; the keys that nobody searches for are kept aside.
    fn part(&mut self, field: &'static Field, value: &Value<'t>) {
        self.side = Side::of(field.name);
        if field.unsearched.is_empty() {
            self.any(field.name, value, 1);
        } else {
            self.members(value, |walk, member| {
                let name = member.key.name();
                if field.unsearched.contains(&name.as_ref()) {
                    walk.keep(&member.value);
                    walk.cut(member);
                    return false;
                }
                walk.variable_member(member, &name, 2)
            });
        }
        self.side = None;
    }

    /// A value of any shape below a variable part; `name` is the nearest member's that says something.
    fn any(&mut self, name: &str, value: &Value<'t>, depth: usize) {
        match value.kind() {
            Kind::Object | Kind::Array if depth > MAX_DEPTH => self.truncate_value(value),
            Kind::Object => {
                self.members(value, |walk, member| {
                    let own = member.key.name();
                    walk.variable_member(member, if is_wrapper(&own) { name } else { &own }, depth + 1)
                });
            }
            Kind::Array => value.items().for_each(|item| self.any(name, &item, depth + 1)),
            Kind::String | Kind::Number | Kind::Bool => self.leaf(name, value),
            _ => {}
        }
    }

    /// One member below a variable part; whether it was kept.
    fn variable_member(&mut self, member: &Member<'t>, name: &str, depth: usize) -> bool {
        let too_long = member.key.raw().len() > MAX_KEY_BYTES || self.path.len() > MAX_PATH_BYTES;
        if too_long || self.leaves >= MAX_LEAVES {
            self.truncate(&member.value);
            self.cut(member);
            return false;
        }
        self.any(name, &member.value, depth);
        true
    }

    fn leaf(&mut self, name: &str, value: &Value<'t>) {
        self.leaves += 1;
        let raw = value.raw();
        if self.rules.redact && self.redacted(name, value) {
            return;
        }
        if raw.len() > MAX_LEAF_BYTES {
            self.embedded(value);
            return self.truncate_value(value);
        }
        if value.kind() == Kind::Number && !is_finite(raw) {
            let token = value.token();
            return self.copier.replace(token.start, token.end, format!("\"{raw}\"").as_bytes());
        }
        self.promote(name, raw);
        if let Some(text) = value.str() {
            self.found.see_leaf(self.side, name, &text);
            self.embedded(value);
        }
    }

    /// Replaces a secret; whether it was one.
    fn redacted(&mut self, name: &str, value: &Value<'t>) -> bool {
        let Some(replacement) = redact::replacement(name, value.raw()) else { return false };
        self.found.redacted.insert(&self.path);
        self.copier.replace(value.token().start, value.token().end, &replacement);
        true
    }

    fn promote(&mut self, name: &str, raw: &str) {
        let Some(side) = self.side else { return };
        if let Some(index) = self.rules.names.find(side, name) {
            self.found.promoted.add(side, index, raw);
        }
    }

    /// Remembers a JSON document inside a string, so that it can be indexed as one.
    fn embedded(&mut self, value: &Value<'t>) {
        let raw = value.raw();
        let opens = raw
            .get(1..)
            .is_some_and(|inner| inner.starts_with(['{', '[']) || inner.starts_with("%7B") || inner.starts_with("%5B"));
        if opens && raw.len() <= MAX_EMBEDDED_BYTES {
            self.found.embed(&self.path, &value.str().unwrap_or_default());
        }
    }

    /// Keeps a value aside, unlisted.
    fn keep(&mut self, value: &Value<'t>) {
        self.found.keep(&self.path, &redact::copied(value, self.rules.redact));
    }

    /// Keeps a value aside and lists its path.
    fn truncate(&mut self, value: &Value<'t>) {
        self.found.truncate(&self.path);
        self.keep(value);
    }

    /// Puts `null` where a value was and keeps it aside.
    fn truncate_value(&mut self, value: &Value<'t>) {
        self.truncate(&value);
        self.copier.replace(value.token().start, value.token().end, b"null");
    }

    /// Moves a member that the schema does not know, or knows with another type.
    fn unmap(&mut self, member: &Member<'t>) {
        self.found.unmapped.push((self.path.clone(), member.value.token().start, member.value.token().end));
        self.found.moved.insert(&self.path);
        self.cut(member);
    }

    fn cut(&mut self, member: &Member<'t>) {
        self.copier.replace(member.cut.0, member.cut.1, b"");
    }

    /// Visits the members of an object, with the path set to each; `visit` says whether the member was kept.
    /// A name that was there before is kept aside: OpenSearch refuses duplicate names.
    fn members(&mut self, object: &Value<'t>, mut visit: impl FnMut(&mut Self, &Member<'t>) -> bool) {
        let (length, first) = (self.path.len(), self.names.len());
        let mut many = HashSet::new();
        let (mut kept, mut before) = (false, object.token().start + 1);
        let mut entries = object.entries().peekable();
        while let Some((key, value)) = entries.next() {
            let following = entries.peek().map_or(value.token().end, |(next, _)| next.start());
            let cut = if kept { (before, value.token().end) } else { (key.start(), following) };
            let member = Member { key, value, cut };
            before = value.token().end;
            push_path(&mut self.path, &key.name());
            if self.is_new(key, first, &mut many) {
                kept |= visit(self, &member);
            } else {
                self.truncate(&value);
                self.cut(&member);
            }
            self.path.truncate(length);
        }
        self.names.truncate(first);
    }

    /// Whether the name is the first of its kind in the object whose names start at `first`.
    fn is_new(&mut self, key: Key<'t>, first: usize, many: &mut HashSet<String>) -> bool {
        let names = self.names.get(first..).unwrap_or_default();
        if names.len() < FEW {
            let new = !names.iter().any(|known| known.same(&key));
            self.names.push(key);
            return new;
        }
        if many.is_empty() {
            many.extend(names.iter().map(|key| key.name().into_owned()));
        }
        many.insert(key.name().into_owned())
    }
}

fn push_path(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// Names that only wrap: their parent's name says what the value is.
fn is_wrapper(name: &str) -> bool {
    matches!(name, "items" | "value" | "member")
}

/// Whether a field of this type takes the value; lists are judged by their items.
fn fits(ty: Type, value: &Value<'_>, depth: usize) -> bool {
    if ty == Type::Stored {
        return true;
    }
    if value.kind() == Kind::Array {
        return depth < MAX_DEPTH && value.items().all(|item| fits(ty, &item, depth + 1));
    }
    ty.accepts(shape(value))
}

fn shape<'t>(value: &Value<'t>) -> Shape<'t> {
    match value.kind() {
        Kind::Object => Shape::Object,
        Kind::Number => Shape::Number,
        Kind::Bool => Shape::Boolean,
        Kind::String => {
            let raw = value.raw().as_bytes();
            Shape::Text(raw.get(1..raw.len() - 1).unwrap_or_default())
        }
        _ => Shape::Null,
    }
}

/// Whether a number is one for the server: `1e400` is not.
fn is_finite(raw: &str) -> bool {
    let small = raw.len() < 300 && !raw.contains(['e', 'E']);
    small || raw.parse::<f64>().is_ok_and(f64::is_finite)
}
