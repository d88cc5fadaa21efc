//! What was found, for people and for programs.

use indicatif::HumanCount;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use trailsearch_digest::{ChainId, Finding, reconcile};

use super::chain::ChainReport;
use super::group::GroupReport;
use super::presence::Tally;
use crate::ingest::Source;
use crate::output::{Answer, Style, rows};

/// The exit code where there are no digests.
const NOTHING_FOUND: u8 = 3;

/// What came of a verification.
#[derive(Debug)]
pub(crate) struct Report {
    source: String,
    chains: Vec<ChainReport>,
    findings: Vec<Finding>,
    not_covered: u64,
    /// What the index holds, where that was asked for.
    index: Option<Tally>,
}

/// A finding as programs read it.
#[derive(Serialize)]
struct Line<'r> {
    severity: &'static str,
    #[serde(flatten)]
    finding: &'r Finding,
    meaning: String,
}

impl Report {
    /// The report of all groups; `against_index` tells whether the index was asked.
    pub(super) fn new(source: &Source, groups: Vec<GroupReport>, against_index: bool) -> Self {
        let (mut findings, mut tally, mut chains, mut not_covered) = (Vec::new(), Tally::default(), Vec::new(), 0);
        for group in groups {
            findings.extend(group.findings);
            tally += group.tally;
            chains.extend(group.chains);
            not_covered += group.not_covered;
        }
        let mut findings = reconcile(findings);
        // Groups and log files come in whatever order they are done.
        chains.sort_by(|a, b| a.id.cmp(&b.id));
        findings.sort_by(|a, b| (!a.is_failure(), &a.object).cmp(&(!b.is_failure(), &b.object)));
        tally.incomplete.sort();
        Self { source: source.to_string(), chains, findings, not_covered, index: against_index.then_some(tally) }
    }

    fn failures(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_failure()).count()
    }

    fn is_empty(&self) -> bool {
        self.chains.is_empty() && self.findings.is_empty()
    }

    fn is_valid(&self) -> bool {
        !self.is_empty() && self.failures() == 0 && self.index.as_ref().is_none_or(Tally::is_complete)
    }

    fn verdict(&self) -> String {
        let sum = |count: fn(&ChainReport) -> u64| HumanCount(self.chains.iter().map(count).sum());
        let (digests, files) = (sum(|chain| chain.valid_digests), sum(|chain| chain.valid_log_files));
        match self.failures() {
            _ if self.is_empty() => format!(
                "nothing to verify: there are no digests below {} in these days, accounts and regions (they lie in AWSLogs/ACCOUNT/CloudTrail-Digest/ where a trail validates its log files)",
                self.source
            ),
            0 if self.is_valid() => format!("valid: {digests} digests prove {files} log files"),
            0 => "valid, but the index lacks records".to_owned(),
            1 => "not valid: 1 finding".to_owned(),
            failures => format!("not valid: {failures} findings"),
        }
    }
}

/// The report, as programs read it: the names and their order stay.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings: Vec<Line<'_>> = self.findings.iter().map(Line::new).collect();
        let mut line = serializer.serialize_struct("Report", 5)?;
        line.serialize_field("valid", &self.is_valid())?;
        line.serialize_field("chains", &self.chains)?;
        line.serialize_field("findings", &findings)?;
        line.serialize_field("not_covered", &self.not_covered)?;
        line.serialize_field("index", &self.index)?;
        line.end()
    }
}

impl<'r> Line<'r> {
    fn new(finding: &'r Finding) -> Self {
        Self { severity: severity(finding), finding, meaning: finding.problem.to_string() }
    }
}

fn severity(finding: &Finding) -> &'static str {
    if finding.is_failure() { "invalid" } else { "info" }
}

impl Answer for Report {
    fn table(&self, style: Style) -> String {
        let chains = self.chains.iter().map(|chain| section(chain, style));
        let findings =
            self.findings.iter().map(|finding| entry(severity(finding), &finding.object, finding.problem.to_string()));
        let more = self.not_covered.saturating_sub((self.findings.len() - self.failures()) as u64);
        let more = (more > 0).then(|| format!("info     and {} more that no digest names\n\n", HumanCount(more)));
        let index = self.index.iter().map(|tally| index(tally, style));
        let parts: String = chains.chain(findings).chain(more).chain(index).collect();
        format!("{parts}{}\n", style.bold(&self.verdict()))
    }

    fn exit_code(&self) -> u8 {
        if self.is_empty() { NOTHING_FOUND } else { u8::from(!self.is_valid()) }
    }
}

/// One chain, a blank line after it.
fn section(chain: &ChainReport, style: Style) -> String {
    let time = chain.from.iter().zip(&chain.to).map(|(from, to)| format!("{from} to {to}")).next();
    let valid = |valid: u64, all: u64| format!("{} of {} valid", HumanCount(valid), HumanCount(all));
    let lines = rows([
        ("time", time.unwrap_or_else(|| "unknown".to_owned())),
        ("digests", valid(chain.valid_digests, chain.digests)),
        ("log files", valid(chain.valid_log_files, chain.log_files)),
    ]);
    let title = chain.id.as_ref().map(title).unwrap_or_default();
    format!("{}\n{}\n", style.bold(&title), indented(&lines))
}

/// `111122223333, eu-central-1, trail example-trail`
fn title(id: &ChainId) -> String {
    let organization = id.organization.iter().map(|id| format!("{id}, ")).collect::<String>();
    let backfill = if id.backfill { ", backfill" } else { "" };
    format!("{organization}{}, {}, trail {}{backfill}", id.account, id.region, id.trail)
}

/// What the index holds, a blank line after it.
fn index(tally: &Tally, style: Style) -> String {
    let there = format!("{} of {} in the index", HumanCount(tally.present()), HumanCount(tally.records));
    let ingested = tally.present() + tally.missing - tally.records;
    let ingested = (ingested > 0).then(|| format!(", {} of them ingested now", HumanCount(ingested)));
    let records = there + &ingested.unwrap_or_default();
    let lines = rows([("log files", HumanCount(tally.files).to_string()), ("records", records)]);
    let files = tally
        .incomplete
        .iter()
        .map(|file| entry(if file.ingested { "ingested" } else { "missing" }, &file.object, file.meaning()));
    format!("{}\n{}\n{}", style.bold("index"), indented(&lines), files.collect::<String>())
}

/// A word, an object and a sentence, a blank line after them.
fn entry(word: &str, object: &str, sentence: String) -> String {
    format!("{word:8} {object}\n{:8} {sentence}\n\n", "")
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}
