//! Whether an event made a thing, or only mentions it.
//!
//! `CreateAccessKey {userName: "alice"}` makes no user, `CreateFunction {role: …}` no role, and the reply of
//! `RunInstances` tells the network of the new instance too. So the call's noun is compared with the name of the
//! member that holds the id: `CreateUser` makes what `userName` holds, `RunInstances` what `instanceId` holds.

use serde_json::Value;

use super::query::{MAKERS, OTHERS};
use crate::question::query::is_assigned;

/// Endings of member names that say only that an id, or a list, follows.
const ENDINGS: [&str; 8] = ["identifier", "name", "arn", "id", "ids", "url", "set", "list"];

/// Member names that say nothing of what they hold: the name around them counts.
const CONTAINERS: [&str; 4] = ["item", "items", "member", "members"];

/// Nouns of calls that AWS names otherwise in the member: stem, noun.
const OTHERWISE: [(&str, &str); 2] = [("key", "keypair"), ("key", "object")];

/// Whether the event made `id`. It holds `eventName`, `issued`, `requestParameters` and `responseElements`.
pub(in crate::question) fn creates(event: &Value, id: &str) -> bool {
    let Some(call) = event["eventName"].as_str().and_then(Call::parse) else { return issues(event, id) };
    let (request, response) = (&event["requestParameters"], &event["responseElements"]);
    let answered = any(response, id, "", &|stem| call.makes(stem)) && !any(request, id, "", &|_| true);
    // Nobody can ask for an id that AWS assigns.
    let asked_for = !is_assigned(id) && call.takes_a_name() && any(request, id, "", &|stem| call.makes(stem));
    answered || asked_for || issues(event, id)
}

/// Whether the event handed out the access key `id`.
fn issues(event: &Value, id: &str) -> bool {
    any(&event["issued"], id, "", &|_| true)
}

/// A call's name, taken apart: `RunInstances` is `Run` and `instance`.
struct Call<'a> {
    verb: &'a str,
    noun: String,
}

impl<'a> Call<'a> {
    fn parse(name: &'a str) -> Option<Self> {
        let verb = MAKERS.iter().chain(OTHERS).find(|verb| name.starts_with(**verb))?;
        let (verb, rest) = name.split_at(verb.len());
        // RestoreDBInstanceFromDBSnapshot, CreateFunction20150331
        let noun = ["From", "With"].iter().filter_map(|word| rest.find(word)).min().map_or(rest, |end| &rest[..end]);
        let noun = noun.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_').to_ascii_lowercase();
        Some(Self { verb, noun: singular(&noun).to_owned() })
    }

    /// Whether it may be told the name of what it makes. To start something takes the name of what is there.
    fn takes_a_name(&self) -> bool {
        self.verb != "Start"
    }

    /// Whether it makes what a member of this stem holds; the empty stem is anything's.
    fn makes(&self, stem: &str) -> bool {
        let noun = self.noun.as_str();
        stem.is_empty()
            || noun.ends_with(stem)
            || stem.starts_with(noun)
            // AllocateAddress answers an allocationId.
            || stem.starts_with(self.verb.to_ascii_lowercase().trim_end_matches('e'))
            || OTHERWISE.contains(&(stem, noun))
    }
}

/// Whether `id` is a value at or below `value` in a member whose stem passes the test.
fn any(value: &Value, id: &str, stem: &str, passes: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| {
            let own = stem_of(name);
            any(value, id, if own.is_empty() { stem } else { &own }, passes)
        }),
        Value::Array(items) => items.iter().any(|item| any(item, id, stem, passes)),
        Value::String(text) => is_id(text, id) && passes(stem),
        _ => false,
    }
}

/// Whether `text` is the id, or the last part of it: an ARN ends in the name that a request holds.
fn is_id(text: &str, id: &str) -> bool {
    id.strip_suffix(text).is_some_and(|head| head.is_empty() || (!text.is_empty() && head.ends_with(['/', ':'])))
}

/// What a member's name says of its value: `dBInstanceIdentifier` says `dbinstance`, `name` nothing.
fn stem_of(name: &str) -> String {
    let mut stem = name.to_ascii_lowercase();
    if CONTAINERS.contains(&stem.as_str()) {
        return String::new();
    }
    while let Some(rest) = ENDINGS.iter().find_map(|ending| stem.strip_suffix(ending)) {
        stem.truncate(rest.len());
    }
    singular(&stem).to_owned()
}

fn singular(noun: &str) -> &str {
    noun.strip_suffix('s').unwrap_or(noun)
}

#[cfg(test)]
mod tests;
