//! What the questions over the index, or over log files, take.

use clap::{Args, Subcommand, ValueEnum};

use crate::question::scope::ScopeArgs;

const WHO_HELP: &str = "\
Examples:
  trailsearch who i-0abc1234def567890
  trailsearch who arn:aws:iam::111122223333:role/deployer
  trailsearch who example-logs --output json
  trailsearch who i-0abc1234def567890 --files logs/

Exit codes:
  0  the creating event was found
  1  something failed
  2  wrong usage or settings
  3  no creating event was found";

const HISTORY_HELP: &str = "\
Examples:
  trailsearch history rtb-0abc1234def567890
  trailsearch history i-0abc1234def567890 --since 7d --reads
  trailsearch history arn:aws:iam::111122223333:user/deploy-bot --output csv

Calls that name only an association, an attachment or a key of the thing are found too:
DisassociateRouteTable, for example, names no route table.

Exit codes:
  0  events were found
  1  something failed
  2  wrong usage or settings
  3  no event touched it";

const SEARCH_HELP: &str = "\
Examples:
  trailsearch search 'eventName:RunInstances AND requestParameters.instanceType:t3.micro'
  trailsearch search --human --changes --since 24h
  trailsearch search 'resource.id:sg-0abc1234def567890' --errors --no-noise --output ndjson

The query is Lucene's, as in the search bar of Dashboards. Without a query every event matches.

Exit codes:
  0  events were found
  1  something failed
  2  wrong usage, settings or query
  3  no event matches";

const TRACE_HELP: &str = "\
Examples:
  trailsearch trace 3f1c7a52-6d0e-4b7a-9a55-0c2c5e1f8d11
  trailsearch trace ASIAEXAMPLEKEYID1234
  trailsearch trace deployer/alice --since 24h

Back: through every call that issued credentials, through services that acted for somebody, through
the launch of an instance and through sign-ins, across the accounts that are known. Forward:
what was done and created with the same key. Of a session by its name, the newest call counts.

Exit codes:
  0  the person or the workload was found
  1  something failed
  2  wrong usage or settings
  3  nothing is known of it, or the chain breaks off";

const TOP_HELP: &str = "\
Examples:
  trailsearch top actor.name --changes --since 7d
  trailsearch top errorCode actor.name --errors --no-noise
  trailsearch top requestParameters.instanceType --query eventName:RunInstances --by day

Any path of an event can be counted by. Fields of docs/fields.md are counted by the index; any other
path is read out of every matching event, which takes longer: narrow it with --query and --since.

Exit codes:
  0  values were found
  1  something failed
  2  wrong usage, settings or query
  3  no matching event has a value";

const ERRORS_HELP: &str = "\
Examples:
  trailsearch errors --since 24h
  trailsearch errors --account 111122223333 --output csv

Exit codes:
  0  there were errors
  1  something failed
  2  wrong usage or settings
  3  there were none";

const LOGINS_HELP: &str = "\
Examples:
  trailsearch logins --since 7d
  trailsearch logins --account 111122223333 --output ndjson

Exit codes:
  0  there were sign-ins
  1  something failed
  2  wrong usage or settings
  3  there were none";

const EXPLAIN_HELP: &str = "\
Examples:
  trailsearch explain 3f1c7a52-6d0e-4b7a-9a55-0c2c5e1f8d11
  trailsearch explain 3f1c7a52-6d0e-4b7a-9a55-0c2c5e1f8d11 --output json

Exit codes:
  0  the event was found
  1  something failed
  2  wrong usage or settings
  3  there is no such event";

/// A question over the index.
#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Tell who created a resource and who changed it last
    #[command(after_help = WHO_HELP)]
    Who(WhoArgs),
    /// Tell the life of a thing in order, what AWS Config cannot show included
    #[command(after_help = HISTORY_HELP)]
    History(HistoryArgs),
    /// Find events by a query
    #[command(after_help = SEARCH_HELP)]
    Search(SearchArgs),
    /// Follow a call back to the person or workload behind it, and its session forward
    #[command(after_help = TRACE_HELP)]
    Trace(TraceArgs),
    /// Count events by any field or path
    #[command(after_help = TOP_HELP)]
    Top(TopArgs),
    /// Tell what fails most and for whom, noise set apart
    #[command(after_help = ERRORS_HELP)]
    Errors(ErrorsArgs),
    /// Tell who signed in, with which factors, and who could not
    #[command(after_help = LOGINS_HELP)]
    Logins(LoginsArgs),
    /// Tell one event as a person would, with its raw form
    #[command(after_help = EXPLAIN_HELP)]
    Explain(ExplainArgs),
}

impl Question {
    /// What part of the index it is about.
    pub(crate) fn scope(&self) -> &ScopeArgs {
        match self {
            Self::Who(args) => &args.scope,
            Self::History(args) => &args.scope,
            Self::Search(args) => &args.scope,
            Self::Trace(args) => &args.scope,
            Self::Top(args) => &args.scope,
            Self::Errors(args) => &args.scope,
            Self::Logins(args) => &args.scope,
            Self::Explain(args) => &args.scope,
        }
    }
}

/// What `who` takes.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// The resource's id, name or ARN, exactly as in the events
    #[arg(value_name = "RESOURCE-ID")]
    pub(crate) resource: String,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `history` takes.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The thing's id, name or ARN, exactly as in the events
    #[arg(value_name = "RESOURCE-ID")]
    pub(crate) resource: String,
    /// Show also calls that only read
    #[arg(long)]
    pub(crate) reads: bool,
    /// How many events are shown at most, the oldest first
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// Which events match.
#[derive(Debug, Default, Args)]
pub(crate) struct MatchArgs {
    /// Only what people did
    #[arg(long)]
    pub(crate) human: bool,
    /// Only calls that may change something
    #[arg(long)]
    pub(crate) changes: bool,
    /// Only what failed
    #[arg(long)]
    pub(crate) errors: bool,
    /// Leave out what a noise rule matches
    #[arg(long)]
    pub(crate) no_noise: bool,
}

/// What `search` takes.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// What is searched for, such as eventName:RunInstances
    #[arg(value_name = "QUERY")]
    pub(crate) query: Option<String>,
    #[command(flatten)]
    pub(crate) matching: MatchArgs,
    /// How many events are shown at most, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `trace` takes.
#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// An event's id, an access key's id, or a session: its name, ROLE/NAME, or its ARN
    #[arg(value_name = "EVENT-ID|ACCESS-KEY-ID|SESSION")]
    pub(crate) given: String,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `top` takes.
#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    /// Fields, or paths of the event; several are counted together
    #[arg(value_name = "FIELD", required = true)]
    pub(crate) fields: Vec<String>,
    /// Only events that match, such as eventName:RunInstances
    #[arg(long, value_name = "QUERY")]
    pub(crate) query: Option<String>,
    #[command(flatten)]
    pub(crate) matching: MatchArgs,
    /// Count each of these apart
    #[arg(long, value_enum)]
    pub(crate) by: Option<Interval>,
    /// How many values are shown at most
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// Spans of time that are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Interval {
    /// Days, in UTC
    Day,
}

/// What `errors` takes.
#[derive(Debug, Args)]
pub(crate) struct ErrorsArgs {
    /// How many error codes are shown at most
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `logins` takes.
#[derive(Debug, Args)]
pub(crate) struct LoginsArgs {
    /// How many sign-ins are shown at most, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `explain` takes.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The event's id
    #[arg(value_name = "EVENT-ID")]
    pub(crate) event: String,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}
