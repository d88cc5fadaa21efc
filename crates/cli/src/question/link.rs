//! A link to the same question in OpenSearch Dashboards: `--dashboards`, `--open`.

use clap::Args;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use trailsearch_schema::index_pattern;
use trailsearch_setup::SetupError;

use super::scope::{Bounds, Scope, ScopeArgs};
use crate::connect::{Cluster, dashboards_address};
use crate::console::Console;
use crate::error::CliError;
use crate::output::{Answer, Output, Style};

/// The program that opens links, where the user has one of their own; as `xdg-open` reads it
/// (<https://portland.freedesktop.org/doc/xdg-open.html>).
const BROWSER: &str = "BROWSER";

/// The time from which on CloudTrail has had logs at all.
const FIRST_LOGS: &str = "2013-11-01T00:00:00Z";

/// What Dashboards shows of each event.
const COLUMNS: &str = "eventName,actor.name,actor.role,errorCode,resource.id,recipientAccountId,awsRegion";

/// What stands as it is in the fragment of a URL (<https://www.rfc-editor.org/rfc/rfc3986#section-3.5>) and in a string of
/// rison.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b':')
    .remove(b'@')
    .remove(b'(')
    .remove(b')');

/// Where the link leads, and whether it is opened.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "OpenSearch Dashboards")]
pub(crate) struct LinkArgs {
    /// Where OpenSearch Dashboards answers: the answer ends with a link to the same question there
    /// [default: what TRAILSEARCH_DASHBOARDS_URL says, or /_dashboards of an AWS endpoint]
    #[arg(long, value_name = "URL", conflicts_with_all = ["files", "indices"])]
    dashboards: Option<String>,
    /// Open the link in the browser
    #[arg(long, conflicts_with_all = ["files", "indices"])]
    open: bool,
}

/// The links to questions of one scope.
pub(super) struct Link {
    /// Of Dashboards, without a slash at its end.
    address: String,
    /// The id of the index pattern, and the indices that it means.
    pattern: String,
    indices: String,
    bounds: Bounds,
    open: bool,
}

impl Link {
    /// The links of the scope; none where nobody says where Dashboards is, or where its index pattern means other indices.
    ///
    /// # Errors
    /// When the address is no URL, or it is to be opened and not known.
    pub(super) fn new(args: &ScopeArgs, cluster: &Cluster, now: Timestamp) -> Result<Option<Self>, CliError> {
        let LinkArgs { dashboards, open } = &args.link;
        if args.indices.is_some() {
            return Ok(None);
        }
        let Some(address) = dashboards_address(&cluster.settings, dashboards.as_deref())? else {
            return if *open { Err(CliError::NoDashboards) } else { Ok(None) };
        };
        let pattern = index_pattern(cluster.index_prefix()).map_err(SetupError::from)?;
        Ok(Some(Self { address, pattern, indices: cluster.indices(), bounds: args.bounds(now)?, open: *open }))
    }

    /// The address of Discover with this text in the bar. Its state is rison (<https://github.com/Nanonid/rison>), as
    /// Dashboards 2.10 and newer write it into the address bar.
    fn to(&self, bar: &str) -> String {
        let Self { address, pattern, indices, bounds, .. } = self;
        let (pattern, indices, bar) = (string(pattern), string(indices), string(bar));
        let from = string(&bounds.since.map_or_else(|| FIRST_LOGS.to_owned(), |since| since.to_string()));
        let to = bounds.until.map_or_else(|| "now".to_owned(), |until| string(&until.to_string()));
        let discover = format!("(columns:!({COLUMNS}),isDirty:!f,sort:!(!('@timestamp',desc)))");
        let dataset = format!("(id:{pattern},timeFieldName:'@timestamp',title:{indices},type:INDEX_PATTERN)");
        format!(
            "{address}/app/data-explorer/discover#?_a=(discover:{discover},metadata:(indexPattern:{pattern},view:discover))\
             &_g=(filters:!(),refreshInterval:(pause:!t,value:0),time:(from:{from},to:{to}))\
             &_q=(filters:!(),query:(dataset:{dataset},language:lucene,query:{bar}))"
        )
    }
}

