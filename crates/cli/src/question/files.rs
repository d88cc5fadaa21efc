//! Questions to log files: the searches that go to an index are answered over the files' own records, made documents by
//! the code that ingests.
//!
//! Of what a query demands, some text mostly stands in the record itself. Files without it are inflated and no more, and
//! documents of records with it are kept, since one question makes several searches of the same thing.

mod kept;
mod scan;

use std::collections::{BTreeSet, HashSet};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use futures::{StreamExt, stream};
use indicatif::HumanCount;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::{ObjectKey, ObjectRef};
use trailsearch_ingest::settings::IngestSettings;
use trailsearch_query::{Reply, Search};

use super::scope::Scope;
use crate::connect::LazyS3;
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::Source;
use crate::ingest::progress::Progress;
use crate::ingest::sources::{self, Found};
use crate::ingest::store::Store;
use kept::Kept;
use scan::{Finder, Part, Scan};

/// Objects under way for each processor, so that one is read while another is looked through.
const OBJECTS_PER_PROCESSOR: usize = 2;

/// Log files that are asked.
pub(super) struct Files<'a> {
    console: &'a Console,
    sources: Vec<Source>,
    s3: LazyS3,
    settings: IngestSettings,
    incomplete: AtomicBool,
    /// Searches of one question wait for one another: the second finds what the first has kept.
    state: Mutex<State>,
}

/// What earlier searches have found out.
#[derive(Debug, Default)]
struct State {
    objects: Option<Vec<Found>>,
    kept: Kept,
    /// Objects of which has been said that they cannot be read.
    told: HashSet<String>,
}

impl<'a> Files<'a> {
    /// What the sources hold; nothing is looked for yet. Warnings go to the console.
    ///
    /// # Errors
    /// When a setting is wrong, of those that say how records are read.
    pub(super) fn new(sources: Vec<Source>, console: &'a Console) -> Result<Self, CliError> {
        let settings = IngestSettings::read(|name| std::env::var(name).ok())?;
        let (incomplete, state) = (AtomicBool::new(false), Mutex::default());
        Ok(Self { console, sources, s3: LazyS3::default(), settings, incomplete, state })
    }

    /// Whether a part of them could not be read.
    pub(super) fn are_incomplete(&self) -> bool {
        self.incomplete.load(Ordering::Relaxed)
    }

    /// Answers the body of a request to `_search`, whose query is within the scope.
    ///
    /// # Errors
    /// When the query cannot be read, or there is no log file at all.
    pub(super) async fn search(&self, body: &Value, scope: &Scope) -> Result<Reply, CliError> {
        let search = Search::parse(body, Timestamp::now()).map_err(|error| CliError::Query(error.to_string()))?;
        let mut state = self.state.lock().await;
        if state.objects.is_none() {
            state.objects = Some(self.find(scope).await?);
        }
        let literals = search.literals();
        let Some(missing) = state.kept.missing(literals.as_ref()) else {
            return Ok(state.kept.answer(&search));
        };
        self.scan(search, missing, &mut state).await
    }

    /// The objects with events that may be in scope.
    async fn find(&self, scope: &Scope) -> Result<Vec<Found>, CliError> {
        let progress = Progress::listing(self.console);
        let mut items = std::pin::pin!(sources::find(self.sources.clone(), self.s3.clone(), progress.clone()));
        let (mut objects, mut any) = (Vec::new(), false);
        let mut errors = Vec::new();
        while let Some(item) = items.next().await {
            match item {
                Ok(found) if !ObjectKey::parse(&found.object.key).kind.is_ingested() => {}
                Ok(found) => {
                    any = true;
                    objects.extend(scope.may_be_in(&found.object.key).then_some(found));
                }
                Err(error) => errors.push(error),
            }
            progress.tell(log_files(&objects));
        }
        progress.finish();
        if !any {
            return Err(errors.into_iter().next().map_or(CliError::NoLogs, CliError::from));
        }
        errors.iter().for_each(|error| self.warn(error));
        Ok(objects)
    }

    /// Answers the search, and keeps the documents of all records with one of the `missing` texts.
    async fn scan(
        &self,
        search: Search,
        missing: Option<BTreeSet<String>>,
        state: &mut State,
    ) -> Result<Reply, CliError> {
        let State { objects, kept, told } = state;
        let objects = objects.as_deref().unwrap_or_default();
        let progress = Progress::start(self.console, |_| false);
        progress.expect(objects.iter().map(|found| found.size).sum());
        let store = Store::new(self.s3.clone(), progress.clone());
        let finder = missing.as_ref().map(Finder::new).transpose()?;
        kept.widen(missing);
        let scan = Arc::new(Scan::new(store, &self.settings, search, finder, kept.room()));
        let mut tally = kept.tally(&scan.search, &scan.seen);
        let parts = stream::iter(objects).map(|found| part(Arc::clone(&scan), found.object.clone()));
        let mut parts = parts.buffer_unordered(OBJECTS_PER_PROCESSOR * processors()).enumerate();
        while let Some((number, part)) = parts.next().await {
            let part = part.inspect_err(|_| progress.finish())?;
            scan.search.merge(&mut tally, part.tally);
            kept.extend(part.documents);
            if let Some(failure) = part.failure.filter(|failure| told.insert(failure.object.clone())) {
                self.warn(&failure);
            }
            progress.tell(format!("{} of {}", HumanCount(number as u64 + 1), log_files(objects)));
        }
        progress.finish();
        kept.close(&scan.room);
        Ok(scan.search.reply(tally))
    }

    /// Says why events may be missing, and remembers that.
    fn warn(&self, error: &dyn std::error::Error) {
        self.incomplete.store(true, Ordering::Relaxed);
        self.console.say(&format!("warning: events may be missing: {}", with_causes(error)));
    }
}

/// Looks through one object, on a task of its own so that all processors are used.
async fn part(scan: Arc<Scan>, object: ObjectRef) -> Result<Part, CliError> {
    Ok(tokio::spawn(async move { scan.object(object).await }).await?)
}

fn log_files(objects: &[Found]) -> String {
    format!("{} log files", HumanCount(objects.len() as u64))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests;
