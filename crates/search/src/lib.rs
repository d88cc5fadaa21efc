//! Adapter for OpenSearch: self-managed, Amazon OpenSearch Service and OpenSearch Serverless.
//!
//! A [`Connection`] says where and as whom; an [`OpenSearchIndex`] takes bulk requests for the
//! pipeline and answers the command line's questions; [`Dashboards`] takes saved objects.

mod client;
mod connection;
mod error;
mod reply;
mod settings;

pub use client::OpenSearchIndex;
pub use client::dashboards::Dashboards;
pub use client::lookup::DocumentAddress;
pub use connection::{Auth, AwsService, Connection};
pub use error::{ConnectError, SearchError};
