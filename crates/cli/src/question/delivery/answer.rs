//! The answer, for people and for programs.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::denial::Denial;
use super::pace::{Pace, as_text};
use crate::output::{Answer, Style, columns};
use crate::question::NOTHING;
use crate::question::event::{Event, HEADER, line};
use crate::question::events::Found;

/// What keeps logs from arriving.
#[derive(Debug, Serialize)]
pub(in crate::question) struct Delivery {
    /// The time that silence is judged at.
    #[serde(serialize_with = "as_text")]
    at: Timestamp,
    denied: Vec<Denial>,
    /// Every account and region, those first that were heard longest ago.
    regions: Vec<Pace>,
    /// Changes of trails and of the buckets that logs go to, the oldest first, also those that failed.
    changes: Vec<Event>,
    /// How many changes there are, those included that are not told.
    total_changes: u64,
}

impl Delivery {
    /// The answer, with the regions as they are judged at this time.
    pub(super) fn new(denied: Vec<Denial>, regions: Vec<Pace>, at: Timestamp, changed: Found) -> Self {
        let (changes, total_changes) = (changed.events, changed.total);
        Self { at, denied, regions, changes, total_changes }
    }

    fn silent(&self) -> usize {
        self.regions.iter().filter(|region| region.is_silent()).count()
    }

    fn summary(&self) -> String {
        let denied: u64 = self.denied.iter().map(|denial| denial.events).sum();
        let silent = match self.silent() {
            1 => "1 account and region is silent".to_owned(),
            silent => format!("{silent} accounts and regions are silent"),
        };
        let changes = match self.total_changes {
            1 => "1 change of a trail or log bucket".to_owned(),
            changes => format!("{changes} changes of trails and log buckets"),
        };
        format!("{denied} denied deliveries; {silent}; {changes}")
    }
}

/// A titled table and a blank line; nothing where it is empty.
fn section(title: &str, header: &[&str], rows: &[Vec<String>], style: Style) -> String {
    if rows.is_empty() { String::new() } else { format!("{}\n{}\n", style.bold(title), columns(header, rows, style)) }
}

impl Answer for Delivery {
    fn table(&self, style: Style) -> String {
        let denied: Vec<Vec<String>> = self.denied.iter().map(Denial::row).collect();
        let regions: Vec<Vec<String>> = self.regions.iter().map(|region| region.row(self.at)).collect();
        let changes: Vec<Vec<String>> = self.changes.iter().map(line).collect();
        let nothing_at_all = "no event of the last seven days is in the index (check --until, --account, --region and --index-prefix, and that logs are ingested)\n";
        let empty = if self.regions.is_empty() { nothing_at_all } else { "" };
        let heard = format!("accounts and regions, in the week before {:.0}", self.at);
        section("denied deliveries", &Denial::HEADER, &denied, style)
            + &section(&heard, &Pace::HEADER, &regions, style)
            + &section("changes of trails and log buckets", &HEADER, &changes, style)
            + empty
            + &format!("{}\n", style.dim(&self.summary()))
    }

    fn records(&self) -> serde_json::Result<Vec<Value>> {
        let denied = self.denied.iter().map(|denial| named("denied", denial));
        let regions = self.regions.iter().map(|region| named("region", region));
        let changes = self.changes.iter().map(|event| named("change", event));
        denied.chain(regions).chain(changes).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.denied.is_empty() && self.silent() == 0 && self.changes.is_empty() { NOTHING } else { 0 }
    }
}

/// The record with a first member that says what it is.
fn named(what: &str, record: &impl Serialize) -> serde_json::Result<Value> {
    let mut named = json!({"what": what});
    if let (Value::Object(to), Value::Object(from)) = (&mut named, serde_json::to_value(record)?) {
        to.extend(from);
    }
    Ok(named)
}
