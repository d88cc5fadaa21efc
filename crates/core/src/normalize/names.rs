//! What the name of a leaf says about its value.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
use trailsearch_schema::promoted::{self, Extra};
use trailsearch_schema::{Field, record_fields};

use super::promoted::Side;
use super::resource;

/// Names that only wrap: their parent's name says what the value is. EC2 writes `items` around lists and
/// `content` around scalars.
pub(super) fn is_wrapper(name: &str) -> bool {
    matches!(name, "items" | "value" | "member" | "content")
}

/// What is known of one leaf name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The number of the promoted name, for each [`Side`].
    promoted: [Option<u16>; 3],
    /// The kind of resource that the value names, whatever its shape.
    pub(super) kind: Option<&'static str>,
}

impl Leaf {
    /// The number of the promoted name on a side.
    pub(super) fn promoted(&self, side: Side) -> Option<u16> {
        self.promoted[side as usize]
    }
}

/// A name whose values get a field of their own, `request.NAME` for example.
#[derive(Debug)]
pub(super) struct PromotedName {
    pub(super) side: Side,
    pub(super) name: String,
}

/// The leaf names that mean something: those of the schema, of resources, and those that the user added.
#[derive(Debug)]
pub(super) struct Names {
    leaves: HashMap<String, Leaf, FxBuildHasher>,
    promoted: Vec<PromotedName>,
    fields: HashMap<String, &'static Field, FxBuildHasher>,
}

impl Names {
    /// The known names, and `extra` ones to promote.
    pub(super) fn new(extra: &Extra) -> Self {
        let mut names = Self { leaves: HashMap::default(), promoted: Vec::new(), fields: HashMap::default() };
        names.know("", record_fields());
        for (name, kind) in resource::NAMED {
            names.leaf(name).kind = Some(kind);
        }
        let lists = [promoted::REQUEST, promoted::RESPONSE, promoted::ADDITIONAL];
        for (side, list) in Side::ALL.into_iter().zip(lists) {
            list.iter().for_each(|name| names.promote(side, name));
        }
        extra.request().iter().for_each(|name| names.promote(Side::Request, name));
        extra.response().iter().for_each(|name| names.promote(Side::Response, name));
        names
    }

    /// The field of a record at a path whose last name is `name`; a name with dots in it is no path.
    pub(super) fn field(&self, path: &str, name: &str) -> Option<&'static Field> {
        self.fields.get(path).copied().filter(|_| memchr::memchr(b'.', name.as_bytes()).is_none())
    }

    fn know(&mut self, parent: &str, fields: &'static [Field]) {
        for field in fields {
            let path = if parent.is_empty() { field.name.to_owned() } else { format!("{parent}.{}", field.name) };
            self.know(&path, field.children);
            self.fields.insert(path, field);
        }
    }

    /// What is known of a name, also where it is written with a capital first letter: EC2's younger operations say
    /// `InstanceId` where the others say `instanceId`.
    pub(super) fn find(&self, name: &str) -> Leaf {
        let leaf = self.leaves.get(name).or_else(|| self.leaves.get(&uncapitalized(name)?));
        leaf.copied().unwrap_or_default()
    }

    /// The promoted name with a number.
    pub(super) fn promoted(&self, number: u16) -> Option<&PromotedName> {
        self.promoted.get(number as usize)
    }

    fn leaf(&mut self, name: &str) -> &mut Leaf {
        self.leaves.entry(name.to_owned()).or_default()
    }

    fn promote(&mut self, side: Side, name: &str) {
        let number = self.promoted.len() as u16;
        let place = &mut self.leaf(name).promoted[side as usize];
        if place.is_none() {
            *place = Some(number);
            self.promoted.push(PromotedName { side, name: name.to_owned() });
        }
    }
}

fn uncapitalized(name: &str) -> Option<String> {
    let first = name.chars().next().filter(char::is_ascii_uppercase)?;
    Some(format!("{}{}", first.to_ascii_lowercase(), &name[1..]))
}
