//! `trailsearch`: CloudTrail events into OpenSearch, and answers out of it.

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

use args::{BackfillArgs, Command, CommandLine, Common};
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
        Command::Ingest(args) => output.answer(&ingest::run(cluster(&common).await?, args, console).await?),
        Command::Replay(args) => output.answer(&replay::run(cluster(&common).await?, args, console).await?),
        Command::Setup(args) => setup(&common, &args, &output).await,
        Command::Doctor(args) => output.answer(&doctor::run(&cluster(&common).await?, args, console).await?),
        Command::Verify(args) => {
            let cluster = if args.against_index { Some(cluster(&common).await?) } else { None };
            output.answer(&verify::run(args, cluster, console).await?)
        }
        Command::Question(question) => question::answer(&question, &cluster(&common).await?, console, output).await,
        Command::Completions { shell } => {
            output.text(&completions(shell))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn cluster(common: &Common) -> Result<Cluster, CliError> {
    Cluster::connect(common.settings()?).await
}

async fn backfill(
    common: &Common,
    args: BackfillArgs,
    console: &Console,
    output: &Output,
) -> Result<ExitCode, CliError> {
    if let Some(place) = args.batch_manifest.clone() {
        return output.answer(&backfill::manifest(args, &place, console).await?);
    }
    if args.dry_run {
        let settings = match common.settings() {
            Err(CliError::NoEndpoint) => None,
            settings => Some(settings?),
        };
        return output.answer(&backfill::estimate(args, settings.as_ref(), console).await?);
    }
    output.answer(&backfill::run(cluster(common).await?, args, console).await?)
}

async fn setup(common: &Common, args: &args::SetupArgs, output: &Output) -> Result<ExitCode, CliError> {
    if args.dry_run {
        return output.answer(&setup::requests(&common.settings()?, args)?);
    }
    output.answer(&setup::run(&cluster(common).await?, args).await?)
}

/// The completion script. It is gathered first, since the generator cannot report a failed write.
fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "trailsearch", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
