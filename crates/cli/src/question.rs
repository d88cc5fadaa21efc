//! The questions that the command line answers out of the index, or out of log files.
//!
//! Each is a file: it asks through [`events::Events`], which knows the part of the index that is meant, and answers
//! with an [`Answer`](crate::output::Answer).

mod errors;
pub(crate) mod event;
mod events;
mod explain;
mod field;
mod files;
mod history;
mod indices;
mod logins;
mod query;
mod relations;
pub(crate) mod scope;
mod search;
mod top;
mod trace;
mod who;

use std::process::ExitCode;

use jiff::Timestamp;

use crate::args::questions::Question;
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::output::Output;
use events::Events;
use files::Files;
use scope::Scope;

/// The exit code where nothing is found.
const NOTHING: u8 = 3;

/// Answers the question; without a cluster, out of the files that it names.
///
/// # Errors
/// When the cluster does not answer, there are no log files, or the question cannot be put to them.
pub(crate) async fn answer(
    question: &Question,
    cluster: Option<&Cluster>,
    console: &Console,
    output: Output,
) -> Result<ExitCode, CliError> {
    let scope = Scope::new(question.scope(), Timestamp::now())?;
    let events = match cluster {
        Some(cluster) => Events::new(cluster, console, scope),
        None => Events::of_files(Files::new(question.scope().files.clone(), console)?, scope),
    };
    let code = answer_out_of(&events, question, output).await?;
    // What was missing has been said; a script has to know it too.
    Ok(if events.are_incomplete() { ExitCode::FAILURE } else { code })
}

async fn answer_out_of(events: &Events<'_>, question: &Question, output: Output) -> Result<ExitCode, CliError> {
    match question {
        Question::Who(args) => output.answer(&who::run(events, &args.resource).await?),
        Question::History(args) => output.answer(&history::run(events, args).await?),
        Question::Search(args) => output.answer(&search::run(events, args).await?),
        Question::Trace(args) => output.answer(&trace::run(events, &args.given).await?),
        Question::Top(args) => output.answer(&top::run(events, args).await?),
        Question::Errors(args) => output.answer(&errors::run(events, args).await?),
        Question::Logins(args) => output.answer(&logins::run(events, args).await?),
        Question::Explain(args) => output.answer(&explain::run(events, &args.event).await?),
    }
}
