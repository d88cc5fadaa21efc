//! What a cluster needs before events come: the index template, and beside it retention, monitors and dashboards.
//!
//! A [`Plan`] follows from settings and [`Choices`]. It tells its requests, or sends them and gives a [`Report`]; doing so
//! again is harmless. [`template_state`] only looks.

pub mod dashboards;
mod error;
pub mod monitors;
mod patience;
mod plan;
pub mod retention;
mod template;

pub use error::SetupError;
pub use patience::Patience;
pub use plan::{Body, Choices, Plan, Report, Request};
pub use template::{Change, Installed, TemplateState, template_state};
