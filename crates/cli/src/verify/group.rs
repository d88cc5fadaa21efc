//! The chains of one account and region, which share their log files' folders.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use trailsearch_core::object::{Kind, ObjectKey, ObjectRef};
use trailsearch_digest::{ChainId, DigestKey, Finding, Listed};

use super::Context;
use super::chain::{self, ChainReport};
use super::coverage::{Coverage, DIGESTS};
use super::presence::Tally;
use super::range::Range;
use super::vault::METADATA_SUFFIX;
use crate::args::VerifyArgs;
use crate::error::CliError;
use crate::ingest::sources::{self, SourceError};

/// The digests of one account and region. Those whose names are no digests' belong to no chain.
pub(super) type Group = BTreeMap<Option<ChainId>, Vec<Listed>>;

/// What came of a group.
#[derive(Debug, Default)]
pub(super) struct GroupReport {
    pub(super) chains: Vec<ChainReport>,
    pub(super) findings: Vec<Finding>,
    /// Log files that no digest names; the first of them are findings.
    pub(super) not_covered: u64,
    pub(super) tally: Tally,
}

/// The digests below the source that the options choose.
///
/// # Errors
/// When they cannot be listed.
pub(super) async fn find(args: &VerifyArgs, range: Range, context: &Context) -> Result<Vec<Group>, CliError> {
    let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
    let sources = vec![args.source.clone()];
    let mut objects = std::pin::pin!(sources::find(sources, context.s3.clone(), context.progress.clone()));
    while let Some(found) = objects.next().await {
        let object = match found {
            Ok(found) => found.object,
            Err(SourceError::Empty(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        if is_chosen(&object.key, args) {
            let (chain, listed) = placed(object);
            if listed.end.is_none_or(|end| range.holds(end)) {
                groups.entry(place(&listed.object)).or_default().entry(chain).or_default().push(listed);
            }
        }
    }
    Ok(groups.into_values().collect())
}

fn is_chosen(key: &str, args: &VerifyArgs) -> bool {
    let parsed = ObjectKey::parse(key);
    let chosen = |of: &[String], value: Option<&str>| {
        of.is_empty() || value.is_some_and(|value| of.iter().any(|chosen| chosen == value))
    };
    parsed.kind == Kind::Digest
        && !key.ends_with(METADATA_SUFFIX)
        && chosen(&args.account, parsed.account)
        && chosen(&args.region, parsed.region)
}

fn placed(object: ObjectRef) -> (Option<ChainId>, Listed) {
    let (chain, end) = DigestKey::parse(&object.key).map(|key| (key.chain, key.end)).unzip();
    (chain, Listed { object, end })
}

/// The account's folder, and the region.
fn place(object: &ObjectRef) -> (String, String) {
    let (account, rest) = object.key.rsplit_once(DIGESTS).unwrap_or_default();
    (account.to_owned(), rest.split('/').next().unwrap_or_default().to_owned())
}

/// Verifies the chains of a group, and looks for log files that none of them names.
///
/// # Errors
/// When CloudTrail does not tell its keys, log files cannot be listed, or the cluster does not answer.
pub(super) async fn verify(context: Arc<Context>, group: Group) -> Result<GroupReport, CliError> {
    let anchor =
        group.iter().find_map(|(id, listed)| id.as_ref().and(listed.first())).map(|first| first.object.clone());
    let (mut report, mut coverage) = (GroupReport::default(), Coverage::default());
    for (id, listed) in group {
        let is_chain = id.is_some();
        let (chain, results) = chain::verify(&context, id, listed, &mut coverage).await?;
        report.findings.extend(results.findings);
        report.tally += results.tally;
        report.chains.extend(is_chain.then_some(chain));
    }
    if let Some(ObjectRef { bucket, key, .. }) = anchor {
        let uncovered = coverage.uncovered(&bucket, &key, &context).await?;
        report.not_covered = uncovered.count;
        report.findings.extend(uncovered.findings);
    }
    Ok(report)
}
