//! `errors`: what fails most, and for whom; noise is set apart and counted.

use serde::Serialize;
use serde_json::{Value, json};

use super::NOTHING;
use super::events::Events;
use super::query::{but_not, count, exists, term};
use super::top::{buckets, time};
use crate::args::questions::ErrorsArgs;
use crate::error::CliError;
use crate::output::{Answer, Style, bar, columns};

/// How many actors and calls are told of each code.
const OWNERS: u32 = 3;

/// What stands for the code where a service gives none, as a console sign-in does.
const NO_CODE: &str = "(no code)";

/// The failures, noise left out.
#[derive(Debug, Serialize)]
pub(super) struct Errors {
    total: u64,
    /// Failures that a noise rule matches.
    noise: u64,
    codes: Vec<Code>,
}

/// One error code.
#[derive(Debug, Serialize)]
struct Code {
    code: String,
    events: u64,
    /// The most frequent first, each with its count.
    actors: Vec<(String, u64)>,
    calls: Vec<(String, u64)>,
    newest: String,
}

/// Asks for the most frequent error codes.
///
/// # Errors
/// When the cluster does not answer.
pub(super) async fn run(events: &Events<'_>, args: &ErrorsArgs) -> Result<Errors, CliError> {
    let most = |field: &str| json!({"terms": {"field": field, "size": OWNERS}});
    let codes = json!({
        "terms": {"field": "errorCode", "size": args.limit, "missing": NO_CODE},
        "aggs": {"actors": most("actor.name"), "calls": most("eventName"), "newest": {"max": {"field": "@timestamp"}}},
    });
    let quiet = json!({"filter": {"bool": {"must_not": [exists("noise")]}}, "aggs": {"codes": codes}});
    let found = events.search(count(&term("outcome", "failure"), &json!({"quiet": quiet}))).await?;
    let quiet = &found.aggregations["quiet"];
    let total = quiet["doc_count"].as_u64().unwrap_or_default();
    let codes = buckets(&quiet["codes"]).iter().map(Code::of).collect();
    Ok(Errors { total, noise: found.total.saturating_sub(total), codes })
}

/// The query of what is counted.
pub(super) fn asked() -> Value {
    but_not([term("outcome", "failure")], [exists("noise")])
}

impl Code {
    fn of(bucket: &Value) -> Self {
        Self {
            code: bucket["key"].as_str().unwrap_or_default().to_owned(),
            events: bucket["doc_count"].as_u64().unwrap_or_default(),
            actors: owners(&bucket["actors"]),
            calls: owners(&bucket["calls"]),
            newest: time(&bucket["newest"]),
        }
    }

    fn row(&self, most: u64) -> Vec<String> {
        let (actors, calls) = (listed(&self.actors), listed(&self.calls));
        vec![self.code.clone(), self.events.to_string(), bar(self.events, most), actors, calls, self.newest.clone()]
    }
}

fn owners(aggregation: &Value) -> Vec<(String, u64)> {
    let owner = |bucket: &Value| Some((bucket["key"].as_str()?.to_owned(), bucket["doc_count"].as_u64()?));
    buckets(aggregation).iter().filter_map(owner).collect()
}

/// `alice 3, bob 1`
fn listed(owners: &[(String, u64)]) -> String {
    owners.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

impl Answer for Errors {
    fn table(&self, style: Style) -> String {
        let noise = format!("{} more are noise (`trailsearch search --errors 'noise:*'`)", self.noise);
        if self.codes.is_empty() {
            return format!("nothing failed; {noise}\n");
        }
        let most = self.codes.iter().map(|code| code.events).max().unwrap_or_default();
        let rows: Vec<Vec<String>> = self.codes.iter().map(|code| code.row(most)).collect();
        let table = columns(&["ERROR", "EVENTS", "", "WHO", "CALLS", "NEWEST"], &rows, style);
        format!("{table}\n{}\n", style.dim(&format!("{} calls failed; {noise}", self.total)))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        self.codes.iter().map(serde_json::to_value).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.total + self.noise == 0 { NOTHING } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_with_its_owners() {
        let bucket = json!({"key": "AccessDenied", "doc_count": 4, "newest": {"value_as_string": "T"},
            "actors": {"buckets": [{"key": "alice", "doc_count": 3}, {"key": "bob", "doc_count": 1}]}, "calls": {}});
        let row = Code::of(&bucket).row(4);
        assert_eq!(
            (row[0].as_str(), row[1].as_str(), row[3].as_str(), row[5].as_str()),
            ("AccessDenied", "4", "alice 3, bob 1", "T")
        );
    }
}
