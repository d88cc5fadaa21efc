//! The environment variables, each declared once.

use trailsearch_core::normalize::NOISE_RULES;
use trailsearch_schema::DEFAULT_ACCESS_LOG_PREFIX;

/// What a variable takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Text of a form that the words tell.
    Form(&'static str),
    /// One of some words.
    Words(&'static [&'static str]),
    /// Any of some words, separated by commas.
    Names(&'static [&'static str]),
    /// A whole number between two others.
    Number(u64, u64),
}

/// One environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value where it is not set; none where it has to be set or may be left out.
    pub default: Option<&'static str>,
    /// What it takes.
    pub allowed: Allowed,
    /// What it does.
    pub meaning: &'static str,
}

const fn variable(
    name: &'static str,
    default: Option<&'static str>,
    allowed: Allowed,
    meaning: &'static str,
) -> Variable {
    Variable { name, default, allowed, meaning }
}

pub(super) const ENDPOINT: Variable = variable(
    "OPENSEARCH_ENDPOINT",
    None,
    Allowed::Form("a URL such as https://search.example.com or http://127.0.0.1:9200"),
    "Where OpenSearch answers. Required.",
);
pub(super) const AUTH: Variable = variable(
    "OPENSEARCH_AUTH",
    Some("auto"),
    Allowed::Words(&["auto", "none", "basic", "es", "aoss"]),
    "How to authenticate: `es` and `aoss` sign requests with the AWS credentials of the process, for Amazon OpenSearch Service and Serverless; `auto` is `basic` where a user name is given, then goes by the endpoint's host name, and is `none` elsewhere.",
);
pub(super) const USERNAME: Variable =
    variable("OPENSEARCH_USERNAME", None, Allowed::Form("text"), "The user name for basic authentication.");
pub(super) const PASSWORD: Variable =
    variable("OPENSEARCH_PASSWORD", None, Allowed::Form("text"), "The password for basic authentication.");
