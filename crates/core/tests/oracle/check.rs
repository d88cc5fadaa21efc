//! What must hold for a document.

use std::collections::HashMap;

use trailsearch_core::normalize::UNDATED;
use trailsearch_core::normalize::bounds::{
    MAX_CUT, MAX_DEPTH, MAX_KEY_BYTES, MAX_LEAF_BYTES, MAX_LEAVES, MAX_PATH_BYTES, MAX_TERMS,
};
use trailsearch_schema::{Field, Shape, Type, added_fields, find, record_fields};

use crate::Made;
use crate::node::{Node, join};

/// What OpenSearch's JSON parser takes at most, whatever the mapping says.
const SERVER_DEPTH: usize = 1_000;
const SERVER_NAME_BYTES: usize = 50_000;
const SERVER_NUMBER_BYTES: usize = 1_000;
/// The most lists around a mapped field (`index.mapping.depth.limit`).
const SERVER_LISTS: usize = 20;
/// How the lists of `ingest` spell the path of a member whose name is empty.
const NAMELESS: &str = "\"\"";
/// The longest term of Lucene, in bytes; a longer one rejects the document.
const LUCENE_TERM_BYTES: usize = 32_766;

/// Checks the document of a record that is a JSON object.
pub(crate) fn check(record: &[u8], made: &Made) {
    assert!(!made.degraded, "degraded: {}", String::from_utf8_lossy(record));
    let document = sound(made);
    let name = document.get("actor").and_then(|actor| actor.get("name"));
    assert!(matches!(name, Some(Node::Text(name)) if !name.is_empty()), "nobody is named: {name:?}");
    nothing_is_lost(&Node::lenient(record), &document);
    // Each value that is cut comes with its path, of which there are at most so many.
    let most = 8 * record.len() + 8 * 1024 + MAX_CUT * (MAX_PATH_BYTES + MAX_KEY_BYTES);
    assert!(made.body.len() <= most, "{} bytes of {}", made.body.len(), record.len());
}

/// Checks the minimal document of a text.
pub(crate) fn check_degraded(text: &[u8], made: &Made, reason: &str) {
    assert!(made.degraded, "not degraded: {}", String::from_utf8_lossy(text));
    let document = sound(made);
    let ingest = document.get("ingest").expect("ingest");
    assert_eq!(ingest.get("error"), Some(&Node::Text(reason.to_owned())));
    let Some(Node::Text(raw)) = ingest.get("raw") else { panic!("no raw text") };
    if std::str::from_utf8(text).is_ok() && !raw.contains("REDACTED") {
        assert_eq!(Node::lenient(raw.as_bytes()), Node::lenient(text), "the raw text is another");
    }
}

/// The document, when an index takes it.
fn sound(made: &Made) -> Node {
    let document = Node::strict(&made.body);
    assert!(serde_json::from_slice::<serde_json::Value>(&made.body).is_ok(), "another parser refuses it");
    parsable(&document, 1);
    let Node::Object(members) = &document else { panic!("no object") };
    let mut leaves = 0;
    for (name, node) in members {
        let known = find(record_fields(), name.as_bytes()).or_else(|| find(added_fields(), name.as_bytes()));
        let field = known.unwrap_or_else(|| panic!("{name} is unknown to the schema"));
        typed(field, node, name, 0, &mut leaves);
    }
    assert!(leaves <= MAX_LEAVES, "{leaves} leaves of free shape");
    assert!(document.get("@timestamp").is_some());
    assert!(!made.id.is_empty() && made.id.len() <= 512 && made.id.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(made.index == UNDATED || is_month(&made.index), "{}", made.index);
    document
}

fn is_month(index: &str) -> bool {
    let Some((year, month)) = index.split_once('.') else { return false };
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    year.len() == 4 && month.len() == 2 && (2013..2100).contains(&number(year)) && (1..=12).contains(&number(month))
}

/// Whether the server's parser takes it.
fn parsable(node: &Node, depth: usize) {
    assert!(depth < SERVER_DEPTH, "too deep");
    match node {
        Node::Object(members) => members.iter().for_each(|(name, node)| {
            assert!(name.len() < SERVER_NAME_BYTES, "a name of {} bytes", name.len());
            parsable(node, depth + 1);
        }),
        Node::Array(items) => items.iter().for_each(|item| parsable(item, depth + 1)),
        Node::Text(_) => {}
        Node::Literal(text) => assert!(text.len() < SERVER_NUMBER_BYTES, "a number of {} bytes", text.len()),
    }
}

/// Whether a field takes the value; lists are judged by their items.
fn typed(field: &'static Field, node: &Node, path: &str, lists: usize, leaves: &mut usize) {
    assert!(lists < SERVER_LISTS, "{path} stands in too many lists");
    match node {
        _ if field.ty == Type::Stored => {}
        Node::Array(items) => items.iter().for_each(|item| typed(field, item, path, lists + 1, leaves)),
        Node::Object(members) if field.ty == Type::Object => {
            for (name, node) in members {
                let path = join(path, name);
                let child = field.child(name.as_bytes()).unwrap_or_else(|| panic!("{path} is unknown to the schema"));
                typed(child, node, &path, lists, leaves);
            }
        }
        _ => {
            assert!(field.ty.accepts(shape(node)), "{path}, a {}, does not take {node:?}", field.ty.name());
            if field.ty == Type::FlatObject {
                free(node, path, 0, leaves);
            }
        }
    }
}

fn shape(node: &Node) -> Shape<'_> {
    match node {
        Node::Text(text) => Shape::Text(text.as_bytes()),
        Node::Literal(text) if text == "null" => Shape::Null,
        Node::Literal(text) if text == "true" || text == "false" => Shape::Boolean,
        Node::Literal(_) => Shape::Number,
        Node::Object(_) => Shape::Object,
        Node::Array(_) => panic!("lists are judged by their items"),
    }
}

