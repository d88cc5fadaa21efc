//! What became of each document, read from the bulk reply item by item.

use serde::Deserialize;

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the index now.
    Indexed,
    /// It was there already: the same event came twice.
    Duplicate,
    /// It was not taken, and may be if it is sent again.
    Retry(String),
    /// It was refused and will be again.
    Rejected(String),
}

/// The reply does not answer the request.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// The reply is cut off, or is no bulk reply.
    #[error("the bulk reply cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// The reply has another number of items than the request.
    #[error("the bulk reply answers {answered} items of {sent}")]
    Count {
        /// Items in the request.
        sent: usize,
        /// Items in the reply.
        answered: usize,
    },
}

#[derive(Deserialize)]
struct Reply {
    items: Vec<ItemReply>,
}

#[derive(Deserialize)]
struct ItemReply {
    create: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    status: u16,
    error: Option<ItemError>,
}

#[derive(Deserialize, Default)]
struct ItemError {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    reason: String,
    caused_by: Option<Box<ItemError>>,
}

/// Errors that are about the index or the cluster and not about the document,
/// whatever their status: the same document can be taken later.
const PASSING: [&str; 5] = [
    "cluster_block_exception",
    "index_closed_exception",
    "index_create_block_exception",
    "process_cluster_event_timeout_exception",
    "validation_exception",
];

/// Errors that are about the document whatever their status: a cluster's own ingest pipeline refuses it.
const LASTING: [&str; 1] = ["fail_processor_exception"];

/// The longest reason kept, in characters.
const MAX_REASON: usize = 500;

/// Reads the verdicts out of a bulk reply, in the order of the request's items.
///
/// # Errors
/// When the reply is not one for `sent` items: none of them can be counted on then.
pub fn verdicts(reply: &[u8], sent: usize) -> Result<Vec<Verdict>, ReplyError> {
    let reply: Reply = serde_json::from_slice(reply).map_err(ReplyError::Unreadable)?;
    if reply.items.len() != sent {
        return Err(ReplyError::Count { sent, answered: reply.items.len() });
    }
    Ok(reply.items.into_iter().map(|item| verdict(item.create)).collect())
}

fn verdict(outcome: Outcome) -> Verdict {
    let error = outcome.error.unwrap_or_default();
    let (passing, lasting) = (PASSING.contains(&error.kind.as_str()), LASTING.contains(&error.kind.as_str()));
    match outcome.status {
        200..=299 => Verdict::Indexed,
        409 => Verdict::Duplicate,
        429 | 500.. if !lasting => Verdict::Retry(error.text(outcome.status)),
        status if passing => Verdict::Retry(error.text(status)),
        status => Verdict::Rejected(error.text(status)),
    }
}

impl ItemError {
    fn text(&self, status: u16) -> String {
        let cause = self.caused_by.as_ref().map(|cause| format!(": {}", cause.reason)).unwrap_or_default();
        let text = format!("HTTP {status} {}: {}{cause}", self.kind, self.reason);
        text.chars().take(MAX_REASON).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(item: &str) -> Verdict {
        let reply = format!(r#"{{"took":1,"errors":true,"items":[{{"create":{item}}}]}}"#);
        verdicts(reply.as_bytes(), 1).unwrap().remove(0)
    }

    #[test]
    fn status_decides() {
        assert_eq!(one(r#"{"_index":"i","_id":"1","status":201}"#), Verdict::Indexed);
        assert_eq!(one(r#"{"status":409,"error":{"type":"version_conflict_engine_exception"}}"#), Verdict::Duplicate);
        assert!(matches!(one(r#"{"status":429,"error":{"type":"rejected_execution_exception"}}"#), Verdict::Retry(_)));
        assert!(matches!(one(r#"{"status":503,"error":{"type":"unavailable_shards_exception"}}"#), Verdict::Retry(_)));
        assert!(matches!(one(r#"{"status":403,"error":{"type":"cluster_block_exception"}}"#), Verdict::Retry(_)));
        assert!(matches!(one(r#"{"status":500,"error":{"type":"fail_processor_exception"}}"#), Verdict::Rejected(_)));
    }

    #[test]
    fn a_rejection_says_why() {
        let item = r#"{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{"type":"x","reason":"immense term"}}}"#;
        let reason = "HTTP 400 mapper_parsing_exception: failed to parse: immense term";
        assert_eq!(one(item), Verdict::Rejected(reason.to_owned()));
    }

    #[test]
    fn a_document_that_speaks_of_errors_is_not_one() {
        assert_eq!(one(r#"{"_id":"\"errors\":true","status":201}"#), Verdict::Indexed);
    }

    #[test]
    fn a_reply_that_is_cut_or_short_is_an_error() {
        assert!(matches!(verdicts(b"{\"items\":[{\"create\":{\"sta", 1), Err(ReplyError::Unreadable(_))));
        assert!(matches!(verdicts(b"{\"items\":[]}", 1), Err(ReplyError::Count { sent: 1, answered: 0 })));
    }
}
