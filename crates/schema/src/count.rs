//! How fields are counted.

use serde_json::Value;

/// Counts the fields of a mapping: every property at every level, objects and
/// aliases included, and every sub-field (`fields`).
///
/// `mapping` is the object that holds `properties`. It is what `GET _mapping`
/// answers below an index's `mappings`, and what the index setting
/// `mapping.total_fields.limit` bounds.
#[must_use]
pub fn count_fields(mapping: &Value) -> usize {
    ["properties", "fields"]
        .into_iter()
        .filter_map(|key| mapping.get(key)?.as_object())
        .flat_map(serde_json::Map::values)
        .map(|field| 1 + count_fields(field))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_objects_sub_fields_and_aliases() {
        let mapping = json!({"dynamic": false, "properties": {
            "a": {"type": "ip", "fields": {"keyword": {"type": "keyword"}}},
            "b": {"properties": {"c": {"type": "alias", "path": "a"}, "d": {"type": "flat_object"}}},
        }});
        assert_eq!(count_fields(&mapping), 5);
    }

    #[test]
    fn an_empty_mapping_has_no_fields() {
        assert_eq!(count_fields(&json!({"dynamic": false})), 0);
    }
}
