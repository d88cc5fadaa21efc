//! The one way in which questions are put to the index, or to log files.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use trailsearch_query::{Reply, is_countable};
use trailsearch_search::SearchError;

use super::event::Event;
use super::files::Files;
use super::scope::Scope;
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;

/// A part of the events of an index, over all months, or of log files.
pub(crate) struct Events<'a> {
    place: Place<'a>,
    scope: Scope,
}

/// Where events are.
enum Place<'a> {
    /// In a cluster; warnings go to the console.
    Index(&'a Cluster, &'a Console),
    Files(Box<Files<'a>>),
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
        Self { place: Place::Index(cluster, console), scope }
    }

    /// The events of log files that are in scope.
    pub(super) fn of_files(files: Files<'a>, scope: Scope) -> Self {
        Self { place: Place::Files(Box::new(files)), scope }
    }

    /// Whether a part of them could not be read, as has been said.
    pub(crate) fn are_incomplete(&self) -> bool {
        matches!(&self.place, Place::Files(files) if files.are_incomplete())
    }

    /// Searches the part that is in scope. An index pattern that matches nothing finds nothing.
    ///
    /// # Errors
    /// When the cluster does not answer, there are no log files, or the query cannot be read.
    pub(crate) async fn search(&self, mut body: Value) -> Result<Found, CliError> {
        body["query"] = self.scope.of(&body["query"]);
        match &self.place {
            Place::Index(cluster, console) => search_index(cluster, console, &self.pattern(cluster), &body).await,
            Place::Files(files) => files.search(&body, &self.scope).await.map(Found::from),
        }
    }

    /// Those of the names that are fields by which can be counted. See
    /// <https://docs.opensearch.org/latest/api-reference/search-apis/field-caps/>.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub(crate) async fn countable(&self, names: &[String]) -> Result<Vec<String>, CliError> {
        let Place::Index(cluster, _) = &self.place else {
            return Ok(names.iter().filter(|name| is_countable(name)).cloned().collect());
        };
        let list: String = url_list(names);
        let reply = cluster.index.get(&format!("{}/_field_caps?fields={list}", self.pattern(cluster))).await?;
        let can = |name: &&String| {
            let types = reply["fields"][name.as_str()].as_object();
            types.is_some_and(|types| types.values().all(|about| about["aggregatable"] == true))
        };
        Ok(names.iter().filter(can).cloned().collect())
    }

    fn pattern(&self, cluster: &Cluster) -> String {
        self.scope.indices_of(cluster)
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

async fn search_index(cluster: &Cluster, console: &Console, pattern: &str, body: &Value) -> Result<Found, CliError> {
    let mut reply = cluster.index.search(pattern, body).await.map_err(unreadable)?;
    if let Some(part) = silent_part(&reply) {
        console.say(&format!("warning: not every {part} has answered, so that events may be missing"));
    }
    let hits = reply.pointer_mut("/hits/hits").and_then(Value::as_array_mut).map(std::mem::take);
    let source = |mut hit: Value| hit.get_mut("_source").map(Value::take).map(Event::new);
    Ok(Found {
        events: hits.unwrap_or_default().into_iter().filter_map(source).collect(),
        total: reply.pointer("/hits/total/value").and_then(Value::as_u64).unwrap_or_default(),
        aggregations: reply["aggregations"].take(),
    })
}

impl From<Reply> for Found {
    fn from(Reply { hits, total, aggregations }: Reply) -> Self {
        Self { events: hits.into_iter().map(Event::new).collect(), total, aggregations }
    }
}

/// What has not answered in full, where there is any: a remote cluster may be skipped, and a shard fail, in a reply that
/// is a success.
fn silent_part(reply: &Value) -> Option<&'static str> {
    let any = |pointer| reply.pointer(pointer).and_then(Value::as_u64).is_some_and(|count| count > 0);
    if any("/_clusters/skipped") {
        return Some("cluster");
    }
    (reply["timed_out"] == true || any("/_shards/failed")).then_some("shard")
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
