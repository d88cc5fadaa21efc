//! One object to its books: fetch, inflate, split, normalize, batch and post, all at once.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use trailsearch_core::ack::with_causes;
use trailsearch_core::batch::Batch;
use trailsearch_core::books::Books;
use trailsearch_core::inflate::Inflater;
use trailsearch_core::normalize::{Normalizer, Origin};
use trailsearch_core::object::{Encoding, ObjectKey, ObjectRef};
use trailsearch_core::split::Splitter;

use crate::deadline::Deadline;
use crate::deliver::{Context, Delivery, deliver};
use crate::error::{Failure, ObjectError};
use crate::ports::{ObjectStore, SearchIndex};
use crate::retry::Backoff;
use crate::settings::IngestSettings;

/// How long a batch is tried where no deadline ends it sooner.
const PATIENCE: Duration = Duration::from_secs(600);

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
    store: S,
    index: Arc<I>,
    settings: IngestSettings,
    /// Bulk requests under way, over all objects.
    slots: Arc<Semaphore>,
}

impl<S: ObjectStore, I: SearchIndex> Pipeline<S, I> {
    /// A pipeline from `store` to `index`.
    pub fn new(store: S, index: I, settings: IngestSettings) -> Self {
        let slots = Arc::new(Semaphore::new(settings.bulk_concurrency));
        Self { store, index: Arc::new(index), settings, slots }
    }

    /// Ingests one object and logs its books.
    ///
    /// # Errors
    /// When any record could not be placed or the object could not be read to its end. What came
    /// before is indexed all the same, and ingesting the object again does no harm.
    pub async fn ingest(&self, object: &ObjectRef, deadline: Deadline) -> Result<Books, Failure> {
        let started = std::time::Instant::now();
        let mut run = Run::new(self, object, deadline);
        let read = run.read_in_time(object).await;
        let result = run.finish(read).await;
        let milliseconds = started.elapsed().as_millis() as u64;
        match result {
            Ok(books) => {
                log_books!(info, object, books, milliseconds, "object ingested");
                Ok(books)
            }
            Err((books, error)) => {
                let failure = Failure { object: object.to_string(), books, error };
                let error = with_causes(&failure);
                log_books!(error, object, books, milliseconds, error, "object failed");
                Err(failure)
            }
        }
    }
}

/// The work on one object.
struct Run<'p, S, I> {
    pipeline: &'p Pipeline<S, I>,
    context: Arc<Context>,
    inflater: Inflater,
    splitter: Splitter,
    normalizer: Normalizer,
    batch: Batch,
    posts: JoinSet<Delivery>,
    books: Books,
    reason: Option<String>,
}

impl<'p, S: ObjectStore, I: SearchIndex> Run<'p, S, I> {
    fn new(pipeline: &'p Pipeline<S, I>, object: &ObjectRef, deadline: Deadline) -> Self {
        let settings = &pipeline.settings;
        let context = Context {
            origin: origin(object),
            normalization: settings.normalization.clone(),
            backoff: Backoff::default(),
            deadline: deadline.or_after(PATIENCE),
        };
        Self {
            pipeline,
            context: Arc::new(context),
            inflater: Inflater::new(Encoding::of_name(&object.key), settings.max_object_bytes),
            splitter: Splitter::new(settings.max_record_bytes),
            normalizer: Normalizer::new(&settings.normalization),
            batch: Batch::default(),
            posts: JoinSet::new(),
            books: Books { objects: 1, ..Books::default() },
            reason: None,
        }
    }

    async fn read_in_time(&mut self, object: &ObjectRef) -> Result<(), ObjectError> {
        let deadline = self.context.deadline;
        let read = deadline.limit(self.read(object)).await;
        read.unwrap_or(Err(ObjectError::OutOfTime { records: self.books.records }))
    }

    async fn read(&mut self, object: &ObjectRef) -> Result<(), ObjectError> {
        let mut stream = self.pipeline.store.open(object).await?;
        while let Some(chunk) = stream.next().await {
            for piece in Inflater::pieces(&chunk?) {
                self.piece(piece).await?;
            }
        }
        self.inflater.finish()?;
        Ok(self.splitter.finish()?)
    }

    async fn piece(&mut self, piece: &[u8]) -> Result<(), ObjectError> {
        self.splitter.feed(self.inflater.push(piece)?);
        while self.next_record()? {
            if self.batch.is_full(self.pipeline.settings.batch) {
                self.post().await?;
            }
        }
        // The requests under way go on between two pieces, on one thread too.
        tokio::task::yield_now().await;
        Ok(())
    }

    fn next_record(&mut self) -> Result<bool, ObjectError> {
        let Some(record) = self.splitter.next_record()? else { return Ok(false) };
        let position = self.books.records;
        let document = self.normalizer.document(&record, &self.context.origin, position);
        let settings = &self.pipeline.settings;
        self.batch.push(&settings.index_prefix, settings.ids, &document, position);
        self.books.records += 1;
        Ok(true)
    }

    /// Hands the batch to a task of its own as soon as there is a slot.
    async fn post(&mut self) -> Result<(), ObjectError> {
        while let Some(done) = self.posts.try_join_next() {
            self.count(done);
        }
        if self.context.deadline.has_passed() {
            return Err(ObjectError::OutOfTime { records: self.books.records });
        }
        self.send().await;
        Ok(())
    }

    async fn send(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let slot = Arc::clone(&self.pipeline.slots).acquire_owned().await;
        let (index, context) = (Arc::clone(&self.pipeline.index), Arc::clone(&self.context));
        self.posts.spawn(async move {
            let delivery = deliver(index.as_ref(), batch, &context).await;
            drop(slot);
            delivery
        });
    }

    fn count(&mut self, done: Result<Delivery, tokio::task::JoinError>) {
        match done {
            Ok(delivery) => {
                self.books += delivery.books;
                self.reason = delivery.reason.or(self.reason.take());
            }
            Err(error) => self.reason = Some(error.to_string()),
        }
    }

    /// Posts what is left, also of an object that broke off, and closes the books.
    async fn finish(mut self, read: Result<(), ObjectError>) -> Result<Books, (Books, ObjectError)> {
        if !self.batch.is_empty() {
            self.send().await;
        }
        while let Some(done) = self.posts.join_next().await {
            self.count(done);
        }
        self.books.bytes_read = self.inflater.bytes_read();
        self.books.bytes_inflated = self.inflater.bytes_inflated();
        let placed = self.books.indexed + self.books.duplicate + self.books.degraded + self.books.dead_lettered;
        self.books.failed = self.books.records.saturating_sub(placed);
        let undelivered = |run: &Self| ObjectError::Undelivered {
            count: run.books.failed,
            reason: run.reason.clone().unwrap_or_else(|| "the books do not balance".to_owned()),
        };
        match read {
            Err(error) => Err((self.books, error)),
            Ok(()) if !self.books.balance() => Err((self.books, undelivered(&self))),
            Ok(()) => Ok(self.books),
        }
    }
}

/// What the documents say of where they come from.
fn origin(object: &ObjectRef) -> Origin {
    let day = ObjectKey::parse(&object.key).day;
    let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Origin::new(&object.bucket, &object.key, day.map(|day| day.to_string()), time)
}
