//! The command line: its commands and options as data, from which clap makes parser, help and completions.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use trailsearch_ingest::Settings;

use crate::error::CliError;
use crate::ingest::Source;
use crate::output::Format;

/// The variable that `--endpoint` stands for.
const ENDPOINT: &str = "OPENSEARCH_ENDPOINT";

/// The variable that `--index-prefix` stands for.
const INDEX_PREFIX: &str = "TRAILSEARCH_INDEX_PREFIX";

const AFTER_HELP: &str = "\
Examples:
  trailsearch setup --endpoint http://127.0.0.1:9200
  trailsearch ingest logs/
  trailsearch who i-0abc1234def567890

Exit codes:
  0  done
  1  something failed
  2  wrong usage or settings
  3  nothing found

Every setting of the function holds here too: OPENSEARCH_USERNAME, OPENSEARCH_CA_FILE, ...
TRAILSEARCH_LOG=info says more on the way (default: warn).";

const INGEST_HELP: &str = "\
Examples:
  trailsearch ingest logs/
  trailsearch ingest one.json.gz two.json
  trailsearch ingest s3://example-logs/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/
  trailsearch ingest logs/ --setup --output json

Ingesting an object again does no harm: its events are found to be there already.";

const SETUP_HELP: &str = "\
Examples:
  trailsearch setup
  trailsearch setup --shards 3 --replicas 1
  trailsearch setup --index-prefix audit --dry-run --output json

It is safe to repeat. Indices that exist keep the mapping they were made with.";

const WHO_HELP: &str = "\
Examples:
  trailsearch who i-0abc1234def567890
  trailsearch who arn:aws:iam::111122223333:role/deployer
  trailsearch who example-logs --output json

Exit codes:
  0  the creating event was found
  1  something failed
  2  wrong usage or settings
  3  no creating event was found";

const COMPLETIONS_HELP: &str = "\
Examples:
  trailsearch completions bash > /etc/bash_completion.d/trailsearch
  trailsearch completions zsh > ~/.zfunc/_trailsearch
  trailsearch completions fish > ~/.config/fish/completions/trailsearch.fish";

/// Makes AWS CloudTrail events searchable in OpenSearch, and answers questions about them.
#[derive(Debug, Parser)]
#[command(name = "trailsearch", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Common {
    /// Where OpenSearch answers, such as http://127.0.0.1:9200
    #[arg(long, global = true, value_name = "URL", env = ENDPOINT, hide_env_values = true)]
    endpoint: Option<String>,
    /// What index names start with [default: cloudtrail]
    #[arg(long, global = true, value_name = "PREFIX", env = INDEX_PREFIX, hide_env_values = true)]
    index_prefix: Option<String>,
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Index the events of log files or S3 objects
    #[command(after_help = INGEST_HELP)]
    Ingest(IngestArgs),
    /// Install the index template
    #[command(after_help = SETUP_HELP)]
    Setup(SetupArgs),
    /// Tell who created a resource and who changed it last
    #[command(after_help = WHO_HELP)]
    Who(WhoArgs),
    /// Print a completion script
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell it is for
        shell: Shell,
    },
}

/// What `ingest` takes.
#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// Files, folders, S3 objects or S3 prefixes (s3://bucket/prefix)
    #[arg(required = true, value_name = "PATH|s3://BUCKET/PREFIX")]
    pub(crate) sources: Vec<Source>,
    /// Install the index template first, where it is missing
    #[arg(long)]
    pub(crate) setup: bool,
}

/// What `setup` takes.
#[derive(Debug, Default, Args)]
pub(crate) struct SetupArgs {
    /// Primary shards of each index [default: 1]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) shards: Option<u32>,
    /// Replicas of each shard [default: the cluster's]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=32))]
    pub(crate) replicas: Option<u32>,
    /// The kind of server; auto tells it by the endpoint and the authentication
    #[arg(long, value_enum, default_value_t = FlavorChoice::Auto)]
    pub(crate) flavor: FlavorChoice,
    /// Print the requests and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Which server the template is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlavorChoice {
    #[default]
    Auto,
    /// OpenSearch, self-managed or Amazon OpenSearch Service
    Opensearch,
    /// Amazon OpenSearch Serverless, which takes no number of shards or replicas
    Serverless,
}

/// What `who` takes.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// The resource's id, name or ARN, exactly as in the events
    #[arg(value_name = "RESOURCE-ID")]
    pub(crate) resource: String,
}

impl Common {
    /// The settings of this process; options come before the environment.
    pub(crate) fn settings(&self) -> Result<Settings, CliError> {
        let lookup = |name: &str| self.given(name).or_else(|| std::env::var(name).ok());
        if lookup(ENDPOINT).is_none_or(|url| url.trim().is_empty()) {
            return Err(CliError::NoEndpoint);
        }
        let names: Vec<String> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
        Ok(Settings::read(lookup, names.iter().map(String::as_str))?)
    }

    fn given(&self, name: &str) -> Option<String> {
        match name {
            ENDPOINT => self.endpoint.clone(),
            INDEX_PREFIX => self.index_prefix.clone(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_declarations_are_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn options_may_stand_before_and_after_the_command() {
        for line in ["trailsearch --output json who x", "trailsearch who x --output json"] {
            let line = CommandLine::parse_from(line.split(' '));
            assert_eq!(line.common.output, Format::Json);
        }
    }

    #[test]
    fn options_are_settings() {
        let line = "trailsearch --endpoint http://127.0.0.1:9 --index-prefix audit who x";
        let settings = CommandLine::parse_from(line.split(' ')).common.settings().unwrap();
        assert_eq!(settings.endpoint.endpoint, "http://127.0.0.1:9");
        assert_eq!(settings.ingest.index_prefix, "audit");
    }

    #[test]
    fn a_wrong_option_is_a_wrong_setting() {
        let line = "trailsearch --endpoint http://127.0.0.1:9 --index-prefix Audit who x";
        let error = CommandLine::parse_from(line.split(' ')).common.settings().unwrap_err();
        assert!(matches!(error, CliError::Settings(_)), "{error:?}");
    }
}
