//! One object to its books: fetch, inflate, split, normalize, batch and post, all at once.

use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use tokio::sync::Semaphore;
use trailsearch_core::ack::with_causes;
use trailsearch_core::books::Books;
use trailsearch_core::inflate::Inflater;
use trailsearch_core::normalize::Normalizer;
use trailsearch_core::object::{Encoding, ObjectRef};
use trailsearch_core::split::Reader;

use crate::checkpoint::Bookmark;
use crate::deadline::Deadline;
use crate::error::{Failure, ObjectError};
use crate::ports::{ObjectStore, Opened, SearchIndex, StateStore};
use crate::run::Run;
use crate::settings::IngestSettings;
use crate::stopwatch::{Stopwatch, timed};

/// Logs the books of one object in one line, at the level given.
macro_rules! log_books {
    ($level:ident, $object:expr, $books:expr, $milliseconds:expr, $($more:tt)+) => {
        tracing::$level!(
            bucket = $object.bucket,
            object = $object.key,
            records = $books.records,
            indexed = $books.indexed,
            duplicate = $books.duplicate,
            degraded = $books.degraded,
            dead_lettered = $books.dead_lettered,
            dropped = $books.dropped,
            failed = $books.failed,
            rejected = $books.rejected,
            retried = $books.retried,
            bytes = $books.bytes_read,
            bytes_inflated = $books.bytes_inflated,
            bytes_posted = $books.bytes_posted,
            milliseconds = $milliseconds,
            $($more)+
        )
    };
}

/// Ingests objects; built once, used for all.
#[derive(Debug)]
pub struct Pipeline<S, I> {
    pub(crate) store: S,
    pub(crate) index: Arc<I>,
    pub(crate) settings: IngestSettings,
    /// To be cloned for each object: its rules are made once.
    pub(crate) normalizer: Normalizer,
    /// Bulk requests under way, over all objects.
    pub(crate) slots: Arc<Semaphore>,
    state: Option<Arc<dyn StateStore>>,
}

impl<S: ObjectStore, I: SearchIndex> Pipeline<S, I> {
    /// A pipeline from `store` to `index`.
    pub fn new(store: S, index: I, settings: IngestSettings) -> Self {
        let slots = Arc::new(Semaphore::new(settings.bulk_concurrency));
        let normalizer = Normalizer::new(&settings.normalization);
        Self { store, index: Arc::new(index), settings, normalizer, slots, state: None }
    }

    /// With a place for dead letters and checkpoints. Without one, records that no document is taken for have failed, and
    /// every attempt begins at an object's first record.
    pub fn with_state(self, state: Option<Arc<dyn StateStore>>) -> Self {
        Self { state, ..self }
    }

    /// Why the object holds nothing to ingest, judged by its address; `None` where it may.
    pub fn skip_reason(&self, object: &ObjectRef) -> Option<&'static str> {
        self.settings.access_logs.skip_reason(object)
    }

    /// Ingests one object and logs its books.
    ///
    /// # Errors
    /// When any record could not be placed or the object could not be read to its end. What came
    /// before is indexed all the same, and ingesting the object again does no harm.
    pub async fn ingest(&self, object: &ObjectRef, deadline: Deadline) -> Result<Books, Failure> {
        let started = Instant::now();
        let mut ingestion = Ingestion::new(self, object, deadline);
        let read = deadline.limit(ingestion.read()).await;
        let read = read.unwrap_or_else(|| Err(ingestion.run.out_of_time()));
        let result = ingestion.finish(read).await;
        let books = ingestion.run.books.clone();
        log_end(object, &books, &result, started);
        match result {
            Ok(()) => Ok(books),
            Err(error) => Err(Failure { object: object.to_string(), books, error }),
        }
    }
}

/// Logs how the work on an object ended.
pub(crate) fn log_end(object: &ObjectRef, books: &Books, result: &Result<(), ObjectError>, started: Instant) {
    let milliseconds = started.elapsed().as_millis() as u64;
    match result {
        Ok(()) => log_books!(info, object, books, milliseconds, "object ingested"),
        Err(error) => {
            let error = with_causes(error);
            log_books!(error, object, books, milliseconds, error, "object failed");
        }
    }
}

