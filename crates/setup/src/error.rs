//! Why a cluster cannot be set up.

use trailsearch_schema::{NameError, TemplateError};
use trailsearch_search::{ConnectError, SearchError};

/// Why a cluster cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address of Dashboards leads nowhere.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The cluster or Dashboards does not answer as it should.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The index template or a monitor cannot be made.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The dashboards cannot be made.
    #[error(transparent)]
    Name(#[from] NameError),
    /// There is a template of that name, and it is somebody else's.
    #[error(
        "the cluster has an index template {0} that is not trailsearch's: choose another index prefix (TRAILSEARCH_INDEX_PREFIX), or remove that template"
    )]
    ForeignTemplate(String),
}
