//! `verify`: are CloudTrail's log files complete and unchanged, and is every record of them in the index?

mod ahead;
mod chain;
mod coverage;
mod group;
mod index;
mod keys;
mod log_file;
mod presence;
mod range;
mod report;
mod vault;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::{StreamExt, TryStreamExt, stream};
use indicatif::HumanCount;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::args::VerifyArgs;
use crate::connect::{Cluster, LazyKeys, LazyS3};
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::progress::Progress;

use index::Index;
use keys::Keys;
use range::Range;
use report::Report;
use vault::Vault;

/// Accounts and regions at work at the same time. Their chains wait for replies, one digest after the other.
const GROUPS_AT_ONCE: usize = 8;

/// Log files read at the same time, over all chains.
const LOG_FILES_AT_ONCE: usize = 16;

/// What every part of a verification needs.
struct Context {
    vault: Vault,
    keys: Keys<LazyKeys>,
    index: Option<Index>,
    /// Log files under way.
    slots: Arc<Semaphore>,
    from: Option<Timestamp>,
    s3: LazyS3,
    progress: Progress,
    console: Console,
    digests: AtomicU64,
    log_files: AtomicU64,
}

impl Context {
    /// Another digest was looked at.
    fn digest_done(&self) {
        self.digests.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    /// Another log file was looked at.
    fn log_file_done(&self) {
        self.log_files.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    fn tell(&self) {
        let count = |counter: &AtomicU64| HumanCount(counter.load(Ordering::Relaxed));
        self.progress.tell(format!("{} digests, {} log files", count(&self.digests), count(&self.log_files)));
    }
}

/// Verifies all chains of digests below the source; with a cluster, also that the index holds every record.
///
/// # Errors
/// When the options contradict each other, or storage, CloudTrail or the cluster does not answer. What is wrong with objects is in the report.
pub(crate) async fn run(args: VerifyArgs, cluster: Option<Cluster>, console: &Console) -> Result<Report, CliError> {
    let range = Range::new(args.from, args.to)?;
    let (s3, progress) = (LazyS3::default(), Progress::endless(console));
    let index = match cluster {
        Some(cluster) => Some(Index::new(cluster, &args, &s3, &progress, console).await?),
        None => None,
    };
    let context = Arc::new(Context {
        vault: Vault::new(s3.clone(), progress.clone()),
        keys: Keys::new(args.keys.as_deref(), LazyKeys::default())?,
        index,
        slots: Arc::new(Semaphore::new(LOG_FILES_AT_ONCE)),
        from: range.from,
        s3,
        progress,
        console: console.clone(),
        digests: AtomicU64::new(0),
        log_files: AtomicU64::new(0),
    });
    let groups = group::find(&args, range, &context).await?;
    let verified = stream::iter(groups).map(|group| group::verify(Arc::clone(&context), group));
    let reports = verified.buffer_unordered(GROUPS_AT_ONCE).try_collect().await;
    context.progress.finish();
    Ok(Report::new(&args.source, reports?, args.against_index))
}
