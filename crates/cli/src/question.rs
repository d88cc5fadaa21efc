//! The questions that the command line answers out of the index.
//!
//! Each is a file: it asks through [`events::Events`], which knows the part of the index that is meant, and answers
//! with an [`Answer`](crate::output::Answer).

mod errors;
pub(crate) mod event;
mod events;
mod explain;
mod field;
mod history;
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
use scope::Scope;

/// The exit code where nothing is found.
const NOTHING: u8 = 3;

/// Answers the question.
///
/// # Errors
/// When the cluster does not answer, or the question cannot be put to it.
pub(crate) async fn answer(
    question: &Question,
    cluster: &Cluster,
    console: &Console,
    output: Output,
) -> Result<ExitCode, CliError> {
    let scope = Scope::new(question.scope(), Timestamp::now())?;
    let events = Events::new(cluster, console, scope);
    match question {
        Question::Who(args) => output.answer(&who::run(&events, &args.resource).await?),
        Question::History(args) => output.answer(&history::run(&events, args).await?),
        Question::Search(args) => output.answer(&search::run(&events, args).await?),
        Question::Trace(args) => output.answer(&trace::run(&events, &args.given).await?),
        Question::Top(args) => output.answer(&top::run(&events, args).await?),
        Question::Errors(args) => output.answer(&errors::run(&events, args).await?),
        Question::Logins(args) => output.answer(&logins::run(&events, args).await?),
        Question::Explain(args) => output.answer(&explain::run(&events, &args.event).await?),
    }
}
