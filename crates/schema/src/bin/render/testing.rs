//! Small sources for tests.

use serde_json::{Value, json};

use crate::dashboards::ColorsFile;
use crate::noise::NoiseFile;
use crate::source::{FieldEntry, FieldFile, Part, PromotedFile, SettingsFile, Source};

/// A source with a field of each kind: `@timestamp`, `name` with the alias `user.name`, `parts` and `kept`.
pub(crate) fn source() -> Source {
    let fields = [("@timestamp", "date"), ("name", "keyword"), ("parts", "flat_object"), ("kept", "stored")];
    let mut fields: Vec<_> = fields.into_iter().map(|(name, ty)| entry(name, ty)).collect();
    fields[1].ecs = vec!["user.name".to_owned()];
    let url = "https://docs.aws.amazon.com/".to_owned();
    let file = FieldFile { title: "T".to_owned(), intro: "I".to_owned(), part: Part::Record, source: url, fields };
    Source {
        files: vec![("f.yml".to_owned(), file)],
        promoted: PromotedFile { request: vec![], response: vec![] },
        settings: SettingsFile { version: 1, settings: vec![] },
        noise: NoiseFile::default(),
        colors: ColorsFile::default(),
        dashboards: vec![],
        monitors: vec![],
    }
}

/// A field without mistakes.
pub(crate) fn entry(name: &str, ty: &str) -> FieldEntry {
    FieldEntry {
        name: name.to_owned(),
        ty: ty.to_owned(),
        meaning: "What it means.".to_owned(),
        example: "x".to_owned(),
        ..FieldEntry::default()
    }
}

/// A dashboard of [`source`] with a search, a table and a text.
pub(crate) fn dashboard() -> Value {
    let table = json!({
        "id": "names", "title": "Names", "question": "Who?", "by": ["name"], "show": ["count", "newest @timestamp"],
        "width": 2, "time": "@timestamp", "expect": {"hits": 1, "rows": 1, "first": [["alice", 1]]},
    });
    let search = json!({
        "id": "all", "title": "All", "question": "What?", "query": "name:alice", "columns": ["name"],
        "expect": {"hits": 1, "first": [["alice"]]},
    });
    let panels = json!([{"search": "all"}, {"table": table}, {"text": "[here](#board)"}]);
    json!({
        "id": "board", "title": "Board", "question": "Why?", "days": 7, "searches": [search],
        "rows": [{"height": 9, "panels": panels}],
    })
}
