//! The table of fields in Rust, for whoever builds a document.

use std::fmt::Write as _;

use trailsearch_schema::{Type, count_fields, order};

use crate::mapping;
use crate::model::{FieldDef, Node, Schema, tree};
use crate::noise;
use crate::source::Part;

const HEAD: &str = "\
//! Rendered from mappings/ by the `render` binary: change the data, not this file.

use crate::field::{Field, Type};
use crate::noise::{Condition, Rule, Test};
";

/// The text of src/rendered.rs.
pub(crate) fn render(schema: &Schema, access_log: &Schema) -> String {
    let mut text = HEAD.to_owned();
    let count = count_fields(&mapping::whole(schema));
    let _ = write!(
        text,
        "\n/// The version of the schema; it changes when a document made before would be searched otherwise.\n\
         pub const SCHEMA_VERSION: u32 = {};\n\
         \n/// How many fields the template maps, by the rule of [`crate::count_fields`].\n\
         pub const FIELD_COUNT: usize = {count};\n",
        schema.version
    );
    text += &aliases(schema);
    text += &promoted(schema);
    text += &fields("RECORD", &tree(schema.fields(Part::Record)));
    text += &fields("ADDED", &tree(schema.fields(Part::Added).chain(&schema.promoted)));
    text += &access_log_table(access_log);
    text += &noise::table::render(&schema.noise);
    text + &monitors(schema)
}

fn access_log_table(schema: &Schema) -> String {
    let (version, count) = (schema.version, count_fields(&mapping::whole(schema)));
    format!(
        "\n/// The version of the schema of S3 server access logs, as [`SCHEMA_VERSION`] is of the other.\n\
         pub const ACCESS_LOG_VERSION: u32 = {version};\n\
         \n/// How many fields its template maps.\n\
         pub const ACCESS_LOG_FIELD_COUNT: usize = {count};\n"
    ) + &fields("ACCESS_LOG", &tree(schema.all_fields()))
}

/// The names of the rendered monitors with their texts.
fn monitors(schema: &Schema) -> String {
    let mut text =
        "\n/// The monitors: each id with its JSON text.\npub(crate) const MONITORS: &[(&str, &str)] = &[\n".to_owned();
    for (id, _) in &schema.monitors {
        let path = format!("/../../mappings/rendered/monitors/{id}.json");
        let _ = writeln!(text, "    ({id:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),");
    }
    text + "];\n"
}

fn aliases(schema: &Schema) -> String {
    let mut text =
        "\n/// The ECS names, each with the path of the field it is an alias of.\npub const ALIASES: &[(&str, &str)] = &[\n"
            .to_owned();
    for (alias, target) in schema.aliases() {
        let _ = writeln!(text, "    ({alias:?}, {target:?}),");
    }
    text + "];\n"
}

fn promoted(schema: &Schema) -> String {
    [("request", "requestParameters"), ("response", "responseElements"), ("additional", "additionalEventData")]
        .map(|(field, part)| names(field, part, schema))
        .concat()
}

fn names(field: &str, part: &str, schema: &Schema) -> String {
    let all = schema.all_fields().chain(&schema.promoted);
    let below = all.filter_map(|def| def.path.strip_prefix(field)?.strip_prefix('.'));
    let mut leaves: Vec<_> = below.collect();
    leaves.sort_by(|a, b| order(a.as_bytes(), b.as_bytes()));
    let mut text = format!(
        "\n/// The leaf names promoted from {part}, sorted by length, then bytes.\npub const {}: &[&str] = &[\n",
        field.to_uppercase()
    );
    for leaf in leaves {
        let _ = writeln!(text, "    {leaf:?},");
    }
    text + "];\n"
}

fn fields(name: &str, root: &Node<'_>) -> String {
    let mut text = format!("\npub(crate) static {name}: &[Field] = &[\n");
    siblings(&mut text, root, 1);
    text + "];\n"
}

fn siblings(text: &mut String, node: &Node<'_>, depth: usize) {
    let mut children: Vec<_> = node.children.iter().collect();
    children.sort_by(|(a, _), (b, _)| order(a.as_bytes(), b.as_bytes()));
    for (name, child) in children {
        one(text, name, child, depth);
    }
}

fn one(text: &mut String, name: &str, node: &Node<'_>, depth: usize) {
    let pad = "    ".repeat(depth);
    let _ = match node.field {
        Some(FieldDef { ty: Type::Object, .. }) | None => {
            let _ = writeln!(text, "{pad}Field::object({name:?}, &[");
            siblings(text, node, depth + 1);
            writeln!(text, "{pad}]),")
        }
        Some(field) => writeln!(text, "{pad}Field::leaf({name:?}, Type::{:?}){},", field.ty, unsearched(field)),
    };
}

fn unsearched(field: &FieldDef) -> String {
    if field.unsearched.is_empty() {
        return String::new();
    }
    format!(".unsearched(&{:?})", field.unsearched)
}
