//! How it ended.

use crate::tape::Value;

/// `success` or `failure`: by the error code, or by where a service says it instead.
///
/// Console sign-in events carry their result in `responseElements`
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>).
pub(super) fn outcome(record: &Value<'_>) -> &'static str {
    let failed = has_text(record, &["errorCode"]) || has_text(record, &["errorMessage"]) || sign_in_failed(record);
    if failed { "failure" } else { "success" }
}

fn has_text(record: &Value<'_>, path: &[&str]) -> bool {
    record.at(path).is_some_and(|value| value.text().is_some())
}

fn sign_in_failed(record: &Value<'_>) -> bool {
    const RESULTS: [&str; 6] =
        ["ConsoleLogin", "SwitchRole", "ExitRole", "RenewRole", "CheckMfa", "CredentialVerification"];
    let Some(response) = record.get("responseElements") else { return false };
    let failure =
        |name: &&str| response.get(name).and_then(|result| result.str()).is_some_and(|result| result == "Failure");
    RESULTS.iter().any(failure)
}
