//! The questions that the command line answers out of the index, or out of log files.
//!
//! Each is a file: it asks through [`events::Events`], which knows the part of the index that is meant, and answers
//! with an [`Answer`](crate::output::Answer).

mod bar;
pub(crate) mod delivery;
mod errors;
pub(crate) mod event;
pub(crate) mod events;
mod explain;
mod field;
mod files;
mod history;
mod indices;
pub(crate) mod link;
mod logins;
pub(crate) mod query;
mod relations;
pub(crate) mod scope;
mod search;
mod tail;
mod top;
mod trace;
mod who;

use std::process::ExitCode;

use jiff::Timestamp;

use crate::args::questions::{DeliveryArgs, Question, TailArgs};
use crate::connect::Cluster;
use crate::console::Console;
use crate::error::CliError;
use crate::output::Output;
use events::Events;
use files::Files;
use link::{Link, Linking};
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
    let now = Timestamp::now();
    let scope = Scope::new(question.scope(), now)?;
    let events = match cluster {
        Some(cluster) => Events::new(cluster, console, scope.clone()),
        None => Events::of_files(Files::new(question.scope().files.clone(), console)?, scope.clone()),
    };
    let link = cluster.map(|cluster| Link::new(question.scope(), cluster, now)).transpose()?.flatten();
    let linking = Linking { output, console, scope, link };
    let code = match (question, cluster) {
        (Question::Delivery(args), Some(cluster)) => delivery(cluster, &events, &linking, args, now).await,
        (Question::Tail(args), Some(cluster)) => tail(cluster, &linking, args).await,
        _ => answer_of(&events, question, &linking).await,
    }?;
    // What was missing has been said; a script has to know it too.
    Ok(if events.are_incomplete() { ExitCode::FAILURE } else { code })
}

/// What is asked of a cluster and of log files alike.
async fn answer_of(events: &Events<'_>, question: &Question, linking: &Linking<'_>) -> Result<ExitCode, CliError> {
    match question {
        Question::Who(args) => linking.answer(&who::run(events, &args.resource).await?, &who::asked(&args.resource)),
        Question::History(args) => {
            let history = history::run(events, args).await?;
            linking.answer(&history, &history.asked(args))
        }
        Question::Search(args) => {
            let query = search::matching(args.query.as_deref(), &args.matching);
            linking.answer(&search::run(events, args).await?, &query)
        }
        Question::Trace(args) => {
            let trace = trace::run(events, &args.given).await?;
            linking.answer(&trace, &trace.asked())
        }
        Question::Top(args) => {
            let query = search::matching(args.query.as_deref(), &args.matching);
            linking.answer(&top::run(events, args).await?, &query)
        }
        Question::Errors(args) => linking.answer(&errors::run(events, args).await?, &errors::asked()),
        Question::Logins(args) => linking.answer(&logins::run(events, args).await?, &logins::asked()),
        Question::Explain(args) => {
            linking.answer(&explain::run(events, &args.event).await?, &query::term("eventID", args.event.as_str()))
        }
        Question::Delivery(_) | Question::Tail(_) => Err(CliError::NeedsCluster),
    }
}

async fn delivery(
    cluster: &Cluster,
    events: &Events<'_>,
    linking: &Linking<'_>,
    args: &DeliveryArgs,
    now: Timestamp,
) -> Result<ExitCode, CliError> {
    let week = delivery::week(&args.scope, now)?;
    let in_week = Events::new(cluster, linking.console, Scope::within(&args.scope, week));
    let delivery = delivery::run(events, &in_week, week.until.unwrap_or(now), args).await?;
    linking.answer(&delivery, &delivery::asked())
}

async fn tail(cluster: &Cluster, linking: &Linking<'_>, args: &TailArgs) -> Result<ExitCode, CliError> {
    if !linking.output.streams() {
        return Err(CliError::Endless);
    }
    let query = search::matching(args.query.as_deref(), &args.matching);
    linking.say(&query)?;
    tail::run(cluster, &linking.scope, &query, args, linking.console, linking.output).await
}
