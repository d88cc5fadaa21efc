//! The pipeline that every trigger and command shares, and the ports it needs.
//!
//! The Lambda function and every command that ingests run [`Pipeline::ingest`] and nothing else, so that they cannot drift apart.

mod checkpoint;
pub mod dead_letters;
pub mod deadline;
mod deliver;
mod error;
pub mod metrics;
pub mod pipeline;
pub mod ports;
pub mod replay;
pub mod retry;
mod run;
pub mod settings;
pub mod state;
mod stopwatch;
#[cfg(test)]
mod testing;

pub use deadline::Deadline;
pub use error::{Failure, MessageError, ObjectError};
pub use pipeline::Pipeline;
pub use run::origin;
pub use settings::Settings;
