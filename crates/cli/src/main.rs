//! `trailsearch`: CloudTrail events into OpenSearch, and answers out of it, or out of the log files themselves.

mod args;
mod backfill;
mod connect;
mod console;
mod doctor;
mod error;
mod ingest;
mod logging;
mod output;
mod question;
mod replay;
mod setup;
mod state;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use trailsearch_ingest::Settings;

use args::{AccessLogArgs, BackfillArgs, Command, CommandLine, Common};
use connect::Cluster;
use console::Console;
use error::CliError;
use output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    let console = Console::default();
    match run(line, &console).await {
        Ok(code) => code,
        // Whoever read the output has had enough of it.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            console.error(&error);
            error.exit_code()
        }
    }
}

async fn run(line: CommandLine, console: &Console) -> Result<ExitCode, CliError> {
    logging::start(console)?;
    let CommandLine { common, command } = line;
    let output = Output::new(common.output);
    match command {
        Command::Backfill(args) => backfill(&common, args, console, &output).await,
        Command::Ingest(args) => {
            output.answer(&ingest::run(cluster_for(&common, args.access_logs).await?, args, console).await?)
        }
        Command::Replay(args) => output.answer(&replay::run(cluster(&common).await?, args, console).await?),
        Command::Setup(args) => setup(&common, &args, &output).await,
        Command::Doctor(args) => output.answer(&doctor::run(&cluster(&common).await?, args, console).await?),
        Command::Verify(args) => {
            let cluster = if args.against_index { Some(cluster(&common).await?) } else { None };
            output.answer(&verify::run(args, cluster, console).await?)
        }
        Command::Question(question) => {
            let cluster = if question.scope().files.is_empty() { Some(cluster(&common).await?) } else { None };
            question::answer(&question, cluster.as_ref(), console, output).await
        }
        Command::Completions { shell } => {
            output.text(&completions(shell))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn cluster(common: &Common) -> Result<Cluster, CliError> {
    Cluster::connect(common.settings()?).await
}

async fn cluster_for(common: &Common, access_logs: AccessLogArgs) -> Result<Cluster, CliError> {
    Cluster::connect(settings_for(common, access_logs)?).await
}

/// The settings, with the access logs that are chosen.
fn settings_for(common: &Common, access_logs: AccessLogArgs) -> Result<Settings, CliError> {
    let mut settings = common.settings()?;
    settings.ingest.access_logs = access_logs.choose(&settings.ingest.access_logs);
    Ok(settings)
}

async fn backfill(
    common: &Common,
    args: BackfillArgs,
    console: &Console,
    output: &Output,
) -> Result<ExitCode, CliError> {
    if !args.dry_run && args.batch_manifest.is_none() {
        return output.answer(&backfill::run(cluster_for(common, args.access_logs).await?, args, console).await?);
    }
    let settings = match settings_for(common, args.access_logs) {
        Err(CliError::NoEndpoint) => None,
        settings => Some(settings?),
    };
    match args.batch_manifest.clone() {
        Some(place) => output.answer(&backfill::manifest(args, settings.as_ref(), &place, console).await?),
        None => output.answer(&backfill::estimate(args, settings.as_ref(), console).await?),
    }
}

async fn setup(common: &Common, args: &args::SetupArgs, output: &Output) -> Result<ExitCode, CliError> {
    let access_logs = AccessLogArgs { access_logs: args.access_logs };
    if args.dry_run {
        return output.answer(&setup::requests(&settings_for(common, access_logs)?, args)?);
    }
    output.answer(&setup::run(&cluster_for(common, access_logs).await?, args).await?)
}

/// The completion script. It is gathered first, since the generator cannot report a failed write.
fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "trailsearch", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
