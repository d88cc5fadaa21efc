//! The command line: its commands and options as data, from which clap makes parser, help and completions.

pub(crate) mod questions;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;
use trailsearch_core::object::{AccessLogs, Kind};
use trailsearch_ingest::Settings;
use trailsearch_setup::Choices;

use crate::backfill::{BucketPrefix, ManifestPlace};
use crate::error::CliError;
use crate::ingest::Source;
use crate::output::Format;
use crate::state::StateLocation;
use questions::Question;

/// The variable that `--endpoint` stands for.
const ENDPOINT: &str = "OPENSEARCH_ENDPOINT";

/// The variable that `--index-prefix` stands for.
const INDEX_PREFIX: &str = "TRAILSEARCH_INDEX_PREFIX";

const AFTER_HELP: &str = "\
Examples:
  trailsearch setup --endpoint http://127.0.0.1:9200
  trailsearch ingest logs/
  trailsearch who i-0abc1234def567890
  trailsearch who i-0abc1234def567890 --files s3://example-logs/AWSLogs/

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
  trailsearch ingest --access-logs copies/2026-11-20-09-14-27-8C2A7F31D09B4E65

Ingesting an object again does no harm: its events are found to be there already.";

const BACKFILL_HELP: &str = "\
Examples:
  trailsearch backfill s3://example-logs/AWSLogs/ --from 2026-01-01 --dry-run
  trailsearch backfill s3://example-logs/AWSLogs/ --from 2026-11-01 --region eu-central-1
  trailsearch backfill s3://example-logs --account 111122223333 --yes --output json
  trailsearch backfill s3://example-logs/AWSLogs/ --batch-manifest s3://example-state/backfill.csv

It first tells what is to be ingested and asks. Objects are chosen by their keys: a day is that of
an object's delivery, in UTC. What is finished is written to a journal, so that the same command goes
on where it was stopped, and fetches nothing twice.

With --batch-manifest it ingests nothing, and prints the command that has S3 Batch Operations
invoke the function.

Exit codes:
  0  all that is chosen is ingested
  1  something failed; the next run tries it again
  2  wrong usage or settings
  3  nothing is chosen";

const SETUP_HELP: &str = "\
Examples:
  trailsearch setup
  trailsearch setup --shards 3 --replicas 1 --retention-days 365
  trailsearch setup --dashboards http://127.0.0.1:5601
  trailsearch setup --index-prefix audit --dry-run --output json

It is safe to repeat. Indices that exist keep the mapping they were made with, and monitors that
exist stay as they are; searches and dashboards are replaced.";

const DOCTOR_HELP: &str = "\
Examples:
  trailsearch doctor
  trailsearch doctor --dashboards http://127.0.0.1:5601 --state s3://example-state/trailsearch
  trailsearch doctor --output json

It only reads. What it may not look at is a warning that names the permission.

Exit codes:
  0  nothing fails; there may be warnings
  1  something fails
  2  wrong usage or settings";

const REPLAY_HELP: &str = "\
Examples:
  trailsearch replay s3://example-state/trailsearch/dead-letters/
  trailsearch replay s3://example-state/trailsearch/dead-letters/2026/11/20/ --keep
  trailsearch replay --queue https://sqs.eu-central-1.amazonaws.com/111122223333/trailsearch-dlq

A file of dead letters is deleted when all its records are indexed, and a message when all its objects are.
What fails stays where it is. It is safe to repeat.

Exit codes:
  0  all is back
  1  something failed and stays where it was
  2  wrong usage or settings
  3  nothing to replay";

const VERIFY_HELP: &str = "\
Examples:
  trailsearch verify s3://example-logs/AWSLogs/111122223333/CloudTrail-Digest/ --from 2026-11-01
  trailsearch verify s3://example-logs/ --account 111122223333 --region eu-central-1
  trailsearch verify s3://example-logs/ --from 2026-11-20 --against-index --ingest-missing
  trailsearch verify copy/ --keys keys.json --output json

Each trail, account and region has a chain of digests, walked from the newest one backwards. Log
files are read where the digests name them. A copy in a folder keeps the keys from AWSLogs/ on. It
lacks the metadata in which the newest digest's signature stands: keep the answer of
`aws s3api head-object` beside it as NAME.json.gz.metadata.json.

