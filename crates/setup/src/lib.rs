//! What a cluster needs before events come: the index template, and beside it dashboards and monitors.
//!
//! A [`Plan`] follows from settings and [`Choices`]. It tells its requests, or sends them and gives a [`Report`]; doing so
//! again is harmless. [`template_state`] only looks.

pub mod dashboards;
mod error;
pub mod monitors;
mod plan;
mod template;

pub use error::SetupError;
pub use plan::{Body, Choices, Plan, Report, Request};
pub use template::{Change, Installed, TemplateState, template_state};
