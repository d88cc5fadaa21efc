//! Logs: one JSON object a line, as CloudWatch Logs Insights reads them.

use std::error::Error;

use tracing_subscriber::EnvFilter;
use trailsearch_core::ack::with_causes;

/// Starts to log; `TRAILSEARCH_LOG` says what.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("TRAILSEARCH_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let json = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_span_list(false);
    json.with_target(false).with_env_filter(filter).init();
}

/// Says why the function cannot start.
pub(crate) fn failed_start(error: &(dyn Error + 'static)) {
    tracing::error!(error = with_causes(error), "the function cannot start");
}
