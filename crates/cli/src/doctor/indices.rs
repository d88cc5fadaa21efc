//! The indices: their mappings, how full these are, and whether they take documents.

use serde_json::Value;
use trailsearch_schema::{SCHEMA_VERSION, count_fields};

use super::finding::{Asked, Finding, counted, some_of};
use crate::connect::Cluster;
use crate::error::CliError;

const MAPPINGS: Asked = Asked { request: "GET PREFIX-*/_mapping", permission: "indices:admin/mappings/get" };

const SETTINGS: Asked = Asked { request: "GET PREFIX-*/_settings", permission: "indices:monitor/settings/get" };

/// What keeps an index from taking documents, by its settings
/// (<https://docs.opensearch.org/latest/api-reference/index-apis/blocks/>).
const BLOCKS: [&str; 4] =
    ["index.blocks.read_only_allow_delete", "index.blocks.read_only", "index.blocks.write", "index.blocks.metadata"];

/// How many fields an index may have where its settings do not say
/// (<https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/index-settings/>).
const USUAL_LIMIT: usize = 1000;

/// What was found, and of how many indices; none where nobody says how many there are.
pub(super) struct Looked {
    pub(super) findings: Vec<Finding>,
    pub(super) count: Option<usize>,
}

/// An index, by what it says of itself.
struct Index<'a> {
    name: &'a str,
    mapping: &'a Value,
    settings: &'a Value,
}

/// Looks at the mapping and the settings of every index.
///
/// # Errors
/// When the index prefix is unusable.
pub(super) async fn look(cluster: &Cluster) -> Result<Looked, CliError> {
    let pattern = cluster.indices();
    let mappings = match cluster.index.get(&format!("{pattern}/_mapping")).await {
        Ok(mappings) => mappings,
        Err(error) => {
            return Ok(Looked { findings: vec![Finding::unanswered("indices", MAPPINGS, &error)], count: None });
        }
    };
    let (settings, mut findings) = match cluster.index.get(&format!("{pattern}/_settings?flat_settings=true")).await {
        Ok(settings) => (settings, Vec::new()),
        Err(error) => (Value::Null, vec![Finding::unanswered("blocks", SETTINGS, &error)]),
    };
    let indices: Vec<Index<'_>> =
        mappings.as_object().into_iter().flatten().map(|index| of(index, &settings)).collect();
    findings.splice(0..0, judged(&indices, &pattern));
    Ok(Looked { findings, count: Some(indices.len()) })
}

fn of<'a>((name, about): (&'a String, &'a Value), settings: &'a Value) -> Index<'a> {
    Index { name, mapping: &about["mappings"], settings: &settings[name]["settings"] }
}

