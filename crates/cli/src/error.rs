//! Why a command failed.

use std::io;
use std::process::ExitCode;

use tracing_subscriber::filter::ParseError;
use trailsearch_ingest::settings::SettingsError;
use trailsearch_schema::TemplateError;
use trailsearch_search::{ConnectError, SearchError};

/// The exit code for wrong usage, clap's own.
const USAGE: u8 = 2;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Neither the option nor the variable is there.
    #[error("no cluster is given: use --endpoint URL or set OPENSEARCH_ENDPOINT, for example to http://127.0.0.1:9200")]
    NoEndpoint,
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
    /// The client cannot be set up.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The cluster does not answer as it should.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The index template cannot be made.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The index template is not there.
    #[error(
        "the index template {0} is not installed: run `trailsearch setup --index-prefix {0}` once, or add --setup (without it, the cluster would guess the mapping)"
    )]
    NoTemplate(String),
    /// There is a template of that name, and it is somebody else's.
    #[error(
        "the cluster has an index template {0} that is not trailsearch's: choose another --index-prefix, or remove that template"
    )]
    ForeignTemplate(String),
    /// Every object that was found holds no events, as has been said already.
    #[error(
        "nothing to ingest: all objects that were found are skipped; give log files (.json.gz or .json) or a prefix of them, such as s3://bucket/AWSLogs/111122223333/CloudTrail/"
    )]
    AllSkipped,
    /// No object was found; why has been said already.
    #[error("nothing to ingest")]
    NothingFound,
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
            Self::NoEndpoint | Self::Settings(_) | Self::Log(_) => ExitCode::from(USAGE),
            _ => ExitCode::FAILURE,
        }
    }
}
