//! Logs: one JSON object a line, as CloudWatch Logs Insights reads them. Each line of an invocation has its `requestId`.

use std::error::Error;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use trailsearch_core::ack::with_causes;

/// What is logged unless `TRAILSEARCH_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info";

/// The span that the runtime puts around each invocation, and whose fields are members of each line. It has to be there
/// however little is logged.
const INVOCATION: &str = "lambda_runtime::layers::trace=info";

/// Where the runtime would log whole events, in which CloudFormation's URLs are secrets, however much is logged.
const EVENTS: &str = "lambda_runtime::layers::api_response=info";

/// Starts to log; `TRAILSEARCH_LOG` says what.
pub(crate) fn start() {
    let filter = |asked: &str| EnvFilter::try_new(format!("{asked},{INVOCATION},{EVENTS}"));
    let asked = std::env::var("TRAILSEARCH_LOG").ok().filter(|asked| !asked.trim().is_empty());
    let chosen = filter(asked.as_deref().unwrap_or(DEFAULT_FILTER)).or_else(|_| filter(DEFAULT_FILTER));
    let lines = json_subscriber::layer().flatten_event(true).flatten_span_list_on_top_level(true);
    let lines = lines.with_target(false).with_current_span(false);
    tracing_subscriber::registry().with(chosen.unwrap_or_default()).with(lines).init();
    if let Some(asked) = asked.filter(|asked| filter(asked).is_err()) {
        tracing::warn!(
            asked,
            used = DEFAULT_FILTER,
            "TRAILSEARCH_LOG is not right: give a level, or target=level pairs"
        );
    }
}

/// Says why the function cannot start.
pub(crate) fn failed_start(error: &(dyn Error + 'static)) {
    tracing::error!(error = with_causes(error), "the function cannot start");
}

/// Says why the cluster could not be set up.
pub(crate) fn failed_setup(error: &(dyn Error + 'static)) {
    tracing::error!(error = with_causes(error), "the set-up has failed");
}
