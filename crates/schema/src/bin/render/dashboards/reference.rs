//! The reference of searches, dashboards and monitors, docs/dashboards.md.

use std::fmt::Write as _;

use super::{Chart, DashboardFile, Kind, MeasureKind, PanelEntry, SearchEntry};
use crate::model::Schema;
use crate::monitors;

const HEAD: &str = "\
<!-- Rendered from mappings/dashboards/ and mappings/monitors/ by the render binary: change the data, not this file. -->
# Dashboards, saved searches and monitors

`trailsearch setup --dashboards URL` installs them; on Amazon OpenSearch Service and Serverless it finds the URL by itself. By hand,
import [dashboards.ndjson](../mappings/rendered/dashboards.ndjson) in OpenSearch Dashboards under \"Dashboards Management\", \"Saved
objects\". It brings the index pattern along, and replaces what an earlier import brought.

Queries are in [query string syntax](https://docs.opensearch.org/latest/query-dsl/full-text/query-string/), \"Lucene\" in the search bar. Any of
them can be pasted there, or into `_search?q=`; every word that is no field is looked for in the fields that
[fields.md](fields.md#index-settings) names.

";

/// The text of docs/dashboards.md.
pub(crate) fn render(schema: &Schema) -> String {
    let mut text = HEAD.to_owned();
    text += "## Saved searches\n\n| question | saved search | query |\n|---|---|---|\n";
    for (_, dashboard) in &schema.dashboards {
        text += &dashboard.searches.iter().map(search_row).collect::<String>();
    }
    text += "\n## Dashboards\n\n| question | dashboard |\n|---|---|\n";
    for (_, dashboard) in &schema.dashboards {
        let DashboardFile { id, title, question, .. } = dashboard;
        let _ = writeln!(text, "| {question} | [{title}](#dashboard-{id}) |");
    }
    for (_, dashboard) in &schema.dashboards {
        text += &section(dashboard, schema);
    }
    text + &monitors::reference::render(&schema.monitors)
}

fn search_row(search: &SearchEntry) -> String {
    format!("| {} | {} | {} |\n", search.question, search.title, code(&search.query))
}

fn section(dashboard: &DashboardFile, schema: &Schema) -> String {
    let DashboardFile { id, title, question, days, .. } = dashboard;
    let mut text = format!(
        "\n### <a id=\"dashboard-{id}\"></a>{title}\n\n{question} Opens with the last {}.\n\n| question | panel | of |\n|---|---|---|\n",
        if *days == 1 { "day".to_owned() } else { format!("{days} days") },
    );
    for panel in dashboard.panels() {
        text += &panel_row(panel, schema);
    }
    text
}

fn panel_row(panel: &PanelEntry, schema: &Schema) -> String {
    match (panel, panel.chart()) {
        (_, Some((kind, chart))) => format!("| {} | {} | {} |\n", chart.question, chart.title, shown(kind, chart)),
        (PanelEntry::Search(id), _) => schema.search(id).map_or_else(String::new, |search| {
            format!("| {} | {} | the saved search |\n", search.question, search.title)
        }),
        _ => String::new(),
    }
}

/// Which events a chart shows, and grouped by what.
fn shown(kind: Kind, chart: &Chart) -> String {
    let mut parts = vec![if chart.query.is_empty() { "all events".to_owned() } else { code(&chart.query) }];
    if kind == Kind::Timeline {
        parts.push(format!("over {}", code(&chart.time)));
    }
    if !chart.by.is_empty() {
        parts.push(format!("by {}", chart.by.iter().map(|field| code(field)).collect::<Vec<_>>().join(", ")));
    }
    let measures = chart.show.iter().filter(|measure| measure.kind != MeasureKind::Count);
    parts.extend(measures.map(|measure| format!("{} {}", measure.kind.name(), code(&measure.field))));
    let filters = chart.filters.iter().filter(|filter| !filter.query.is_empty());
    parts.extend(filters.map(|filter| format!("{}: {}", filter.label, code(&filter.query))));
    parts.join("<br>")
}

/// Text as code in a table.
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", text.replace('|', "\\|")) }
}
