//! `explain`: one event, as a person would tell it.

use serde::Serialize;

use super::event::Event;
use super::events::Events;
use super::query::{Order, event, search};
use crate::error::CliError;
use crate::output::{Answer, Style, printable};

/// One event.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    id: String,
    /// What it says, sentence by sentence.
    sentences: Vec<String>,
    event: Event,
}

/// Asks for the event.
///
/// # Errors
/// When the cluster does not answer, or there is no such event.
pub(super) async fn run(events: &Events<'_>, id: &str) -> Result<Explained, CliError> {
    let found = events.first(search(1, Order::Newest, &["*"], &event(id))).await?;
    let found = found.ok_or_else(|| CliError::NoEvent(id.to_owned()))?;
    Ok(Explained { id: id.to_owned(), sentences: sentences(&found), event: found })
}

/// The event in sentences, of which those are left out that have nothing to say.
pub(super) fn sentences(event: &Event) -> Vec<String> {
    [
        call(event),
        outcome(event),
        credentials(event),
        behind(event),
        touched(event),
        issued(event),
        noise(event),
        log(event),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Who called what, when and from where.
fn call(event: &Event) -> Option<String> {
    let kind = if event.is_human() { "a person" } else { "a machine or service" };
    let address = with("from", event.text("/sourceIPAddress"));
    let agent = with("with", event.text("/userAgent"));
    let place = with("in", event.text("/awsRegion"));
    let account = with("of account", event.text("/recipientAccountId"));
    let (time, who, action) = (event.time(), event.who(), event.action());
    Some(format!("At {time} {who}, {kind}, called {action}{place}{account}{address}{agent}."))
}

fn outcome(event: &Event) -> Option<String> {
    if !event.failed() {
        let read = event.document()["readOnly"] == true;
        return Some(if read { "It succeeded and only read." } else { "It succeeded." }.to_owned());
    }
    let message = event.text("/errorMessage").trim_end_matches('.');
    let message = if message.is_empty() { String::new() } else { format!(": {message}") };
    Some(format!("It failed with {}{message}.", event.error()))
}

/// Which key signed it, and the question that leads on.
fn credentials(event: &Event) -> Option<String> {
    let key = some(event.access_key())?;
    let second = match event.text("/userIdentity/sessionContext/attributes/mfaAuthenticated") {
        "true" => ", a session with a second factor",
        "false" => ", a session without a second factor",
        _ => "",
    };
    Some(format!("It was signed with {key}{second}; `trailsearch trace {}` tells where that came from.", event.id()))
}

/// Who or what stands behind the caller.
fn behind(event: &Event) -> Option<String> {
    let service =
        some(event.text("/userIdentity/invokedBy")).map(|service| format!("{service} made the call for them"));
    let identity = some(event.text("/actor/sourceIdentity")).map(|name| format!("the source identity is {name}"));
    let parts: Vec<String> = [service, identity].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("Behind it: {}.", parts.join("; ")))
}

fn touched(event: &Event) -> Option<String> {
    let ids = event.texts("/resource/id");
    let across = event.document().pointer("/resource/crossAccount").is_some_and(|value| value == true);
    let across = if across { ", some of it of another account" } else { "" };
    (!ids.is_empty()).then(|| format!("It touched {}{across}.", ids.join(", ")))
}

fn issued(event: &Event) -> Option<String> {
    let keys = event.texts("/issued/accessKeyId");
    let question = format!("`trailsearch trace {}` tells what was done with it", keys.first()?);
    Some(format!("It handed out {}; {question}.", keys.join(", ")))
}

fn noise(event: &Event) -> Option<String> {
    let rules = event.texts("/noise");
    (!rules.is_empty()).then(|| format!("It is noise by {}.", rules.join(", ")))
}

fn log(event: &Event) -> Option<String> {
    let object = some(event.text("/ingest/object"))?;
    let bucket = some(event.text("/ingest/bucket")).map_or_else(String::new, |bucket| format!("s3://{bucket}/"));
    Some(format!("It stood in {bucket}{object}."))
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// ` word text`, or nothing.
fn with(word: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" {word} {text}") }
}

impl Answer for Explained {
    fn table(&self, style: Style) -> String {
        let told: String = self.sentences.iter().map(|sentence| format!("{}\n", printable(sentence))).collect();
        // JSON escapes control characters itself.
        format!("{}\n{told}\n{:#}\n", style.bold(&self.id), self.event.document())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_told_in_sentences() {
        let event = Event::new(json!({
            "@timestamp": "2026-11-20T08:50:12Z", "eventID": "e", "eventName": "RunInstances",
            "eventSource": "ec2.amazonaws.com", "awsRegion": "eu-central-1", "recipientAccountId": "111122223333",
            "outcome": "failure", "errorCode": "Client.Denied", "errorMessage": "No.", "noise": ["n"],
            "actor": {"name": "alice", "type": "AssumedRole", "role": "Admin", "human": true, "sourceIdentity": "alice"},
            "userIdentity": {"accessKeyId": "ASIA1", "invokedBy": "cloudformation.amazonaws.com"},
            "resource": {"id": ["i-1"], "crossAccount": true}, "issued": {"accessKeyId": ["ASIA2"]},
            "ingest": {"object": "a.json.gz", "bucket": "example-logs"}, "userAgent": "aws-cli/2.31",
        }));
        let expected = [
            "At 2026-11-20T08:50:12Z alice (AssumedRole, role Admin), a person, called ec2:RunInstances in eu-central-1 of account 111122223333 with aws-cli/2.31.",
            "It failed with Client.Denied: No.",
            "It was signed with ASIA1; `trailsearch trace e` tells where that came from.",
            "Behind it: cloudformation.amazonaws.com made the call for them; the source identity is alice.",
            "It touched i-1, some of it of another account.",
            "It handed out ASIA2; `trailsearch trace ASIA2` tells what was done with it.",
            "It is noise by n.",
            "It stood in s3://example-logs/a.json.gz.",
        ];
        assert_eq!(sentences(&event), expected);
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        let event = Event::new(json!({"@timestamp": "T", "eventName": "X", "eventSource": "s3.amazonaws.com",
            "actor": {"name": "s3.amazonaws.com"}, "outcome": "success", "readOnly": true}));
        let expected = ["At T s3.amazonaws.com, a machine or service, called s3:X.", "It succeeded and only read."];
        assert_eq!(sentences(&event), expected);
    }
}
