//! One event of the index, and how it is told in a line.

use serde::Serialize;
use serde_json::Value;

/// What lists show of an event, and what is needed to tell what it means: the document's own paths.
pub(crate) const LISTED: [&str; 21] = [
    "@timestamp",
    "actor",
    "additionalEventData.SwitchFrom",
    "awsRegion",
    "errorCode",
    "errorMessage",
    "eventID",
    "eventName",
    "eventSource",
    "ingest.bucket",
    "ingest.object",
    "issued",
    "noise",
    "outcome",
    "readOnly",
    "recipientAccountId",
    "requestParameters.roleArn",
    "resource",
    "sourceIPAddress",
    "userAgent",
    "userIdentity",
];

/// How many ids of what an event touched a line shows.
const TOUCHED_SHOWN: usize = 2;

/// An event: the document, or those of its members that were asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Event(Value);

impl Event {
    /// The event of a document.
    pub(crate) fn new(document: Value) -> Self {
        Self(document)
    }

    /// The document.
    pub(crate) fn document(&self) -> &Value {
        &self.0
    }

    /// The document, to be changed.
    pub(crate) fn document_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    /// The text at a JSON pointer, or nothing.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The texts at a JSON pointer, be it one or a list.
    pub(crate) fn texts(&self, pointer: &str) -> Vec<&str> {
        match self.0.pointer(pointer) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }

    /// The event's id.
    pub(crate) fn id(&self) -> &str {
        self.text("/eventID")
    }

    /// When it happened.
    pub(crate) fn time(&self) -> &str {
        self.text("/@timestamp")
    }

    /// The name of the call.
    pub(crate) fn name(&self) -> &str {
        self.text("/eventName")
    }

    /// Who did it, in a word.
    pub(crate) fn actor(&self) -> &str {
        self.text("/actor/name")
    }

    /// The key that signed the call.
    pub(crate) fn access_key(&self) -> &str {
        self.text("/userIdentity/accessKeyId")
    }

    /// Whether a person did it.
    pub(crate) fn is_human(&self) -> bool {
        self.0.pointer("/actor/human") == Some(&Value::Bool(true))
    }

    /// Whether it ended in an error.
    pub(crate) fn failed(&self) -> bool {
        self.text("/outcome") == "failure"
    }

    /// The error's code, or that there was one.
    pub(crate) fn error(&self) -> &str {
        match self.text("/errorCode") {
            "" if self.failed() => "failed",
            code => code,
        }
    }

    /// `alice (AssumedRole, role Admin, session alice, account 111122223333)`
    pub(crate) fn who(&self) -> String {
        let actor = |name| self.text(&format!("/actor/{name}")).to_owned();
        let name = actor("name");
        let session = Some(actor("session")).filter(|session| *session != name).unwrap_or_default();
        let details =
            [("", actor("type")), ("role ", actor("role")), ("session ", session), ("account ", actor("account"))];
        let details: Vec<String> = details
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(word, value)| format!("{word}{value}"))
            .collect();
        if details.is_empty() { name } else { format!("{name} ({})", details.join(", ")) }
    }

    /// `203.0.113.7, aws-cli/2.31`
    pub(crate) fn from(&self) -> String {
        listed([self.text("/sourceIPAddress").to_owned(), self.text("/userAgent").to_owned()])
    }

    /// `RunInstances of ec2.amazonaws.com, eu-central-1, account 111122223333`, and `failed` where it did.
    pub(crate) fn what(&self) -> String {
        let call = format!("{} of {}", self.name(), self.text("/eventSource"));
        let account = self.text("/recipientAccountId");
        let account = if account.is_empty() { String::new() } else { format!("account {account}") };
        let failed = if self.failed() { "failed" } else { "" };
        listed([call, self.text("/awsRegion").to_owned(), account, failed.to_owned()])
    }

    /// `alice as Admin`: name and role.
    pub(crate) fn actor_and_role(&self) -> String {
        match self.text("/actor/role") {
            "" => self.actor().to_owned(),
            role if role == self.actor() => role.to_owned(),
            role => format!("{} as {role}", self.actor()),
        }
    }

    /// `ec2:RunInstances`: the call as policies name it.
    pub(crate) fn action(&self) -> String {
        let service = self.text("/eventSource").split('.').next().unwrap_or_default();
        format!("{service}:{}", self.name())
    }

    /// `i-0abc1234def567890 sg-0a1b2c3d4e5f60718 +3`: what it touched, shortened.
    pub(crate) fn touched(&self) -> String {
        let ids = self.texts("/resource/id");
        let shown = ids.iter().take(TOUCHED_SHOWN).copied().collect::<Vec<_>>().join(" ");
        let more = ids.len().saturating_sub(TOUCHED_SHOWN);
        if more == 0 { shown } else { format!("{shown} +{more}") }
    }
}

/// The heads of the columns of [`line`].
pub(crate) const HEADER: [&str; 8] = ["TIME", "WHO", "CALL", "ERROR", "TOUCHED", "ACCOUNT", "REGION", "EVENT"];

/// An event in a table.
pub(crate) fn line(event: &Event) -> Vec<String> {
    vec![
        event.time().to_owned(),
        event.actor_and_role(),
        event.action(),
        event.error().to_owned(),
        event.touched(),
        event.text("/recipientAccountId").to_owned(),
        event.text("/awsRegion").to_owned(),
        event.id().to_owned(),
    ]
}

/// By time, and where that is the same, by id, so that the same events always stand in the same order.
pub(crate) fn sort_by_time(events: &mut [Event]) {
    events.sort_by(|a, b| (a.time(), a.id()).cmp(&(b.time(), b.id())));
}

fn listed<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_tells_who_did_what_to_what() {
        let event = Event::new(json!({
            "@timestamp": "2026-11-20T08:52:40Z", "eventID": "a", "eventName": "RunInstances",
            "eventSource": "ec2.amazonaws.com", "outcome": "failure", "recipientAccountId": "111122223333",
            "actor": {"name": "alice", "role": "Admin"}, "awsRegion": "eu-central-1",
            "resource": {"id": ["i-1", "i-2", "sg-1", "sg-2"]},
        }));
        let expected = [
            "2026-11-20T08:52:40Z",
            "alice as Admin",
            "ec2:RunInstances",
            "failed",
            "i-1 i-2 +2",
            "111122223333",
            "eu-central-1",
            "a",
        ];
        assert_eq!(line(&event), expected);
    }

    #[test]
    fn one_text_and_a_list_are_read_alike() {
        let event = Event::new(json!({"issued": {"accessKeyId": "A"}, "resource": {"id": ["x", "y"]}}));
        assert_eq!(event.texts("/issued/accessKeyId"), ["A"]);
        assert_eq!(event.texts("/resource/id"), ["x", "y"]);
        assert!(event.texts("/none").is_empty());
    }
}
