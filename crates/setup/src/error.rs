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
    /// There is a policy of that name, and it is somebody else's.
    #[error("the cluster has an ISM policy {0} that is not trailsearch's: remove it, or choose no number of days")]
    ForeignPolicy(String),
    /// The deadline came first.
    #[error(
        "the cluster did not answer before the time ran out: check that it runs and can be reached from here (address, network, security groups), or allow more time"
    )]
    Timeout {
        /// What was wrong before.
        source: Option<Box<SetupError>>,
    },
}

impl SetupError {
    /// Whether a cluster that is new may do better in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Search(
                SearchError::Unreachable { .. } | SearchError::Unauthorized { .. } | SearchError::Unavailable { .. }
            )
        )
    }
}
