//! One batch to its verdicts: posted, and again where that can help, until every
//! document is placed or time runs out.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use trailsearch_core::ack::with_causes;
use trailsearch_core::batch::{Batch, Item};
use trailsearch_core::books::Books;
use trailsearch_core::normalize::{Normalizer, Origin};
use trailsearch_core::object::ObjectRef;
use trailsearch_core::verdict::{Verdict, verdicts};

use crate::dead_letters::{DeadLetters, file_name};
use crate::deadline::Deadline;
use crate::ports::{BulkError, SearchIndex, StateStore};
use crate::retry::Backoff;
use crate::stopwatch::Stopwatch;

/// How long a batch is tried where no deadline ends it sooner.
const PATIENCE: Duration = Duration::from_secs(600);

/// Why a single document was refused with its request.
const TOO_LARGE: &str = "the document alone is larger than the cluster takes (HTTP 413)";

/// What a delivery needs to know of its object.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) object: ObjectRef,
    pub(crate) origin: Origin,
    /// To be cloned where a document is to be made.
    pub(crate) normalizer: Normalizer,
    pub(crate) backoff: Backoff,
    pub(crate) deadline: Deadline,
    pub(crate) index_prefix: String,
    /// Where dead letters go; nowhere, and their records have failed, where there is none.
    pub(crate) state: Option<Arc<dyn StateStore>>,
}

/// What became of one batch.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) books: Books,
    /// Why some documents could not be placed.
    pub(crate) reason: Option<String>,
    /// Whether the cluster took a request not at all: what comes next will fare no better.
    pub(crate) gave_up: bool,
}

/// Documents to be sent, and how often that was tried.
struct Work {
    batch: Batch,
    attempt: u32,
}

/// How one request ended.
enum Answer {
    Verdicts(Vec<Verdict>),
    TooLarge,
    Again { wait: Option<Duration>, reason: String },
    Refused(String),
}

/// Posts a batch until each of its records is indexed, a dead letter, or has failed.
pub(crate) async fn deliver<I: SearchIndex>(index: &I, batch: Batch, context: &Context) -> Delivery {
    let mut courier = Courier::new(batch, context);
    while let Some(work) = courier.queue.pop() {
        courier.send(index, work).await;
    }
    courier.keep_dead().await;
    courier.delivery
}

/// A delivery under way.
struct Courier<'c> {
    context: &'c Context,
    deadline: Deadline,
    /// The positions of the batch's first and last record.
    range: (u64, u64),
    queue: Vec<Work>,
    dead: DeadLetters,
    delivery: Delivery,
}

async fn post<I: SearchIndex>(index: &I, batch: &Batch, books: &mut Books) -> Answer {
    let body = compress(batch.body());
    books.requests += 1;
    books.bytes_posted += body.len() as u64;
    match index.bulk(body).await {
        Ok(reply) => match verdicts(&reply, batch.len()) {
            Ok(verdicts) => Answer::Verdicts(verdicts),
            Err(error) => Answer::Again { wait: None, reason: with_causes(&error) },
        },
        Err(BulkError::TooLarge) => Answer::TooLarge,
        Err(error @ BulkError::Refused { .. }) => Answer::Refused(with_causes(&error)),
        Err(error) => Answer::Again { wait: retry_after(&error), reason: with_causes(&error) },
    }
}

/// A cluster that accepts requests and says nothing must not take the time in which that can still be reported.
fn no_answer() -> Answer {
    Answer::Refused("time ran out before the cluster answered".to_owned())
}

fn retry_after(error: &BulkError) -> Option<Duration> {
    match error {
        BulkError::Throttled { retry_after } | BulkError::Unavailable { retry_after, .. } => *retry_after,
        _ => None,
    }
}

/// The fastest level: the body crosses one network hop and is inflated at once.
fn compress(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 6), Compression::fast());
    // Writing into a Vec cannot fail.
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    Bytes::from(written.unwrap_or_default())
}

impl<'c> Courier<'c> {
    fn new(batch: Batch, context: &'c Context) -> Self {
        let deadline = context.deadline.or_after(PATIENCE);
        let position = |item: Option<&Item>| item.map_or(0, |item| item.position);
        let range = (position(batch.items().first()), position(batch.items().last()));
        let queue = vec![Work { batch, attempt: 0 }];
        Self { context, deadline, range, queue, dead: DeadLetters::default(), delivery: Delivery::default() }
    }

    async fn send<I: SearchIndex>(&mut self, index: &I, work: Work) {
        let stopwatch = Stopwatch::start();
        let posted = self.deadline.limit(post(index, &work.batch, &mut self.delivery.books)).await;
        self.delivery.books.timing.bulk += stopwatch.read();
        match posted.unwrap_or_else(no_answer) {
            Answer::Verdicts(verdicts) => self.take(work, verdicts).await,
            Answer::TooLarge => self.split(&work),
            Answer::Again { wait, reason } => self.again(work, wait, reason).await,
            Answer::Refused(reason) => self.give_up(&work, reason),
        }
    }