Exit codes:
  0  everything is valid, and in the index where that was asked for
  1  something is not valid, not in the index, or failed
  2  wrong usage or settings
  3  there are no digests";

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
    /// Index the log objects of a bucket by day, account and region; goes on where it was stopped
    #[command(after_help = BACKFILL_HELP)]
    Backfill(BackfillArgs),
    /// Index the events of log files or S3 objects
    #[command(after_help = INGEST_HELP)]
    Ingest(IngestArgs),
    /// Install the index template, and dashboards and monitors where there is a place for them
    #[command(after_help = SETUP_HELP)]
    Setup(SetupArgs),
    /// Check the cluster, its indices and what stands beside them, and say what to do
    #[command(after_help = DOCTOR_HELP)]
    Doctor(DoctorArgs),
    /// Bring back dead letters, or what the messages of a dead-letter queue name
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArgs),
    /// Prove by CloudTrail's digests that the log files, and the index, are complete
    #[command(after_help = VERIFY_HELP)]
    Verify(VerifyArgs),
    #[command(flatten)]
    Question(Question),
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
    #[command(flatten)]
    pub(crate) access_logs: AccessLogArgs,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

/// What every command takes that chooses objects.
#[derive(Debug, Default, Clone, Copy, Args)]
pub(crate) struct AccessLogArgs {
    /// Read all objects as S3 server access logs [default: those that TRAILSEARCH_ACCESS_LOGS names]
    #[arg(long)]
    pub(crate) access_logs: bool,
}

impl AccessLogArgs {
    /// Which objects are access logs, by the option or else by the settings.
    pub(crate) fn choose(self, set: &AccessLogs) -> AccessLogs {
        if self.access_logs { AccessLogs::All } else { set.clone() }
    }
}

/// What `backfill` takes.
#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Ask nothing
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print the estimate and ingest nothing
    #[arg(long, conflicts_with = "batch_manifest")]
    pub(crate) dry_run: bool,
    /// Objects at work at the same time [default: twice the processors]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: Option<u16>,
    /// Where to write down what is finished [default: a file for this source and index below $XDG_STATE_HOME]
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// Install the index template first, where it is missing
    #[arg(long)]
    pub(crate) setup: bool,
    #[command(flatten)]
    pub(crate) access_logs: AccessLogArgs,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    /// Write the objects as the manifest of an S3 Batch Operations job instead
    #[arg(long, value_name = "FILE|s3://BUCKET/KEY", help_heading = "S3 Batch Operations")]
    pub(crate) batch_manifest: Option<ManifestPlace>,
    #[command(flatten)]
    pub(crate) job: JobArgs,
}

/// Which objects of a bucket are meant.
#[derive(Debug, Args)]
pub(crate) struct SelectionArgs {
    /// The bucket, or what keys in it begin with
    #[arg(value_name = "s3://BUCKET/PREFIX")]
    pub(crate) source: BucketPrefix,
    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<Date>,
    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) to: Option<Date>,
    /// Only this account; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) account: Vec<String>,
    /// Only this region; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Vec<String>,
    /// Only objects of this kind; may be repeated
    #[arg(long, value_enum)]
    pub(crate) kind: Vec<KindChoice>,
}

/// The kinds of objects that are ingested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindChoice {
    /// Management and data events
    Log,
    /// Insights events
    Insight,
    /// Network activity events of VPC endpoints
    NetworkActivity,
    /// Aggregated events
    Aggregated,
    /// S3 server access logs, where they are known to lie
    AccessLog,
}

impl From<KindChoice> for Kind {
    fn from(choice: KindChoice) -> Self {
        match choice {
            KindChoice::Log => Self::Log,
            KindChoice::Insight => Self::Insight,
            KindChoice::NetworkActivity => Self::NetworkActivity,
            KindChoice::Aggregated => Self::Aggregated,
            KindChoice::AccessLog => Self::AccessLog,
        }
    }
}

