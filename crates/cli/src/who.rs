//! `who`: who created a resource, and who changed it last.

mod answer;
mod creation;
mod query;

use serde_json::Value;

use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;

pub(crate) use answer::Who;

/// Asks for the creating event of `resource` and for its last change; where nothing created it, for the
/// oldest event that touched it.
///
/// # Errors
/// When the cluster does not answer.
pub(crate) async fn run(cluster: &Cluster, resource: &str, console: &Console) -> Result<Who, CliError> {
    let id = query::searched(resource);
    let ask = |query: Value| search(cluster, query, console);
    let (makers, others, changes) = futures::try_join!(
        ask(query::creations(id, query::MAKERS)),
        ask(query::creations(id, query::OTHERS)),
        ask(query::last_change(id)),
    )?;
    let created = makers.into_iter().chain(others).find(|event| creation::creates(event, id));
    let first_seen = match created {
        Some(_) => None,
        None => ask(query::first_seen(id)).await?.into_iter().next(),
    };
    Ok(Who::new(resource, created, changes.into_iter().next(), first_seen))
}

/// The events found, over all months. An index pattern that matches nothing finds nothing.
async fn search(cluster: &Cluster, query: Value, console: &Console) -> Result<Vec<Value>, CliError> {
    let mut reply = cluster.index.search(&format!("{}-*", cluster.index_prefix()), &query).await?;
    if reply["timed_out"] == true || reply["_shards"]["failed"].as_u64().is_some_and(|failed| failed > 0) {
        console.say("warning: not every shard has answered, so that events may be missing");
    }
    let hits = reply.pointer_mut("/hits/hits").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    Ok(hits.into_iter().filter_map(|mut hit| hit.get_mut("_source").map(Value::take)).collect())
}
