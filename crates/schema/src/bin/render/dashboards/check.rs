//! Mistakes in the dashboards: what names nothing, cannot be counted, or says nothing.

use std::collections::BTreeSet;

use trailsearch_schema::Type;

use super::{Chart, DashboardFile, Expectation, Kind, Measure, MeasureKind, PanelEntry, SearchEntry};
use crate::check::{Problem, problem};
use crate::model::Schema;
use crate::query::{self, OWN_TEXT};

/// Every mistake in mappings/dashboards/ and mappings/colors.yml.
pub(crate) fn problems(schema: &Schema) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut problems = color_problems(schema);
    for (file, dashboard) in &schema.dashboards {
        let mut found = dashboard_problems(dashboard, schema);
        let charts = dashboard.charts().map(|(_, chart)| format!("{}-{}", dashboard.id, chart.id));
        let ids = dashboard.searches.iter().map(|search| search.id.clone()).chain(charts).chain([dashboard.id.clone()]);
        found.extend(ids.filter(|id| !seen.insert(id.clone())).map(|id| (id, "is declared twice".to_owned())));
        problems
            .extend(found.into_iter().map(|(what, mistake)| problem(&format!("dashboards/{file}"), &what, mistake)));
    }
    problems
}

/// A thing by its id, and what is wrong with it.
type Mistake = (String, String);

fn color_problems(schema: &Schema) -> Vec<Problem> {
    let hex =
        |color: &str| color.len() == 7 && color.starts_with('#') && color[1..].bytes().all(|c| c.is_ascii_hexdigit());
    let wrong = schema.colors.colors.iter().filter(|(_, color)| !hex(color));
    wrong.map(|(label, color)| problem("colors.yml", label, format!("{color} is no color such as #009e73"))).collect()
}

fn dashboard_problems(dashboard: &DashboardFile, schema: &Schema) -> Vec<Mistake> {
    let mut found: Vec<Mistake> = told(&dashboard.id, &dashboard.title, &dashboard.question);
    if !(1..=366).contains(&dashboard.days) || dashboard.rows.is_empty() {
        found.push((dashboard.id.clone(), "needs 1 to 366 days and a row".to_owned()));
    }
    for search in &dashboard.searches {
        found.extend(told(&search.id, &search.title, &search.question));
        found.extend(search_mistakes(search, schema).into_iter().map(|mistake| (search.id.clone(), mistake)));
    }
    for panel in dashboard.panels() {
        found.extend(panel_problems(panel, schema));
    }
    found
}

/// Mistakes in what people read.
fn told(id: &str, title: &str, question: &str) -> Vec<Mistake> {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let mistakes = [
        (query::has_own_text(title) || query::has_own_text(question), OWN_TEXT),
        (!plain, "its id must be lowercase letters and '-'"),
        (title.trim().is_empty(), "has no title"),
        (!question.trim().contains('?'), "has no question"),
    ];
    mistakes.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| (id.to_owned(), what.to_owned())).collect()
}

fn search_mistakes(search: &SearchEntry, schema: &Schema) -> Vec<String> {
    let mut found = query::mistakes(&search.query, schema);
    let unknown = search.columns.iter().filter(|column| !schema.is_column(column));
    found.extend(unknown.map(|column| format!("the column {column} is no field of the schema")));
    if search.columns.is_empty() {
        found.push("has no columns".to_owned());
    }
    found.extend(expectation_mistake(&search.expect, false));
    found
}

fn panel_problems(panel: &PanelEntry, schema: &Schema) -> Vec<Mistake> {
    match panel {
        PanelEntry::Text(text) => {
            text_mistakes(text, schema).into_iter().map(|what| ("text".to_owned(), what)).collect()
        }
        PanelEntry::Search(id) if schema.search(id).is_none() => {
            vec![(id.clone(), "is no saved search of mappings/dashboards/".to_owned())]
        }
        _ => panel.chart().map_or_else(Vec::new, |(kind, chart)| {
            let mistakes = chart_mistakes(kind, chart, schema).into_iter();
            told(&chart.id, &chart.title, &chart.question)
                .into_iter()
                .chain(mistakes.map(|mistake| (chart.id.clone(), mistake)))
                .collect()
        }),
    }
}

/// Links to dashboards that are none.
fn text_mistakes(text: &str, schema: &Schema) -> Vec<String> {
    let links = text.split("](#").skip(1).filter_map(|rest| rest.split_once(')'));
    let unknown = links.filter(|(id, _)| !schema.dashboards.iter().any(|(_, dashboard)| dashboard.id == *id));
    unknown.map(|(id, _)| format!("links to {id}, which is no dashboard")).collect()
}

fn chart_mistakes(kind: Kind, chart: &Chart, schema: &Schema) -> Vec<String> {
    let mut found = query::mistakes(&chart.query, schema);
    found.extend(chart.filters.iter().flat_map(|filter| query::mistakes(&filter.query, schema)));
    let fixed = chart.by.iter().filter(|field| !schema.is_counted(field));
    found.extend(fixed.map(|field| format!("{field} is no field of the schema that can be counted")));
    found.extend(chart.show.iter().filter_map(|measure| measure_mistake(measure, schema)));
    if schema.countable(&chart.time) != Some(Type::Date) {
        found.push(format!("{} is no date", chart.time));
    }
    found.extend(shape_mistake(kind, chart).map(str::to_owned));
    found.extend(expectation_mistake(&chart.expect, true));
    found
}

fn measure_mistake(measure: &Measure, schema: &Schema) -> Option<String> {
    let ty = schema.countable(&measure.field);
    let fits = match measure.kind {
        MeasureKind::Count => true,
        MeasureKind::Unique => ty.is_some(),
        MeasureKind::Sum | MeasureKind::Most => matches!(ty, Some(Type::Long | Type::Double)),
        MeasureKind::Newest | MeasureKind::Oldest => ty == Some(Type::Date),
    };
    (!fits).then(|| format!("the {} {} cannot be taken", measure.kind.name(), measure.field))
}

/// Groups and measures that a kind of chart cannot show.
fn shape_mistake(kind: Kind, chart: &Chart) -> Option<&'static str> {
    let fields = chart.by.len();
    let fits = match kind {
        Kind::Numbers => fields == 0,
        Kind::Timeline => fields <= 1,
        Kind::Bars | Kind::Donut => fields <= 2 && (fields > 0 || !chart.filters.is_empty()),
        Kind::Table => fields > 0,
    };
    let series = fields + usize::from(!chart.filters.is_empty());
    if !fits {
        Some("has more or fewer fields to group by than its kind can show")
    } else if kind != Kind::Table && (series > 2 || (kind == Kind::Timeline && series > 1)) {
        Some("groups by fields or by filters, not by both")
    } else if chart.show.is_empty() || (chart.show.len() > 1 && !matches!(kind, Kind::Numbers | Kind::Table)) {
        Some("needs one measure")
    } else {
        None
    }
}

fn expectation_mistake(expect: &Expectation, has_rows: bool) -> Option<String> {
    let empty = expect.hits == 0 || expect.rows == Some(0);
    let what = if empty && expect.why.as_ref().is_none_or(|why| why.trim().is_empty()) {
        "expects nothing and does not say why"
    } else if !empty && (expect.first.is_empty() || expect.first.iter().any(Vec::is_empty)) {
        "expects something and does not say what comes first"
    } else if has_rows != expect.rows.is_some() {
        "a chart expects a number of rows, a search does not"
    } else {
        return None;
    };
    Some(what.to_owned())
}