/// What is known of an S3 Batch Operations job.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "S3 Batch Operations")]
pub(crate) struct JobArgs {
    /// The function that the printed command names
    #[arg(long, value_name = "ARN", requires = "batch_manifest")]
    pub(crate) function_arn: Option<String>,
    /// The role that the job gets, which may invoke the function, read the manifest and write a report beside it
    #[arg(long, value_name = "ARN", requires = "batch_manifest")]
    pub(crate) role_arn: Option<String>,
}

/// What every command takes that ingests objects.
#[derive(Debug, Args)]
pub(crate) struct StateArgs {
    /// Where records go for which the index takes no document; without it, they fail their object
    /// [default: what TRAILSEARCH_STATE_S3_URI says]
    #[arg(long, value_name = "FOLDER|s3://BUCKET/PREFIX")]
    pub(crate) state: Option<StateLocation>,
}

/// What `replay` takes.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Files of dead letters (.ndjson.gz), or folders or S3 prefixes of them
    #[arg(required_unless_present = "queue", value_name = "PATH|s3://BUCKET/PREFIX")]
    pub(crate) sources: Vec<Source>,
    /// Keep the files of dead letters
    #[arg(long, conflicts_with = "queue")]
    pub(crate) keep: bool,
    /// Ingest what the messages of this SQS queue name, until it is empty
    #[arg(long, value_name = "URL", conflicts_with = "sources")]
    pub(crate) queue: Option<String>,
    /// Where records of these objects go for which the index takes no document
    /// [default: what TRAILSEARCH_STATE_S3_URI says]
    #[arg(long, value_name = "FOLDER|s3://BUCKET/PREFIX", requires = "queue")]
    pub(crate) state: Option<StateLocation>,
}

/// What `setup` takes.
#[derive(Debug, Default, Args)]
pub(crate) struct SetupArgs {
    /// Primary shards of each index [default: 1]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(Choices::SHARDS))]
    pub(crate) shards: Option<u32>,
    /// Replicas of each shard [default: the cluster's]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(Choices::REPLICAS))]
    pub(crate) replicas: Option<u32>,
    /// Delete indices when each of their events is older than this, by an ISM policy [default: keep them]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(Choices::RETENTION_DAYS))]
    pub(crate) retention_days: Option<u32>,
    /// The kind of server; auto tells it by the endpoint and the authentication
    #[arg(long, value_enum, default_value_t = FlavorChoice::Auto)]
    pub(crate) flavor: FlavorChoice,
    /// Where OpenSearch Dashboards answers, to import searches and dashboards
    /// [default: what TRAILSEARCH_DASHBOARDS_URL says, or /_dashboards of an AWS endpoint]
    #[arg(long, value_name = "URL")]
    pub(crate) dashboards: Option<String>,
    /// Install the index template of S3 server access logs too [default: where TRAILSEARCH_ACCESS_LOGS is set]
    #[arg(long)]
    pub(crate) access_logs: bool,
    /// Print the requests and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What `doctor` takes.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Where OpenSearch Dashboards answers
    /// [default: what TRAILSEARCH_DASHBOARDS_URL says, or /_dashboards of an AWS endpoint]
    #[arg(long, value_name = "URL")]
    pub(crate) dashboards: Option<String>,
    /// Where dead letters are kept, to count them [default: what TRAILSEARCH_STATE_S3_URI says]
    #[arg(long, value_name = "FOLDER|s3://BUCKET/PREFIX")]
    pub(crate) state: Option<StateLocation>,
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

/// What `verify` takes.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The bucket or a prefix in it, or a folder with a copy; all digests below it are verified
    #[arg(value_name = "FOLDER|s3://BUCKET/PREFIX")]
    pub(crate) source: Source,
    /// The first day, in UTC [default: that of the oldest digest]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<Date>,
    /// The last day, in UTC [default: that of the newest digest]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) to: Option<Date>,
    /// Only this account; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) account: Vec<String>,
    /// Only this region; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Vec<String>,
    /// Public keys as `aws cloudtrail list-public-keys` prints them [default: CloudTrail is asked]
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// Also look up every record of every valid log file in the index
    #[arg(long)]
    pub(crate) against_index: bool,
    /// Ingest the log files of which records are missing
    #[arg(long, requires = "against_index")]
    pub(crate) ingest_missing: bool,
    #[command(flatten)]
    pub(crate) state: StateArgs,
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