    fn fail(&mut self, count: u64, reason: String) {
        self.delivery.books.failed += count;
        self.delivery.reason = Some(reason);
    }

    fn give_up(&mut self, work: &Work, reason: String) {
        self.delivery.gave_up = true;
        self.fail(work.batch.len() as u64, reason);
    }

    fn push(&mut self, batch: Batch, attempt: u32) {
        if !batch.is_empty() {
            self.queue.push(Work { batch, attempt });
        }
    }

    /// Counts what is placed and queues what is not.
    async fn take(&mut self, work: Work, verdicts: Vec<Verdict>) {
        let (mut again, mut minimal) = (Batch::default(), Batch::default());
        let mut last_reason = String::new();
        for (item, verdict) in work.batch.items().iter().zip(verdicts) {
            match verdict {
                Verdict::Indexed => self.indexed(item),
                Verdict::Duplicate => self.delivery.books.duplicate += 1,
                Verdict::Retry(reason) => {
                    again.copy(&work.batch, item);
                    last_reason = reason;
                }
                Verdict::Rejected(reason) => self.refused(&work.batch, item, reason, &mut minimal),
            }
        }
        self.push(minimal, 0);
        if !again.is_empty() {
            // A cluster that takes some documents is at work: waits grow while it takes none.
            let attempt = if again.len() < work.batch.len() { 0 } else { work.attempt };
            self.again(Work { batch: again, attempt }, None, last_reason).await;
        }
    }

    /// Counts what is new in the index.
    fn indexed(&mut self, item: &Item) {
        let books = &mut self.delivery.books;
        *if item.degraded { &mut books.degraded } else { &mut books.indexed } += 1;
        item.denial.iter().for_each(|denial| books.denials.add(denial));
    }

    /// Replaces a refused document by a minimal one; the record of a refused minimal one becomes a dead letter.
    fn refused(&mut self, from: &Batch, item: &Item, reason: String, minimal: &mut Batch) {
        self.delivery.books.rejected += 1;
        let (context, record) = (self.context, from.record(item));
        if !item.degraded {
            let mut normalizer = context.normalizer.clone();
            let document = normalizer.degraded(record, &context.origin, item.position, &reason);
            minimal.replace(from, item, &document);
        } else if context.state.is_some() {
            self.dead.push(&context.object, context.origin.format(), item.position, record, reason);
        } else {
            self.fail(1, reason);
        }
    }

    /// Halves a batch that is too large; one document that is too large by itself is refused like any other.
    fn split(&mut self, work: &Work) {
        let (first, second) = work.batch.halves();
        if second.is_empty() {
            let mut minimal = Batch::default();
            for item in first.items() {
                self.refused(&first, item, TOO_LARGE.to_owned(), &mut minimal);
            }
            return self.push(minimal, 0);
        }
        self.push(second, work.attempt);
        self.push(first, work.attempt);
    }

    /// Waits and queues the work again, unless time runs out first.
    async fn again(&mut self, work: Work, wait: Option<Duration>, reason: String) {
        let delay = self.context.backoff.delay(work.attempt, wait);
        if self.deadline.is_within(delay) {
            return self.give_up(&work, reason);
        }
        tracing::debug!(attempt = work.attempt, delay_ms = delay.as_millis() as u64, reason, "sending again");
        tokio::time::sleep(delay).await;
        self.delivery.books.retried += work.batch.len() as u64;
        self.push(work.batch, work.attempt + 1);
    }

    /// Writes the dead letters of the batch; records whose letters cannot be written have failed. It is said aloud each
    /// time: a cluster that refuses everything must not pass unnoticed.
    async fn keep_dead(&mut self) {
        let DeadLetters { lines, count, last_reason } = std::mem::take(&mut self.dead);
        let Context { object, index_prefix, .. } = self.context;
        let Some(state) = self.context.state.as_ref().filter(|_| count > 0) else { return };
        let file = file_name(index_prefix, object, self.range.0, self.range.1);
        match self.deadline.limit(state.put(&file, compress(&lines))).await {
            Some(Ok(())) => {
                self.delivery.books.dead_lettered += count;
                let (bucket, object) = (&object.bucket, &object.key);
                tracing::error!(bucket, object, file, dead_letters = count, last_reason, "records became dead letters");
            }
            Some(Err(error)) => self.fail(count, with_causes(&error)),
            None => self.fail(count, "time ran out before the dead letters were written".to_owned()),
        }
    }
}
