//! One walk over a record: what fits is copied through, what does not is put
//! where it can do no harm, and what people ask for is gathered on the way.

use std::collections::HashSet;

use trailsearch_schema::{Field, KEYWORD_MAX, Shape, Type};

use super::bounds::{MAX_DEPTH, MAX_KEY_BYTES, MAX_LEAF_BYTES, MAX_LISTS, MAX_PATH_BYTES};
use super::copier::Copier;
use super::embedded::Document;
use super::found::{Found, Moved, is_plain_number};
use super::names::{Names, is_wrapper};
use super::promoted::Side;
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
    /// How many lists the typed fields at hand stand in.
    lists: usize,
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
    pub(super) fn new(value: &Value<'t>, rules: &'o Rules, found: &'o mut Found, out: &'o mut Vec<u8>) -> Self {
        let copier = Copier::new(value.source(), value.token().start, out);
        Self { rules, copier, found, path: String::new(), side: None, lists: 0, names: Vec::new() }
    }

    /// Copies a record up to its closing brace.
    pub(super) fn record(mut self, record: &Value<'t>) {
        self.fields(record);
        self.copier.copy(record.token().end - 1);
    }

    /// Copies a value of free shape, which stands at `path` in the document; `name` is the member that holds it.
    pub(super) fn variable(mut self, path: &str, name: &str, value: &Value<'t>) {
        self.path.push_str(path);
        self.any(name, value, 1);
        self.copier.copy(value.token().end);
    }

    /// The members of an object whose fields the schema knows.
    fn fields(&mut self, object: &Value<'t>) {
        self.members(object, None, |walk, member| {
            let name = member.key.name();
            match walk.rules.names.field(&walk.path, &name) {
                Some(field) if fits(field.ty, &member.value, walk.lists) => {
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
            Type::Object => self.objects(value),
            Type::FlatObject => self.part(field, value),
            Type::Text => self.text(value),
            _ => self.typed(field, value),
        }
    }

    /// A value of a typed field; the server does not index longer ones.
    fn typed(&mut self, field: &'static Field, value: &Value<'t>) {
        if field.ty == Type::Keyword && value.raw().len() > KEYWORD_MAX {
            self.found.list_truncated(&self.path);
        }
        self.found.see_field(&self.path, value);
    }

    /// Text that people read, and in which anything may stand.
    fn text(&mut self, value: &Value<'t>) {
        self.found.see_field(&self.path, value);
        if self.rules.redact
            && let Some(without) = redact::value("", value)
        {
            self.redacted(value, &without);
        }
    }

    /// An object of known fields, or a list of such.
    fn objects(&mut self, value: &Value<'t>) {
        if value.kind() == Kind::Array {
            self.lists += 1;
            value.items().for_each(|item| self.objects(&item));
            self.lists -= 1;
        } else {
            self.fields(value);
        }
    }

    /// A variable part; the keys that nobody searches for are kept aside.
    fn part(&mut self, field: &'static Field, value: &Value<'t>) {
        self.side = Side::of(field.name);
        if field.unsearched.is_empty() || value.kind() != Kind::Object {
            self.any(field.name, value, 1);
        } else {
            self.members(value, Some(field.name), |walk, member| {
                let name = member.key.name();
                if field.unsearched.contains(&name.as_ref()) {
                    walk.keep(&name, &member.value);
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
            Kind::Object | Kind::Array if depth > MAX_DEPTH => self.truncate_value(name, value),
            Kind::Object => {
                self.members(value, Some(name), |walk, member| {
                    let own = member.key.name();
                    walk.variable_member(member, if is_wrapper(&own) { name } else { &own }, depth + 1)
                });
            }
            Kind::Array => self.items(name, value, depth + 1),
            Kind::String | Kind::Number | Kind::Bool => self.leaf(name, value),
            _ => {}
        }
    }

    /// The items of a list below a variable part.
    fn items(&mut self, name: &str, list: &Value<'t>, depth: usize) {
        let mut before = list.token().start + 1;
        for item in list.items() {
            if self.found.is_full() {
                return self.cut_rest(name, list, item.token().start, before);
            }
            self.any(name, &item, depth);
            before = item.token().end;
        }
    }

    /// One member below a variable part; whether it was kept.
    fn variable_member(&mut self, member: &Member<'t>, name: &str, depth: usize) -> bool {
        if self.is_too_long(member) {
            self.truncate(name, &member.value);
            self.cut(member);
            return false;
        }
        self.any(name, &member.value, depth);
        true
    }

    fn leaf(&mut self, name: &str, value: &Value<'t>) {
        self.found.leaves += 1;
        if self.rules.redact && redact::is_secret(name, value.raw()) {
            return self.redacted(value, redact::REDACTED);
        }
        let document = Document::of(value);
        let without = if self.rules.redact { redact::inside(value.raw(), document.as_ref()) } else { None };
        let is_long = without.as_deref().unwrap_or(value.raw()).len() > MAX_LEAF_BYTES;
        match without {
            _ if is_long => self.truncate_value(name, value),
            Some(text) => self.redacted(value, &text),
            None => self.scalar(name, value),
        }
        if let Some(document) = document {
            self.found.embed(&self.path, document);
        }
    }

    /// A scalar that stays as it is, unless it is a number that the server would refuse.
    fn scalar(&mut self, name: &str, value: &Value<'t>) {
        let (raw, leaf) = (value.raw(), self.rules.names.find(name));
        if value.kind() == Kind::Number && !is_plain_number(raw) {
            let token = value.token();
            return self.copier.replace(token.start, token.end, format!("\"{raw}\"").as_bytes());
        }
        if let Some(number) = self.side.and_then(|side| leaf.promoted(side)) {
            self.found.promoted.add(number, raw);
        }
        if let Some(text) = value.str() {
            self.found.see_leaf(self.side, &self.path, name, leaf.kind, &text);
        }
    }

    /// Puts a text without secrets where a value was.
    fn redacted(&mut self, value: &Value<'t>, without: &str) {
        self.found.redact(&self.path);
        self.copier.replace(value.token().start, value.token().end, without.as_bytes());
    }

    /// Keeps a value aside, unlisted.
    fn keep(&mut self, name: &str, value: &Value<'t>) {
        self.found.keep(&self.path, name, value, self.rules.redact);
    }

    /// Keeps a value aside and lists its path.
    fn truncate(&mut self, name: &str, value: &Value<'t>) {
        self.found.truncate(&self.path);
        self.keep(name, value);
    }

    /// Puts `null` where a value was and keeps it aside.
    fn truncate_value(&mut self, name: &str, value: &Value<'t>) {
        self.truncate(name, value);
        self.copier.replace(value.token().start, value.token().end, b"null");
    }

    /// Keeps aside, as one, what is left of an object or a list: from the token that starts at `first`, behind what ends at `before`.
    fn cut_rest(&mut self, name: &str, container: &Value<'t>, first: u32, before: u32) {
        let (raw, end) = (container.raw(), container.token().end - 1);
        let tokens = if self.rules.redact { Some(container.tokens_from(first)) } else { None };
        let without = tokens.and_then(|tokens| redact::span(name, tokens, container.source(), first, end));
        if without.is_some() {
            self.found.redact(&self.path);
        }
        let kept = &raw[(first - container.token().start) as usize..raw.len() - 1];
        let (open, close) = (&raw[..1], &raw[raw.len() - 1..]);
        self.found.truncate(&self.path);
        self.found.keep_json(&self.path, &format!("{open}{}{close}", without.as_deref().unwrap_or(kept)));
        self.copier.replace(before, end, b"");
    }

    /// Moves a member that the schema does not know, or knows with another type.
    fn unmap(&mut self, member: &Member<'t>) {
        let name = member.key.name();
        if self.is_too_long(member) {
            self.truncate(&name, &member.value);
        } else {
            let name_at = self.path.len() - name.len();
            self.found.unmapped.push(Moved { path: self.path.clone(), name_at, start: member.value.token().start });
            self.found.list_moved(&self.path);
        }
        self.cut(member);
    }

    /// Whether a member's name is too long for a term, or its path.
    fn is_too_long(&self, member: &Member<'t>) -> bool {
        member.key.raw().len() > MAX_KEY_BYTES || self.path.len() > MAX_PATH_BYTES
    }

    fn cut(&mut self, member: &Member<'t>) {
        self.copier.replace(member.cut.0, member.cut.1, b"");
    }

    /// Visits the members of an object, with the path set to each; `visit` says whether the member was kept.
    /// A name that was there before is kept aside: OpenSearch refuses duplicate names. Of an object of free shape, which
    /// goes by the name `free`, only as many are visited as there is room for.
    fn members(
        &mut self,
        object: &Value<'t>,
        free: Option<&str>,
        mut visit: impl FnMut(&mut Self, &Member<'t>) -> bool,
    ) {
        let (length, first) = (self.path.len(), self.names.len());
        let mut many = HashSet::new();
        let (mut kept, mut before) = (false, object.token().start + 1);
        let mut entries = object.entries().peekable();
        while let Some((key, value)) = entries.next() {
            let following = entries.peek().map_or(value.token().end, |(next, _)| next.start());
            let cut = if kept { (before, value.token().end) } else { (key.start(), following) };
            if let Some(name) = free.filter(|_| self.found.is_full()) {
                self.cut_rest(name, object, key.start(), cut.0);
                break;
            }
            let member = Member { key, value, cut };
            before = value.token().end;
            push_path(&mut self.path, &key.name());
            if self.is_new(key, first, &mut many) {
                kept |= visit(self, &member);
            } else {
                self.truncate(&key.name(), &value);
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

/// Whether a field of this type, which stands in so many lists, takes the value; a list is judged by its items.
fn fits(ty: Type, value: &Value<'_>, lists: usize) -> bool {
    if ty == Type::Stored {
        return true;
    }
    if value.kind() == Kind::Array {
        return lists < MAX_LISTS && value.items().all(|item| fits(ty, &item, lists + 1));
    }
    ty.accepts(shape(value)) && (value.kind() != Kind::Number || is_plain_number(value.raw()))
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
