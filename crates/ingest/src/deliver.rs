//! One batch to its verdicts: posted, and again where that can help, until every
//! document is placed or time runs out.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use trailsearch_core::ack::with_causes;
use trailsearch_core::batch::{Batch, Item};
use trailsearch_core::books::Books;
use trailsearch_core::normalize::{Normalization, Normalizer, Origin};
use trailsearch_core::verdict::{Verdict, verdicts};

use crate::deadline::Deadline;
use crate::ports::{BulkError, SearchIndex};
use crate::retry::Backoff;

/// What a delivery needs to know of its object.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) origin: Origin,
    pub(crate) normalization: Normalization,
    pub(crate) backoff: Backoff,
    pub(crate) deadline: Deadline,
}

/// What became of one batch.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) books: Books,
    /// Why some documents could not be placed.
    pub(crate) reason: Option<String>,
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

pub(crate) async fn deliver<I: SearchIndex>(index: &I, batch: Batch, context: &Context) -> Delivery {
    let mut delivery = Delivery::default();
    let mut queue = vec![Work { batch, attempt: 0 }];
    while let Some(work) = queue.pop() {
        let answer = context.deadline.limit(post(index, &work.batch, &mut delivery.books)).await;
        match answer.unwrap_or_else(no_answer) {
            Answer::Verdicts(verdicts) => delivery.take(work, verdicts, context, &mut queue).await,
            Answer::TooLarge => delivery.split(work, &mut queue),
            Answer::Again { wait, reason } => delivery.again(work, wait, reason, context, &mut queue).await,
            Answer::Refused(reason) => delivery.fail(work.batch.len(), reason),
        }
    }
    delivery
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

impl Delivery {
    fn fail(&mut self, count: usize, reason: String) {
        self.books.failed += count as u64;
        self.reason = Some(reason);
    }

    /// Counts what is placed and queues what is not.
    async fn take(&mut self, work: Work, verdicts: Vec<Verdict>, context: &Context, queue: &mut Vec<Work>) {
        let (mut again, mut degraded) = (Batch::default(), Batch::default());
        let mut last_reason = String::new();
        for (item, verdict) in work.batch.items().iter().zip(verdicts) {
            match verdict {
                Verdict::Indexed if item.degraded => self.books.degraded += 1,
                Verdict::Indexed => self.books.indexed += 1,
                Verdict::Duplicate => self.books.duplicate += 1,
                Verdict::Retry(reason) => {
                    again.copy(&work.batch, item);
                    last_reason = reason;
                }
                Verdict::Rejected(reason) => self.degrade(&work.batch, item, reason, context, &mut degraded),
            }
        }
        if !degraded.is_empty() {
            queue.push(Work { batch: degraded, attempt: 0 });
        }
        if !again.is_empty() {
            self.again(Work { batch: again, ..work }, None, last_reason, context, queue).await;
        }
    }

    /// Replaces a refused document by a minimal one; a refused minimal one has failed.
    fn degrade(&mut self, from: &Batch, item: &Item, reason: String, context: &Context, to: &mut Batch) {
        self.books.rejected += 1;
        if item.degraded {
            return self.fail(1, reason);
        }
        let mut normalizer = Normalizer::new(&context.normalization);
        let document = normalizer.degraded(from.document(item), &context.origin, item.position, &reason);
        to.replace(from, item, &document);
    }

    fn split(&mut self, work: Work, queue: &mut Vec<Work>) {
        if work.batch.len() < 2 {
            return self.fail(work.batch.len(), "one document is larger than the cluster takes (HTTP 413)".to_owned());
        }
        let (first, second) = work.batch.halves();
        queue.push(Work { batch: second, attempt: work.attempt });
        queue.push(Work { batch: first, attempt: work.attempt });
    }

    /// Waits and queues the work again, unless time runs out first.
    async fn again(
        &mut self,
        work: Work,
        wait: Option<Duration>,
        reason: String,
        context: &Context,
        queue: &mut Vec<Work>,
    ) {
        let delay = context.backoff.delay(work.attempt, wait);
        if context.deadline.is_within(delay) {
            return self.fail(work.batch.len(), reason);
        }
        tracing::debug!(attempt = work.attempt, delay_ms = delay.as_millis() as u64, reason, "sending again");
        tokio::time::sleep(delay).await;
        self.books.retried += work.batch.len() as u64;
        queue.push(Work { attempt: work.attempt + 1, ..work });
    }
}
