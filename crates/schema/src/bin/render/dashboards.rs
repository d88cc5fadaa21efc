//! Saved searches, visualizations and dashboards: mappings/dashboards/*.yml as they stand.

pub(crate) mod check;
mod expected;
mod objects;
pub(crate) mod reference;
mod visualization;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub(crate) use expected::expected;
pub(crate) use objects::{ONE_ID, ndjson};

/// mappings/colors.yml: the colors of series by their labels.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColorsFile {
    pub colors: BTreeMap<String, String>,
}

/// One dashboard, and the saved searches that belong to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DashboardFile {
    pub id: String,
    pub title: String,
    pub question: String,
    /// How many days it shows when it is opened.
    pub days: u32,
    pub searches: Vec<SearchEntry>,
    pub rows: Vec<RowEntry>,
}

/// A saved search.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchEntry {
    pub id: String,
    pub title: String,
    pub question: String,
    pub query: String,
    pub columns: Vec<String>,
    #[serde(default)]
    pub sort: Sort,
    pub expect: Expectation,
}

/// Which events come first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    #[default]
    Newest,
    Oldest,
}

/// Panels side by side.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowEntry {
    /// In units of Dashboards' grid, about 20 pixels each.
    pub height: u32,
    pub panels: Vec<PanelEntry>,
}

/// One panel.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PanelEntry {
    /// Markdown, in which `(#ID)` links to a dashboard.
    Text(String),
    /// A saved search, by its id.
    Search(String),
    Numbers(Chart),
    Timeline(Chart),
    Bars(Chart),
    Donut(Chart),
    Table(Chart),
}

/// How a chart looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Numbers,
    Timeline,
    Bars,
    Donut,
    Table,
}

/// A visualization: which events, grouped by what, measured how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chart {
    pub id: String,
    pub title: String,
    pub question: String,
    #[serde(default)]
    pub query: String,
    /// Fields to group by, the outermost first.
    #[serde(default)]
    pub by: Vec<String>,
    /// Queries to group by, instead of fields.
    #[serde(default)]
    pub filters: Vec<FilterEntry>,
    #[serde(default = "count")]
    pub show: Vec<Measure>,
    /// How many groups the outermost field has at most.
    #[serde(default = "ten")]
    pub size: u32,
    /// Which of them, by the first measure.
    #[serde(default)]
    pub order: Order,
    /// A timeline's interval.
    #[serde(default)]
    pub every: Interval,
    /// A timeline's field.
    #[serde(default = "timestamp")]
    pub time: String,
    /// Numbers other than 0 are red.
    #[serde(default)]
    pub alarm: bool,
    /// The panel's share of its row.
    #[serde(default = "one")]
    pub width: u32,
    pub expect: Expectation,
}

fn count() -> Vec<Measure> {
    vec![Measure { kind: MeasureKind::Count, field: String::new() }]
}

fn ten() -> u32 {
    10
}

fn one() -> u32 {
    1
}

fn timestamp() -> String {
    "@timestamp".to_owned()
}

/// A group of events that match a query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterEntry {
    pub label: String,
    pub query: String,
}

/// Which groups come first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    #[default]
    Most,
    Least,
}

/// The interval of a timeline.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Interval {
    /// By the time range that is shown.
    #[default]
    Auto,
    Day,
}

/// What is shown of a group: `count`, or a word and a field as in `newest @timestamp`.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Measure {
    pub kind: MeasureKind,
    /// Empty where events are counted.
    pub field: String,
}

/// How a measure is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MeasureKind {
    Count,
    Unique,
    Sum,
    Most,
    Newest,
    Oldest,
}

impl MeasureKind {
    const ALL: [Self; 6] = [Self::Count, Self::Unique, Self::Sum, Self::Most, Self::Newest, Self::Oldest];

    const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Unique => "unique",
            Self::Sum => "sum",
            Self::Most => "most",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }
}

/// A measure that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no measure: use count, or one of unique, sum, most, newest and oldest with a field")]
pub(crate) struct MeasureError(String);

impl TryFrom<String> for Measure {
    type Error = MeasureError;

    fn try_from(text: String) -> Result<Self, MeasureError> {
        let (name, field) = text.split_once(' ').unwrap_or((&text, ""));
        let kind = MeasureKind::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.filter(|kind| field.is_empty() == (*kind == MeasureKind::Count));
        let field = field.to_owned();
        kind.map(|kind| Self { kind, field }).ok_or(MeasureError(text))
    }
}

/// What is found among the events of the demo's day; a check tries it on a server.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expectation {
    /// What stands in the search bar meanwhile.
    pub bar: Option<String>,
    /// How many events the query finds.
    pub hits: u64,
    /// How many rows they make: groups, of a timeline its series.
    pub rows: Option<u64>,
    /// The first cells of the first rows.
    pub first: Vec<Vec<Value>>,
    /// Why there is nothing to find.
    pub why: Option<String>,
}

impl DashboardFile {
    /// Every chart with its kind.
    pub(crate) fn charts(&self) -> impl Iterator<Item = (Kind, &Chart)> {
        self.panels().filter_map(PanelEntry::chart)
    }

    /// Every panel, row by row.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &PanelEntry> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}

impl PanelEntry {
    /// The chart, where it is one.
    pub(crate) fn chart(&self) -> Option<(Kind, &Chart)> {
        match self {
            Self::Text(_) | Self::Search(_) => None,
            Self::Numbers(chart) => Some((Kind::Numbers, chart)),
            Self::Timeline(chart) => Some((Kind::Timeline, chart)),
            Self::Bars(chart) => Some((Kind::Bars, chart)),
            Self::Donut(chart) => Some((Kind::Donut, chart)),
            Self::Table(chart) => Some((Kind::Table, chart)),
        }
    }
}

#[cfg(test)]
mod tests;
