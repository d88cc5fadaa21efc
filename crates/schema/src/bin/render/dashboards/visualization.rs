//! The state of a visualization: its aggregations, and how it is drawn.
//!
//! Dashboards makes the search's aggregations of these; names and defaults are those of its editor.
//! <https://docs.opensearch.org/latest/dashboards/visualize/viz-index/>

use serde_json::{Value, json};

use super::{Chart, Interval, Kind, Measure, MeasureKind, Order};

/// How many groups the inner fields have at most.
const INNER_GROUPS: u32 = 5;

/// What Dashboards keeps in `visState`.
pub(crate) fn vis_state(kind: Kind, chart: &Chart) -> Value {
    json!({"title": chart.title, "type": vis_type(kind), "params": params(kind, chart), "aggs": aggs(kind, chart)})
}

fn vis_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Numbers => "metric",
        Kind::Timeline => "histogram",
        Kind::Bars => "horizontal_bar",
        Kind::Donut => "pie",
        Kind::Table => "table",
    }
}

/// The roles of the outermost group and of those in it.
fn roles(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Numbers => ["group", "group"],
        Kind::Timeline | Kind::Bars => ["segment", "group"],
        Kind::Donut => ["segment", "segment"],
        Kind::Table => ["bucket", "bucket"],
    }
}

/// The measures, then the groups, numbered from 1.
fn aggs(kind: Kind, chart: &Chart) -> Vec<Value> {
    let measures = chart.show.iter().map(|measure| agg("metric", measure_params(measure)));
    let [outer, inner] = roles(kind);
    let places = [outer].into_iter().chain(std::iter::repeat(inner));
    let groups = places.zip(groups(kind, chart)).map(|(role, group)| agg(role, group));
    let number = |(number, mut agg): (usize, Value)| {
        agg["id"] = json!(number.to_string());
        agg
    };
    (1..).zip(measures.chain(groups)).map(number).collect()
}

/// An aggregation's type and its parameters.
type Typed = (&'static str, Value);

fn agg(role: &str, (ty, params): Typed) -> Value {
    json!({"enabled": true, "type": ty, "schema": role, "params": params})
}

fn measure_params(measure: &Measure) -> Typed {
    let field = &measure.field;
    let of = |label: String| json!({"field": field, "customLabel": label});
    match measure.kind {
        MeasureKind::Count => ("count", json!({"customLabel": "events"})),
        MeasureKind::Unique => ("cardinality", of(format!("different {field}"))),
        MeasureKind::Sum => ("sum", of(format!("sum of {field}"))),
        MeasureKind::Most => ("max", of(format!("most {field}"))),
        MeasureKind::Newest => ("max", of(format!("newest {field}"))),
        MeasureKind::Oldest => ("min", of(format!("oldest {field}"))),
    }
}

fn groups(kind: Kind, chart: &Chart) -> Vec<Typed> {
    let mut groups = Vec::new();
    if kind == Kind::Timeline {
        groups.push(("date_histogram", time_params(chart)));
    }
    let sizes = [chart.size].into_iter().chain(std::iter::repeat(INNER_GROUPS));
    groups.extend(chart.by.iter().zip(sizes).map(|(field, size)| ("terms", terms_params(field, size, chart.order))));
    if !chart.filters.is_empty() {
        groups.push(("filters", filters_params(chart)));
    }
    groups
}

fn time_params(chart: &Chart) -> Value {
    let interval = match chart.every {
        Interval::Auto => "auto",
        Interval::Day => "d",
    };
    json!({
        "field": chart.time,
        "interval": interval,
        "useNormalizedOpenSearchInterval": true,
        "scaleMetricValues": false,
        "drop_partials": false,
        "min_doc_count": 1,
        "extended_bounds": {},
    })
}

/// The first groups by the first measure.
fn terms_params(field: &str, size: u32, order: Order) -> Value {
    let order = match order {
        Order::Most => "desc",
        Order::Least => "asc",
    };
    json!({
        "field": field,
        "size": size,
        "order": order,
        "orderBy": "1",
        "otherBucket": false,
        "otherBucketLabel": "Other",
        "missingBucket": false,
        "missingBucketLabel": "Missing",
        "customLabel": field,
    })
}

fn filters_params(chart: &Chart) -> Value {
    let filter = |(label, query)| json!({"label": label, "input": {"query": query, "language": "lucene"}});
    let filters: Vec<_> = chart.filters.iter().map(|entry| filter((&entry.label, &entry.query))).collect();
    json!({"filters": filters})
}

fn params(kind: Kind, chart: &Chart) -> Value {
    match kind {
        Kind::Numbers => numbers(chart.alarm),
        Kind::Timeline => bars("bottom", "left"),
        Kind::Bars => bars("left", "bottom"),
        Kind::Donut => donut(),
        Kind::Table => table(),
    }
}

/// Numbers, green where there is none and red where there is any if that is an alarm.
fn numbers(alarm: bool) -> Value {
    let style = json!({"bgFill": "#000", "bgColor": false, "labelColor": alarm, "subText": "", "fontSize": 32});
    json!({
        "type": "metric",
        "addTooltip": true,
        "addLegend": false,
        "metric": {
            "percentageMode": false,
            "useRanges": false,
            "colorSchema": "Green to Red",
            "metricColorMode": if alarm { "Labels" } else { "None" },
            "colorsRange": [{"from": 0, "to": 1}, {"from": 1, "to": 1_000_000_000}],
            "labels": {"show": true},
            "invertColors": false,
            "style": style,
        },
    })
}

/// Stacked bars, with the groups at one side and the numbers at the other.
fn bars(groups: &str, numbers: &str) -> Value {
    let linear = json!({"type": "linear", "mode": "normal"});
    let labels = json!({"show": true, "rotate": 0, "filter": true, "truncate": 200});
    json!({
        "type": "histogram",
        "grid": {"categoryLines": false},
        "categoryAxes": [{
            "id": "CategoryAxis-1", "type": "category", "position": groups, "show": true, "style": {},
            "scale": {"type": "linear"}, "labels": labels, "title": {},
        }],
        "valueAxes": [{
            "id": "ValueAxis-1", "name": "LeftAxis-1", "type": "value", "position": numbers, "show": true, "style": {},
            "scale": linear, "labels": labels, "title": {"text": "events"},
        }],
        "seriesParams": [{
            "show": true, "type": "histogram", "mode": "stacked", "data": {"label": "events", "id": "1"},
            "valueAxis": "ValueAxis-1", "drawLinesBetweenPoints": true, "lineWidth": 2, "showCircles": true,
        }],
        "addTooltip": true,
        "addLegend": true,
        "legendPosition": "right",
        "times": [],
        "addTimeMarker": false,
        "labels": {"show": false},
        "thresholdLine": {"show": false, "value": 10, "width": 1, "style": "full", "color": "#d55e00"},
    })
}

fn donut() -> Value {
    json!({
        "type": "pie",
        "addTooltip": true,
        "addLegend": true,
        "legendPosition": "right",
        "isDonut": true,
        "labels": {"show": false, "values": true, "last_level": true, "truncate": 100},
    })
}

fn table() -> Value {
    json!({
        "perPage": 10,
        "showPartialRows": false,
        "showMetricsAtAllLevels": false,
        "showTotal": false,
        "totalFunc": "sum",
        "percentageCol": "",
        "sort": {"columnIndex": null, "direction": null},
    })
}
