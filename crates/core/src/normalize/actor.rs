//! Who: one name for every type of identity.
#![doc = include_str!("../../../../docs/identity.md")]

use std::borrow::Cow;

use super::json::Object;
use crate::tape::Value;

/// Who made a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Actor<'a> {
    /// The one field for "who"; never empty.
    pub(super) name: Cow<'a, str>,
    /// CloudTrail's type of identity, or the one that fits where it gives none.
    pub(super) kind: Cow<'a, str>,
    pub(super) account: Option<Cow<'a, str>>,
    pub(super) role: Option<Cow<'a, str>>,
    pub(super) session: Option<Cow<'a, str>>,
    pub(super) source_identity: Option<Cow<'a, str>>,
    /// Without the session's name, so that all sessions of a role share it.
    pub(super) arn: Option<Cow<'a, str>>,
    /// Without the session's name, likewise.
    pub(super) principal: Option<Cow<'a, str>>,
    pub(super) human: bool,
}

type Text<'a> = Option<Cow<'a, str>>;

/// The principal that CloudTrail writes for a caller without credentials.
const ANONYMOUS: &str = "ANONYMOUS_PRINCIPAL";

/// What tells a role session's ARN: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
const ROLE_SESSION: &str = ":assumed-role/";

/// Resolves who made the call that `record` tells of.
pub(super) fn actor<'a>(record: &Value<'a>) -> Actor<'a> {
    let identity = record.get("userIdentity").filter(|identity| identity.entries().next().is_some());
    let Some(identity) = identity else { return without_identity(record) };
    let kind = text(&identity, &["type"]);
    let mut actor = match kind.as_deref() {
        Some("AWSService") | None => service(&identity),
        Some("AWSAccount") => account(&identity),
        Some(kind) if kind == "AssumedRole" || is_role_session(&identity) => assumed_role(record, &identity),
        Some(kind) => principal(kind, &identity),
    };
    actor.kind = kind.unwrap_or(Cow::Borrowed(if actor.name.is_empty() { "Unknown" } else { "AWSService" }));
    actor.account = actor.account.or_else(|| text(&identity, &["accountId"])).filter(|account| account != ANONYMOUS);
    if actor.name.is_empty() {
        actor.name = last_resort(&identity);
    }
    actor
}

impl Actor<'_> {
    /// Whether no text of it is longer than `limit` bytes.
    pub(super) fn is_bounded(&self, limit: usize) -> bool {
        let optional = [&self.account, &self.role, &self.session, &self.source_identity, &self.arn, &self.principal];
        let longest = optional.into_iter().flatten().chain([&self.name, &self.kind]).map(|text| text.len()).max();
        longest.unwrap_or(0) <= limit
    }

    /// Writes the members of `actor`.
    pub(super) fn write(&self, to: &mut Object<'_>) {
        to.string("name", &self.name);
        to.string("type", &self.kind);
        to.optional("account", self.account.as_deref());
        to.optional("role", self.role.as_deref());
        to.optional("session", self.session.as_deref());
        to.optional("sourceIdentity", self.source_identity.as_deref());
        to.optional("arn", self.arn.as_deref());
        to.optional("principal", self.principal.as_deref());
        to.raw("human", if self.human { b"true" } else { b"false" });
    }
}

fn text<'a>(value: &Value<'a>, path: &[&str]) -> Text<'a> {
    value.at(path)?.text()
}

/// What follows the last of `separators`.
fn last_part<'a>(text: Cow<'a, str>, separators: &[char]) -> Cow<'a, str> {
    let start = text.rfind(separators).map_or(0, |at| at + 1);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..]),
        Cow::Owned(text) => Cow::Owned(text[start..].to_owned()),
    }
}

/// What comes before the first `separator`.
fn first_part<'a>(text: Cow<'a, str>, separator: char) -> Cow<'a, str> {
    let end = text.find(separator).unwrap_or(text.len());
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(text) => Cow::Owned(text[..end].to_owned()),
    }
}

fn without_identity<'a>(record: &Value<'a>) -> Actor<'a> {
    let source = text(record, &["eventSource"]).unwrap_or(Cow::Borrowed("cloudtrail.amazonaws.com"));
    Actor { name: source, kind: Cow::Borrowed("AWSService"), ..Actor::default() }
}

fn service<'a>(identity: &Value<'a>) -> Actor<'a> {
    Actor { name: text(identity, &["invokedBy"]).unwrap_or_default(), ..Actor::default() }
}

fn account<'a>(identity: &Value<'a>) -> Actor<'a> {
    let principal = text(identity, &["principalId"]);
    let anonymous = text(identity, &["accountId"]).is_some_and(|account| account == ANONYMOUS)
        || principal.as_deref().is_some_and(|principal| principal.eq_ignore_ascii_case("anonymous"));
    let session = session_of(&principal);
    let name = if anonymous {
        Some(Cow::Borrowed("anonymous"))
    } else {
        session.clone().or_else(|| principal.clone()).or_else(|| text(identity, &["accountId"]))
    };
    Actor {
        name: name.unwrap_or_default(),
        session,
        principal: principal.map(|principal| first_part(principal, ':')),
        arn: text(identity, &["arn"]),
        ..Actor::default()
    }
}

/// The session's name in the principal of a role session, `AROA…:SESSION`.
fn session_of<'a>(principal: &Text<'a>) -> Text<'a> {
    principal.clone().filter(|principal| principal.contains(':')).map(|principal| last_part(principal, &[':']))
}