pub(super) const SECRET: Variable = variable(
    "OPENSEARCH_SECRET_ID",
    None,
    Allowed::Form("the name or ARN of a secret"),
    "A secret of AWS Secrets Manager that holds user name and password, `{\"username\": …, \"password\": …}`, and is read in the place of both. A function reads it once in each of its environments: after a rotation, deploy it anew, or let both passwords count for a while.",
);
pub(super) const CA_FILE: Variable = variable(
    "OPENSEARCH_CA_FILE",
    None,
    Allowed::Form("the path of a PEM file"),
    "Certificate authorities to trust beside the system's.",
);
pub(super) const REQUEST_TIMEOUT: Variable = variable(
    "TRAILSEARCH_REQUEST_TIMEOUT_SECONDS",
    Some("60"),
    Allowed::Number(1, 600),
    "How long one request to OpenSearch may take.",
);
pub(super) const INDEX_PREFIX: Variable = variable(
    "TRAILSEARCH_INDEX_PREFIX",
    Some("cloudtrail"),
    Allowed::Form("lower-case letters, digits, '-', '_' and '.', beginning with a letter or digit"),
    "What index names start with: `cloudtrail` makes `cloudtrail-2026.11`.",
);
pub(super) const INDEX_BY: Variable = variable(
    "TRAILSEARCH_INDEX_BY",
    Some("month"),
    Allowed::Words(&["month", "account", "class"]),
    "Which events share an index: all of a month (`cloudtrail-2026.11`), those of an account (`cloudtrail-111122223333-2026.11`), or those of a class \
     (`cloudtrail-management-2026.11`, and `data`, `insight`, `network`, `aggregated`). What has no account or class goes to `other`. To [change it later](organization.md#one-index-a-month-an-account-or-a-class) \
     moves nothing: an event that comes again afterwards is indexed a second time.",
);
pub(super) const ACCESS_LOGS: Variable = variable(
    "TRAILSEARCH_ACCESS_LOGS",
    Some(""),
    Allowed::Form("parts of buckets such as example-logs/access/, separated by commas"),
    "Where [S3 server access logs](access-logs.md) lie. Objects there that are named as S3 names them go into an index of their own.",
);
pub(super) const ACCESS_LOG_INDEX_PREFIX: Variable = variable(
    "TRAILSEARCH_ACCESS_LOG_INDEX_PREFIX",
    Some(DEFAULT_ACCESS_LOG_PREFIX),
    Allowed::Form("what TRAILSEARCH_INDEX_PREFIX takes, and another one"),
    "What the names of their indices start with: `s3-access` makes `s3-access-2026.11`.",
);
pub(super) const DOCUMENT_IDS: Variable = variable(
    "TRAILSEARCH_DOCUMENT_IDS",
    Some("event"),
    Allowed::Words(&["event", "automatic"]),
    "`event` gives a document the id of its event, so that an event delivered twice is indexed once. `automatic` is for time-series collections of OpenSearch \
     Serverless, which take no ids: there a repeated delivery makes duplicates.",
);
pub(super) const BATCH_BYTES: Variable = variable(
    "TRAILSEARCH_BATCH_BYTES",
    Some("2097152"),
    Allowed::Number(65_536, 52_428_800),
    "How large the body of a bulk request becomes before compression.",
);
pub(super) const BATCH_DOCUMENTS: Variable = variable(
    "TRAILSEARCH_BATCH_DOCUMENTS",
    Some("5000"),
    Allowed::Number(1, 50_000),
    "How many documents a bulk request holds.",
);
pub(super) const BULK_CONCURRENCY: Variable = variable(
    "TRAILSEARCH_BULK_CONCURRENCY",
    Some("4"),
    Allowed::Number(1, 64),
    "Bulk requests under way at the same time in one process. Each holds a body in memory.",
);
pub(super) const OBJECT_CONCURRENCY: Variable = variable(
    "TRAILSEARCH_OBJECT_CONCURRENCY",
    Some("4"),
    Allowed::Number(1, 256),
    "Objects worked on at the same time in one process. Each holds a body in memory.",
);
pub(super) const MAX_OBJECT_BYTES: Variable = variable(
    "TRAILSEARCH_MAX_OBJECT_BYTES",
    Some("1073741824"),
    Allowed::Number(1_048_576, 1 << 40),
    "The largest object before compression; what is larger fails. CloudTrail's own are at most 50 MB.",
);
pub(super) const MAX_OBJECT_RATIO: Variable = variable(
    "TRAILSEARCH_MAX_OBJECT_RATIO",
    Some("250"),
    Allowed::Number(20, 1_032),
    "How many bytes an object inflates to at most for each compressed one; beyond it fails. The ids in each record keep CloudTrail's own far below; gzip knows no more than 1032.",
);
pub(super) const MAX_OBJECT_RECORDS: Variable = variable(
    "TRAILSEARCH_MAX_OBJECT_RECORDS",
    Some("1000000"),
    Allowed::Number(1_000, 1_000_000_000),
    "The most records of an object; it fails behind them. CloudTrail's own have some ten thousand.",
);
pub(super) const MAX_RECORD_BYTES: Variable = variable(
    "TRAILSEARCH_MAX_RECORD_BYTES",
    Some("1048576"),
    Allowed::Number(262_144, 16_777_216),
    "The largest record; an object with a larger one fails there. CloudTrail's own are at most 256 KB.",
);
pub(super) const DEADLINE_MARGIN: Variable = variable(
    "TRAILSEARCH_DEADLINE_MARGIN_SECONDS",
    Some("5"),
    Allowed::Number(1, 300),
    "How long before the function's time-out no new work is started, so that failures can still be reported.",
);
pub(super) const STATE: Variable = variable(
    "TRAILSEARCH_STATE_S3_URI",
    None,
    Allowed::Form("s3://bucket/prefix"),
    "Where dead letters and checkpoints are kept. A record for which the index takes no document goes to `dead-letters/` below it, from where `trailsearch replay` brings it back; \
     without it, the record fails its object. An object that one invocation cannot finish goes on from `checkpoints/` below it in the next; without it, the next begins at the first \
     record and finds duplicates. Each function needs a prefix of its own. Dead letters hold records as they were delivered, secrets included: protect them like the trail's bucket.",
);
pub(super) const DASHBOARDS: Variable = variable(
    "TRAILSEARCH_DASHBOARDS_URL",
    None,
    Allowed::Form("a URL such as https://search.example.com/_dashboards or http://127.0.0.1:5601"),
    "Where OpenSearch Dashboards answers. The command line's answers then end with a link to the same question there. On Amazon OpenSearch Service and Serverless it is \
     `/_dashboards` of the endpoint where nothing else is said.",
);
pub(super) const REDACT: Variable = variable(
    "TRAILSEARCH_REDACT",
    Some("true"),
    Allowed::Words(&["true", "false"]),
    "Whether session tokens and other bearer secrets are replaced. Access key ids always stay.",
);
pub(super) const PROMOTE: Variable = variable(
    "TRAILSEARCH_PROMOTE",
    Some(""),
    Allowed::Form("names such as request.clusterArn, separated by commas"),
    "Parameters to promote beyond the schema's own; give `trailsearch setup` the same ones.",
);
pub(super) const DROP_NOISE: Variable = variable(
    "TRAILSEARCH_DROP_NOISE",
    Some(""),
    Allowed::Names(NOISE_RULES),
    "Rules of [noise](noise.md) whose events are kept out of the index, and counted as dropped. Without it all are indexed, and tagged.",
);
pub(super) const METRICS_NAMESPACE: Variable = variable(
    "TRAILSEARCH_METRICS_NAMESPACE",
    Some("trailsearch"),
    Allowed::Form("at most 255 letters, digits and .-_/#, not beginning with AWS/, or empty"),
    "The CloudWatch namespace of the function's [metrics](metrics.md), which cost money; empty for none.",
);
pub(super) const LOG: Variable = variable(
    "TRAILSEARCH_LOG",
    Some("info"),
    Allowed::Form("a level (error, warn, info, debug, trace), or target=level pairs separated by commas"),
    "What is logged.",
);

