//! The one way in which questions are put to the index.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use trailsearch_search::SearchError;

use super::event::Event;
use super::scope::Scope;
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;

/// A part of the events of an index, over all months.
pub(crate) struct Events<'a> {
    cluster: &'a Cluster,
    console: &'a Console,
    scope: Scope,
}

/// What a search has found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The events, in the order asked for.
    pub(crate) events: Vec<Event>,
    /// How many match, where that was asked for.
    pub(crate) total: u64,
    /// The aggregations, by their names; null where the index pattern matches nothing.
    pub(crate) aggregations: Value,
}

impl<'a> Events<'a> {
    /// The events of the cluster that are in scope. Warnings go to the console.
    pub(crate) fn new(cluster: &'a Cluster, console: &'a Console, scope: Scope) -> Self {
        Self { cluster, console, scope }
    }

    /// Searches the part that is in scope. An index pattern that matches nothing finds nothing.
    ///
    /// # Errors
    /// When the cluster does not answer, or the query cannot be read.
    pub(crate) async fn search(&self, mut body: Value) -> Result<Found, CliError> {
        body["query"] = self.scope.of(&body["query"]);
        let mut reply = self.cluster.index.search(&self.pattern(), &body).await.map_err(unreadable)?;
        if reply["timed_out"] == true || reply["_shards"]["failed"].as_u64().is_some_and(|failed| failed > 0) {
            self.console.say("warning: not every shard has answered, so that events may be missing");
        }
        let hits = reply.pointer_mut("/hits/hits").and_then(Value::as_array_mut).map(std::mem::take);
        let source = |mut hit: Value| hit.get_mut("_source").map(Value::take).map(Event::new);
        Ok(Found {
            events: hits.unwrap_or_default().into_iter().filter_map(source).collect(),
            total: reply.pointer("/hits/total/value").and_then(Value::as_u64).unwrap_or_default(),
            aggregations: reply["aggregations"].take(),
        })
    }

    /// Those of the names that are fields by which the index can count. See
    /// <https://docs.opensearch.org/latest/api-reference/search-apis/field-caps/>.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub(crate) async fn countable(&self, names: &[String]) -> Result<Vec<String>, CliError> {
        let list: String = url_list(names);
        let reply = self.cluster.index.get(&format!("{}/_field_caps?fields={list}", self.pattern())).await?;
        let can = |name: &&String| {
            let types = reply["fields"][name.as_str()].as_object();
            types.is_some_and(|types| types.values().all(|about| about["aggregatable"] == true))
        };
        Ok(names.iter().filter(can).cloned().collect())
    }

    fn pattern(&self) -> String {
        self.cluster.indices()
    }

    /// The events that a search finds.
    ///
    /// # Errors
    /// As of [`Self::search`].
    pub(crate) async fn find(&self, body: Value) -> Result<Vec<Event>, CliError> {
        Ok(self.search(body).await?.events)
    }

    /// The first event that a search finds.
    ///
    /// # Errors
    /// As of [`Self::search`].
    pub(crate) async fn first(&self, body: Value) -> Result<Option<Event>, CliError> {
        Ok(self.find(body).await?.into_iter().next())
    }
}

/// The names in a URL's query, apart by commas.
fn url_list(names: &[String]) -> String {
    let encoded = |name: &String| utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
    names.iter().map(encoded).collect::<Vec<_>>().join(",")
}

/// The user's query is wrong, and not the request around it.
pub(super) fn unreadable(error: SearchError) -> CliError {
    match error {
        SearchError::BadRequest { reason, .. } if reason.contains("Failed to parse query") => CliError::Query(reason),
        other => other.into(),
    }
}
