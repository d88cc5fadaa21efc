//! The monitors' part of docs/dashboards.md.

use super::MonitorFile;
use crate::dashboards::reference::code;

const HEAD: &str = "
## Monitors

Searches that [OpenSearch Alerting](https://docs.opensearch.org/latest/observing-your-data/alerting/index/) repeats. `trailsearch setup` creates
those that are not there yet, where the plugin is, and leaves those that are as they are. They have no actions: add a channel to those
you want to be told of. By hand, `POST _plugins/_alerting/monitors` with a file of [rendered/monitors](../mappings/rendered/monitors).

A monitor looks at what was ingested since it looked last and happened within a day, so that neither a late delivery is missed nor a backfill
raises an alarm.

| question | monitor | severity | every | finds |
|---|---|---|---|---|
";

/// The section that lists every monitor.
pub(crate) fn render(monitors: &[(String, MonitorFile)]) -> String {
    let mut text = HEAD.to_owned();
    text += &monitors.iter().map(|(_, monitor)| row(monitor)).collect::<String>();
    text += "\n### What an alert means\n";
    for (_, monitor) in monitors {
        text += &format!("\n**{}.** {}\n", monitor.title, monitor.why.trim());
    }
    text
}

fn row(monitor: &MonitorFile) -> String {
    let MonitorFile { title, question, severity, minutes, .. } = monitor;
    format!("| {question} | {title} | {severity} | {minutes} min | {} |\n", found(monitor))
}

fn found(monitor: &MonitorFile) -> String {
    let mut parts = Vec::new();
    if !monitor.query.is_empty() {
        parts.push(code(&monitor.query));
    }
    parts.extend(monitor.script.as_deref().map(code));
    let fields = monitor.per.iter().map(|field| code(field)).collect::<Vec<_>>().join(", ");
    match (monitor.silent_hours, monitor.at_least) {
        (Some(hours), least) => {
            parts.push(format!("{least} events or more in a week and none for {hours} hours, of each {fields}"));
        }
        (None, 1) => {}
        (None, least) if fields.is_empty() => parts.push(format!("{least} times or more")),
        (None, least) => parts.push(format!("{least} times or more, of each {fields}")),
    }
    parts.join("<br>")
}
