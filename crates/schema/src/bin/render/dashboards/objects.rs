//! Saved objects of OpenSearch Dashboards, one a line, as its import takes them.
//!
//! The types and their shapes are those of 2.x and 3.x; Dashboards migrates older ones by `migrationVersion` when it
//! imports them.
//! <https://docs.opensearch.org/latest/dashboards/management/saved-objects/>

use serde_json::{Value, json};

use super::visualization::vis_state;
use super::{Chart, DashboardFile, Kind, PanelEntry, RowEntry, SearchEntry, Sort};
use crate::index_pattern;
use crate::model::Schema;

/// The id of the dashboard that ids link to.
pub(crate) const ONE_ID: &str = "trailsearch-one-id";

/// The width of Dashboards' grid.
const COLUMNS: u32 = 48;

/// What a saved object calls the index pattern among its references.
const INDEX: &str = "kibanaSavedObjectMeta.searchSourceJSON.index";

/// The index pattern, and all searches, visualizations and dashboards.
pub(crate) fn ndjson(schema: &Schema) -> serde_json::Result<String> {
    let mut objects = vec![index_pattern::object(schema)?];
    for (_, dashboard) in &schema.dashboards {
        let searches = dashboard.searches.iter().map(search);
        let charts = dashboard.panels().filter_map(|panel| chart(dashboard, panel, schema).transpose());
        for object in searches.chain(charts) {
            objects.push(object?);
        }
        objects.push(board(dashboard, schema)?);
    }
    Ok(objects.into_iter().map(|object| object.to_string() + "\n").collect())
}

/// The id of a saved search.
pub(crate) fn search_id(id: &str) -> String {
    format!("trailsearch-{id}")
}

/// The id of a visualization.
pub(crate) fn chart_id(dashboard: &DashboardFile, chart: &Chart) -> String {
    format!("{}-{}", board_id(&dashboard.id), chart.id)
}

fn board_id(id: &str) -> String {
    format!("trailsearch-{id}")
}

fn text_id(dashboard: &DashboardFile) -> String {
    format!("{}-text", board_id(&dashboard.id))
}

fn title(title: &str) -> String {
    format!("CloudTrail: {title}")
}

fn object(ty: &str, version: &str, id: &str, attributes: Value, references: Vec<Value>) -> Value {
    json!({"id": id, "type": ty, "attributes": attributes, "references": references, "migrationVersion": {ty: version}})
}

fn reference(name: &str, ty: &str, id: &str) -> Value {
    json!({"name": name, "type": ty, "id": id})
}

fn to_the_index() -> Vec<Value> {
    vec![reference(INDEX, "index-pattern", index_pattern::ID)]
}

/// A query as the search bar would hold it. Its language is Lucene's: Dashboards hands it to the server as it is, so
/// that what a check sends is what a user gets.
fn query(query: &str) -> Value {
    json!({"query": query, "language": "lucene"})
}

fn search(entry: &SearchEntry) -> serde_json::Result<Value> {
    let order = match entry.sort {
        Sort::Newest => "desc",
        Sort::Oldest => "asc",
    };
    let query = query(&entry.query);
    let source = json!({"query": query, "filter": [], "highlightAll": true, "version": true, "indexRefName": INDEX});
    let attributes = json!({
        "title": title(&entry.title),
        "description": entry.question,
        "hits": 0,
        "columns": entry.columns,
        "sort": [["@timestamp", order]],
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": serde_json::to_string(&source)?},
    });
    Ok(object("search", "7.9.3", &search_id(&entry.id), attributes, to_the_index()))
}

/// The visualization of a panel; a saved search is one already.
fn chart(dashboard: &DashboardFile, panel: &PanelEntry, schema: &Schema) -> serde_json::Result<Option<Value>> {
    match (panel, panel.chart()) {
        (_, Some((kind, chart))) => visualization(dashboard, kind, chart, schema).map(Some),
        (PanelEntry::Text(text), _) => markdown(dashboard, text).map(Some),
        _ => Ok(None),
    }
}

