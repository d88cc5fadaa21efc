//! One chain of digests, and the log files that they name.

use std::sync::Arc;

use serde::Serialize;
use tokio::task::JoinSet;
use trailsearch_core::object::ObjectRef;
use trailsearch_digest::{ChainId, Digest, Finding, Found, Listed, Storage, Walk};

use super::Context;
use super::ahead::Ahead;
use super::coverage::Coverage;
use super::log_file::{Checked, check};
use super::presence::Tally;
use crate::error::CliError;

/// What came of one chain. Times are ISO 8601 in UTC.
#[derive(Debug, Serialize)]
pub(super) struct ChainReport {
    #[serde(flatten)]
    pub(super) id: Option<ChainId>,
    /// The beginning of the oldest hour that a good digest stands for.
    pub(super) from: Option<String>,
    /// The end of the newest one.
    pub(super) to: Option<String>,
    /// Digests looked at.
    pub(super) digests: u64,
    pub(super) valid_digests: u64,
    /// Log files that digests name whose signature is right.
    pub(super) log_files: u64,
    pub(super) valid_log_files: u64,
}

/// What came of a chain's digests and log files.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) findings: Vec<Finding>,
    pub(super) tally: Tally,
}

/// The work on one chain.
struct Tour<'c> {
    context: &'c Arc<Context>,
    report: ChainReport,
    results: Results,
    checks: JoinSet<Result<Checked, CliError>>,
}

/// Walks a chain back from its newest digest and checks the log files that it names. Without an id, each digest stands for itself.
///
/// # Errors
/// When CloudTrail does not tell its keys, or the cluster does not answer.
pub(super) async fn verify(
    context: &Arc<Context>,
    id: Option<ChainId>,
    listed: Vec<Listed>,
    coverage: &mut Coverage,
) -> Result<(ChainReport, Results), CliError> {
    let backfill = id.as_ref().is_some_and(|id| id.backfill);
    let storage = listed.first().map_or(Storage::Original, |first| Storage::of(&first.object));
    let mut walk = Walk::new(storage, listed, context.from);
    let mut ahead = Ahead::new(context.vault.clone(), walk.listed().cloned().collect());
    let mut tour = Tour::new(context, id);
    while let Some(at) = walk.ask() {
        let found = ahead.digest(&at).await;
        let key = context.keys.find(&found).await?;
        let is_there = !matches!(found, Found::Missing);
        let step = walk.take(&at, found, key.as_ref());
        tour.digest(is_there, step.digest.as_ref(), &step.findings);
        tour.results.findings.extend(step.findings);
        if let Some(digest) = step.digest {
            coverage.add(&digest, backfill);
            tour.log_files(digest, &at).await?;
        }
    }
    tour.results.findings.extend(walk.finish());
    tour.finish().await
}

impl<'c> Tour<'c> {
    fn new(context: &'c Arc<Context>, id: Option<ChainId>) -> Self {
        let (from, to) = (None, None);
        let report = ChainReport { id, from, to, digests: 0, valid_digests: 0, log_files: 0, valid_log_files: 0 };
        Self { context, report, results: Results::default(), checks: JoinSet::new() }
    }

    fn digest(&mut self, is_there: bool, digest: Option<&Digest>, findings: &[Finding]) {
        self.context.digest_done();
        self.report.digests += u64::from(is_there);
        let Some(digest) = digest else { return };
        self.report.valid_digests += u64::from(findings.is_empty());
        let (start, end) = (digest.start.to_string(), digest.end.to_string());
        self.report.from = self.report.from.take().filter(|from| *from <= start).or(Some(start));
        self.report.to = self.report.to.take().filter(|to| *to >= end).or(Some(end));
    }

    /// Hands each log file to a task of its own as soon as there is a slot.
    async fn log_files(&mut self, digest: Digest, at: &ObjectRef) -> Result<(), CliError> {
        self.report.log_files += digest.log_files.len() as u64;
        for file in digest.log_files {
            while let Some(done) = self.checks.try_join_next() {
                self.count(done??);
            }
            let Ok(slot) = Arc::clone(&self.context.slots).acquire_owned().await else { return Ok(()) };
            let (context, named_by) = (Arc::clone(self.context), at.clone());
            self.checks.spawn(async move {
                let checked = check(context, file, named_by).await;
                drop(slot);
                checked
            });
        }
        Ok(())
    }

    fn count(&mut self, checked: Checked) {
        self.context.log_file_done();
        self.report.valid_log_files += u64::from(checked.finding.is_none());
        self.results.findings.extend(checked.finding);
        checked.presence.into_iter().for_each(|presence| self.results.tally.add(presence));
    }

    async fn finish(mut self) -> Result<(ChainReport, Results), CliError> {
        while let Some(done) = self.checks.join_next().await {
            self.count(done??);
        }
        Ok((self.report, self.results))
    }
}
