//! The pipeline that every trigger and command shares, and the ports it needs.
//!
//! The Lambda function and every command that ingests run [`Pipeline::ingest`] and nothing else, so that they cannot drift apart.

pub mod deadline;
mod deliver;
mod error;
pub mod pipeline;
pub mod ports;
pub mod retry;
pub mod settings;

pub use deadline::Deadline;
pub use error::{Failure, ObjectError};
pub use pipeline::Pipeline;
pub use settings::Settings;
