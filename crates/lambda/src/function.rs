//! One invocation: the notification's objects through the pipeline, and the reply its sender reads.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use lambda_runtime::{Context, Error};
use serde::Serialize;
use tokio::sync::OnceCell;
use trailsearch_aws::{S3Store, SecretError, read_login};
use trailsearch_core::ack::{Acks, Failure, with_causes};
use trailsearch_core::books::Books;
use trailsearch_core::notification::{Message, Notification, NotificationError};
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::StateStore;
use trailsearch_ingest::settings::SettingsError;
use trailsearch_ingest::{Deadline, Pipeline, Settings};
use trailsearch_search::{ConnectError, OpenSearchIndex, SearchError};

use crate::observer::{Observation, Observer};
use crate::reply::Reply;
use crate::setup::Installer;

/// How long the check of the index template may take: a function has 10 s to start.
const TEMPLATE_CHECK: Duration = Duration::from_secs(3);

/// Why the function cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

/// The cluster has no template for the function's indices: it would map every field of every event by itself.
#[derive(Debug, thiserror::Error)]
#[error(
    "the index template {prefix} is not installed: run `trailsearch setup` with the same settings against the same endpoint first, or invoke the function with {{\"setup\": {{}}}}"
)]
pub(crate) struct MissingTemplate {
    prefix: String,
    source: SearchError,
}

/// What lives as long as the container: clients and settings.
pub(crate) struct Function {
    pipeline: Pipeline<S3Store, OpenSearchIndex>,
    pub(crate) installer: Installer,
    index: OpenSearchIndex,
    /// The names of the index templates of what it ingests.
    templates: Vec<String>,
    /// Filled when they have been seen.
    seen: OnceCell<()>,
    object_concurrency: usize,
    deadline_margin: Duration,
    observer: Observer,
}

/// What became of one message's objects.
#[derive(Default)]
struct Tally {
    books: Books,
    skipped: usize,
    failures: Vec<Failure>,
}

/// What became of one object.
#[derive(Debug)]
pub(crate) enum Ingested {
    Done(Books),
    Skipped,
    Failed(Books, Failure),
}

impl Function {
    /// Reads the settings and builds the clients, once per container.
    ///
    /// # Errors
    /// When the settings are wrong, or lead to no client.
    pub(crate) async fn from_env() -> Result<Self, StartError> {
        let mut settings = Settings::from_env()?;
        let aws = trailsearch_aws::load_config().await;
        read_login(&mut settings.endpoint, &aws).await?;
        let index = OpenSearchIndex::from_settings(&settings.endpoint, &aws)?;
        let store = S3Store::from_config(&aws);
        let installer = Installer::new(settings.clone(), aws, index.clone());
        let (object_concurrency, deadline_margin) =
            (settings.ingest.object_concurrency, settings.ingest.deadline_margin);
        let templates = settings.ingest.index_prefixes().map(str::to_owned).collect();
        let state = settings.state.map(|place| Arc::new(store.state(place)) as Arc<dyn StateStore>);
        let pipeline = Pipeline::new(store, index.clone(), settings.ingest).with_state(state);
        let observer = Observer::new(settings.metrics_namespace);
        let seen = OnceCell::new();
        Ok(Self { pipeline, installer, index, templates, seen, object_concurrency, deadline_margin, observer })
    }

    /// Sees to it that there are the index templates; they may be set up at any time.
    ///
    /// # Errors
    /// When the cluster lacks one.
    pub(crate) async fn require_template(&self) -> Result<(), MissingTemplate> {
        let check = async || {
            for name in &self.templates {
                check_template(&self.index, name).await?;
            }
            Ok(())
        };
        self.seen.get_or_try_init(check).await.copied()
    }

    /// Handles one notification of any trigger.
    pub(crate) async fn handle(&self, event: &[u8], context: &Context) -> Result<Reply, Error> {
        let mut observation = self.observer.observe(context);
        let reply = self.reply(event, context, &mut observation).await;
        observation.print();
        reply
    }

    async fn reply(&self, event: &[u8], context: &Context, seen: &mut Observation<'_>) -> Result<Reply, Error> {
        let notification = Notification::parse(event).inspect_err(|error| {
            tracing::error!(error = with_causes(error), "the event cannot be read");
            seen.unreadable();
        })?;
        self.require_template().await.inspect_err(|error| {
            tracing::error!(error = with_causes(error), "nothing is ingested");
        })?;
        let mut acks = Acks::open(&notification);
        let tallies = self.messages(&notification, context, seen).await;
        for (message, tally) in notification.messages.iter().zip(tallies) {
            match &message.objects {
                Ok(_) => acks.settle(&message.id, tally.outcome()),
                Err(error) => {
                    log_unreadable(message, error);
                    seen.unreadable();
                }
            }
        }
        Ok(acks.reply()?.into())
    }

