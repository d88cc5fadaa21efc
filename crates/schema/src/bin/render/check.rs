//! The schema's rules. Every mistake is found in one run and names its file and
//! field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use trailsearch_schema::{MAX_FIELDS, Type, check_leaf, count_fields, promoted};

use crate::mapping;
use crate::model::{FieldDef, Group, Schema};
use crate::source::{FieldEntry, FieldFile, Part, PromotedEntry, PromotedFile, Source};
use crate::{dashboards, monitors, noise};

/// The word for a source where trailsearch itself makes the value.
const OWN_SOURCE: &str = "trailsearch";

/// A mistake in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub file: String,
    pub field: String,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.field, self.what)
    }
}

/// Checks the data and makes the schema of it, or tells every mistake.
pub(crate) fn check(source: Source) -> Result<Schema, Vec<Problem>> {
    let mut problems = Vec::new();
    problems.extend(source.files.iter().flat_map(|(name, file)| entry_problems(name, file)));
    problems.extend(name_problems(&source));
    problems.extend(promoted_problems("request", &source.promoted.request));
    problems.extend(promoted_problems("response", &source.promoted.response));
    problems.extend(noise::problems(&source.noise, |path| is_in_records(&source, path)));
    let schema = schema(source);
    problems.extend(count_problem(&schema));
    problems.extend(dashboards::check::problems(&schema));
    problems.extend(monitors::problems(&schema));
    if problems.is_empty() { Ok(schema) } else { Err(problems) }
}

pub(crate) fn problem(file: &str, field: &str, what: impl Into<String>) -> Problem {
    Problem { file: file.to_owned(), field: field.to_owned(), what: what.into() }
}

/// Mistakes of single entries: what is missing, and what does not belong.
fn entry_problems<'a>(name: &'a str, file: &'a FieldFile) -> impl Iterator<Item = Problem> + 'a {
    file.fields.iter().flat_map(move |entry| {
        let found = [
            bad_name(entry),
            bad_type(entry),
            entry.meaning.trim().is_empty().then(|| "has no meaning".to_owned()),
            entry.example.trim().is_empty().then(|| "has no example".to_owned()),
            bad_source(entry, file),
            bad_option(entry),
        ];
        found.into_iter().flatten().map(move |what| problem(name, &entry.name, what))
    })
}

fn bad_name(entry: &FieldEntry) -> Option<String> {
    let good = |segment: &str| segment.strip_prefix('@').unwrap_or(segment).chars().all(|c| c.is_ascii_alphanumeric());
    let fits = entry.name.split('.').all(|segment| !segment.is_empty() && good(segment));
    (!fits).then(|| "its name must be letters and digits, with dots between segments".to_owned())
}

fn bad_type(entry: &FieldEntry) -> Option<String> {
    parse_type(&entry.ty).is_none().then(|| format!("unknown type {:?}, expected one of {}", entry.ty, type_names()))
}

fn bad_source(entry: &FieldEntry, file: &FieldFile) -> Option<String> {
    let source = entry.source.as_ref().unwrap_or(&file.source);
    let fits = source.starts_with("https://") || (file.part == Part::Added && source == OWN_SOURCE);
    (!fits).then(|| format!("its source {source:?} is no https:// address"))
}

fn bad_option(entry: &FieldEntry) -> Option<String> {
    let ty = parse_type(&entry.ty)?;
    if !entry.unsearched.is_empty() && ty != Type::FlatObject {
        return Some("only a flat_object can have unsearched keys".to_owned());
    }
    if !entry.ecs_keyword.is_empty() && !matches!(ty, Type::Ip | Type::Text) {
        return Some("ecs_keyword needs a type with a keyword sub-field, ip or text".to_owned());
    }
    if entry.counted.is_some() && ty != Type::Keyword {
        return Some("only a keyword can say whether it is counted".to_owned());
    }
    if entry.format.as_ref().is_some_and(|format| !["bytes", "history"].contains(&format.as_str())) {
        return Some("its format is neither bytes nor history".to_owned());
    }
    let searchable = matches!(ty, Type::Keyword | Type::Text | Type::Ip | Type::FlatObject);
    if entry.search && !searchable {
        return Some(format!("bare words cannot be searched in a {}", ty.name()));
    }
    let concrete = !matches!(ty, Type::Object | Type::Stored | Type::FlatObject);
    (!entry.ecs.is_empty() && !concrete).then(|| format!("an alias cannot point at a {}", ty.name()))
}

/// Mistakes between entries: duplicates, missing parents, clashing aliases.
fn name_problems(source: &Source) -> Vec<Problem> {
    let mut seen: BTreeMap<&str, Option<Type>> = BTreeMap::new();
    let mut problems = Vec::new();
    for (file, entry) in entries(source) {
        if seen.insert(&entry.name, parse_type(&entry.ty)).is_some() {
            problems.push(problem(file, &entry.name, "is declared twice"));
        }
    }
    for (file, entry) in entries(source) {
        let parent = entry.name.rsplit_once('.').map(|(parent, _)| parent);
        problems.extend(parent.and_then(|parent| parent_problem(file, entry, parent, &seen)));
    }
    problems.extend(alias_problems(source, &seen));
    problems
}

fn entries(source: &Source) -> impl Iterator<Item = (&str, &FieldEntry)> {
    source.files.iter().flat_map(|(name, file)| file.fields.iter().map(move |entry| (name.as_str(), entry)))
}

