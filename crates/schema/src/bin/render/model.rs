//! The checked schema.

use std::collections::BTreeMap;

use trailsearch_schema::Type;

use crate::dashboards::{ColorsFile, DashboardFile, SearchEntry};
use crate::monitors::MonitorFile;
use crate::noise::NoiseFile;
use crate::source::{Part, Setting};

/// The whole schema.
#[derive(Debug)]
pub(crate) struct Schema {
    pub version: u32,
    pub groups: Vec<Group>,
    /// The promoted names, each as a field below `request` or `response`.
    pub promoted: Vec<FieldDef>,
    pub settings: Vec<Setting>,
    pub noise: NoiseFile,
    pub colors: ColorsFile,
    pub dashboards: Vec<(String, DashboardFile)>,
    pub monitors: Vec<(String, MonitorFile)>,
}

/// The fields of one file.
#[derive(Debug)]
pub(crate) struct Group {
    pub title: String,
    pub intro: String,
    pub part: Part,
    pub source: String,
    pub fields: Vec<FieldDef>,
}

/// One field.
#[derive(Debug, Clone)]
pub(crate) struct FieldDef {
    pub path: String,
    pub ty: Type,
    pub meaning: String,
    pub example: String,
    pub source: String,
    pub search: bool,
    /// Whether the field can be counted, grouped and sorted by.
    pub counted: bool,
    pub format: Option<String>,
    /// Aliases of the field itself.
    pub ecs: Vec<String>,
    /// Aliases of its keyword sub-field.
    pub ecs_keyword: Vec<String>,
    pub unsearched: Vec<String>,
}

/// A field's place in the tree: the field and what lies below it.
#[derive(Debug, Default)]
pub(crate) struct Node<'a> {
    pub field: Option<&'a FieldDef>,
    pub children: BTreeMap<&'a str, Node<'a>>,
}

impl Schema {
    /// Every field of one part.
    pub(crate) fn fields(&self, part: Part) -> impl Iterator<Item = &FieldDef> {
        self.groups.iter().filter(move |group| group.part == part).flat_map(|group| &group.fields)
    }

    /// Every field, promoted ones not included.
    pub(crate) fn all_fields(&self) -> impl Iterator<Item = &FieldDef> {
        self.groups.iter().flat_map(|group| &group.fields)
    }

    /// Every alias with its target's path, sorted by alias.
    pub(crate) fn aliases(&self) -> Vec<(&str, String)> {
        let mut aliases: Vec<_> = self.all_fields().flat_map(FieldDef::aliases).collect();
        aliases.sort();
        aliases
    }

    /// The field at `path`, promoted ones included, and whether its sub-field `.keyword` is meant. Aliases are none:
    /// what is rendered names every field by one name.
    fn find(&self, path: &str) -> Option<(&FieldDef, bool)> {
        let parent = path.strip_suffix(".keyword");
        let mut fields = self.all_fields().chain(&self.promoted);
        fields.find_map(|field| match parent {
            Some(parent) if parent == field.path && field.has_keyword() => Some((field, true)),
            _ => (field.path == path).then_some((field, false)),
        })
    }

    /// Whether a query may name `path`: a field, its sub-field, or what lies below a variable part.
    pub(crate) fn is_searchable(&self, path: &str) -> bool {
        let below = |field: &FieldDef| path.strip_prefix(&field.path).is_some_and(|rest| rest.starts_with('.'));
        let part = self.all_fields().any(|field| field.ty == Type::FlatObject && below(field));
        part || self.find(path).is_some_and(|(field, _)| !matches!(field.ty, Type::Object | Type::Stored))
    }

    /// The type by which `path` is counted, where it can be.
    pub(crate) fn countable(&self, path: &str) -> Option<Type> {
        let (field, keyword) = self.find(path)?;
        if keyword { Some(Type::Keyword) } else { field.counted.then_some(field.ty) }
    }

    /// Whether events can be grouped by `path`.
    pub(crate) fn is_counted(&self, path: &str) -> bool {
        self.countable(path).is_some()
    }

    /// Whether `path` can be a column: a value that an event holds under this name.
    pub(crate) fn is_column(&self, path: &str) -> bool {
        self.find(path).is_some_and(|(field, keyword)| !keyword && field.ty != Type::Object)
    }

    /// A saved search by its id.
    pub(crate) fn search(&self, id: &str) -> Option<&SearchEntry> {
        self.dashboards.iter().flat_map(|(_, dashboard)| &dashboard.searches).find(|search| search.id == id)
    }
}

impl FieldDef {
    /// The field's aliases, each with its target's path.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = (&str, String)> {
        let own = self.ecs.iter().map(|alias| (alias.as_str(), self.path.clone()));
        own.chain(self.ecs_keyword.iter().map(|alias| (alias.as_str(), format!("{}.keyword", self.path))))
    }

    /// Whether the field has a sub-field `.keyword`.
    pub(crate) fn has_keyword(&self) -> bool {
        matches!(self.ty, Type::Ip | Type::Text)
    }
}

/// Arranges fields as a tree.
pub(crate) fn tree<'a>(fields: impl Iterator<Item = &'a FieldDef>) -> Node<'a> {
    let mut root = Node::default();
    for field in fields {
        let node = field.path.split('.').fold(&mut root, |node, segment| node.children.entry(segment).or_default());
        node.field = Some(field);
    }
    root
}
