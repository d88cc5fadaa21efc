//! Back to the index: dead letters, and the messages of a dead-letter queue.

mod queue;

use std::time::Instant;

use futures::StreamExt;
use trailsearch_core::books::Books;
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::object::{Encoding, Format, ObjectRef};
use trailsearch_core::split::Reader;

use crate::dead_letters::DeadLetter;
use crate::deadline::Deadline;
use crate::error::{Failure, ObjectError};
use crate::pipeline::{Pipeline, log_end};
use crate::ports::{Cause, ObjectStore, SearchIndex};
use crate::run::Run;

pub use queue::{MessageOutcome, drain};

impl<S: ObjectStore, I: SearchIndex> Pipeline<S, I> {
    /// Sends the records of a file of dead letters on their way again, each as one of the object and the position that it
    /// had, and logs the books of the file. The file stays as it is.
    ///
    /// # Errors
    /// When the file cannot be read, or a record has still no place in the index: no new dead letters are written.
    pub async fn replay(&self, file: &ObjectRef) -> Result<Books, Failure> {
        let started = Instant::now();
        let mut run = Run::new(self, file, Format::default(), Deadline::NEVER, None);
        let read = self.read_letters(file, &mut run).await;
        let result = run.finish(read).await;
        let books = run.books.clone();
        log_end(file, &books, &result, started);
        match result {
            Ok(()) => Ok(books),
            Err(error) => Err(Failure { object: file.to_string(), books, error }),
        }
    }

    async fn read_letters(&self, file: &ObjectRef, run: &mut Run<'_, S, I>) -> Result<(), ObjectError> {
        let text = self.read_whole(file, &mut run.books).await?;
        let lines = text.split(|byte| *byte == b'\n').zip(1..);
        for (line, number) in lines.filter(|(line, _)| !line.is_empty()) {
            let damaged = |source| ObjectError::DeadLetter { line: number, source };
            let letter = DeadLetter::parse(line).map_err(|error| damaged(error.into()))?;
            if *run.object() != letter.object() {
                run.turn_to(&letter.object(), letter.format).await?;
            }
            take(&letter, run).map_err(damaged)?;
            run.post_if_full().await?;
        }
        Ok(())
    }

    /// A file holds the dead letters of one batch, so it is not large.
    async fn read_whole(&self, file: &ObjectRef, books: &mut Books) -> Result<Vec<u8>, ObjectError> {
        // Letters that are all alike are denser than a log may be.
        let limits = Limits { object_ratio: u64::MAX, ..self.settings.limits };
        let mut inflater = Inflater::new(Encoding::of_name(&file.key), limits);
        let mut opened = self.store.open(file).await?;
        let mut text = Vec::new();
        while let Some(chunk) = opened.bytes.next().await {
            for piece in Inflater::pieces(&chunk?) {
                text.extend_from_slice(inflater.push(piece)?);
            }
        }
        inflater.finish()?;
        books.bytes_read = inflater.bytes_read();
        books.bytes_inflated = inflater.bytes_inflated();
        Ok(text)
    }
}

/// Takes the record of a letter, which is read as a log of one record.
fn take<S, I: SearchIndex>(letter: &DeadLetter, run: &mut Run<'_, S, I>) -> Result<(), Cause> {
    let raw = letter.record()?;
    let mut reader = Reader::of_record(letter.format, &raw);
    if let Some(record) = reader.next_record()? {
        run.take(&record, letter.position);
        return Ok(());
    }
    Ok(reader.finish()?)
}

#[cfg(test)]
mod tests;