fn visualization(dashboard: &DashboardFile, kind: Kind, chart: &Chart, schema: &Schema) -> serde_json::Result<Value> {
    let state = vis_state(kind, chart);
    let source = json!({"query": query(&chart.query), "filter": [], "indexRefName": INDEX});
    let ui_state = json!({"vis": {"colors": schema.colors.colors}});
    let attributes = attributes(&title(&chart.title), &chart.question, &state, &ui_state, &source)?;
    Ok(object("visualization", "7.10.0", &chart_id(dashboard, chart), attributes, to_the_index()))
}

fn markdown(dashboard: &DashboardFile, text: &str) -> serde_json::Result<Value> {
    let text = text.replace("](#", &format!("](#/view/{}", board_id("")));
    let params = json!({"fontSize": 12, "openLinksInNewTab": false, "markdown": text});
    let state = json!({"title": dashboard.title, "type": "markdown", "params": params, "aggs": []});
    let source = json!({"query": query(""), "filter": []});
    let name = title(&format!("{}, text", dashboard.title));
    let attributes = attributes(&name, &dashboard.question, &state, &json!({}), &source)?;
    Ok(object("visualization", "7.10.0", &text_id(dashboard), attributes, Vec::new()))
}

fn attributes(
    title: &str,
    question: &str,
    state: &Value,
    ui_state: &Value,
    source: &Value,
) -> serde_json::Result<Value> {
    Ok(json!({
        "title": title,
        "description": question,
        "visState": serde_json::to_string(state)?,
        "uiStateJSON": serde_json::to_string(ui_state)?,
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": serde_json::to_string(source)?},
    }))
}

/// A panel in its place.
struct Place<'a> {
    panel: &'a PanelEntry,
    grid: [u32; 4],
}

fn board(dashboard: &DashboardFile, schema: &Schema) -> serde_json::Result<Value> {
    let places = places(&dashboard.rows);
    let (panels, references): (Vec<_>, Vec<_>) =
        (0..).zip(&places).map(|(number, place)| panel(number, place, dashboard, schema)).unzip();
    let source = json!({"query": query(""), "filter": []});
    let attributes = json!({
        "title": title(&dashboard.title),
        "description": dashboard.question,
        "hits": 0,
        "panelsJSON": serde_json::to_string(&panels)?,
        "optionsJSON": serde_json::to_string(&json!({"useMargins": true, "hidePanelTitles": false}))?,
        "version": 1,
        "timeRestore": true,
        "timeFrom": format!("now-{}d", dashboard.days),
        "timeTo": "now",
        "refreshInterval": {"pause": true, "value": 0},
        "kibanaSavedObjectMeta": {"searchSourceJSON": serde_json::to_string(&source)?},
    });
    Ok(object("dashboard", "7.9.3", &board_id(&dashboard.id), attributes, references))
}

/// The panel as the dashboard holds it, and the reference to what it shows.
fn panel(number: usize, place: &Place<'_>, dashboard: &DashboardFile, schema: &Schema) -> (Value, Value) {
    let name = format!("panel_{number}");
    let [x, y, w, h] = place.grid;
    let (ty, id, shown) = match (place.panel, place.panel.chart()) {
        (_, Some((_, chart))) => ("visualization", chart_id(dashboard, chart), chart.title.as_str()),
        (PanelEntry::Search(id), _) => ("search", search_id(id), schema.search(id).map_or("", |search| &search.title)),
        _ => ("visualization", text_id(dashboard), ""),
    };
    let panel = json!({
        "version": "7.9.3",
        "panelIndex": number.to_string(),
        "gridData": {"x": x, "y": y, "w": w, "h": h, "i": number.to_string()},
        "title": shown,
        "embeddableConfig": {},
        "panelRefName": name,
    });
    (panel, reference(&name, ty, &id))
}

fn places(rows: &[RowEntry]) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    let mut top = 0;
    for row in rows {
        let width = |panel: &PanelEntry| panel.chart().map_or(1, |(_, chart)| chart.width);
        let whole: u32 = row.panels.iter().map(width).sum();
        let mut before = 0;
        for panel in &row.panels {
            let [left, right] = [before, before + width(panel)].map(|share| share * COLUMNS / whole);
            places.push(Place { panel, grid: [left, top, right - left, row.height] });
            before += width(panel);
        }
        top += row.height;
    }
    places
}
