//! What the questions over the index, or over log files, take.

use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;

use crate::question::delivery::pace::{AT_LEAST, SILENT_AFTER};
use crate::question::scope::{ScopeArgs, span};

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

const DELIVERY_HELP: &str = "\
Examples:
  trailsearch delivery
  trailsearch delivery --silent-after 2h --account 111122223333
  trailsearch delivery --since 24h --output ndjson

Denied deliveries and changes of trails count as for the monitors of the same names. Silence is told
of the week before --until, whatever --since is. Changes of a bucket's policy count where logs were
read from the bucket, a trail names it, or a delivery to it was denied.

Exit codes:
  0  a delivery was denied, an account and region is silent, or a trail or log bucket was changed
  1  something failed
  2  wrong usage or settings
  3  there was none of it";

const TAIL_HELP: &str = "\
Examples:
  trailsearch tail
  trailsearch tail --human --changes --no-noise
  trailsearch tail 'eventName:ConsoleLogin' --lines 0 --output ndjson | jq .actor.name

Events come in the order in which they became searchable, late ones too, each once. While the cluster
is away, tail waits. Ctrl-C ends it.

Exit codes:
  0  it was ended by Ctrl-C, or nobody reads on
  1  something failed
  2  wrong usage, settings or query";

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
    /// Tell whether logs arrive: denied deliveries, silent regions, changes of trails
    #[command(after_help = DELIVERY_HELP, mut_arg("files", |files| files.hide(true)))]
    Delivery(DeliveryArgs),
    /// Show events as they become searchable
    #[command(after_help = TAIL_HELP, mut_arg("files", |files| files.hide(true)))]
    Tail(TailArgs),
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
            Self::Delivery(args) => &args.scope,
            Self::Tail(args) => &args.scope,
            Self::Explain(args) => &args.scope,
        }
    }
}

/// An id as it was given, where it is one.
fn id(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("it is empty: give an id, a name or an ARN") } else { Ok(text.to_owned()) }
}

/// What `who` takes.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// The resource's id, name or ARN, exactly as in the events
    #[arg(value_name = "RESOURCE-ID", value_parser = id)]
    pub(crate) resource: String,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `history` takes.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The thing's id, name or ARN, exactly as in the events
    #[arg(value_name = "RESOURCE-ID", value_parser = id)]
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
    #[arg(value_name = "EVENT-ID|ACCESS-KEY-ID|SESSION", value_parser = id)]
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

/// What `delivery` takes.
#[derive(Debug, Args)]
pub(crate) struct DeliveryArgs {
    /// How long an account and region may tell nothing before it is silent
    #[arg(long, value_name = "SPAN", default_value = SILENT_AFTER, value_parser = span)]
    pub(crate) silent_after: SignedDuration,
    /// How many events of a week an account and region must have for its silence to be told
    #[arg(long, value_name = "NUMBER", default_value_t = AT_LEAST, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) at_least: u64,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `tail` takes.
#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// What is searched for, such as eventName:RunInstances
    #[arg(value_name = "QUERY")]
    pub(crate) query: Option<String>,
    #[command(flatten)]
    pub(crate) matching: MatchArgs,
    /// How many of the events that are there already are shown first
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) lines: u32,
    /// How long to wait before looking again
    #[arg(long, value_name = "SPAN", default_value = "2s", value_parser = span)]
    pub(crate) interval: SignedDuration,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What `explain` takes.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The event's id
    #[arg(value_name = "EVENT-ID", value_parser = id)]
    pub(crate) event: String,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}