/// Whether records have a member at a path: a field of theirs, or what lies below a variable part.
fn is_in_records(source: &Source, path: &str) -> bool {
    let files = source.files.iter().filter(|(_, file)| file.part == Part::Record);
    files.flat_map(|(_, file)| &file.fields).any(|entry| match path.strip_prefix(&entry.name) {
        Some("") => true,
        Some(rest) => rest.starts_with('.') && parse_type(&entry.ty) == Some(Type::FlatObject),
        None => false,
    })
}

fn parent_problem(
    file: &str,
    entry: &FieldEntry,
    parent: &str,
    seen: &BTreeMap<&str, Option<Type>>,
) -> Option<Problem> {
    match seen.get(parent) {
        Some(Some(Type::Object) | None) => None,
        Some(Some(ty)) => {
            Some(problem(file, &entry.name, format!("its parent {parent} is a {}, no object", ty.name())))
        }
        None => Some(problem(file, &entry.name, format!("its parent {parent} is not declared"))),
    }
}

fn alias_problems(source: &Source, seen: &BTreeMap<&str, Option<Type>>) -> Vec<Problem> {
    let aliases: Vec<_> = entries(source)
        .flat_map(|(file, entry)| entry.ecs.iter().chain(&entry.ecs_keyword).map(move |alias| (file, entry, alias)))
        .collect();
    let names: BTreeSet<&str> = aliases.iter().map(|(_, _, alias)| alias.as_str()).collect();
    let mut used = BTreeSet::new();
    let mut problems = Vec::new();
    for (file, entry, alias) in &aliases {
        let what = if !used.insert(alias.as_str()) {
            Some("is declared twice")
        } else if prefixes(alias).any(|prefix| seen.contains_key(prefix)) {
            Some("clashes with a field")
        } else if prefixes(alias).skip(1).any(|prefix| names.contains(prefix)) {
            Some("lies below another alias")
        } else {
            None
        };
        problems.extend(what.map(|what| problem(file, &entry.name, format!("the alias {alias} {what}"))));
    }
    problems
}

/// A path, then each path above it: `a.b.c`, `a.b`, `a`.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('.').map(|(parent, _)| parent))
}

fn promoted_problems(part: &str, list: &[PromotedEntry]) -> Vec<Problem> {
    const FILE: &str = "promoted.yml";
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for entry in list {
        let field = format!("{part}.{}", entry.name);
        problems.extend(check_leaf(&entry.name).err().map(|error| problem(FILE, &field, error.to_string())));
        if entry.why.trim().is_empty() {
            problems.push(problem(FILE, &field, "has no why"));
        }
        if !seen.insert(&entry.name) {
            problems.push(problem(FILE, &field, "is declared twice"));
        }
    }
    problems
}

fn count_problem(schema: &Schema) -> Vec<Problem> {
    let promoted = schema.promoted.len();
    let fields = count_fields(&mapping::whole(schema));
    let bounds = [
        (promoted, promoted::MAX, "promoted.yml", "promoted names"),
        (fields, MAX_FIELDS, "fields", "fields, objects, aliases and sub-fields"),
    ];
    let over = bounds.into_iter().filter(|(number, most, ..)| number > most);
    over.map(|(number, most, file, noun)| problem(file, "in all", format!("{number} {noun}, at most {most} fit")))
        .collect()
}

fn parse_type(name: &str) -> Option<Type> {
    Type::ALL.into_iter().find(|ty| ty.name() == name)
}

fn type_names() -> String {
    Type::ALL.map(Type::name).join(", ")
}

/// Makes the schema; what is wrong has been told already.
fn schema(source: Source) -> Schema {
    let groups = source.files.into_iter().map(|(_, file)| group(file)).collect();
    Schema {
        version: source.settings.version,
        groups,
        promoted: promoted_fields(source.promoted),
        settings: source.settings.settings,
        noise: source.noise,
        colors: source.colors,
        dashboards: source.dashboards,
        monitors: source.monitors,
    }
}

/// Types whose fields can be counted, grouped and sorted by.
fn is_counted(ty: Type) -> bool {
    !matches!(ty, Type::Text | Type::FlatObject | Type::Stored | Type::Object)
}

fn promoted_fields(file: PromotedFile) -> Vec<FieldDef> {
    let request = file.request.into_iter().map(|entry| ("request", entry));
    let response = file.response.into_iter().map(|entry| ("response", entry));
    request.chain(response).map(|(part, entry)| promoted_field(part, entry)).collect()
}

fn promoted_field(part: &str, entry: PromotedEntry) -> FieldDef {
    FieldDef {
        path: format!("{part}.{}", entry.name),
        ty: Type::Keyword,
        meaning: entry.why,
        example: String::new(),
        source: OWN_SOURCE.to_owned(),
        search: false,
        counted: true,
        format: None,
        ecs: Vec::new(),
        ecs_keyword: Vec::new(),
        unsearched: Vec::new(),
    }
}

fn group(file: FieldFile) -> Group {
    let FieldFile { title, intro, part, source, fields } = file;
    let fields = fields.into_iter().filter_map(|entry| field(entry, &source)).collect();
    Group { title, intro: intro.trim().to_owned(), part, source, fields }
}

fn field(entry: FieldEntry, source: &str) -> Option<FieldDef> {
    let ty = parse_type(&entry.ty)?;
    Some(FieldDef {
        ty,
        path: entry.name,
        meaning: entry.meaning.trim().to_owned(),
        example: entry.example,
        source: entry.source.unwrap_or_else(|| source.to_owned()),
        search: entry.search,
        counted: entry.counted.unwrap_or(is_counted(ty)),
        format: entry.format,
        ecs: entry.ecs,
        ecs_keyword: entry.ecs_keyword,
        unsearched: entry.unsearched,
    })
}

#[cfg(test)]
mod tests;
