//! `tail`: events as they become searchable.

mod arrivals;

use std::process::ExitCode;

use serde_json::Value;
use tokio::time::sleep;
use trailsearch_search::SearchError;

use super::event::{Event, HEADER, line, sort_by_time};
use super::events::unreadable;
use super::scope::Scope;
use crate::args::questions::TailArgs;
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::output::Output;
use arrivals::Arrivals;

/// How wide the columns of [`HEADER`] are at least, since nobody knows the rows to come.
const WIDTHS: [usize; 8] = [20, 24, 32, 12, 40, 12, 14, 36];

/// Shows the newest events that match, and then every other as it becomes searchable, until Ctrl-C.
///
/// # Errors
/// When the cluster does not answer at the start or refuses to later, or nobody reads the events any more.
pub(super) async fn run(
    cluster: &Cluster,
    scope: &Scope,
    query: &Value,
    args: &TailArgs,
    console: &Console,
    output: Output,
) -> Result<ExitCode, CliError> {
    let arrivals = Arrivals::new(&cluster.index, scope.indices_of(cluster), scope.of(query));
    let mut tail = Tail { arrivals, console, output, away: false };
    tokio::select! {
        failed = tail.follow(args) => failed,
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted.map(|()| ExitCode::SUCCESS)?),
    }
}

struct Tail<'a> {
    arrivals: Arrivals<'a>,
    console: &'a Console,
    output: Output,
    /// Whether the cluster did not answer the last time.
    away: bool,
}

impl Tail<'_> {
    /// Ends only by an error.
    async fn follow(&mut self, args: &TailArgs) -> Result<ExitCode, CliError> {
        let newest = self.arrivals.start(args.lines).await.map_err(unreadable)?;
        self.output.stream(&HEADER.map(str::to_owned), &WIDTHS, None)?;
        self.show(newest)?;
        loop {
            sleep(args.interval.unsigned_abs()).await;
            match self.round().await {
                Err(CliError::Search(error)) if is_passing(&error) => self.wait_for(&error),
                round => round?,
            }
        }
    }

    /// Shows everything that is new.
    async fn round(&mut self) -> Result<(), CliError> {
        self.arrivals.look().await.map_err(unreadable)?;
        if std::mem::take(&mut self.away) {
            self.console.say("the cluster answers again");
        }
        while let Some(events) = self.arrivals.next().await.map_err(unreadable)? {
            self.show(events)?;
        }
        Ok(())
    }

    fn show(&self, mut events: Vec<Event>) -> Result<(), CliError> {
        sort_by_time(&mut events);
        for event in &events {
            self.output.stream(&line(event), &WIDTHS, Some(event.document()))?;
        }
        Ok(())
    }

    /// Says once that the cluster is away.
    fn wait_for(&mut self, error: &SearchError) {
        if !std::mem::replace(&mut self.away, true) {
            self.console.say(&format!("warning: {error}; nothing is missed meanwhile"));
        }
    }
}

/// Whether another time may bring an answer.
fn is_passing(error: &SearchError) -> bool {
    matches!(error, SearchError::Unreachable { .. } | SearchError::Unavailable { .. })
}
