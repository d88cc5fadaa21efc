//! `backfill`: the log objects of a bucket that are chosen by day, account and region, through the pipeline of the
//! function; or their manifest, for the function itself.

mod cost;
mod estimate;
mod finished;
mod job;
mod journal;
mod manifest;
mod report;
mod selection;
mod survey;
mod walk;

use std::num::NonZero;
use std::path::PathBuf;

use trailsearch_ingest::Settings;

use crate::args::{AccessLogArgs, BackfillArgs, SelectionArgs, StateArgs};
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::progress::Progress;
use crate::ingest::sources::ahead;
use crate::ingest::{Ingestion, Outcome, Summary};
use crate::output::{Answer, Style};
use crate::setup;

use estimate::Estimate;
use finished::Finished;
use job::Job;
pub(crate) use journal::JournalError;
use journal::{Journal, Subject};
use manifest::Manifest;
pub(crate) use manifest::ManifestPlace;
use report::{Failures, Report};
pub(crate) use selection::BucketPrefix;
use selection::Selection;
use survey::Survey;

/// Estimates what is to be ingested. Where a cluster is set, that is what its journal does not tell to be finished.
///
/// # Errors
/// When the options contradict each other, the bucket cannot be listed, or nothing is chosen.
pub(crate) async fn estimate(
    args: BackfillArgs,
    settings: Option<&Settings>,
    console: &Console,
) -> Result<Estimate, CliError> {
    let selection = selection(args.selection, args.access_logs, settings)?;
    let finished = match settings {
        Some(settings) => {
            let subject = Subject::new(&selection.source, settings);
            Journal::look(&journal_path(args.journal, &subject)?, &subject)?
        }
        None => Finished::default(),
    };
    Survey::new(selection, finished, console).estimate(|_| Ok(())).await
}

/// Writes the manifest of an S3 Batch Operations job to `place`.
///
/// # Errors
/// As [`estimate`], and when the place does not take it.
pub(crate) async fn manifest(
    args: BackfillArgs,
    settings: Option<&Settings>,
    place: &ManifestPlace,
    console: &Console,
) -> Result<Job, CliError> {
    let selection = selection(args.selection, args.access_logs, settings)?;
    let survey = Survey::new(selection, Finished::default(), console);
    let mut manifest = Manifest::create(place)?;
    let estimate = survey.estimate(|found| manifest.add(&found.object)).await?;
    let etag = manifest.finish(&survey.s3).await?;
    Ok(Job::new(estimate, place, etag, &args.job))
}

/// Ingests what is not finished yet, when the user agrees. What fails is said, does not stop the rest, and is tried
/// again by the next run.
///
/// # Errors
/// As [`estimate`], and when the cluster does not answer or lacks the index template, or the journal cannot be written.
pub(crate) async fn run(mut cluster: Cluster, args: BackfillArgs, console: &Console) -> Result<Report, CliError> {
    let selection = selection(args.selection, args.access_logs, Some(&cluster.settings))?;
    setup::ensure(&cluster, args.setup, console).await?;
    let subject = Subject::new(&selection.source, &cluster.settings);
    let (mut journal, finished) = Journal::open(journal_path(args.journal, &subject)?, &subject)?;
    let survey = Survey::new(selection, finished, console);
    let mut estimate = survey.estimate(|_| Ok(())).await?;
    estimate.journal = Some(journal.path().to_owned());
    console.say(estimate.table(Style::default()).trim_end());
    if estimate.objects > 0 && !args.yes {
        agree(console)?;
    }
    cluster.settings.ingest.object_concurrency = args.concurrency.map_or_else(default_concurrency, usize::from);
    let (summary, failures) = ingest(cluster, args.state, &survey, &estimate, &mut journal, console).await?;
    Ok(Report::new(estimate, journal.close()?, summary, failures))
}

/// What the options choose, and the settings where there are any.
fn selection(
    args: SelectionArgs,
    access_logs: AccessLogArgs,
    settings: Option<&Settings>,
) -> Result<Selection, CliError> {
    let set = settings.map(|settings| settings.ingest.access_logs.clone()).unwrap_or_default();
    Selection::new(args, access_logs.choose(&set))
}

/// Ingests what was surveyed, and writes down what is finished.
async fn ingest(
    cluster: Cluster,
    state: StateArgs,
    survey: &Survey<'_>,
    estimate: &Estimate,
    journal: &mut Journal,
    console: &Console,
) -> Result<(Summary, Failures), CliError> {
    let progress = Progress::start(console, |_| false);
    progress.expect(estimate.bytes);
    let objects = ahead(survey.objects().await);
    let ingestion = Ingestion::new(cluster, state, survey.s3.clone(), progress, console).await;
    let mut failures = Failures::default();
    let observe = |outcome: &Outcome| {
        match outcome {
            Outcome::Done(found, books) => journal.append(found, books.records)?,
            Outcome::Failed(failure) => failures.add(failure),
            Outcome::Skipped { .. } | Outcome::Unfound(_) | Outcome::Crashed(_) => {}
        }
        Ok(())
    };
    Ok((ingestion.run(objects, observe).await?, failures))
}

fn journal_path(given: Option<PathBuf>, subject: &Subject) -> Result<PathBuf, JournalError> {
    given.map_or_else(|| subject.default_path(), Ok)
}

fn agree(console: &Console) -> Result<(), CliError> {
    match console.ask("Ingest these objects? [y/N] ")? {
        Some(true) => Ok(()),
        Some(false) => Err(CliError::Declined),
        None => Err(CliError::NobodyToAsk),
    }
}

/// An object waits for S3 and the cluster about as long as it computes.
fn default_concurrency() -> usize {
    2 * std::thread::available_parallelism().map_or(1, NonZero::get)
}
