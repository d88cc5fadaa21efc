//! The answer, for people and for programs.

use serde::Serialize;
use serde_json::Value;

use super::hop::End;
use crate::output::{Answer, Style, columns, printable};
use crate::question::event::{Event, HEADER, line};
use crate::question::query::{any, term};

/// The exit code where the chain breaks off before its origin.
const BROKEN_OFF: u8 = 3;

/// One event of the chain, and what it has to do with the one before it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Step {
    pub(super) how: String,
    pub(super) event: Event,
}

/// What was done with a session's key, and with those that services got from it.
#[derive(Debug, Serialize)]
pub(super) struct Session {
    pub(super) access_key: String,
    pub(super) events: u64,
    pub(super) errors: u64,
    /// Changes that went well, and calls that issued keys.
    pub(super) changes: Vec<Event>,
    pub(super) created: Vec<Created>,
}

/// A thing that a session made.
#[derive(Debug, Serialize)]
pub(super) struct Created {
    pub(super) id: String,
    /// The event that made it.
    pub(super) event: String,
}

/// Who is at the beginning of the chain.
#[derive(Debug, Serialize)]
struct Origin {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    account: String,
    human: bool,
}

/// Where something came from and what came of it.
#[derive(Debug, Serialize)]
pub(in crate::question) struct Trace {
    asked: String,
    /// Nothing where the chain breaks off.
    origin: Option<Origin>,
    /// What is missing where the chain breaks off.
    missing: Option<String>,
    /// The newest event first.
    chain: Vec<Step>,
    /// The call that made the long-term key at the beginning, which somebody else may have done.
    key_made: Option<Event>,
    session: Option<Session>,
}

impl Trace {
    /// The answer to what was asked.
    pub(super) fn new(asked: &str, chain: Vec<Step>, end: &End, session: Option<Session>) -> Self {
        let origin = chain.last().filter(|_| *end == End::Origin).map(|step| Origin::of(&step.event));
        Self { asked: asked.to_owned(), origin, missing: missing(end), chain, key_made: None, session }
    }

    /// The same with the call that made the key at the beginning.
    pub(super) fn with_key_made(self, key_made: Option<Event>) -> Self {
        Self { key_made, ..self }
    }

    /// The query of what was asked for: the call, or how its session's key was issued and what was done with it.
    pub(in crate::question) fn asked(&self) -> Value {
        let key = self.session.as_ref().map(|session| session.access_key.as_str());
        let of_key = key.map(|key| [term("issued.accessKeyId", key), term("userIdentity.accessKeyId", key)]);
        let call = self.chain.first().filter(|step| step.event.id() == self.asked);
        any(call.map(|step| term("eventID", step.event.id())).into_iter().chain(of_key.into_iter().flatten()))
    }

    fn heading(&self) -> String {
        match (&self.origin, &self.missing) {
            (Some(origin), _) => format!("{} is behind it, {}", origin.name, origin.described()),
            (None, Some(missing)) => missing.clone(),
            (None, None) => String::new(),
        }
    }
}

impl Origin {
    fn of(event: &Event) -> Self {
        let text = |pointer| event.text(pointer).to_owned();
        Self {
            name: text("/actor/name"),
            kind: text("/actor/type"),
            account: text("/actor/account"),
            human: event.is_human(),
        }
    }

    /// `a person (IAMUser, account 111122223333)`
    fn described(&self) -> String {
        let sort = match (self.human, self.kind.as_str()) {
            (true, _) => "a person",
            (false, "AWSService") => "a service",
            (false, _) => "a workload",
        };
        let account = if self.account.is_empty() { String::new() } else { format!(", account {}", self.account) };
        format!("{sort} ({}{account})", self.kind)
    }
}

/// What is missing, and where to look for it.
fn missing(end: &End) -> Option<String> {
    match end {
        End::Origin => None,
        End::NotIssued(key) if key.is_empty() => {
            Some("the call that began this session is not known: ingest the logs of the time before".to_owned())
        }
        End::NotIssued(key) => Some(format!(
            "the call that issued {key} is not known: ingest the logs of the time before, and of the account and region where it was asked for"
        )),
        End::OtherAccount(account) => {
            Some(format!("the caller is of account {account}, whose own record is not known: ingest its logs"))
        }
    }
}

impl Answer for Trace {
    fn table(&self, style: Style) -> String {
        let session = self.session.as_ref().map(|session| session.table(style)).unwrap_or_default();
        let key = self.key_made.as_ref().map(key_made).unwrap_or_default();
        format!("{}: {}\n{key}{}{session}", style.bold(&self.asked), self.heading(), chain(&self.chain, style))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.chain.iter().map(serde_json::to_value).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.origin.is_some() { 0 } else { BROKEN_OFF }
    }
}

/// Who made the key that the chain begins with.
fn key_made(event: &Event) -> String {
    let (keys, who) = (event.texts("/issued/accessKeyId").join(", "), printable(&event.who()));
    format!("the key {keys} was made by {who} at {} (event {})\n", event.time(), event.id())
}

/// The chain, a blank line before it.
fn chain(steps: &[Step], style: Style) -> String {
    let header = [&["STEP", "HOW"][..], &HEADER[..]].concat();
    let row =
        |(number, step): (usize, &Step)| [vec![(number + 1).to_string(), step.how.clone()], line(&step.event)].concat();
    let rows: Vec<Vec<String>> = steps.iter().enumerate().map(row).collect();
    if rows.is_empty() {
        String::new()
    } else {
        format!("\n{}\n{}", style.bold("back"), columns(&header, &rows, style))
    }
}

impl Session {
    fn table(&self, style: Style) -> String {
        let errors = if self.errors == 0 { String::new() } else { format!(", {} failed", self.errors) };
        let title = format!("forward: {} events of the session of {}{errors}", self.events, self.access_key);
        let created: Vec<&str> = self.created.iter().map(|created| created.id.as_str()).collect();
        let created = if created.is_empty() { String::new() } else { format!("created {}\n", created.join(", ")) };
        let header = [&HEADER[..], &["ISSUED"]].concat();
        let row = |event: &Event| [line(event), vec![event.texts("/issued/accessKeyId").join(" ")]].concat();
        let rows: Vec<Vec<String>> = self.changes.iter().map(row).collect();
        format!("\n{}\n{created}{}", style.bold(&title), columns(&header, &rows, style))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(name: &str, human: bool) -> Step {
        let actor = json!({"name": name, "type": "IAMUser", "account": "111122223333", "human": human});
        Step { how: "issued the key ASIA1".to_owned(), event: Event::new(json!({"actor": actor})) }
    }

    #[test]
    fn the_origin_is_the_last_of_the_chain() {
        let trace = Trace::new("e", vec![step("Admin", false), step("alice", true)], &End::Origin, None);
        assert_eq!(trace.heading(), "alice is behind it, a person (IAMUser, account 111122223333)");
        assert_eq!(trace.exit_code(), 0);
    }

    #[test]
    fn a_chain_that_breaks_off_says_what_is_missing() {
        let trace = Trace::new("e", vec![step("Admin", false)], &End::OtherAccount("444455556666".to_owned()), None);
        assert!(trace.heading().starts_with("the caller is of account 444455556666"));
        assert_eq!(trace.exit_code(), BROKEN_OFF);
        assert_eq!(serde_json::to_value(trace).unwrap()["origin"], Value::Null);
    }
}
