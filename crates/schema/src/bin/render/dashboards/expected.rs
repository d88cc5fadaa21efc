//! What the saved objects find among the events of the demo's day, for the check that tries them.

use serde_json::{Map, Value, json};

use super::Expectation;
use super::objects::{chart_id, search_id};
use crate::model::Schema;

/// Ids of saved objects and what they find.
pub(crate) fn expected(schema: &Schema) -> Map<String, Value> {
    let mut all = Map::new();
    for (_, dashboard) in &schema.dashboards {
        let searches = dashboard.searches.iter().map(|search| (search_id(&search.id), &search.expect));
        let charts = dashboard.charts().map(|(_, chart)| (chart_id(dashboard, chart), &chart.expect));
        all.extend(searches.chain(charts).map(|(id, expect)| (id, value(expect))));
    }
    all
}

fn value(expect: &Expectation) -> Value {
    let bar = expect.bar.as_deref().unwrap_or_default();
    json!({"bar": bar, "hits": expect.hits, "rows": expect.rows, "first": expect.first})
}
