//! `history`: the life of a thing, in order.

use serde::Serialize;
use serde_json::{Value, json};

use super::NOTHING;
use super::event::{Event, HEADER, LISTED, line, sort_by_time};
use super::events::Events;
use super::query::{Order, any, but_not, exists, search, searched, term, terms, touched};
use super::relations::{by_name, tied, ties};
use crate::args::questions::HistoryArgs;
use crate::error::CliError;
use crate::output::{Answer, Style, columns};

/// The life of a thing.
#[derive(Debug, Serialize)]
pub(super) struct History {
    resource: String,
    /// Ids of associations, attachments and keys that belong to it, by which events were found too.
    related: Vec<String>,
    events: Vec<Event>,
    /// How many events match, those included that the limit left out.
    total: u64,
    /// Reads that were left out; none where they are shown.
    reads: u64,
}

/// Asks for the events that touched the thing, or what belongs to it, the oldest first.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn run(events: &Events<'_>, args: &HistoryArgs) -> Result<History, CliError> {
    let related = tied(&events.find(ties(&own(&args.resource))).await?);
    let found = events.search(body(&life(&args.resource, &related), args)).await?;
    let mut history = History {
        resource: args.resource.clone(),
        related,
        total: found.total,
        reads: found.aggregations.pointer("/reads/doc_count").and_then(Value::as_u64).unwrap_or_default(),
        events: found.events,
    };
    if args.reads {
        history.reads = 0;
    }
    sort_by_time(&mut history.events);
    Ok(history)
}

/// What touched the thing itself.
fn own(resource: &str) -> Value {
    any([touched(searched(resource))].into_iter().chain(by_name(resource)))
}

/// What touched the thing or what belongs to it.
fn life(resource: &str, related: &[String]) -> Value {
    if related.is_empty() { own(resource) } else { any([own(resource), about(related)]) }
}

/// Calls that issue credentials count as reads, and are the birth of a key.
fn reads() -> Value {
    but_not([term("readOnly", true)], [exists("issued.accessKeyId")])
}

/// What touched one of the ids.
fn about(ids: &[String]) -> Value {
    any(["resource.id", "resource.arn"].map(|field| terms(field, ids.iter().map(String::as_str))))
}

/// The search: the aggregation counts the reads, of which none is a hit.
fn body(query: &Value, args: &HistoryArgs) -> Value {
    let reads = reads();
    let mut body = search(args.limit, Order::Oldest, &LISTED, query);
    body["track_total_hits"] = true.into();
    body["aggs"] = json!({"reads": {"filter": reads}});
    if !args.reads {
        body["post_filter"] = but_not([], [reads]);
    }
    body
}

impl History {
    /// The query of what is told.
    pub(super) fn asked(&self, args: &HistoryArgs) -> Value {
        let life = life(&self.resource, &self.related);
        if args.reads { life } else { but_not([life], [reads()]) }
    }

    fn summary(&self) -> String {
        let (shown, total) = (self.events.len(), self.total);
        let events = match total {
            0 => "no known event touched it (check the spelling, --since and --until, --index-prefix or --files, and that its events were ingested)".to_owned(),
            1 => "1 event".to_owned(),
            _ if (shown as u64) < total => format!("the first {shown} of {total} events (--limit shows more)"),
            _ => format!("{total} events"),
        };
        let reads = match self.reads {
            0 => String::new(),
            1 => "; 1 read is left out (--reads shows it)".to_owned(),
            reads => format!("; {reads} reads are left out (--reads shows them)"),
        };
        let changes = if total == 0 && self.reads > 0 { "no known event changed it" } else { &events };
        format!("{changes}{reads}")
    }
}

impl Answer for History {
    fn table(&self, style: Style) -> String {
        let related = match self.related.as_slice() {
            [] => String::new(),
            ids => format!("found by {} too\n", ids.join(", ")),
        };
        let lines: Vec<Vec<String>> = self.events.iter().map(line).collect();
        let table = columns(&HEADER, &lines, style);
        let gap = if table.is_empty() { "" } else { "\n" };
        format!("{}: {}\n{related}{gap}{table}", style.bold(&self.resource), self.summary())
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.events.iter().map(serde_json::to_value).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.events.is_empty() && self.reads == 0 { NOTHING } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(events: usize, total: u64, reads: u64) -> History {
        let event =
            Event::new(json!({"eventID": "a", "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com"}));
        History { resource: "i-1".to_owned(), related: Vec::new(), events: vec![event; events], total, reads }
    }

    #[test]
    fn what_is_left_out_is_said() {
        let said = |events, total, reads| history(events, total, reads).summary();
        assert_eq!(said(1, 1, 0), "1 event");
        assert_eq!(said(2, 2, 1), "2 events; 1 read is left out (--reads shows it)");
        assert_eq!(said(2, 9, 0), "the first 2 of 9 events (--limit shows more)");
        assert_eq!(said(0, 0, 3), "no known event changed it; 3 reads are left out (--reads shows them)");
        assert!(said(0, 0, 0).starts_with("no known event touched it"));
    }

    #[test]
    fn what_was_only_read_is_there() {
        assert_eq!((history(0, 0, 3).exit_code(), history(0, 0, 0).exit_code()), (0, NOTHING));
    }
}
