//! What a cluster needs before events come: the index templates, and beside them retention, monitors and dashboards.
//!
//! A [`Plan`] follows from settings and [`Choices`]. It tells its requests, or sends them and gives a [`Report`]; doing so
//! again is harmless. [`template_state`] only looks.

pub mod dashboards;
mod error;
mod indices;
pub mod monitors;
mod patience;
mod plan;
pub mod retention;
mod template;

pub use error::SetupError;
pub use indices::Prepared;
pub use patience::Patience;
pub use plan::{Body, Choices, Plan, Report, Request};
pub use template::{Change, Installed, TemplateState, install_template, template_state};
