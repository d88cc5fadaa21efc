//! What OpenSearch answers to a search, found over documents in memory: questions that are put to an index can be put to
//! log files too, and mean the same.
//!
//! It knows the part of the query language that trailsearch and its users write, and refuses the rest by name:
//!
//! - queries: `bool`, `term`, `terms`, `prefix`, `wildcard`, `range`, `exists`, `ids`, `match_all`, `query_string`;
//! - aggregations: `terms`, `multi_terms`, `date_histogram` by day, `filter`, `max`;
//! - `size`, `sort` by time, `_source`, `post_filter`.
//!
//! Names, types and aliases are those of `trailsearch-schema`; nothing scores, so boosts change nothing. What a query
//! demands of a record's bytes is told by [`Search::literals`], so that records which cannot match need not be read.
//!
//! ```
//! use serde_json::json;
//! use trailsearch_query::{Document, Search, Tally};
//!
//! let body = json!({"size": 10, "query": {"query_string": {"query": "event.action:Run*"}}});
//! let search = Search::parse(&body, jiff::Timestamp::now())?;
//! let event = json!({"eventName": "RunInstances"});
//! let (document, mut tally) = (Document { id: "a", body: &event }, Tally::default());
//! if search.matches(&document) {
//!     search.add(&mut tally, &document);
//! }
//! assert_eq!(search.reply(tally).hits, [event]);
//! # Ok::<(), trailsearch_query::QueryError>(())
//! ```

mod aggregation;
mod error;
mod field;
mod leaf;
mod literals;
mod pattern;
mod query;
mod query_string;
mod search;
mod source;
mod time;
mod words;

pub use error::QueryError;
pub use search::{Reply, Search, Tally, is_countable};

/// A document as it would be indexed.
#[derive(Debug, Clone, Copy)]
pub struct Document<'d> {
    /// Its id in the index.
    pub id: &'d str,
    /// Its members.
    pub body: &'d serde_json::Value,
}
