//! Which members of a document an answer holds. See
//! <https://docs.opensearch.org/latest/search-plugins/searching-data/retrieve-specific-fields/>.

use serde_json::{Map, Value};

/// The members that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// Paths; with none, or `*`, the whole document.
    paths: Vec<String>,
}

impl Source {
    /// Reads `_source`.
    pub(crate) fn parse(source: &Value) -> Self {
        let paths: Vec<String> =
            source.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        Self { paths: if paths.iter().any(|path| path == "*") { Vec::new() } else { paths } }
    }

    /// The members of a document.
    pub(crate) fn of(&self, document: &Value) -> Value {
        match document {
            Value::Object(members) if !self.paths.is_empty() => Value::Object(self.members(members, "")),
            whole => whole.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>, prefix: &str) -> Map<String, Value> {
        let chosen = members.iter().filter_map(|(name, value)| {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            Some((name.clone(), self.part(value, &path)?))
        });
        chosen.collect()
    }

    /// What of a value at a path was asked for.
    fn part(&self, value: &Value, path: &str) -> Option<Value> {
        if self.paths.iter().any(|asked| asked == path) {
            return Some(value.clone());
        }
        let leads_on = |asked: &String| asked.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        if !self.paths.iter().any(leads_on) {
            return None;
        }
        match value {
            Value::Object(members) => {
                Some(self.members(members, path)).filter(|part| !part.is_empty()).map(Value::Object)
            }
            Value::Array(items) => {
                let parts: Vec<Value> = items.iter().filter_map(|item| self.part(item, path)).collect();
                Some(parts).filter(|parts| !parts.is_empty()).map(Value::Array)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_asked_for_is_there() {
        let document = json!({"a": {"b": 1, "c": 2}, "d": [{"e": 1, "f": 2}, {"f": 3}], "ab": 4, "g": {"h": 5}});
        let of = |source: Value| Source::parse(&source).of(&document);
        assert_eq!(of(json!(["a"])), json!({"a": {"b": 1, "c": 2}}));
        assert_eq!(of(json!(["a.b", "d.e", "g.x", "z"])), json!({"a": {"b": 1}, "d": [{"e": 1}]}));
        assert_eq!(of(json!(["*"])), document);
        assert_eq!(of(Value::Null), document);
    }
}