/// Whether a value of free shape stays within the bounds.
fn free(node: &Node, path: &str, depth: usize, leaves: &mut usize) {
    // The part itself, and what groups values of one path.
    assert!(depth <= MAX_DEPTH + 2, "{path} is too deep");
    match node {
        Node::Object(members) => {
            for (name, node) in members {
                // Below `unmapped` and `embedded` a path is a name.
                let most = if depth == 0 { MAX_PATH_BYTES } else { MAX_KEY_BYTES };
                assert!(name.len() <= most, "a name of {} bytes in {path}", name.len());
                free(node, &join(path, name), depth + 1, leaves);
            }
        }
        Node::Array(items) => items.iter().for_each(|item| free(item, path, depth + 1, leaves)),
        Node::Text(text) | Node::Literal(text) => {
            *leaves += usize::from(*node != Node::Literal("null".to_owned()));
            assert!(text.len() <= MAX_LEAF_BYTES, "{path} holds a leaf of {} bytes", text.len());
            assert!(path.len() + 1 + text.len() <= LUCENE_TERM_BYTES, "an immense term");
        }
    }
}

/// Every scalar of the record stands in the document: where it was, under `unmapped`, or in `ingest.full`.
fn nothing_is_lost(record: &Node, document: &Node) {
    let mut kept: HashMap<(String, String), usize> = HashMap::new();
    for scalar in everything(document) {
        *kept.entry(scalar).or_default() += 1;
    }
    let redacted = listed(document, "redacted");
    if redacted.contains(&NAMELESS) {
        // The paths in a member without a name do not tell that they are in it.
        return;
    }
    let mut scalars = Vec::new();
    record.scalars("", &mut scalars);
    // An empty record is an empty container without a path.
    for scalar in scalars.into_iter().filter(|(path, text)| !(path.is_empty() && text == "{}")) {
        if redacted.iter().any(|path| scalar.0 == *path || scalar.0.starts_with(&format!("{path}."))) {
            continue;
        }
        match kept.get_mut(&scalar) {
            Some(count) if *count > 0 => *count -= 1,
            _ => panic!("lost: {scalar:.300?}"),
        }
    }
}

/// Every scalar that the document keeps of its record, with the path that it had there.
fn everything(document: &Node) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Node::Object(members) = document else { panic!("no object") };
    for (name, node) in members {
        if find(record_fields(), name.as_bytes()).is_some() {
            node.scalars(name, &mut found);
        }
    }
    if let Some(unmapped) = document.get("unmapped") {
        unmapped.scalars("", &mut found);
        let Node::Object(moved) = unmapped else { panic!("unmapped is no object") };
        let mut paths = moved.iter().map(|(path, _)| if path.is_empty() { NAMELESS } else { path });
        assert!(paths.all(|path| is_listed(document, "moved", path)), "what was moved is not listed");
    }
    if let Some(Node::Array(full)) = document.get("ingest").and_then(|ingest| ingest.get("full")) {
        full.iter().for_each(|entry| kept_aside(entry, &mut found));
    }
    found
}

/// A value of `ingest.full`: a scalar as it was, or a container as JSON text.
fn kept_aside(entry: &Node, found: &mut Vec<(String, String)>) {
    let Some(Node::Text(path)) = entry.get("path") else { panic!("no path: {entry:?}") };
    match (entry.get("value"), entry.get("json")) {
        (Some(value @ (Node::Text(_) | Node::Literal(_))), None) => value.scalars(path, found),
        (None, Some(Node::Text(json))) => Node::lenient(json.as_bytes()).scalars(path, found),
        _ => panic!("neither a scalar nor JSON text: {entry:.300?}"),
    }
}

/// Whether a path is in a list of `ingest`, or the list is as long as it may become.
fn is_listed(document: &Node, list: &str, path: &str) -> bool {
    let listed = listed(document, list);
    listed.len() >= MAX_TERMS || listed.contains(&path)
}

fn listed<'d>(document: &'d Node, list: &str) -> Vec<&'d str> {
    document.get("ingest").and_then(|ingest| ingest.get(list)).map_or_else(Vec::new, Node::texts)
}
