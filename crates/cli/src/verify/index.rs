//! The records of log files, looked up in the index.

use trailsearch_core::ack::with_causes;
use trailsearch_core::batch::Ids;
use trailsearch_core::inflate::{InflateError, Inflater};
use trailsearch_core::normalize::{Normalizer, Origin};
use trailsearch_core::object::{Encoding, ObjectKey, ObjectRef};
use trailsearch_core::split::{SplitError, Splitter};
use trailsearch_ingest::retry::Backoff;
use trailsearch_ingest::settings::IngestSettings;
use trailsearch_ingest::{Deadline, Pipeline};
use trailsearch_search::{DocumentAddress, OpenSearchIndex, SearchError};

use crate::args::VerifyArgs;
use crate::connect::{Cluster, LazyS3, state};
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::Ingester;
use crate::ingest::progress::Progress;
use crate::ingest::store::Store;
use crate::setup;

use super::presence::Presence;

/// Documents in one request.
const DOCUMENTS_AT_ONCE: usize = 1_000;

/// How often a question is asked that the cluster cannot answer now.
const ATTEMPTS: u32 = 6;

/// The index, and how records become documents of it.
pub(super) struct Index {
    index: OpenSearchIndex,
    settings: IngestSettings,
    normalizer: Normalizer,
    /// Ingests what is missing, where that is wanted.
    ingester: Option<Ingester>,
}

/// The file's text is none of a log.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    Inflate(#[from] InflateError),
    #[error(transparent)]
    Split(#[from] SplitError),
}

impl Index {
    /// # Errors
    /// When documents carry no ids, or what is missing shall be ingested and the index template is not there.
    pub(super) async fn new(
        cluster: Cluster,
        args: &VerifyArgs,
        s3: &LazyS3,
        progress: &Progress,
        console: &Console,
    ) -> Result<Self, CliError> {
        if cluster.settings.ingest.ids == Ids::Automatic {
            return Err(CliError::NoIds);
        }
        if args.ingest_missing {
            setup::ensure(&cluster, false, console).await?;
        }
        let state = state(args.state.state.clone(), &cluster.settings, s3).await;
        let Cluster { settings, index } = cluster;
        let (settings, store) = (settings.ingest, Store::new(s3.clone(), progress.clone()));
        let ingester = || Pipeline::new(store, index.clone(), settings.clone()).with_state(state);
        let ingester = args.ingest_missing.then(ingester);
        Ok(Self { normalizer: Normalizer::new(&settings.normalization), index, settings, ingester })
    }

    /// Begins to look up the records of a log file.
    pub(super) fn lookup(&self, object: &ObjectRef) -> Lookup<'_> {
        let day = ObjectKey::parse(&object.key).day.map(|day| day.to_string());
        Lookup {
            index: self,
            // When it would be ingested has no part in its documents' addresses.
            origin: Origin::new(&object.bucket, &object.key, day, String::new()),
            inflater: Inflater::new(Encoding::of_name(&object.key), self.settings.limits),
            splitter: Splitter::new(self.settings.limits),
            normalizer: self.normalizer.clone(),
            asked: Vec::new(),
            presence: Presence { object: object.clone(), records: 0, missing: 0, unread: None, ingested: false },
        }
    }

    /// Ingests a log file, where that is wanted; tells whether all its records are in the index now.
    async fn ingest(&self, object: &ObjectRef, console: &Console) -> bool {
        let Some(ingester) = &self.ingester else { return false };
        let ingested = ingester.ingest(object, Deadline::NEVER).await;
        ingested.inspect_err(|failure| console.error(failure)).is_ok_and(|books| books.dead_lettered == 0)
    }

    async fn missing(&self, documents: &[DocumentAddress]) -> Result<u64, SearchError> {
        let backoff = Backoff::default();
        let mut attempt = 0;
        loop {
            match self.index.are_there(documents).await {
                Ok(there) => return Ok(there.iter().filter(|there| !**there).count() as u64),
                Err(SearchError::Unavailable { .. } | SearchError::Unreachable { .. }) if attempt + 1 < ATTEMPTS => {
                    tokio::time::sleep(backoff.delay(attempt, None)).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The records of one log file on their way.
pub(super) struct Lookup<'i> {
    index: &'i Index,
    origin: Origin,
    inflater: Inflater,
    splitter: Splitter,
    normalizer: Normalizer,
    /// Documents that the next request asks for.
    asked: Vec<DocumentAddress>,
    presence: Presence,
}

impl Lookup<'_> {
    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub(super) async fn push(&mut self, bytes: &[u8]) -> Result<(), SearchError> {
        for piece in Inflater::pieces(bytes) {
            if self.presence.unread.is_none() {
                self.presence.unread = self.piece(piece).err().map(|error| with_causes(&error));
            }
            while self.asked.len() >= DOCUMENTS_AT_ONCE {
                self.ask(DOCUMENTS_AT_ONCE).await?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, piece: &[u8]) -> Result<(), Unread> {
        self.splitter.feed(self.inflater.push(piece)?);
        while let Some(record) = self.splitter.next_record()? {
            let document = self.normalizer.document(&record, &self.origin, self.presence.records);
            if !document.dropped {
                let index = format!("{}-{}", self.index.settings.index_prefix, document.index);
                self.asked.push(DocumentAddress { index, id: document.id.into_owned() });
            }
        }
        Ok(())
    }

    async fn ask(&mut self, count: usize) -> Result<(), SearchError> {
        let documents: Vec<DocumentAddress> = self.asked.drain(..count).collect();
        self.presence.records += documents.len() as u64;
        self.presence.missing += self.index.missing(&documents).await?;
        Ok(())
    }

    /// Says that the file is complete. Where records are missing, it is ingested if that is wanted.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub(super) async fn finish(mut self, console: &Console) -> Result<Presence, SearchError> {
        if self.presence.unread.is_none() {
            self.presence.unread = self.end().err().map(|error| with_causes(&error));
        }
        if !self.asked.is_empty() {
            self.ask(self.asked.len()).await?;
        }
        if self.presence.missing > 0 && self.presence.unread.is_none() {
            self.presence.ingested = self.index.ingest(&self.presence.object, console).await;
        }
        Ok(self.presence)
    }

    fn end(&mut self) -> Result<(), Unread> {
        self.inflater.finish()?;
        Ok(self.splitter.finish()?)
    }
}