/// A string of rison, encoded for a URL.
fn string(text: &str) -> String {
    let escaped = text.replace('!', "!!").replace('\'', "!'");
    format!("'{}'", utf8_percent_encode(&escaped, KEPT))
}

/// An answer and the link to its question.
#[derive(Debug, Serialize)]
struct Linked<'a, A> {
    #[serde(flatten)]
    answer: &'a A,
    dashboards: &'a str,
}

impl<A: Answer> Answer for Linked<'_, A> {
    fn table(&self, style: Style) -> String {
        format!("{}{}\n", self.answer.table(style), style.dim(self.dashboards))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.answer.records()
    }

    fn exit_code(&self) -> u8 {
        self.answer.exit_code()
    }
}

/// How answers to questions are given: each with a link to its question, where there is a Dashboards.
pub(super) struct Linking<'a> {
    pub(super) output: Output,
    pub(super) console: &'a Console,
    pub(super) scope: Scope,
    pub(super) link: Option<Link>,
}

impl Linking<'_> {
    /// Writes the answer to the question that this query asked.
    ///
    /// # Errors
    /// When the answer cannot be written, or no browser be started.
    pub(super) fn answer(&self, answer: &impl Answer, query: &Value) -> Result<std::process::ExitCode, CliError> {
        let Some(link) = &self.link else { return self.output.answer(answer) };
        let url = link.to(&super::bar::text(&self.scope.of(query)));
        if self.output.lists_records() {
            self.console.say(&url);
        }
        let code = self.output.answer(&Linked { answer, dashboards: &url })?;
        link.show(&url)?;
        Ok(code)
    }

    /// Says where the question stands in Dashboards, where its answer has no end.
    ///
    /// # Errors
    /// When no browser can be started.
    pub(super) fn say(&self, query: &Value) -> Result<(), CliError> {
        let Some(link) = &self.link else { return Ok(()) };
        let url = link.to(&super::bar::text(&self.scope.of(query)));
        self.console.say(&url);
        link.show(&url)
    }
}

impl Link {
    /// Opens the address, where that was asked for.
    fn show(&self, url: &str) -> Result<(), CliError> {
        if !self.open {
            return Ok(());
        }
        match std::env::var(BROWSER).ok().filter(|program| !program.is_empty()) {
            Some(program) => open::with_detached(url, program),
            None => open::that_detached(url),
        }
        .map_err(CliError::Browser)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(address: &str, bounds: Bounds) -> Link {
        let (pattern, indices) = ("trailsearch-audit-events".to_owned(), "audit-*".to_owned());
        Link { address: address.to_owned(), pattern, indices, bounds, open: false }
    }

    #[test]
    fn a_link_opens_discover_with_the_question() {
        let bounds = Bounds { since: Some("2026-11-20T08:30:00Z".parse().unwrap()), until: None };
        let url = link("https://search.example.com/_dashboards", bounds).to("resource.id:\"it's #1 & 50%!\"");
        assert!(url.starts_with("https://search.example.com/_dashboards/app/data-explorer/discover#?_a=(discover:"));
        assert!(url.contains("metadata:(indexPattern:'trailsearch-audit-events',view:discover)"), "{url}");
        assert!(url.contains("time:(from:'2026-11-20T08:30:00Z',to:now)"), "{url}");
        let bar = "query:'resource.id:%22it%21%27s%20%231%20%26%2050%25%21%21%22'))";
        assert!(url.ends_with(&format!("language:lucene,{bar}")), "{url}");
    }

    #[test]
    fn without_bounds_a_link_is_about_all_time() {
        let url = link("http://127.0.0.1:5601", Bounds::default()).to("");
        assert!(url.contains("time:(from:'2013-11-01T00:00:00Z',to:now)") && url.ends_with("query:''))"), "{url}");
    }
}