/// Every variable, in the order of the reference.
pub const VARIABLES: [&Variable; 28] = [
    &ENDPOINT,
    &AUTH,
    &USERNAME,
    &PASSWORD,
    &SECRET,
    &CA_FILE,
    &REQUEST_TIMEOUT,
    &INDEX_PREFIX,
    &INDEX_BY,
    &ACCESS_LOGS,
    &ACCESS_LOG_INDEX_PREFIX,
    &DOCUMENT_IDS,
    &BATCH_BYTES,
    &BATCH_DOCUMENTS,
    &BULK_CONCURRENCY,
    &OBJECT_CONCURRENCY,
    &MAX_OBJECT_BYTES,
    &MAX_OBJECT_RATIO,
    &MAX_OBJECT_RECORDS,
    &MAX_RECORD_BYTES,
    &DEADLINE_MARGIN,
    &STATE,
    &DASHBOARDS,
    &REDACT,
    &PROMOTE,
    &DROP_NOISE,
    &METRICS_NAMESPACE,
    &LOG,
];

impl std::fmt::Display for Allowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Form(form) => f.write_str(form),
            Self::Words(words) => write!(f, "one of {}", words.join(", ")),
            Self::Names(names) => write!(f, "any of {}, separated by commas", names.join(", ")),
            Self::Number(least, most) => write!(f, "a whole number from {least} to {most}"),
        }
    }
}

/// The reference page, Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Settings\n\nEnvironment variables of the function and the command line. They are checked at the start, all at once; an unknown `TRAILSEARCH_…` variable is an error.\n\n\
         | variable | default | allowed | meaning |\n| --- | --- | --- | --- |\n",
    );
    for variable in VARIABLES {
        let default =
            variable.default.filter(|text| !text.is_empty()).map(|text| format!("`{text}`")).unwrap_or_default();
        page.push_str(&format!("| `{}` | {default} | {} | {} |\n", variable.name, variable.allowed, variable.meaning));
    }
    page
}
