//! What the end-to-end tests share: a sandbox in the local stack (`make up`, then `. target/local/env`),
//! a Lambda function of their own, and the events that invoke it.
//!
//! Without the stack the tests are skipped, or fail where `LOCAL_STACK_REQUIRED` is set.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

mod callback;
pub mod event;
mod function;
mod http;
mod log;
mod proxy;
mod runtime_api;
mod sandbox;
mod soak;

pub use callback::Callback;
pub use function::Function;
pub use log::{Log, key};
pub use proxy::{Odds, Proxy, Tally};
pub use runtime_api::invoke_traced;
pub use sandbox::{Sandbox, sandbox};
pub use soak::{is_soak, seed};

/// A variable of the local stack; `None`, and said so, where there is no stack.
///
/// # Panics
/// Where there is none and `LOCAL_STACK_REQUIRED` is set.
pub fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        let required = std::env::var_os("LOCAL_STACK_REQUIRED").is_some();
        assert!(!required, "{name} is not set (make up; . target/local/env)");
        eprintln!("skipped: {name} is not set (make up; . target/local/env)");
    }
    value
}
