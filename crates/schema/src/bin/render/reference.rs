//! The field reference, docs/fields.md.

use std::fmt::Write as _;

use trailsearch_schema::{MAX_FIELDS, Type, count_fields, promoted};

use crate::mapping;
use crate::model::{FieldDef, Group, Schema};
use crate::source::Part;

const HEAD: &str = "\
<!-- Rendered from mappings/ by the render binary: change the data, not this file. -->
# Fields

Every field of a trailsearch document. CloudTrail's own fields keep CloudTrail's names; names of the Elastic Common Schema (ECS)
are aliases and answer the same in search and aggregation. [Access logs](access-log-fields.md) have fields of their own.

";

const ACCESS_LOG_HEAD: &str = "\
<!-- Rendered from mappings/ by the render binary: change the data, not this file. -->
# Fields of access logs

Every field of a document that was made of a line of an [S3 server access log](access-logs.md). Names of the Elastic Common Schema
(ECS) are aliases, and many are those of [CloudTrail's events](fields.md), so that one search can look at both.

";

const TYPES: &str = "\
| type | what it takes | sub-field |
|---|---|---|
| keyword | exact text: search, sort, count | |
| text | words of a text | `.keyword`, exact |
| date | ISO 8601 or milliseconds | |
| ip | addresses, ranges and CIDR blocks | `.keyword`, whatever the value is |
| boolean, long, double | | |
| flat_object | any path below it and any value can be searched; not counted or sorted | |
| stored | kept in `_source`, not searchable | |
| object | holds the fields below it | |

";

/// The text of docs/fields.md.
pub(crate) fn render(schema: &Schema) -> String {
    let mut text = format!("{HEAD}{TYPES}");
    let count = count_fields(&mapping::whole(schema));
    let _ = writeln!(
        text,
        "The template maps {count} fields, objects, aliases and sub-fields included; at most {MAX_FIELDS} are allowed, and no event\n\
         can add one.\n"
    );
    text += &sections(schema, Part::Added);
    text += &sections(schema, Part::Record);
    text += &promoted_section(schema);
    text += &alias_section(schema);
    text += &settings_section(schema);
    text
}

/// The text of docs/access-log-fields.md.
pub(crate) fn access_log(schema: &Schema) -> String {
    let parts = [sections(schema, Part::Record), sections(schema, Part::Added)];
    [ACCESS_LOG_HEAD, TYPES, &parts.concat(), &alias_section(schema), &settings_section(schema)].concat()
}

fn sections(schema: &Schema, part: Part) -> String {
    schema.groups.iter().filter(|group| group.part == part).map(section).collect()
}

fn section(group: &Group) -> String {
    let mut text = format!("## {}\n\n{}\n\n", group.title, group.intro);
    if group.source.starts_with("https://") {
        let _ = writeln!(text, "Source, where a field names no other: <{}>\n", group.source);
    }
    text += "| field | type | meaning | example | ECS |\n|---|---|---|---|---|\n";
    for field in &group.fields {
        text += &row(field, group);
    }
    text + "\n"
}

fn row(field: &FieldDef, group: &Group) -> String {
    let aliases: Vec<_> = field.aliases().map(|(alias, _)| code(alias)).collect();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        code(&field.path),
        field.ty.name(),
        meaning(field, group),
        code(&field.example),
        aliases.join(", ")
    )
}

fn meaning(field: &FieldDef, group: &Group) -> String {
    let mut text = field.meaning.replace('|', "\\|");
    if !field.unsearched.is_empty() {
        let keys: Vec<_> = field.unsearched.iter().map(|key| code(key)).collect();
        let _ = write!(text, " Kept in `ingest.full` and not searchable: {}.", keys.join(", "));
    }
    if field.ty == Type::Keyword && !field.counted {
        text += " Searched, not counted or sorted by.";
    }
    if field.source != group.source && field.source.starts_with("https://") {
        let _ = write!(text, " [Source]({})", field.source);
    }
    text
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn promoted_section(schema: &Schema) -> String {
    let mut text = format!(
        "## Promoted names\n\nKeyword fields that gather a leaf name's values from any depth, {} of at most {}; a setting adds more.\n\n\
         | field | why |\n|---|---|\n",
        schema.promoted.len(),
        promoted::MAX
    );
    for field in &schema.promoted {
        let _ = writeln!(text, "| {} | {} |", code(&field.path), field.meaning.replace('|', "\\|"));
    }
    text + "\n"
}

fn alias_section(schema: &Schema) -> String {
    let mut text = "## ECS names\n\n| alias | field |\n|---|---|\n".to_owned();
    for (alias, target) in schema.aliases() {
        let _ = writeln!(text, "| {} | {} |", code(alias), code(&target));
    }
    text + "\n"
}

fn settings_section(schema: &Schema) -> String {
    let mut text = "## Index settings\n\nServerless manages these by itself and is sent none.\n\n| setting | value | why |\n|---|---|---|\n".to_owned();
    for setting in &schema.settings {
        let _ = writeln!(text, "| `index.{}` | `{}` | {} |", setting.name, setting.value, setting.why);
    }
    let searched: Vec<_> = schema.all_fields().filter(|field| field.search).map(searched).collect();
    let _ = write!(text, "\nBare words of a search look in: {}.\n", searched.join(", "));
    text
}

fn searched(field: &FieldDef) -> String {
    let sub_field = if field.ty == Type::Ip { ".keyword" } else { "" };
    code(&format!("{}{sub_field}", field.path))
}
