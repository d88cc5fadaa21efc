//! What lies behind a call: the call that issued its credentials, or whatever else led to it.

use serde_json::{Value, json};

use super::answer::Step;
use crate::error::CliError;
use crate::question::event::{Event, LISTED};
use crate::question::events::Events;
use crate::question::query::{Order, all, but_not, exists, is_assigned, search, succeeded, term, terms};
use crate::question::who;

/// How long before a console session is created its sign-in may stand, in seconds; clocks differ by little.
const SIGN_IN_BEFORE: i64 = 300;

/// How long after.
const SIGN_IN_AFTER: i64 = 60;

/// What comes next on the way back.
#[derive(Debug)]
pub(super) enum Next {
    Step(Step),
    End(End),
}

/// Why a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody stands behind the caller.
    Origin,
    /// The key's origin is not known.
    NotIssued(String),
    /// The caller is of an account whose own record is not known.
    OtherAccount(String),
}

/// What lies behind the event.
pub(super) async fn behind(events: &Events<'_>, event: &Event) -> Result<Next, CliError> {
    let found = match event.text("/userIdentity/type") {
        "AWSAccount" => own_record(events, event).await?,
        "AWSService" => behind_service(events, event).await?,
        _ => behind_caller(events, event).await?,
    };
    Ok(found.map_or_else(|| Next::End(end(event)), Next::Step))
}

/// What lies behind a key with which no call was made.
pub(super) async fn behind_key(events: &Events<'_>, key: &str) -> Result<Next, CliError> {
    let step = issuer(events, key).await?;
    Ok(step.map_or_else(|| Next::End(End::NotIssued(key.to_owned())), Next::Step))
}

/// The call that made the long-term key with which the event was signed.
pub(super) async fn maker_of_key(events: &Events<'_>, event: &Event) -> Result<Option<Event>, CliError> {
    let key = event.access_key();
    let step = if is_long_term(key) { issuer(events, key).await? } else { None };
    Ok(step.map(|step| step.event))
}

/// Whether the key is a user's own and not a session's
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>).
fn is_long_term(key: &str) -> bool {
    key.starts_with("AKIA")
}

/// The events of the same role session, with whatever key: services get their own to act for it.
pub(super) fn same_session(event: &Event) -> Option<Value> {
    let arn = event.text("/userIdentity/arn");
    let created = event.text("/userIdentity/sessionContext/attributes/creationDate");
    let is_session = event.text("/userIdentity/type") == "AssumedRole" && !arn.is_empty() && !created.is_empty();
    is_session.then(|| {
        all([term("userIdentity.arn", arn), term("userIdentity.sessionContext.attributes.creationDate", created)])
    })
}

/// Why a chain ends at the event, behind which nothing was found.
fn end(event: &Event) -> End {
    match event.text("/userIdentity/type") {
        "AWSAccount" => End::OtherAccount(event.text("/userIdentity/accountId").to_owned()),
        "AssumedRole" | "FederatedUser" if !is_named_session(event) => End::NotIssued(event.access_key().to_owned()),
        _ => End::Origin,
    }
}

/// A session that tells its person itself, be its start known or not: one of Identity Center.
fn is_named_session(event: &Event) -> bool {
    event.is_human() && event.text("/actor/role").starts_with("AWSReservedSSO_")
}

async fn behind_caller(events: &Events<'_>, event: &Event) -> Result<Option<Step>, CliError> {
    let key = event.access_key();
    // A long-term key is its user's own: who made it says nothing of who uses it.
    let temporary = !key.is_empty() && !is_long_term(key);
    if temporary && let Some(step) = issuer(events, key).await? {
        return Ok(Some(step));
    }
    if let Some(step) = forwarded(events, event).await? {
        return Ok(Some(step));
    }
    if let Some(step) = launched(events, event.text("/actor/session")).await? {
        return Ok(Some(step));
    }
    signed_in(events, event).await
}

/// The call that handed out the key. A call across accounts is recorded in both: the caller's own record tells more.
async fn issuer(events: &Events<'_>, key: &str) -> Result<Option<Step>, CliError> {
    let query = all([term("issued.accessKeyId", key), succeeded()]);
    let mut found = events.find(search(10, Order::Oldest, &fields(), &query)).await?;
    found.sort_by_key(|event| event.text("/userIdentity/type") == "AWSAccount");
    Ok(found.into_iter().next().map(|event| Step { how: format!("issued the key {key}"), event }))
}

/// The record of the same call in the caller's own account.
async fn own_record(events: &Events<'_>, event: &Event) -> Result<Option<Step>, CliError> {
    let shared = event.text("/sharedEventID");
    if shared.is_empty() {
        return Ok(None);
    }
    let query = but_not([term("sharedEventID", shared)], [term("userIdentity.type", "AWSAccount")]);
    let found = events.first(search(1, Order::Oldest, &fields(), &query)).await?;
    Ok(found.map(|event| Step { how: "the same call, as the caller's account recorded it".to_owned(), event }))
}

/// The call by which somebody had the service make this one
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>).
async fn forwarded(events: &Events<'_>, event: &Event) -> Result<Option<Step>, CliError> {
    let (service, arn) = (event.text("/userIdentity/invokedBy"), event.text("/userIdentity/arn"));
    if service.is_empty() || arn.is_empty() {
        return Ok(None);
    }
    let session = same_session(event).unwrap_or_else(|| term("userIdentity.arn", arn));
    let query = but_not(
        [session, term("eventSource", service), until(event)],
        [exists("userIdentity.invokedBy"), term("readOnly", true)],
    );
    let found = events.first(search(1, Order::Newest, &fields(), &query)).await?;
    Ok(found.map(|event| Step { how: format!("had {service} make the call"), event }))
}

