//! What a set-up event chooses, member by member.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use trailsearch_core::ack::shortened;
use trailsearch_setup::Choices;

/// The members that a set-up event may have.
const NAMES: [&str; 5] = ["shards", "replicas", "retentionDays", "dashboards", "monitors"];

/// The longest part of a value that an error repeats, in bytes.
const SHOWN_BYTES: usize = 60;

/// Which members are wrong, all of them at once.
#[derive(Debug, thiserror::Error)]
#[error("the set-up event is not right: {}", .problems.join("; "))]
pub(crate) struct MembersError {
    /// One sentence each: the member, what was wrong, what is allowed.
    problems: Vec<String>,
}

impl MembersError {
    /// The members themselves are missing.
    pub(super) fn missing(path: &str) -> Self {
        Self { problems: vec![format!("{path} is missing, allowed is an object with any of {}", NAMES.join(", "))] }
    }
}

/// Reads the members that stand at `path`. Numbers and booleans may be texts, since CloudFormation makes all of them so; an
/// empty text is as none, since templates cannot always leave a member out.
///
/// # Errors
/// When any member is wrong or unknown.
pub(super) fn choices(path: &str, members: &Map<String, Value>) -> Result<Choices, MembersError> {
    let mut reader = Reader { path, members, problems: Vec::new() };
    let choices = Choices {
        flavor: None,
        shards: reader.number("shards", Choices::SHARDS),
        replicas: reader.number("replicas", Choices::REPLICAS),
        retention_days: reader.number("retentionDays", Choices::RETENTION_DAYS),
        dashboards: reader.url("dashboards"),
        monitors: reader.flag("monitors"),
    };
    reader.refuse_unknown();
    if reader.problems.is_empty() { Ok(choices) } else { Err(MembersError { problems: reader.problems }) }
}

struct Reader<'m> {
    path: &'m str,
    members: &'m Map<String, Value>,
    problems: Vec<String>,
}

impl<'m> Reader<'m> {
    /// What stands there, unless that is nothing or an empty text.
    fn given(&self, name: &str) -> Option<&'m Value> {
        self.members.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    fn refuse(&mut self, name: &str, allowed: &str) {
        let shown = self.members[name].to_string();
        self.problems.push(format!("{}.{name} is {}, allowed is {allowed}", self.path, shortened(&shown, SHOWN_BYTES)));
    }

    fn number(&mut self, name: &str, allowed: RangeInclusive<i64>) -> Option<u32> {
        let number = match self.given(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        };
        let number = number.filter(|number| allowed.contains(number)).and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.refuse(name, &format!("a whole number from {} to {}", allowed.start(), allowed.end()));
        }
        number
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = match self.given(name)? {
            Value::String(text) => text.parse().ok(),
            other => other.as_bool(),
        };
        if flag.is_none() {
            self.refuse(name, "true or false");
        }
        flag
    }

    /// It may hold a password and is not repeated.
    fn url(&mut self, name: &str) -> Option<String> {
        let value = self.given(name)?;
        let url = value.as_str().filter(|text| text.starts_with("https://") || text.starts_with("http://"));
        if url.is_none() {
            self.problems.push(format!(
                "{}.{name} does not begin with https:// or http://, allowed is the URL of OpenSearch Dashboards",
                self.path
            ));
        }
        url.map(str::to_owned)
    }

    fn refuse_unknown(&mut self) {
        for name in self.members.keys().filter(|name| !NAMES.contains(&name.as_str())) {
            self.problems.push(format!("{}.{name} is no member, known are {}", self.path, NAMES.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(members: Value) -> Result<Choices, MembersError> {
        choices("setup", members.as_object().unwrap())
    }

    #[test]
    fn numbers_and_booleans_may_be_texts() {
        let texts = json!({"shards": "2", "replicas": "0", "retentionDays": "365", "monitors": "false"});
        let values = json!({"shards": 2, "replicas": 0, "retentionDays": 365, "monitors": false});
        for members in [texts, values] {
            let choices = read(members).unwrap();
            assert_eq!((choices.shards, choices.replicas), (Some(2), Some(0)));
            assert_eq!((choices.retention_days, choices.monitors), (Some(365), Some(false)));
        }
    }

    #[test]
    fn what_is_empty_is_not_chosen() {
        let choices = read(json!({"shards": "", "dashboards": "", "monitors": null})).unwrap();
        assert_eq!((choices.shards, choices.dashboards, choices.monitors), (None, None, None));
    }

    #[test]
    fn every_problem_is_named_with_what_is_allowed() {
        let error = read(json!({
            "shards": 0, "replicas": "many", "retentionDays": 1.5, "monitors": 1, "shard": 1,
            "dashboards": "alice:secret@example.com",
        }));
        let text = error.unwrap_err().to_string();
        for problem in [
            "setup.shards is 0, allowed is a whole number from 1 to 1024",
            "setup.replicas is \"many\", allowed is a whole number from 0 to 32",
            "setup.retentionDays is 1.5, allowed is a whole number from 1 to 36500",
            "setup.monitors is 1, allowed is true or false",
            "setup.dashboards does not begin with https:// or http://",
            "setup.shard is no member, known are shards, replicas, retentionDays, dashboards, monitors",
        ] {
            assert!(text.contains(problem), "{problem}: {text}");
        }
        assert!(!text.contains("secret"), "{text}");
    }
}
