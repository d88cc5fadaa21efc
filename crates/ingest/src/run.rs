//! Records to documents to batches under way: what ingesting an object and replaying dead letters have in common.

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::task::{JoinError, JoinSet};
use tracing::Instrument;
use trailsearch_core::batch::Batch;
use trailsearch_core::books::Books;
use trailsearch_core::normalize::{Normalizer, Origin};
use trailsearch_core::object::{Format, ObjectKey, ObjectRef};
use trailsearch_core::split::Record;

use crate::checkpoint::Placed;
use crate::deadline::Deadline;
use crate::deliver::{Context, Delivery, deliver};
use crate::error::ObjectError;
use crate::pipeline::Pipeline;
use crate::ports::{SearchIndex, StateStore};
use crate::retry::Backoff;

/// The way of records into the index.
pub(crate) struct Run<'p, S, I> {
    pipeline: &'p Pipeline<S, I>,
    context: Arc<Context>,
    normalizer: Normalizer,
    batch: Batch,
    posts: JoinSet<(Range<u64>, Delivery)>,
    pub(crate) books: Books,
    /// Records taken, and those of them that are in no batch any more; both count what was skipped before them.
    taken: u64,
    sent: u64,
    placed: Placed,
    reason: Option<String>,
    gave_up: bool,
}

impl<'p, S, I: SearchIndex> Run<'p, S, I> {
    /// A run of records of `object`; those that no document is taken for go to `state`.
    pub(crate) fn new(
        pipeline: &'p Pipeline<S, I>,
        object: &ObjectRef,
        format: Format,
        deadline: Deadline,
        state: Option<Arc<dyn StateStore>>,
    ) -> Self {
        let normalizer = pipeline.normalizer.clone();
        let context = Context {
            object: object.clone(),
            origin: origin(object, format),
            normalizer: normalizer.clone(),
            backoff: Backoff::default(),
            deadline,
            index_prefix: pipeline.settings.index_prefix_of(format).to_owned(),
            state,
        };
        Self {
            pipeline,
            context: Arc::new(context),
            normalizer,
            batch: Batch::default(),
            posts: JoinSet::new(),
            books: Books { objects: 1, ..Books::default() },
            taken: 0,
            sent: 0,
            placed: Placed::default(),
            reason: None,
            gave_up: false,
        }
    }

    /// Says that the first `records` of the object are placed already and will not come.
    pub(crate) fn skip(&mut self, records: u64) {
        self.taken = records;
        self.sent = records;
        self.placed = Placed::from_start(records);
    }

    /// How many of the object's first records are all placed.
    pub(crate) fn leading(&self) -> u64 {
        self.placed.leading()
    }

    /// The object that the records at hand come from.
    pub(crate) fn object(&self) -> &ObjectRef {
        &self.context.object
    }

    /// What the names of the indices start with that the records at hand go to.
    pub(crate) fn index_prefix(&self) -> &str {
        &self.context.index_prefix
    }

    /// Takes the next records from another object.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub(crate) async fn turn_to(&mut self, object: &ObjectRef, format: Format) -> Result<(), ObjectError> {
        self.post().await?;
        let index_prefix = self.pipeline.settings.index_prefix_of(format).to_owned();
        let (object, origin) = (object.clone(), origin(object, format));
        self.context = Arc::new(Context { object, origin, index_prefix, ..Context::clone(&self.context) });
        Ok(())
    }

    /// Takes a record, which stood at `position` in its object.
    pub(crate) fn take(&mut self, record: &Record<'_>, position: u64) {
        let document = self.normalizer.document(record, &self.context.origin, position);
        if document.dropped {
            self.books.dropped += 1;
        } else {
            let ids = self.pipeline.settings.ids;
            self.batch.push(&self.context.index_prefix, ids, &document, record.raw, position);
        }
        self.books.records += 1;
        self.taken += 1;
    }

    /// Whether the batch is full and to be posted.
    pub(crate) fn is_full(&self) -> bool {
        self.batch.is_full(self.pipeline.settings.batch)
    }

    /// Posts the batch where it is full.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub(crate) async fn post_if_full(&mut self) -> Result<(), ObjectError> {
        if self.is_full() { self.post().await } else { Ok(()) }
    }

    /// Hands the batch to a task of its own as soon as there is a slot.
    ///
    /// # Errors
    /// When it is of no use to go on: time has run out, or the cluster took one of the requests before not at all.
    pub(crate) async fn post(&mut self) -> Result<(), ObjectError> {
        while let Some(done) = self.posts.try_join_next() {
            self.count(done);
        }
        if self.context.deadline.has_passed() {
            return Err(self.out_of_time());
        }
        if self.gave_up {
            return Err(self.undelivered());
        }
        self.send().await;
        Ok(())
    }

    async fn send(&mut self) {
        let batch = self.batch.take();
        let range = std::mem::replace(&mut self.sent, self.taken)..self.taken;
        if batch.is_empty() {
            return self.placed.add(range);
        }
        let slot = Arc::clone(&self.pipeline.slots).acquire_owned().await;
        let (index, context) = (Arc::clone(&self.pipeline.index), Arc::clone(&self.context));
        let work = async move {
            let delivery = deliver(index.as_ref(), batch, &context).await;
            drop(slot);
            (range, delivery)
        };
        self.posts.spawn(work.in_current_span());
    }

    fn count(&mut self, done: Result<(Range<u64>, Delivery), JoinError>) {
        match done {
            Ok((range, delivery)) => {
                if delivery.books.failed == 0 {
                    self.placed.add(range);
                }
                self.books += delivery.books;
                self.gave_up |= delivery.gave_up;
                self.reason = delivery.reason.or(self.reason.take());
            }
            Err(error) => self.reason = Some(error.to_string()),
        }
    }

    /// When the oldest event happened, of those that were taken.
    fn oldest_event(&self) -> Option<SystemTime> {
        let time: jiff::Timestamp = self.normalizer.oldest_event()?.parse().ok()?;
        Some(time.into())
    }

    /// The error of records that come too late.
    pub(crate) fn out_of_time(&self) -> ObjectError {
        ObjectError::OutOfTime { records: self.taken }
    }

    fn undelivered(&self) -> ObjectError {
        let reason = self.reason.clone().unwrap_or_else(|| "the books do not balance".to_owned());
        ObjectError::Undelivered { count: self.books.failed, reason }
    }

    /// Posts what is left, also where reading broke off, and closes the books.
    ///
    /// # Errors
    /// How reading ended, or that records could not be placed.
    pub(crate) async fn finish(&mut self, read: Result<(), ObjectError>) -> Result<(), ObjectError> {
        self.send().await;
        while let Some(done) = self.posts.join_next().await {
            self.count(done);
        }
        self.books.timing.oldest_event = self.oldest_event();
        self.books.failed = self.books.records.saturating_sub(self.books.placed());
        match read {
            Ok(()) | Err(ObjectError::Undelivered { .. }) if !self.books.balance() => Err(self.undelivered()),
            other => other,
        }
    }
}

/// What the documents of an object's records say of where they come from; the time of ingestion is now.
pub fn origin(object: &ObjectRef, format: Format) -> Origin {
    let day = ObjectKey::parse(&object.key).day;
    let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Origin::new(&object.bucket, &object.key, day.map(|day| day.to_string()), time).of_format(format)
}