/// The launch of the instance that a session is named by.
async fn launched(events: &Events<'_>, session: &str) -> Result<Option<Step>, CliError> {
    if !(session.starts_with("i-") && is_assigned(session)) {
        return Ok(None);
    }
    let Some(made) = who::created(events, session).await? else { return Ok(None) };
    let whole = events.first(search(1, Order::Newest, &fields(), &crate::question::query::event(made.id()))).await?;
    Ok(whole.map(|event| Step { how: format!("launched {session}, whose role it is"), event }))
}

/// Who gave the service the role that it assumed: the newest change before that names the role to the service, of
/// the session's namesake where there is one.
async fn behind_service(events: &Events<'_>, event: &Event) -> Result<Option<Step>, CliError> {
    let role = event.text("/requestParameters/roleArn");
    let session = event.text("/requestParameters/roleSessionName");
    if let Some(step) = launched(events, session).await? {
        return Ok(Some(step));
    }
    let service = event.text("/userIdentity/invokedBy");
    if role.is_empty() || service.is_empty() {
        return Ok(None);
    }
    let handed = [term("resource.arn", role), term("eventSource", service), succeeded(), until(event)];
    let named = handed.iter().cloned().chain([term("resource.id", session)]);
    let newest = |with: Vec<Value>| {
        let query = but_not(with, [term("readOnly", true), term("userIdentity.type", "AWSService")]);
        events.first(search(1, Order::Newest, &fields(), &query))
    };
    let found = match newest(named.collect()).await? {
        Some(event) => Some(event),
        None => newest(handed.to_vec()).await?,
    };
    Ok(found.map(|event| Step { how: format!("gave {service} the role"), event }))
}

/// The sign-in, or the switch of roles in the console, that began the session. Neither tells the session's key: the
/// identity and the time do (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>).
async fn signed_in(events: &Events<'_>, event: &Event) -> Result<Option<Step>, CliError> {
    let switched_from = event.text("/additionalEventData/SwitchFrom");
    let (arn, calls, time) = match (event.name(), switched_from) {
        ("SwitchRole", from) if !from.is_empty() => (from, &["ConsoleLogin"][..], until(event)),
        ("ConsoleLogin" | "SwitchRole", _) => return Ok(None),
        _ => {
            let created = event.text("/userIdentity/sessionContext/attributes/creationDate");
            let Some(around) = around(created) else { return Ok(None) };
            (event.text("/userIdentity/arn"), &["ConsoleLogin", "SwitchRole"][..], around)
        }
    };
    let query = all([terms("eventName", calls.iter().copied()), term("userIdentity.arn", arn), time, succeeded()]);
    let found = events.first(search(1, Order::Newest, &fields(), &query)).await?;
    Ok(found.map(|event| Step { how: "signed in to the console".to_owned(), event }))
}

/// Not after the event.
fn until(event: &Event) -> Value {
    json!({"range": {"@timestamp": {"lte": event.time()}}})
}

/// The time around the creation of a session.
fn around(created: &str) -> Option<Value> {
    let created: jiff::Timestamp = created.parse().ok()?;
    let at = |seconds| jiff::Timestamp::from_second(created.as_second() + seconds).ok().map(|time| time.to_string());
    Some(json!({"range": {"@timestamp": {"gte": at(-SIGN_IN_BEFORE)?, "lte": at(SIGN_IN_AFTER)?}}}))
}

/// What is shown of a step, and needed for the next.
fn fields() -> Vec<&'static str> {
    [&LISTED[..], &["requestParameters.roleSessionName", "sharedEventID"]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(identity: &Value, human: bool, role: &str) -> Event {
        Event::new(json!({"userIdentity": identity, "actor": {"human": human, "role": role}}))
    }

    #[test]
    fn a_chain_ends_at_its_origin_or_says_what_is_missing() {
        let user = json!({"type": "IAMUser", "accessKeyId": "AKIA1"});
        assert_eq!(end(&event(&user, true, "")), End::Origin);
        let role = json!({"type": "AssumedRole", "accessKeyId": "ASIA1"});
        assert_eq!(end(&event(&role, false, "Deploy")), End::NotIssued("ASIA1".to_owned()));
        assert_eq!(end(&event(&role, true, "AWSReservedSSO_Admin_0f1e2d3c4b5a6978")), End::Origin);
        let other = json!({"type": "AWSAccount", "accountId": "444455556666"});
        assert_eq!(end(&event(&other, false, "")), End::OtherAccount("444455556666".to_owned()));
    }

    #[test]
    fn a_session_is_its_arn_and_the_time_of_its_creation() {
        let context = json!({"attributes": {"creationDate": "2026-11-20T10:02:30Z"}});
        let identity = json!({"type": "AssumedRole", "arn": "a", "sessionContext": context});
        assert_eq!(
            same_session(&event(&identity, false, "")).unwrap()["bool"]["filter"][0],
            term("userIdentity.arn", "a")
        );
        assert_eq!(same_session(&event(&json!({"type": "IAMUser", "arn": "a"}), true, "")), None);
    }

    #[test]
    fn a_sign_in_is_looked_for_around_the_session() {
        let range = &around("2026-11-20T08:02:11Z").unwrap()["range"]["@timestamp"];
        assert_eq!((&range["gte"], &range["lte"]), (&json!("2026-11-20T07:57:11Z"), &json!("2026-11-20T08:03:11Z")));
        assert_eq!(around(""), None);
    }
}
