//! `who`: who created a resource, and who changed it last.

mod answer;
mod creation;
mod query;

use serde_json::Value;

use super::event::Event;
use super::events::Events;
use super::query::{is_access_key, searched, term};
use crate::error::CliError;

pub(super) use answer::Who;
pub(super) use creation::creates;

/// Asks for the creating event of `resource` and for its last change; where nothing created it, for the
/// oldest event that touched it.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn run(events: &Events<'_>, resource: &str) -> Result<Who, CliError> {
    let id = searched(resource);
    let (created, changes) = futures::try_join!(created(events, id), events.first(query::last_change(id)))?;
    let first_seen = match created {
        Some(_) => None,
        None => events.first(query::first_seen(id)).await?,
    };
    Ok(Who::new(resource, created, changes, first_seen))
}

/// The query of what may answer: how the resource came to be, and what changed it.
pub(super) fn asked(resource: &str) -> Value {
    let id = searched(resource);
    if is_access_key(id) { term("issued.accessKeyId", id) } else { query::change(id) }
}

/// The event that made the resource.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn created(events: &Events<'_>, id: &str) -> Result<Option<Event>, CliError> {
    let ask = |query: Value| events.find(query);
    let (makers, others) =
        futures::try_join!(ask(query::creations(id, query::MAKERS)), ask(query::creations(id, query::OTHERS)))?;
    Ok(makers.into_iter().chain(others).find(|event| creates(event.document(), id)))
}
