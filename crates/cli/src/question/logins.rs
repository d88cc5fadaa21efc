//! `logins`: who signed in, how, and who could not.

use serde::Serialize;
use serde_json::{Value, json};

use super::NOTHING;
use super::event::{Event, LISTED, sort_by_time};
use super::events::Events;
use super::query::{Order, all, search, term, terms};
use crate::args::questions::LoginsArgs;
use crate::error::CliError;
use crate::output::{Answer, Style, columns};

/// The events of signing in. See
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html> and
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html>.
const CALLS: [&str; 3] = ["ConsoleLogin", "SwitchRole", "UserAuthentication"];

/// Sign-ins, the newest first.
#[derive(Debug, Serialize)]
pub(super) struct Logins {
    total: u64,
    failed: u64,
    /// Sign-ins to the console that went well without a second factor.
    without_mfa: u64,
    root: u64,
    events: Vec<Event>,
}

/// Asks for the sign-ins.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn run(events: &Events<'_>, args: &LoginsArgs) -> Result<Logins, CliError> {
    let fields = [&LISTED[..], &["additional"]].concat();
    let mut body = search(args.limit, Order::Newest, &fields, &asked());
    body["track_total_hits"] = true.into();
    let no_mfa = all([term("outcome", "success"), term("additional.MFAUsed", "No")]);
    body["aggs"] = json!({
        "failed": {"filter": term("outcome", "failure")},
        "without_mfa": {"filter": no_mfa},
        "root": {"filter": term("actor.type", "Root")},
    });
    let mut found = events.search(body).await?;
    sort_by_time(&mut found.events);
    found.events.reverse();
    let count = |name: &str| found.aggregations[name]["doc_count"].as_u64().unwrap_or_default();
    let (failed, without_mfa, root) = (count("failed"), count("without_mfa"), count("root"));
    Ok(Logins { total: found.total, failed, without_mfa, root, events: found.events })
}

/// The query of sign-ins.
pub(super) fn asked() -> Value {
    terms("eventName", CALLS)
}

fn row(event: &Event) -> Vec<String> {
    let text = |pointer| event.text(pointer).to_owned();
    let outcome = if event.failed() { "failed" } else { "ok" };
    let second = match event.texts("/additional/MFAUsed").first() {
        Some(&"Yes") => "MFA",
        Some(&"No") => "no MFA",
        _ => "",
    };
    vec![
        event.time().to_owned(),
        event.actor_and_role(),
        text("/actor/type"),
        event.name().to_owned(),
        outcome.to_owned(),
        second.to_owned(),
        text("/sourceIPAddress"),
        text("/recipientAccountId"),
        event.id().to_owned(),
    ]
}

impl Answer for Logins {
    fn table(&self, style: Style) -> String {
        if self.events.is_empty() {
            return "nobody signed in (check --since and --until; sign-ins to the console are logged in us-east-1 or the region of the sign-in page)\n".to_owned();
        }
        let rows: Vec<Vec<String>> = self.events.iter().map(row).collect();
        let header = ["TIME", "WHO", "TYPE", "EVENT NAME", "RESULT", "MFA", "FROM", "ACCOUNT", "EVENT"];
        let summary = format!(
            "{} sign-ins: {} failed, {} without a second factor, {} by root",
            self.total, self.failed, self.without_mfa, self.root
        );
        format!("{}\n{}\n", columns(&header, &rows, style), style.dim(&summary))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.events.iter().map(serde_json::to_value).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.total == 0 { NOTHING } else { 0 }
    }
}
