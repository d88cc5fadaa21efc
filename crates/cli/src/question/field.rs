//! Fields that can be counted, and a way to count by every other path.

use serde_json::{Value, json};

use super::events::Events;
use crate::error::CliError;

/// What is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// A field that the index can count by.
    Mapped(String),
    /// A path of the document, read while it is asked for. See
    /// <https://docs.opensearch.org/latest/field-types/supported-field-types/derived/>.
    Path {
        /// The name that the query gives to it.
        name: String,
        path: String,
    },
}

impl Field {
    /// The name that aggregations know it by.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Mapped(name) | Self::Path { name, .. } => name,
        }
    }

    /// What the query has to declare, where the index does not.
    pub(super) fn derived(&self) -> Option<(String, Value)> {
        let Self::Path { name, path } = self else { return None };
        Some((name.clone(), json!({"type": "keyword", "script": {"source": script(path)}})))
    }
}

/// Finds out how to count by each of the names.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn resolve(events: &Events<'_>, names: &[String]) -> Result<Vec<Field>, CliError> {
    let countable =
        events.countable(&names.iter().flat_map(|name| [name.clone(), exact(name)]).collect::<Vec<_>>()).await?;
    let field = |(number, name): (usize, &String)| {
        let known = [exact(name), name.clone()].into_iter().find(|name| countable.contains(name));
        known.map_or_else(|| Field::Path { name: format!("path_{number}"), path: name.clone() }, Field::Mapped)
    };
    Ok(names.iter().enumerate().map(field).collect())
}

/// The sub-field that holds every value of a field as it is.
fn exact(name: &str) -> String {
    format!("{name}.keyword")
}

/// A Painless script that gives every scalar at the path, over all items of lists.
fn script(path: &str) -> String {
    let parts: Vec<String> = path.split('.').map(|part| format!("'{}'", escaped(part))).collect();
    format!(
        "List nodes = [params._source]; \
         for (part in [{}]) {{ \
           List next = []; \
           for (node in nodes) {{ \
             if (node instanceof Map && node.containsKey(part)) {{ \
               def value = node[part]; \
               if (value instanceof List) {{ next.addAll(value); }} else {{ next.add(value); }} \
             }} \
           }} \
           nodes = next; \
         }} \
         for (node in nodes) {{ \
           if (node != null && !(node instanceof Map) && !(node instanceof List)) {{ emit(node.toString()); }} \
         }}",
        parts.join(", ")
    )
}

/// The text within a string of Painless.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_leave_its_string() {
        assert!(script("a.b'c\\").contains("['a', 'b\\'c\\\\']"));
    }

    #[test]
    fn only_a_path_has_to_be_declared() {
        assert_eq!(Field::Mapped("actor.name".to_owned()).derived(), None);
        let path = Field::Path { name: "path_0".to_owned(), path: "requestParameters.a".to_owned() };
        assert_eq!(path.derived().unwrap().0, path.name());
    }
}
