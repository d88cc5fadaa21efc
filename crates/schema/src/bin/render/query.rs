//! Queries in query string syntax, as far as their fields go. Whether the syntax is right is tried on a server.
//!
//! <https://docs.opensearch.org/latest/query-dsl/full-text/query-string/>

use crate::model::Schema;

/// What stands for the prefix of another installation in all that is rendered; see `for_prefix` in the library.
const OWN_TEXTS: [&str; 3] = ["trailsearch-", "CloudTrail: ", "\"cloudtrail-*\""];

/// What is wrong with a text that has one of [`OWN_TEXTS`].
pub(crate) const OWN_TEXT: &str = "has a text that stands for the index prefix";

/// Whether a text would be changed for another prefix.
pub(crate) fn has_own_text(text: &str) -> bool {
    OWN_TEXTS.iter().any(|own| text.contains(own))
}

/// What is wrong with a query: an open quotation mark, or fields that the schema does not have or cannot search.
pub(crate) fn mistakes(query: &str, schema: &Schema) -> Vec<String> {
    let Some(fields) = fields(query) else { return vec![format!("the query {query} has an open quotation mark")] };
    let unknown = fields.into_iter().filter(|field| !schema.is_searchable(field));
    let unknown = unknown.map(|field| format!("the query names {field}, which is no searchable field of the schema"));
    unknown.chain(has_own_text(query).then(|| format!("the query {OWN_TEXT}"))).collect()
}

/// The fields that a query names, `name:`, or nothing where a quotation mark stays open.
fn fields(query: &str) -> Option<Vec<String>> {
    let (mut fields, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = query.chars();
    while let Some(next) = rest.next() {
        match next {
            // What is escaped is text.
            '\\' => drop(rest.next()),
            '"' => quoted = !quoted,
            _ if quoted => {}
            ':' => fields.push(std::mem::take(&mut word)),
            _ if next.is_ascii_alphanumeric() || "@._-*".contains(next) => word.push(next),
            _ => word.clear(),
        }
    }
    (!quoted).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_before_a_colon_are_fields() {
        let query = r#"actor.human:true AND NOT a:(b OR "c:d") AND e:f\:g AND (@timestamp:[now-1d TO now] OR noise:*)"#;
        assert_eq!(fields(query).unwrap(), ["actor.human", "a", "e", "@timestamp", "noise"]);
        assert_eq!(fields("i-0abc1234def567890").unwrap(), [""; 0]);
        assert_eq!(fields("a:\"b"), None);
    }
}
