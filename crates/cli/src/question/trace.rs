//! `trace`: from any call back to the person or the workload, and forward to what its session did.

mod answer;
mod hop;
mod start;

use std::collections::HashSet;

use serde_json::{Value, json};

use super::event::{Event, LISTED};
use super::events::Events;
use super::query::{Order, all, any, but_not, count, exists, search, succeeded, term};
use super::who;
use crate::error::CliError;
use answer::{Created, Session, Step, Trace};

/// The longest chain that is followed.
const LONGEST: usize = 32;

/// How many changes of a session are shown.
const CHANGES: u32 = 200;

/// Traces an event, an access key or a session.
///
/// # Errors
/// When the cluster does not answer, or knows nothing of it.
pub(super) async fn run(events: &Events<'_>, given: &str) -> Result<Trace, CliError> {
    let start = start::find(events, given).await?.ok_or_else(|| CliError::NoTrace(given.to_owned()))?;
    let key = start.key.clone().or_else(|| start.event.as_ref().map(|event| event.access_key().to_owned()));
    let session = match key.filter(|key| !key.is_empty()) {
        Some(key) => Some(session(events, key, start.event.as_ref()).await?),
        None => None,
    };
    let (chain, end) = back(events, start).await?;
    let key_made = match chain.last() {
        Some(step) => hop::maker_of_key(events, &step.event).await?,
        None => None,
    };
    Ok(Trace::new(given, chain, &end, session).with_key_made(key_made))
}

/// The chain from the start back, each event behind the one before it, and why it ends.
async fn back(events: &Events<'_>, start: start::Start) -> Result<(Vec<Step>, hop::End), CliError> {
    let mut chain: Vec<Step> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut next = match start.event {
        Some(event) => hop::Next::Step(Step { how: "asked for".to_owned(), event }),
        None => hop::behind_key(events, start.key.as_deref().unwrap_or_default()).await?,
    };
    loop {
        match next {
            hop::Next::Step(step) if chain.len() < LONGEST && seen.insert(step.event.id().to_owned()) => {
                next = hop::behind(events, &step.event).await?;
                chain.push(step);
            }
            hop::Next::Step(_) => return Ok((chain, hop::End::Origin)),
            hop::Next::End(end) => return Ok((chain, end)),
        }
    }
}

/// What was done with the key, and by services with keys that they got from its session.
async fn session(events: &Events<'_>, key: String, event: Option<&Event>) -> Result<Session, CliError> {
    let query = match event.filter(|event| event.access_key() == key).and_then(hop::same_session) {
        Some(session) => any([term("userIdentity.accessKeyId", key.as_str()), session]),
        None => term("userIdentity.accessKeyId", key.as_str()),
    };
    let marked = any([but_not([succeeded()], [term("readOnly", true)]), exists("issued.accessKeyId")]);
    let fields = [&LISTED[..], &["requestParameters", "responseElements"]].concat();
    let changes = search(CHANGES, Order::Oldest, &fields, &all([query.clone(), marked]));
    let errors = count(&query, &json!({"errors": {"filter": term("outcome", "failure")}}));
    let (changes, counted) = futures::try_join!(events.find(changes), events.search(errors))?;
    let created = changes.iter().flat_map(created).collect();
    Ok(Session {
        access_key: key,
        events: counted.total,
        errors: counted.aggregations.pointer("/errors/doc_count").and_then(Value::as_u64).unwrap_or_default(),
        created,
        changes: changes.into_iter().map(without_parameters).collect(),
    })
}

/// The things that the event made.
fn created(event: &Event) -> Vec<Created> {
    let made = |id: &&str| who::creates(event.document(), id);
    let mut ids: Vec<&str> = event.texts("/resource/id").into_iter().filter(made).collect();
    // An ARN often only repeats the id that it ends with.
    let arns = event.texts("/resource/arn").into_iter().filter(|arn| !ids.iter().any(|id| arn.ends_with(id)));
    let arns: Vec<&str> = arns.filter(made).collect();
    ids.extend(arns);
    ids.dedup();
    ids.into_iter().map(|id| Created { id: id.to_owned(), event: event.id().to_owned() }).collect()
}

/// The event as lists show it: parameters may be long, and were only looked at.
fn without_parameters(mut event: Event) -> Event {
    if let Some(members) = event.document_mut().as_object_mut() {
        members.remove("requestParameters");
        members.remove("responseElements");
    }
    event
}