fn judged(indices: &[Index<'_>], pattern: &str) -> Vec<Finding> {
    if indices.is_empty() {
        let todo = "ingest logs: `trailsearch ingest s3://BUCKET/AWSLogs/`, or let the function do it";
        return vec![Finding::warning("indices", format!("there is no index {pattern}"), todo)];
    }
    vec![mapped(indices), versions(indices), fields(indices), blocks(indices)]
}

fn names(indices: &[Index<'_>], which: impl Fn(&Index<'_>) -> bool) -> Vec<String> {
    indices.iter().filter(|index| which(index)).map(|index| index.name.to_owned()).collect()
}

fn counted_of(indices: usize) -> String {
    counted(indices as u64, "index", "indices")
}

/// Whether the mapping of each is trailsearch's.
fn mapped(indices: &[Index<'_>]) -> Finding {
    let guessed = names(indices, |index| index.mapping["_meta"]["product"] != "trailsearch");
    if guessed.is_empty() {
        return Finding::ok("indices", format!("{} made with the index template", counted_of(indices.len())));
    }
    let found = format!(
        "not made with the index template: {} of {} ({})",
        guessed.len(),
        counted_of(indices.len()),
        some_of(&guessed)
    );
    Finding::failure("indices", found, "run `trailsearch setup`, then reindex them or delete and ingest them again")
}

/// Whether all are of this version of the schema.
fn versions(indices: &[Index<'_>]) -> Finding {
    let other = names(indices, |index| {
        let meta = &index.mapping["_meta"];
        meta["product"] == "trailsearch" && meta["schema"] != SCHEMA_VERSION
    });
    let found = match other.len() {
        0 => format!("all are of version {SCHEMA_VERSION} of the schema"),
        count => format!("not of version {SCHEMA_VERSION}: {} ({})", counted_of(count), some_of(&other)),
    };
    Finding::warning_if(!other.is_empty(), "schema", found, "reindex them, or know that they are searched otherwise")
}

/// How near the fullest comes to its limit, and whether any maps fields by itself.
fn fields(indices: &[Index<'_>]) -> Finding {
    let growing = names(indices, |index| !["false", "strict"].contains(&text(&index.mapping["dynamic"]).as_str()));
    if !growing.is_empty() {
        let found =
            format!("new fields are mapped as they come in {}: {}", counted_of(growing.len()), some_of(&growing));
        return Finding::failure("fields", found, "reindex them into an index that the template makes");
    }
    let fullest = indices.iter().map(|index| (index.left(), index)).min_by_key(|(left, _)| *left);
    let Some((left, index)) = fullest else { return Finding::ok("fields", "there are none") };
    let found = format!("{} of {} fields at most, in {}", index.fields(), index.limit(), index.name);
    let todo = "promote fewer names (TRAILSEARCH_PROMOTE), then run `trailsearch setup`";
    Finding::warning_if(left == 0, "fields", found, todo)
}

/// Whether each takes documents.
fn blocks(indices: &[Index<'_>]) -> Finding {
    let blocked = names(indices, |index| BLOCKS.iter().any(|block| text(&index.settings[block]) == "true"));
    if blocked.is_empty() {
        return Finding::ok("blocks", "no index refuses documents");
    }
    let found = format!("documents are refused by {}: {}", counted_of(blocked.len()), some_of(&blocked));
    let todo = "free disk space or add some, then `PUT INDEX/_settings {\"index.blocks.read_only_allow_delete\": null}`; a block that somebody set is theirs to lift";
    Finding::failure("blocks", found, todo)
}

impl Index<'_> {
    fn fields(&self) -> usize {
        count_fields(self.mapping)
    }

    fn limit(&self) -> usize {
        text(&self.settings["index.mapping.total_fields.limit"]).parse().unwrap_or(USUAL_LIMIT)
    }

    fn left(&self) -> usize {
        self.limit().saturating_sub(self.fields())
    }
}

/// A scalar as text: the server answers `false` of a mapping as a text, or not.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::finding::Level;
    use super::*;

    fn levels(mapping: &Value, settings: &Value) -> Vec<(&'static str, Level)> {
        let index = Index { name: "audit-2026.11", mapping, settings };
        judged(&[index], "audit-*").into_iter().map(|finding| (finding.check, finding.level)).collect()
    }

    fn mapping() -> Value {
        let meta = json!({"product": "trailsearch", "schema": SCHEMA_VERSION});
        json!({"dynamic": "false", "_meta": meta, "properties": {"a": {"type": "keyword"}, "b": {"type": "date"}}})
    }

    #[test]
    fn an_index_of_the_template_is_well() {
        let settings = json!({"index.mapping.total_fields.limit": "400"});
        assert!(levels(&mapping(), &settings).iter().all(|(_, level)| *level == Level::Ok));
    }

    #[test]
    fn each_fault_has_its_finding() {
        let full = json!({"index.mapping.total_fields.limit": "2", "index.blocks.read_only_allow_delete": "true"});
        let found = levels(&mapping(), &full);
        assert_eq!(found[2..], [("fields", Level::Warning), ("blocks", Level::Failure)]);

        let guessed = json!({"properties": {"a": {"type": "text"}}});
        let found = levels(&guessed, &Value::Null);
        assert_eq!((found[0], found[2]), (("indices", Level::Failure), ("fields", Level::Failure)));

        let mut older = mapping();
        older["_meta"]["schema"] = json!(SCHEMA_VERSION - 1);
        assert_eq!(levels(&older, &Value::Null)[1], ("schema", Level::Warning));
        assert_eq!(judged(&[], "audit-*")[0].level, Level::Warning);
    }
}
