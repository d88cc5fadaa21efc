//! The function's entry point: `bootstrap` for the `provided.al2023` runtime.

mod event;
mod function;
mod logging;
mod observer;
mod reply;
mod setup;
mod xray;

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use lambda_runtime::{Context, Diagnostic, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tokio::sync::OnceCell;
use trailsearch_core::ack::with_causes;
use trailsearch_core::notification::NotificationError;

use event::Kind;
use function::{Function, MissingTemplate, StartError};
use reply::Reply;
use setup::{SetUpError, custom_resource};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        return Ok(writeln!(io::stdout(), "trailsearch-lambda {}", env!("CARGO_PKG_VERSION"))?);
    }
    logging::start();
    let start = Arc::new(Start::default());
    start.prepare().await;
    let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let start = Arc::clone(&start);
        async move {
            let reply = start.handle(event.payload.get().as_bytes(), &event.context).await;
            reply.map_err(|error| Failed::new(error.as_ref()))
        }
    });
    lambda_runtime::run(handler).await
}

/// The function, or none as long as it cannot start: that fails each event with the reason, which whoever sent it reads,
/// and answers CloudFormation, which would wait for an hour otherwise.
#[derive(Default)]
struct Start(OnceCell<Function>);

impl Start {
    /// Starts before the first event comes, while that costs no time.
    async fn prepare(&self) {
        if let Ok(function) = self.function().await {
            // What is missing may be set up by the first event.
            let _ = function.require_template().await;
        }
    }

    async fn function(&self) -> Result<&Function, StartError> {
        let function = self.0.get_or_try_init(Function::from_env).await;
        function.inspect_err(|error| logging::failed_start(error))
    }

    async fn handle(&self, event: &[u8], context: &Context) -> Result<Reply, lambda_runtime::Error> {
        let function = self.function().await;
        match Kind::of(event) {
            Kind::Notification => function?.handle(event, context).await,
            Kind::SetUp => Ok(Reply::SetUp(setup::answer(function, event, context).await?)),
            Kind::CustomResource => Ok(Reply::CustomResource(custom_resource::answer(function, event, context).await?)),
        }
    }
}

/// What a failed invocation answers.
struct Failed(Diagnostic);

impl Failed {
    fn new(error: &(dyn Error + 'static)) -> Self {
        Self(Diagnostic { error_type: error_type(error).to_owned(), error_message: with_causes(error) })
    }
}

fn error_type(error: &(dyn Error + 'static)) -> &'static str {
    if error.is::<NotificationError>() {
        "UnreadableEvent"
    } else if error.is::<StartError>() {
        "FailedStart"
    } else if error.is::<MissingTemplate>() {
        "MissingTemplate"
    } else if error.is::<SetUpError>() {
        "FailedSetup"
    } else {
        "FailedObjects"
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
