//! The function's entry point: `bootstrap` for the `provided.al2023` runtime.

mod function;
mod logging;
mod observer;
mod reply;
mod xray;

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use trailsearch_core::ack::with_causes;
use trailsearch_core::notification::NotificationError;

use function::Function;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        return Ok(writeln!(io::stdout(), "trailsearch-lambda {}", env!("CARGO_PKG_VERSION"))?);
    }
    logging::start();
    let function = match Function::from_env().await {
        Ok(function) => Arc::new(function),
        Err(error) => {
            logging::failed_start(error.as_ref());
            return Err(error);
        }
    };
    let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let function = Arc::clone(&function);
        async move {
            let reply = function.handle(event.payload.get().as_bytes(), &event.context).await;
            reply.map_err(|error| Failed::new(error.as_ref()))
        }
    });
    lambda_runtime::run(handler).await
}

/// What a failed invocation answers.
struct Failed(Diagnostic);

impl Failed {
    fn new(error: &(dyn Error + 'static)) -> Self {
        let error_type = if error.is::<NotificationError>() { "UnreadableEvent" } else { "FailedObjects" };
        Self(Diagnostic { error_type: error_type.to_owned(), error_message: with_causes(error) })
    }
}

impl From<Failed> for Diagnostic {
    fn from(failed: Failed) -> Self {
        failed.0
    }
}

/// What the runtime logs. It does not tell again what was logged where it happened.
impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the invocation has failed: {}", self.0.error_type)
    }
}
