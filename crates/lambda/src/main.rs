//! The function's entry point: `bootstrap` for the `provided.al2023` runtime.

mod function;
mod logging;

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

use function::Function;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
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
        async move { function.handle(event.payload.get().as_bytes(), &event.context).await }
    });
    lambda_runtime::run(handler).await
}
