//! Which kind of event the function is given.

use std::collections::HashMap;

use serde::de::IgnoredAny;

/// The kinds of events, each with an answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody, or Terraform, has the cluster set up.
    SetUp,
    /// CloudFormation has the cluster set up.
    CustomResource,
    /// Anything else: it should name objects.
    Notification,
}

impl Kind {
    /// The kind that an event's discriminators tell.
    pub(crate) fn of(event: &[u8]) -> Self {
        let members: HashMap<String, IgnoredAny> = serde_json::from_slice(event).unwrap_or_default();
        let has = |name: &str| members.contains_key(name);
        if has("setup") {
            Self::SetUp
        } else if has("RequestType") && has("ResponseURL") {
            Self::CustomResource
        } else {
            Self::Notification
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discriminators_tell_the_kind() {
        let cases = [
            (r#"{"setup":{},"tf":{"action":"create"}}"#, Kind::SetUp),
            (r#"{"setup":null}"#, Kind::SetUp),
            (r#"{"RequestType":"Create","ResponseURL":"https://example.com"}"#, Kind::CustomResource),
            (r#"{"RequestType":"Create"}"#, Kind::Notification),
            (r#"{"Records":[{"setup":{}}]}"#, Kind::Notification),
            (r#"["setup"]"#, Kind::Notification),
            ("no JSON", Kind::Notification),
        ];
        for (event, kind) in cases {
            assert_eq!(Kind::of(event.as_bytes()), kind, "{event}");
        }
    }
}
