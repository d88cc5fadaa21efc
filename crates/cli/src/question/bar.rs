//! A question as text for the search bar of OpenSearch Dashboards, switched to Lucene: the same query in other words, so
//! that the bar cannot ask something else than the command line did. See
//! <https://docs.opensearch.org/latest/query-dsl/full-text/query-string/>.

use serde_json::Value;

/// Words of the syntax, which are no values unless quoted.
const OPERATORS: [&str; 4] = ["AND", "NOT", "OR", "TO"];

/// A part of the text, by what has to be put around it where it is joined to others.
enum Part {
    /// Binds more than any operator.
    One(String),
    /// Parts joined by `AND`.
    All(String),
    /// Parts joined by `OR`.
    Any(String),
    /// Words of a user's, with any operators.
    Words(String),
    /// Only what is not wanted.
    None(String),
}

/// The text of a query that is made of the parts in [`query`](super::query). Ranges of time are left out, which stand
/// beside the bar.
pub(super) fn text(query: &Value) -> String {
    match part(query) {
        Some(Part::One(text) | Part::All(text) | Part::Any(text) | Part::Words(text) | Part::None(text)) => text,
        None => String::new(),
    }
}

impl Part {
    /// The part as it stands between `AND`s.
    fn in_all(self) -> String {
        match self {
            Self::One(text) | Self::All(text) | Self::None(text) => text,
            Self::Any(text) | Self::Words(text) => format!("({text})"),
        }
    }

    /// The part as it stands between `OR`s.
    fn in_any(self) -> String {
        match self {
            Self::One(text) | Self::Any(text) => text,
            Self::All(text) | Self::Words(text) => format!("({text})"),
            // Alone in parentheses, a negation matches nothing.
            Self::None(text) => format!("(*:* AND {text})"),
        }
    }

    /// What this part does not match.
    fn negated(self) -> String {
        match self {
            Self::One(text) => format!("NOT {text}"),
            Self::All(text) | Self::Any(text) | Self::Words(text) => format!("NOT ({text})"),
            Self::None(text) => format!("NOT (*:* AND {text})"),
        }
    }
}

/// What a query says; nothing where it matches everything, or is a range of time.
fn part(query: &Value) -> Option<Part> {
    let (kind, of) = query.as_object()?.iter().next()?;
    let (field, value) = of.as_object()?.iter().next()?;
    match kind.as_str() {
        "bool" => boolean(of),
        "term" => Some(Part::One(format!("{field}:{}", scalar(value)))),
        "terms" => Some(Part::One(format!("{field}:{}", list(value)))),
        "ids" => Some(Part::One(format!("_id:{}", list(value)))),
        "prefix" => Some(Part::One(format!("{field}:{}*", escaped(value.as_str()?)))),
        "exists" => Some(Part::One(format!("{}:*", value.as_str()?))),
        "query_string" => Some(words(of["query"].as_str()?)),
        _ => None,
    }
}

fn boolean(query: &Value) -> Option<Part> {
    let parts = |name: &str| query[name].as_array().into_iter().flatten().filter_map(part);
    let mut wanted: Vec<Part> = parts("filter").chain(any(parts("should").collect())).collect();
    let unwanted: Vec<String> = parts("must_not").map(Part::negated).collect();
    if wanted.len() == 1 && unwanted.is_empty() {
        return wanted.pop();
    }
    let only_unwanted = wanted.iter().all(|part| matches!(part, Part::None(_)));
    let texts: Vec<String> = wanted.into_iter().map(Part::in_all).chain(unwanted).collect();
    match (texts.is_empty(), only_unwanted) {
        (true, _) => None,
        (false, true) => Some(Part::None(texts.join(" AND "))),
        (false, false) => Some(Part::All(texts.join(" AND "))),
    }
}

fn any(mut parts: Vec<Part>) -> Option<Part> {
    if parts.len() < 2 {
        return parts.pop();
    }
    Some(Part::Any(parts.into_iter().map(Part::in_any).collect::<Vec<_>>().join(" OR ")))
}

/// A user's query, which may hold operators.
fn words(text: &str) -> Part {
    if text.contains(char::is_whitespace) { Part::Words(text.to_owned()) } else { Part::One(text.to_owned()) }
}

fn list(values: &Value) -> String {
    let values: Vec<String> = values.as_array().into_iter().flatten().map(scalar).collect();
    if values.len() == 1 { values.concat() } else { format!("({})", values.join(" OR ")) }
}

/// A value, quoted unless it is one word.
fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if begins && text.bytes().all(is_word) && !OPERATORS.contains(&text.as_str()) {
        return text.clone();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The text with a backslash before everything that is no letter or digit.
fn escaped(text: &str) -> String {
    let character = |c: char| if c.is_alphanumeric() { c.to_string() } else { format!("\\{c}") };
    text.chars().map(character).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::question::query::{all, any, but_not, event, exists, lucene, term, terms, touched};

    #[test]
    fn parts_are_joined_as_they_bind() {
        let cases = [
            (term("readOnly", false), "readOnly:false"),
            (terms("awsRegion", ["eu-central-1", "us-east-1"]), "awsRegion:(eu-central-1 OR us-east-1)"),
            (touched("a/b"), r#"resource.id:"a/b" OR resource.arn:"a/b" OR issued.accessKeyId:"a/b""#),
            (but_not([any([exists("a"), exists("b")])], [exists("noise")]), "(a:* OR b:*) AND NOT noise:*"),
            (any([all([exists("a"), exists("b")]), but_not([], [exists("c")])]), "(a:* AND b:*) OR (*:* AND NOT c:*)"),
            (but_not([], [but_not([term("a", "x")], [exists("b")])]), "NOT (a:x AND NOT b:*)"),
            (any([any([exists("a"), exists("b")]), exists("c")]), "a:* OR b:* OR c:*"),
            (event("e-1"), "_id:e-1 OR eventID:e-1"),
            (json!({"prefix": {"eventName": "Run"}}), "eventName:Run*"),
        ];
        for (query, expected) in cases {
            assert_eq!(text(&query), expected);
        }
    }

    #[test]
    fn a_users_query_stays_as_it_is() {
        assert_eq!(text(&lucene("eventName:(A OR B) OR x")), "eventName:(A OR B) OR x");
        assert_eq!(text(&all([lucene("a OR b"), exists("c")])), "(a OR b) AND c:*");
        assert_eq!(text(&all([lucene("eventName:A"), exists("c")])), "eventName:A AND c:*");
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(text(&term("a", r#"x" OR b:"y\"#)), r#"a:"x\" OR b:\"y\\""#);
        assert_eq!(text(&term("a", "NOT")), r#"a:"NOT""#);
    }

    #[test]
    fn what_stands_beside_the_bar_is_left_out() {
        let range = json!({"range": {"@timestamp": {"gte": "2026-11-20T00:00:00Z"}}});
        assert_eq!(text(&all([range.clone(), exists("a")])), "a:*");
        assert_eq!((text(&all([])).as_str(), text(&all([range])).as_str()), ("", ""));
    }
}
