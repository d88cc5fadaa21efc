//! One log file: is it the one that its digest names, and are its records in the index?

use std::sync::Arc;

use futures::StreamExt;
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;
use trailsearch_digest::{Content, ContentError, Finding, Inflated, LogFile, Problem};
use trailsearch_ingest::ports::FetchError;
use trailsearch_search::SearchError;

use super::Context;
use super::index::Lookup;
use super::presence::Presence;
use crate::error::CliError;

/// The largest log file, as text in bytes: twenty times what CloudTrail writes. Nothing of it is held.
const MAX_LOG_BYTES: u64 = 1 << 30;

/// What came of one log file.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) finding: Option<Finding>,
    /// What the index holds of it, where that was asked for and the file is the right one.
    pub(super) presence: Option<Presence>,
}

/// Why a log file was not read to its end.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Cluster(#[from] SearchError),
}

/// Reads a log file once, and checks it on the way.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn check(context: Arc<Context>, file: LogFile, named_by: ObjectRef) -> Result<Checked, CliError> {
    let mut lookup = context.index.as_ref().map(|index| index.lookup(&file.object));
    let problem = match read(&context, &file.object, lookup.as_mut()).await {
        Ok(content) => file.problem(Ok(content), &named_by),
        Err(Broken::Content(error)) => file.problem(Err(error), &named_by),
        Err(Broken::Fetch(FetchError::NotFound(_))) => Some(Problem::LogMissing { named_by: named_by.to_string() }),
        Err(Broken::Fetch(error)) => Some(Problem::LogUnreadable { reason: with_causes(&error) }),
        Err(Broken::Cluster(error)) => return Err(error.into()),
    };
    // Records of a file that somebody changed prove nothing.
    let presence = match lookup.filter(|_| problem.is_none()) {
        Some(lookup) => Some(lookup.finish(&context.console).await?),
        None => None,
    };
    Ok(Checked { finding: problem.map(|problem| Finding::new(&file.object, problem)), presence })
}

async fn read(context: &Context, object: &ObjectRef, mut lookup: Option<&mut Lookup<'_>>) -> Result<Inflated, Broken> {
    let mut bytes = context.vault.open(object).await?;
    let mut content = Content::hashed(MAX_LOG_BYTES);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk?;
        content.push(&chunk)?;
        if let Some(lookup) = &mut lookup {
            lookup.push(&chunk).await?;
        }
    }
    Ok(content.finish()?)
}