fn principal<'a>(kind: &str, identity: &Value<'a>) -> Actor<'a> {
    let arn = text(identity, &["arn"]);
    let from_arn = || arn.clone().map(|arn| last_part(arn, &['/', ':']));
    let name = match kind {
        "Root" => Some(Cow::Borrowed("root")),
        "FederatedUser" | "Role" => from_arn(),
        "IdentityCenterUser" => text(identity, &["userName"])
            .or_else(|| text(identity, &["onBehalfOf", "userId"]))
            .or_else(|| text(identity, &["credentialId"])),
        _ => text(identity, &["userName"]).or_else(from_arn),
    };
    let session = if kind == "FederatedUser" { from_arn() } else { None };
    Actor {
        name: name.unwrap_or_default(),
        session,
        source_identity: text(identity, &["sessionContext", "sourceIdentity"]),
        principal: text(identity, &["principalId"]),
        human: is_human(kind, identity),
        arn,
        ..Actor::default()
    }
}

fn is_human(kind: &str, identity: &Value<'_>) -> bool {
    match kind {
        "Root" | "IAMUser" | "FederatedUser" | "SAMLUser" | "IdentityCenterUser" | "Directory" => true,
        "WebIdentityUser" => text(identity, &["identityProvider"]).is_some_and(|provider| signs_people_in(&provider)),
        // Identity Center writes it of the users who sign in.
        "Unknown" => text(identity, &["userName"]).is_some(),
        _ => false,
    }
}

/// Web identity providers whose users are people; CI systems and clusters bring workloads.
fn signs_people_in(provider: &str) -> bool {
    const PEOPLE: [&str; 6] = [
        "cognito-identity",
        "accounts.google.com",
        "graph.facebook.com",
        "www.amazon.com",
        "login.microsoftonline.com",
        "okta",
    ];
    PEOPLE.iter().any(|name| provider.contains(name))
}

/// Whether it is the identity of a role session, of which some services write that its type is `Unknown`.
fn is_role_session(identity: &Value<'_>) -> bool {
    text(identity, &["arn"]).is_some_and(|arn| arn.contains(ROLE_SESSION))
}

fn assumed_role<'a>(record: &Value<'a>, identity: &Value<'a>) -> Actor<'a> {
    let issuer = |name| text(identity, &["sessionContext", "sessionIssuer", name]);
    let session_arn = text(identity, &["arn"]);
    let principal = text(identity, &["principalId"]);
    let in_arn = session_arn.clone().filter(|arn| arn.contains('/')).map(|arn| last_part(arn, &['/']));
    let session = in_arn.or_else(|| session_of(&principal));
    let role = issuer("userName")
        .or_else(|| issuer("arn").map(|arn| last_part(arn, &['/'])))
        .or_else(|| role_of(&session_arn));
    let source_identity = text(identity, &["sessionContext", "sourceIdentity"]);
    let human = person_in_session(record, identity, role.as_deref(), session.as_deref());
    let person = source_identity.clone().or_else(|| session.clone());
    let name = if human { person.or_else(|| role.clone()) } else { role.clone().or(person) };
    Actor {
        name: name.unwrap_or_default(),
        account: text(identity, &["accountId"]).or_else(|| issuer("accountId")),
        arn: issuer("arn").or(session_arn),
        principal: principal.map(|principal| first_part(principal, ':')),
        role,
        session,
        source_identity,
        human,
        ..Actor::default()
    }
}

/// The role's name in the ARN of its session.
fn role_of<'a>(session_arn: &Text<'a>) -> Text<'a> {
    let arn = session_arn.as_deref()?;
    let (_, rest) = arn.split_once(ROLE_SESSION)?;
    rest.split('/').next().map(|role| Cow::Owned(role.to_owned()))
}

/// Whether a person uses the role session, by the traces that people leave: permission sets and users of Identity
/// Center, a source identity, a console session, a second factor, or a session named by an e-mail address.
///
/// Service-linked roles and instance sessions are never people. A service that calls on behalf of a session
/// (`invokedBy`) uses its credentials: behind it stands whoever stands behind the session.
fn person_in_session(record: &Value<'_>, identity: &Value<'_>, role: Option<&str>, session: Option<&str>) -> bool {
    let role = role.unwrap_or_default();
    let instance = session.is_some_and(|session| session.starts_with("i-"));
    if instance || role.starts_with("AWSServiceRoleFor") {
        return false;
    }
    role.starts_with("AWSReservedSSO_")
        || text(identity, &["sessionContext", "sourceIdentity"]).is_some()
        || text(identity, &["onBehalfOf", "userId"]).is_some()
        || session.is_some_and(|session| session.contains('@'))
        || identity.at(&["sessionContext", "attributes", "mfaAuthenticated"]).is_some_and(|mfa| mfa.is_true())
        || record.get("sessionCredentialFromConsole").is_some_and(|console| console.is_true())
        || uses_browser(record)
}

/// Whether the call came from a browser that holds the session; a presigned URL is opened by whoever got it.
fn uses_browser(record: &Value<'_>) -> bool {
    const CONSOLE: [&str; 4] = ["Mozilla/", "console.amazonaws.com", "signin.amazonaws.com", "S3Console/"];
    let Some(agent) = record.get("userAgent").and_then(|agent| agent.str()) else { return false };
    let method = text(record, &["additionalEventData", "AuthenticationMethod"]);
    CONSOLE.iter().any(|name| agent.contains(name)) && method.is_none_or(|method| method != "QueryString")
}

fn last_resort<'a>(identity: &Value<'a>) -> Cow<'a, str> {
    let known = ["userName", "arn", "principalId", "invokedBy", "accountId", "accessKeyId", "credentialId"];
    known.iter().find_map(|name| text(identity, &[name])).unwrap_or(Cow::Borrowed("unknown"))
}

#[cfg(test)]
mod tests;
