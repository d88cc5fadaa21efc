//! `search`: the events that match a query.

use serde::Serialize;
use serde_json::Value;

use super::NOTHING;
use super::event::{Event, HEADER, LISTED, line, sort_by_time};
use super::events::Events;
use super::query::{Order, but_not, exists, lucene, search, term};
use crate::args::questions::{MatchArgs, SearchArgs};
use crate::error::CliError;
use crate::output::{Answer, Style, columns};

/// The query of the options.
pub(super) fn matching(query: Option<&str>, args: &MatchArgs) -> Value {
    let mut with: Vec<Value> = Vec::new();
    with.extend(query.map(lucene));
    with.extend(args.human.then(|| term("actor.human", true)));
    with.extend(args.changes.then(|| term("readOnly", false)));
    with.extend(args.errors.then(|| term("outcome", "failure")));
    but_not(with, args.no_noise.then(|| exists("noise")))
}

/// Events, the newest first.
#[derive(Debug, Serialize)]
pub(super) struct Matches {
    total: u64,
    events: Vec<Event>,
}

/// Asks for the newest events that match.
///
/// # Errors
/// When the cluster does not answer, or the query cannot be read.
pub(super) async fn run(events: &Events<'_>, args: &SearchArgs) -> Result<Matches, CliError> {
    let mut body = search(args.limit, Order::Newest, &LISTED, &matching(args.query.as_deref(), &args.matching));
    body["track_total_hits"] = true.into();
    let mut found = events.search(body).await?;
    sort_by_time(&mut found.events);
    found.events.reverse();
    Ok(Matches { total: found.total, events: found.events })
}

impl Answer for Matches {
    fn table(&self, style: Style) -> String {
        if self.events.is_empty() {
            return "no known event matches (check the query, --since and --until, --index-prefix or --files, and that the events were ingested)\n".to_owned();
        }
        let lines: Vec<Vec<String>> = self.events.iter().map(line).collect();
        let count = match (self.events.len(), self.total) {
            (1, 1) => "1 event".to_owned(),
            (shown, total) if (shown as u64) < total => {
                format!("the newest {shown} of {total} events (--limit shows more)")
            }
            (_, total) => format!("{total} events"),
        };
        format!("{}\n{}\n", columns(&HEADER, &lines, style), style.dim(&count))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.events.iter().map(serde_json::to_value).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.events.is_empty() { NOTHING } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_option_is_a_filter() {
        let args = MatchArgs { human: true, changes: true, errors: true, no_noise: true };
        let query = matching(Some("eventName:Run*"), &args);
        assert_eq!(query["bool"]["filter"].as_array().unwrap().len(), 4);
        assert_eq!(query["bool"]["must_not"], json!([{"exists": {"field": "noise"}}]));
        assert_eq!(matching(None, &MatchArgs::default()), json!({"bool": {"filter": [], "must_not": []}}));
    }
}