    /// Ingests the objects of all messages, several at once; a tally for each message.
    async fn messages(&self, from: &Notification, context: &Context, seen: &mut Observation<'_>) -> Vec<Tally> {
        let deadline = self.deadline(context);
        let mut tallies: Vec<Tally> = from.messages.iter().map(|_| Tally::default()).collect();
        let mut work = futures::stream::iter(jobs(&from.messages))
            .map(|(message, object)| async move { (message, object, self.object(object, deadline).await) })
            .buffer_unordered(self.object_concurrency);
        while let Some((message, object, ingested)) = work.next().await {
            seen.ended(object, &ingested, &from.source);
            tallies[message].add(ingested);
        }
        tallies
    }

    async fn object(&self, object: &ObjectRef, deadline: Deadline) -> Ingested {
        if let Some(reason) = self.pipeline.skip_reason(object) {
            tracing::info!(bucket = object.bucket, object = object.key, reason, "object skipped");
            return Ingested::Skipped;
        }
        match self.pipeline.ingest(object, deadline).await {
            Ok(books) => Ingested::Done(books),
            Err(failure) => {
                let message = with_causes(&failure);
                Ingested::Failed(failure.books, Failure { retryable: failure.error.is_retryable(), message })
            }
        }
    }

    /// The moment at which work stops, so that what failed can still be reported.
    pub(crate) fn deadline(&self, context: &Context) -> Deadline {
        self.deadline_before(context, Duration::ZERO)
    }

    /// The same, for what takes at least so long to report.
    pub(crate) fn deadline_before(&self, context: &Context, reporting: Duration) -> Deadline {
        let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
        Deadline::after(left.saturating_sub(self.deadline_margin.max(reporting)))
    }
}

/// Looks whether the index template is there. A cluster that cannot be asked now may answer when the events come.
async fn check_template(index: &OpenSearchIndex, prefix: &str) -> Result<(), MissingTemplate> {
    let path = format!("/_index_template/{prefix}");
    match tokio::time::timeout(TEMPLATE_CHECK, index.get(&path)).await {
        Ok(Err(error @ SearchError::NotFound { .. })) => {
            Err(MissingTemplate { prefix: prefix.to_owned(), source: error })
        }
        Ok(Err(error)) => {
            tracing::warn!(error = with_causes(&error), "the index template could not be checked");
            Ok(())
        }
        Ok(Ok(_)) => Ok(()),
        Err(_) => {
            tracing::warn!("the index template could not be checked: the cluster does not answer");
            Ok(())
        }
    }
}

fn log_unreadable(message: &Message, error: &NotificationError) {
    tracing::error!(message_id = message.id, error = with_causes(error), "the message cannot be read");
}

/// Every object of every message, with the message's number.
fn jobs(messages: &[Message]) -> impl Iterator<Item = (usize, &ObjectRef)> {
    messages
        .iter()
        .enumerate()
        .flat_map(|(number, message)| message.objects.iter().flatten().map(move |object| (number, object)))
}

impl Tally {
    fn add(&mut self, ingested: Ingested) {
        match ingested {
            Ingested::Done(books) => self.books += books,
            Ingested::Skipped => self.skipped += 1,
            Ingested::Failed(books, failure) => {
                self.books += books;
                self.failures.push(failure);
            }
        }
    }

    /// The books as the message's summary, or what failed in it.
    fn outcome(self) -> Result<String, Failure> {
        if self.failures.is_empty() {
            return Ok(self.summary());
        }
        let retryable = self.failures.iter().any(|failure| failure.retryable);
        let messages: Vec<String> = self.failures.into_iter().map(|failure| failure.message).collect();
        Err(Failure { retryable, message: messages.join("; ") })
    }

    fn summary(&self) -> String {
        #[derive(Serialize)]
        struct Summary<'b> {
            #[serde(flatten)]
            books: &'b Books,
            skipped: usize,
        }
        serde_json::to_string(&Summary { books: &self.books, skipped: self.skipped }).unwrap_or_default()
    }
}
