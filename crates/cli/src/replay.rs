//! `replay`: dead letters, and the messages of a dead-letter queue, back into the index.

mod letters;
mod queue;
mod summary;

use crate::args::ReplayArgs;
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::setup;

use summary::Summary;

/// Replays what the user names. What fails is said, stays where it is and does not stop the rest.
///
/// # Errors
/// When the cluster does not answer or lacks the index template, or the queue cannot be read.
pub(crate) async fn run(cluster: Cluster, args: ReplayArgs, console: &Console) -> Result<Summary, CliError> {
    setup::ensure(&cluster, false, console).await?;
    match args.queue {
        Some(url) => queue::run(cluster, url, args.state, console).await,
        None => Ok(letters::run(cluster, args.sources, args.keep, console).await),
    }
}
