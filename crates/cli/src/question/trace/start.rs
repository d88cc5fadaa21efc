//! What a trace starts from: an event, an access key, or a session by its name or ARN.

use crate::error::CliError;
use crate::question::event::{Event, LISTED};
use crate::question::events::Events;
use crate::question::query::{Order, all, any, event, exists, is_access_key, search, term};

/// Where a trace starts: at a call, or at a key with which none was made yet.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) key: Option<String>,
    pub(super) event: Option<Event>,
}

/// Finds out what is given.
pub(super) async fn find(events: &Events<'_>, given: &str) -> Result<Option<Start>, CliError> {
    if is_access_key(given) {
        return of_key(events, given).await;
    }
    let by_id = events.first(search(1, Order::Newest, &LISTED, &event(given))).await?;
    let found = match by_id {
        Some(event) => Some(event),
        None => events.first(search(1, Order::Newest, &LISTED, &session(given))).await?,
    };
    Ok(found.map(|event| Start { key: None, event: Some(event) }))
}

/// A key is known by a call that it signed, or by the one that handed it out.
async fn of_key(events: &Events<'_>, key: &str) -> Result<Option<Start>, CliError> {
    let signed = search(1, Order::Newest, &LISTED, &term("userIdentity.accessKeyId", key));
    let issued = search(1, Order::Oldest, &["eventID"], &term("issued.accessKeyId", key));
    let (signed, issued) = futures::try_join!(events.first(signed), events.first(issued))?;
    let known = signed.is_some() || issued.is_some();
    Ok(known.then(|| Start { key: Some(key.to_owned()), event: signed }))
}

/// The calls of a session: `ROLE/SESSION`, the session's ARN, or the session's name alone.
fn session(given: &str) -> serde_json::Value {
    let named = match given.split_once('/') {
        Some((role, session)) if !given.starts_with("arn:") => {
            all([term("actor.role", role), term("actor.session", session)])
        }
        _ => any([term("userIdentity.arn", given), term("actor.session", given)]),
    };
    all([named, exists("userIdentity.accessKeyId")])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_session_is_given_by_role_and_name_or_by_its_arn() {
        let named = session("Admin/alice");
        let role_and_name = json!([{"term": {"actor.role": "Admin"}}, {"term": {"actor.session": "alice"}}]);
        assert_eq!(named["bool"]["filter"][0]["bool"]["filter"], role_and_name);
        let arn = "arn:aws:sts::111122223333:assumed-role/Admin/alice";
        let by_arn = session(arn);
        assert_eq!(by_arn["bool"]["filter"][0]["bool"]["should"][0], json!({"term": {"userIdentity.arn": arn}}));
    }
}
