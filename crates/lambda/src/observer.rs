//! What is told of an invocation beside its log: metrics and traces.

use std::io::{self, Write};
use std::time::SystemTime;

use lambda_runtime::Context;
use trailsearch_core::notification::Source;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::metrics::{Report, Scope};

use crate::function::Ingested;
use crate::xray::Tracer;

/// Where metrics and traces go.
#[derive(Debug)]
pub(crate) struct Observer {
    /// The namespace of metrics; none where they are not wanted.
    metrics_namespace: Option<String>,
    tracer: Tracer,
}

impl Observer {
    /// With the namespace of metrics; none where they are not wanted.
    pub(crate) fn new(metrics_namespace: Option<String>) -> Self {
        Self { metrics_namespace, tracer: Tracer::from_env() }
    }

    /// Begins to observe an invocation.
    pub(crate) fn observe<'o>(&'o self, context: &'o Context) -> Observation<'o> {
        Observation { observer: self, context, report: Report::default() }
    }
}

/// What is observed of one invocation.
#[derive(Debug)]
pub(crate) struct Observation<'o> {
    observer: &'o Observer,
    context: &'o Context,
    report: Report,
}

impl Observation<'_> {
    /// A message cannot be read.
    pub(crate) fn unreadable(&mut self) {
        self.report.unreadable();
    }

    /// The work on an object has ended now.
    pub(crate) fn ended(&mut self, object: &ObjectRef, ingested: &Ingested, source: &Source) {
        // What is ingested long after it was stored on purpose is no news.
        let fresh = !matches!(source, Source::Batch { .. });
        match ingested {
            Ingested::Done(books) => self.report.done(object, books, SystemTime::now(), fresh),
            Ingested::Skipped => self.report.skipped(object),
            Ingested::Failed(books, _) => self.report.failed(object, books),
        }
        if let Ingested::Done(books) | Ingested::Failed(books, _) = ingested {
            if fresh {
                self.report.denied(&books.denials);
            }
            let (header, failed) = (self.context.xray_trace_id.as_deref(), matches!(ingested, Ingested::Failed(..)));
            self.observer.tracer.send(header, object, books, failed);
        }
    }

    /// Prints the metrics; CloudWatch finds them in the log.
    pub(crate) fn print(self) {
        let Some(namespace) = &self.observer.metrics_namespace else { return };
        let scope = Scope { namespace, function: &self.context.env_config.function_name };
        let lines = self.report.lines(scope, &self.context.request_id, SystemTime::now());
        // Where nobody listens any more, nobody misses them.
        let _ = io::stdout().write_all((lines.join("\n") + "\n").as_bytes());
    }
}
