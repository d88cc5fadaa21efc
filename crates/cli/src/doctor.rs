//! `doctor`: whether all that trailsearch needs is there and well, and what to do where it is not.
//!
//! Each check is a file or a function that asks and answers findings. What may not be asked is a finding too, which
//! names the permission.

mod beside;
mod events;
mod finding;
mod health;
mod indices;
mod server;
mod template;

use serde::Serialize;
use serde_json::Value;

use crate::args::DoctorArgs;
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::output::{Answer, Style};
use finding::{Finding, Level};
use server::Server;

/// The exit code where something does not work.
const UNWELL: u8 = 1;

/// What was found, in the order of the checks.
#[derive(Debug, Serialize)]
pub(crate) struct Diagnosis {
    ok: usize,
    warnings: usize,
    failures: usize,
    findings: Vec<Finding>,
}

/// Looks at everything.
///
/// # Errors
/// When the settings lead nowhere; whatever the cluster answers is a finding.
pub(crate) async fn run(cluster: &Cluster, args: DoctorArgs, console: &Console) -> Result<Diagnosis, CliError> {
    let (server, mut findings) = server::look(cluster).await;
    match server {
        Server::Away => {}
        Server::Serverless => {
            findings.extend(template::look(cluster).await?);
            findings.extend(indices::look(cluster).await?.findings);
            findings.extend(events::look(cluster, console).await?);
        }
        Server::Cluster => {
            findings.extend(template::look(cluster).await?);
            let indices = indices::look(cluster).await?;
            findings.extend(indices.findings);
            findings.extend(health::look(cluster, indices.count).await);
            findings.extend(events::look(cluster, console).await?);
            findings.extend(beside::alerting(cluster).await?);
        }
    }
    findings.extend(beside::dashboards(cluster, args.dashboards.as_deref()).await?);
    findings.extend(beside::dead_letters(args.state, &cluster.settings).await);
    Ok(Diagnosis::of(findings))
}

impl Diagnosis {
    fn of(findings: Vec<Finding>) -> Self {
        let count = |level| findings.iter().filter(|finding| finding.level == level).count();
        Self { ok: count(Level::Ok), warnings: count(Level::Warning), failures: count(Level::Failure), findings }
    }
}

impl Answer for Diagnosis {
    fn table(&self, style: Style) -> String {
        let width = self.findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
        let told: String = self.findings.iter().map(|finding| finding.told(width, style)).collect();
        let Self { ok, warnings, failures, .. } = self;
        format!("{told}\n{}\n", style.dim(&format!("{ok} ok, {warnings} warnings, {failures} failures")))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.findings.iter().map(serde_json::to_value).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.failures == 0 { 0 } else { UNWELL }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failure_is_an_error() {
        let warned = Diagnosis::of(vec![Finding::ok("a", "well"), Finding::warning("b", "odd", "look")]);
        assert_eq!((warned.warnings, warned.exit_code()), (1, 0));
        let failed = Diagnosis::of(vec![Finding::failure("a", "broken", "mend it")]);
        assert_eq!(failed.exit_code(), UNWELL);
        assert_eq!(
            failed.table(Style::default()),
            "failure  a  broken\n            -> mend it\n\n0 ok, 0 warnings, 1 failures\n"
        );
    }
}
