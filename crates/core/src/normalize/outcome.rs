//! How it ended.

use crate::tape::Value;

/// `success` or `failure`: by the error code, or by where a service says it instead.
pub(super) fn outcome(record: &Value<'_>) -> &'static str {
    let failed = has_text(record, &["errorCode"]) || has_text(record, &["errorMessage"]) || says_so_itself(record);
    if failed { "failure" } else { "success" }
}

fn has_text(record: &Value<'_>, path: &[&str]) -> bool {
    record.at(path).is_some_and(|value| value.text().is_some())
}

/// Whether the record carries its result under its own name, as the sign-in events of the console
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>)
/// and of Identity Center (<https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html>) do.
fn says_so_itself(record: &Value<'_>) -> bool {
    let Some(name) = record.get("eventName").and_then(|name| name.str()) else { return false };
    let result = |part: &&str| record.at(&[part, &name]).and_then(|result| result.str());
    ["responseElements", "serviceEventDetails"].iter().filter_map(result).any(|result| result == "Failure")
}
