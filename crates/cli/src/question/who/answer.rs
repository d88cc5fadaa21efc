//! The answer, for people and for programs.

use serde::Serialize;

use super::query::EVIDENCE;
use crate::output::{Answer, Style, rows};
use crate::question::event::Event;

/// The exit code for a resource whose creation is not known.
const NOT_FOUND: u8 = 3;

/// What is known of a resource's origin. Events hold the document's own paths.
#[derive(Debug, Serialize)]
pub(crate) struct Who {
    resource: String,
    created: Option<Event>,
    last_change: Option<Event>,
    first_seen: Option<Event>,
}

impl Who {
    /// The answer for `resource`. `first_seen` counts where `created` is missing; a last change that is the
    /// creation itself is left out.
    pub(super) fn new(
        resource: &str,
        created: Option<Event>,
        last_change: Option<Event>,
        first_seen: Option<Event>,
    ) -> Self {
        let same = |event: &Event| created.as_ref().is_some_and(|created| created.id() == event.id());
        let last_change = last_change.filter(|event| !same(event));
        Self { resource: resource.to_owned(), created: created.map(without_evidence), last_change, first_seen }
    }

    fn heading(&self) -> &'static str {
        match (&self.created, &self.first_seen) {
            (Some(_), _) => "",
            (None, Some(_)) => ": no known event created it",
            (None, None) => {
                ": no known event touched it (check the spelling, --index-prefix or --files, and that its events were ingested)"
            }
        }
    }
}

/// The same event without what is not shown.
fn without_evidence(mut event: Event) -> Event {
    if let Some(members) = event.document_mut().as_object_mut() {
        members.retain(|name, _| !EVIDENCE.contains(&name.as_str()));
    }
    event
}

impl Answer for Who {
    fn table(&self, style: Style) -> String {
        let events = [("created", &self.created), ("last change", &self.last_change), ("first seen", &self.first_seen)];
        let sections = events.iter().filter_map(|(title, event)| Some(section(title, event.as_ref()?, style)));
        format!("{}{}\n{}", style.bold(&self.resource), self.heading(), sections.collect::<String>())
    }

    fn exit_code(&self) -> u8 {
        if self.created.is_some() { 0 } else { NOT_FOUND }
    }
}

/// One event, a blank line before it.
fn section(title: &str, event: &Event, style: Style) -> String {
    let lines = [
        ("who", event.who()),
        ("when", event.time().to_owned()),
        ("from", event.from()),
        ("what", event.what()),
        ("event", event.id().to_owned()),
    ];
    let lines = lines.into_iter().filter(|(_, value)| !value.is_empty());
    let indented: String = rows(lines).lines().map(|line| format!("  {line}\n")).collect();
    format!("\n{}\n{indented}", style.bold(title))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(id: &str) -> Event {
        Event::new(json!({
            "@timestamp": "2026-11-20T08:52:40Z",
            "actor": {"name": "alice", "type": "AssumedRole", "role": "Admin", "session": "alice", "account": "111122223333"},
            "awsRegion": "eu-central-1",
            "eventID": id,
            "eventName": "RunInstances",
            "eventSource": "ec2.amazonaws.com",
            "outcome": "success",
            "recipientAccountId": "111122223333",
            "requestParameters": {"instanceType": "t3.micro"},
            "sourceIPAddress": "203.0.113.7",
            "userAgent": "aws-cli/2.31",
        }))
    }

    #[test]
    fn the_table_says_who_when_from_where_and_what() {
        let who = Who::new("i-1", Some(event("a")), Some(event("b")), None);
        let lines = "  who    alice (AssumedRole, role Admin, account 111122223333)
  when   2026-11-20T08:52:40Z
  from   203.0.113.7, aws-cli/2.31
  what   RunInstances of ec2.amazonaws.com, eu-central-1, account 111122223333
";
        let expected = format!("i-1\n\ncreated\n{lines}  event  a\n\nlast change\n{lines}  event  b\n");
        assert_eq!(who.table(Style::default()), expected);
        assert_eq!(who.exit_code(), 0);
    }

    #[test]
    fn a_last_change_that_is_the_creation_is_left_out() {
        let answer = serde_json::to_value(Who::new("i-1", Some(event("a")), Some(event("a")), None)).unwrap();
        assert_eq!(answer["last_change"], Value::Null);
        assert_eq!(answer["created"]["actor"]["name"], "alice");
        assert!(answer["created"].get("requestParameters").is_none());
    }

    #[test]
    fn what_is_not_found_is_said() {
        let who = Who::new("i-1", None, None, Some(event("a")));
        assert!(
            who.table(Style::default()).starts_with("i-1: no known event created it\n\nfirst seen\n  who    alice")
        );
        assert_eq!(who.exit_code(), NOT_FOUND);
        let who = Who::new("i-1", None, None, None);
        assert!(who.table(Style::default()).starts_with("i-1: no known event touched it"));
    }

    #[test]
    fn parts_that_are_missing_leave_no_holes() {
        let event =
            json!({"eventName": "PutObject", "eventSource": "s3.amazonaws.com", "actor": {"name": "anonymous"}});
        let table = Who::new("b/k", Some(Event::new(event)), None, None).table(Style::default());
        assert_eq!(table, "b/k\n\ncreated\n  who   anonymous\n  what  PutObject of s3.amazonaws.com\n");
    }
}