/// The work on one object.
struct Ingestion<'p, S, I> {
    pipeline: &'p Pipeline<S, I>,
    object: &'p ObjectRef,
    deadline: Deadline,
    inflater: Inflater,
    reader: Reader,
    run: Run<'p, S, I>,
    /// Records read so far.
    position: u64,
    bookmark: Option<Bookmark>,
}

impl<'p, S: ObjectStore, I: SearchIndex> Ingestion<'p, S, I> {
    fn new(pipeline: &'p Pipeline<S, I>, object: &'p ObjectRef, deadline: Deadline) -> Self {
        let settings = &pipeline.settings;
        let format = settings.access_logs.format(object);
        Self {
            pipeline,
            object,
            deadline,
            inflater: Inflater::new(Encoding::of(format, &object.key), settings.limits),
            reader: Reader::new(format, settings.limits),
            run: Run::new(pipeline, object, format, deadline, pipeline.state.clone()),
            position: 0,
            bookmark: None,
        }
    }

    async fn read(&mut self) -> Result<(), ObjectError> {
        let opening = self.pipeline.store.open(self.object);
        let mut opened = timed(&mut self.run.books.timing.fetch, opening).await?;
        self.run.books.timing.stored = opened.stored;
        if let Some(bookmark) = self.bookmark(&opened) {
            self.resume(bookmark).await;
        }
        while let Some(chunk) = timed(&mut self.run.books.timing.fetch, opened.bytes.next()).await {
            for piece in Inflater::pieces(&chunk?) {
                self.piece(piece).await?;
            }
        }
        self.inflater.finish()?;
        self.reader.close();
        self.records().await?;
        Ok(self.reader.finish()?)
    }

    /// Where the object's checkpoint is kept. Work that no deadline ends needs none.
    fn bookmark(&self, opened: &Opened) -> Option<Bookmark> {
        let state = self.pipeline.state.clone().filter(|_| !self.deadline.is_never())?;
        Bookmark::of(state, self.run.index_prefix(), self.object, opened)
    }

    /// Goes on where the last attempt left off.
    async fn resume(&mut self, mut bookmark: Bookmark) {
        bookmark.look().await;
        self.run.skip(bookmark.records());
        self.bookmark = Some(bookmark);
    }

    async fn piece(&mut self, piece: &[u8]) -> Result<(), ObjectError> {
        let feed = |own: &mut Self| own.inflater.push(piece).map(|text| own.reader.feed(text));
        self.timed(feed)?;
        self.records().await?;
        // The requests under way go on between two pieces, on one thread too.
        tokio::task::yield_now().await;
        Ok(())
    }

    /// Takes the records of the text at hand, and posts each batch that they fill.
    async fn records(&mut self) -> Result<(), ObjectError> {
        while self.timed(Self::take_records)? {
            self.run.post().await?;
        }
        Ok(())
    }

    /// Takes the records of the text at hand, but for what comes when the batch is full; whether it is.
    fn take_records(&mut self) -> Result<bool, ObjectError> {
        // What an earlier attempt has placed is passed over.
        let placed = self.bookmark.as_ref().map_or(0, Bookmark::records);
        while let Some(record) = self.reader.next_record()? {
            if self.position >= placed {
                self.run.take(&record, self.position);
            }
            self.position += 1;
            if self.run.is_full() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What comes of `work`, which waits for nothing.
    fn timed<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let stopwatch = Stopwatch::start();
        let result = work(self);
        self.run.books.timing.inflate += stopwatch.read();
        result
    }

    async fn finish(&mut self, read: Result<(), ObjectError>) -> Result<(), ObjectError> {
        let result = self.run.finish(read).await;
        self.run.books.bytes_read = self.inflater.bytes_read();
        self.run.books.bytes_inflated = self.inflater.bytes_inflated();
        if let Some(bookmark) = &self.bookmark {
            // Half of the time that is set aside for reporting is left for that.
            let patience = self.pipeline.settings.deadline_margin / 2;
            match &result {
                Ok(()) => bookmark.remove(patience).await,
                Err(error) if error.is_retryable() => bookmark.keep(self.run.leading(), patience).await,
                Err(_) => {}
            }
        }
        result
    }
}

#[cfg(test)]
mod access_log_tests;
#[cfg(test)]
mod tests;
