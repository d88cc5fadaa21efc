//! Why a command failed.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::civil::Date;
use tokio::task::JoinError;
use tracing_subscriber::filter::ParseError;
use trailsearch_aws::{SecretError, UploadError};
use trailsearch_digest::ListKeysError;
use trailsearch_ingest::ports::{Cause, QueueError};
use trailsearch_ingest::settings::SettingsError;
use trailsearch_search::{ConnectError, SearchError};
use trailsearch_setup::SetupError;

use crate::backfill::JournalError;
use crate::ingest::sources::SourceError;

/// The exit code for wrong usage, clap's own.
const USAGE: u8 = 2;

/// The exit code where there is nothing to do.
const NOTHING: u8 = 3;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Neither the option nor the variable is there.
    #[error(
        "no cluster is given: use --endpoint URL or set OPENSEARCH_ENDPOINT, for example to http://127.0.0.1:9200; questions need none with --files PATH"
    )]
    NoEndpoint,
    /// The question is about a cluster itself.
    #[error(
        "this question is put to a cluster only: leave out --files, and use --endpoint URL or set OPENSEARCH_ENDPOINT"
    )]
    NeedsCluster,
    /// Other settings are wrong.
    #[error(
        "the command cannot start (--endpoint counts as OPENSEARCH_ENDPOINT, --index-prefix as TRAILSEARCH_INDEX_PREFIX)"
    )]
    Settings(#[from] SettingsError),
    /// The log filter cannot be read.
    #[error(
        "TRAILSEARCH_LOG is not right, allowed is a level (error, warn, info, debug, trace), or target=level pairs separated by commas"
    )]
    Log(#[from] ParseError),
    /// The cluster's login cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The client cannot be set up.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The cluster does not answer as it should.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The cluster cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The index template is not there.
    #[error(
        "the index template {0} is not installed: run `trailsearch setup` with the same settings once, or add --setup (without it, the cluster would guess the mapping)"
    )]
    NoTemplate(String),
    /// Every object that was found holds no events, as has been said already.
    #[error(
        "nothing to ingest: all objects that were found are skipped; give log files (.json.gz or .json) or a prefix of them, such as s3://bucket/AWSLogs/111122223333/CloudTrail/"
    )]
    AllSkipped,
    /// The queue cannot be read.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A source cannot be looked at.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The days are none.
    #[error("there is no day from {from} to {to}: give --from a day that is not after that of --to")]
    EmptyRange {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// The file with public keys is unusable.
    #[error(
        "{path} gives no public keys: write them with `aws cloudtrail list-public-keys --region REGION --start-time TIME --end-time TIME`"
    )]
    KeysFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// CloudTrail does not tell its keys.
    #[error(transparent)]
    ListKeys(#[from] ListKeysError),
    /// Documents cannot be asked for.
    #[error(
        "with TRAILSEARCH_DOCUMENT_IDS=automatic nobody knows under which ids events are indexed: leave --against-index out"
    )]
    NoIds,
    /// No object of a bucket fits the options.
    #[error(
        "no object of {0} with events is chosen: check the prefix, such as AWSLogs/, and the days, accounts, regions and kinds"
    )]
    NothingChosen(String),
    /// There is no terminal, and no option tells.
    #[error("nobody can be asked here whether to ingest them: add --yes, or --dry-run for the estimate alone")]
    NobodyToAsk,
    /// The user said no.
    #[error("nothing was ingested")]
    Declined,
    /// What is finished cannot be kept or told.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A manifest cannot be written.
    #[error("the manifest {place} cannot be written")]
    Manifest {
        /// Where it belongs.
        place: String,
        /// What the system says.
        source: io::Error,
    },
    /// A manifest cannot be brought to S3.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// A part of the work broke off.
    #[error("a part of the work broke off: report this as a fault of trailsearch")]
    Crashed(#[from] JoinError),
    /// No object was found; why has been said already.
    #[error("nothing to ingest")]
    NothingFound,
    /// None of the objects that were found holds events.
    #[error(
        "nothing to search: none of the objects that were found holds events; give log files (.json.gz or .json), a folder or a prefix of them, such as s3://bucket/AWSLogs/111122223333/CloudTrail/"
    )]
    NoLogs,
    /// The times of a question leave nothing between them.
    #[error("there is no time from --since to --until: give --since a time before that of --until")]
    EmptySpan,
    /// The cluster cannot read the user's query.
    #[error(
        "the query cannot be read: {0}; write it as in `trailsearch search 'eventName:RunInstances AND actor.name:alice'`, and a backslash before each of + - = & | ! ( ) {{ }} [ ] ^ \" ~ * ? : \\ / that is meant as it is"
    )]
    Query(String),
    /// No event has the id.
    #[error(
        "there is no event {0}: give an eventID as `trailsearch search` shows it, and check --since, --until, and --index-prefix or --files"
    )]
    NoEvent(String),
    /// Nothing has the id or the name.
    #[error(
        "no known event has to do with {0}: give an eventID, an access key's id or a session's name, ROLE/NAME or ARN, and check --since, --until, and --index-prefix or --files"
    )]
    NoTrace(String),
    /// A link is to be opened, and nobody says where it leads.
    #[error(
        "nobody says where OpenSearch Dashboards is: give --dashboards URL or set TRAILSEARCH_DASHBOARDS_URL, for example to http://127.0.0.1:5601"
    )]
    NoDashboards,
    /// There is no browser.
    #[error("no browser can be started: copy the link, or set BROWSER to a program that takes it")]
    Browser(#[source] io::Error),
    /// An answer without an end cannot be written as one.
    #[error("tail writes events as they come, in lines: give --output table or ndjson")]
    Endless,
    /// Standard output takes no more.
    #[error("the answer cannot be written")]
    Output(#[from] io::Error),
}

impl CliError {
    /// Whether the reader of standard output went away.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What the process ends with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::NoEndpoint
            | Self::NeedsCluster
            | Self::Settings(_)
            | Self::Log(_)
            | Self::EmptyRange { .. }
            | Self::KeysFile { .. }
            | Self::NoIds
            | Self::NobodyToAsk
            | Self::EmptySpan
            | Self::NoDashboards
            | Self::Endless
            | Self::Query(_) => ExitCode::from(USAGE),
            Self::Journal(error) if error.is_usage() => ExitCode::from(USAGE),
            Self::NothingChosen(_) | Self::NoEvent(_) | Self::NoTrace(_) => ExitCode::from(NOTHING),
            _ => ExitCode::FAILURE,
        }
    }
}
