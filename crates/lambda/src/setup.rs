//! The set-up event: the cluster is made ready as a deployment's last step, by whoever invokes the function with
//! `{"setup": {…}}`, Terraform's
//! [life cycle](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_invocation)
//! included. docs/setup.md tells all members and answers.

pub(crate) mod custom_resource;
mod members;
mod response;

use aws_config::SdkConfig;
use lambda_runtime::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use trailsearch_ingest::{Deadline, Settings};
use trailsearch_search::{Dashboards, OpenSearchIndex};
use trailsearch_setup::{Choices, Patience, Plan, Report, SetupError};

use crate::function::{Function, StartError};
use members::MembersError;
use response::ResponseError;

/// Why a set-up event has failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetUpError {
    /// The envelope.
    #[error(r#"the set-up event cannot be read, it is {{"setup": {{…}}}} with nothing beside it but Terraform's tf"#)]
    Envelope(#[source] serde_json::Error),
    /// CloudFormation's envelope.
    #[error("the custom resource's request cannot be read")]
    Request(#[source] serde_json::Error),
    #[error(transparent)]
    Members(#[from] MembersError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Cluster(#[from] SetupError),
    #[error(transparent)]
    Response(#[from] ResponseError),
}

/// What has become of the resource whose set-up this is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    #[default]
    #[serde(alias = "Create")]
    Create,
    #[serde(alias = "Update")]
    Update,
    #[serde(alias = "Delete")]
    Delete,
}

/// An invocation by hand or by Terraform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Invocation {
    setup: Map<String, Value>,
    /// What Terraform adds with `lifecycle_scope = "CRUD"`.
    #[serde(default)]
    tf: Terraform,
}

#[derive(Debug, Default, Deserialize)]
struct Terraform {
    action: Action,
}

/// What the function answers to a set-up event.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    action: Action,
    #[serde(flatten)]
    pub(crate) done: Done,
}

/// What was done.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Done {
    /// The cluster was set up.
    SetUp(Box<Report>),
    /// Nothing: the resource is deleted, and all that holds events or leads to them stays.
    Left { state: &'static str, left: Vec<String>, reason: &'static str },
}

/// Sets the cluster up as an invocation asks.
///
/// # Errors
/// When the event is not right, or the cluster does not become ready before the deadline.
pub(crate) async fn answer(
    function: Result<&Function, StartError>,
    event: &[u8],
    context: &Context,
) -> Result<Answer, SetUpError> {
    let Invocation { setup, tf } = serde_json::from_slice(event).map_err(SetUpError::Envelope)?;
    let deadline = |function: &Function| function.deadline(context);
    carry_out(function, tf.action, || members::choices("setup", &setup), deadline).await
}

/// Does what is asked for. A deletion asks for nothing, so that it succeeds whatever else is wrong.
async fn carry_out(
    function: Result<&Function, StartError>,
    action: Action,
    choices: impl FnOnce() -> Result<Choices, MembersError>,
    deadline: impl FnOnce(&Function) -> Deadline,
) -> Result<Answer, SetUpError> {
    let done = match action {
        Action::Delete => {
            left(&function.map_or_else(|_| vec!["PREFIX"], |function| function.installer.index_prefixes()))
        }
        Action::Create | Action::Update => {
            let (choices, function) = (choices()?, function?);
            Done::SetUp(Box::new(function.installer.install(&choices, deadline(function)).await?))
        }
    };
    tracing::info!(?action, done = serde_json::to_string(&done).unwrap_or_default(), "set up");
    Ok(Answer { action, done })
}

/// What a deletion leaves.
fn left(prefixes: &[&str]) -> Done {
    let of_prefix = |prefix: &&str| {
        [
            format!("the indices {prefix}-* with all their events"),
            format!("the index template {prefix} and its component templates"),
            format!("the ISM policy {prefix}-retention, which goes on deleting old indices"),
        ]
    };
    let mut left: Vec<String> = prefixes.iter().flat_map(of_prefix).collect();
    left.push("the monitors, searches and dashboards".to_owned());
    let reason = "an audit trail outlives its deployment: delete in the cluster what is not wanted";
    Done::Left { state: "left", left, reason }
}

/// What sets up the function's cluster.
pub(crate) struct Installer {
    settings: Settings,
    aws: SdkConfig,
    index: OpenSearchIndex,
}

impl Installer {
    pub(crate) fn new(settings: Settings, aws: SdkConfig, index: OpenSearchIndex) -> Self {
        Self { settings, aws, index }
    }

    fn index_prefixes(&self) -> Vec<&str> {
        self.settings.ingest.index_prefixes().collect()
    }

    async fn install(&self, choices: &Choices, deadline: Deadline) -> Result<Report, SetupError> {
        let plan = Plan::new(&self.settings, choices)?;
        let dashboards = plan.dashboards().map(|place| Dashboards::from_settings(place, &self.aws)).transpose()?;
        plan.install(&self.index, dashboards.as_ref(), &Patience::until(deadline)).await
    }
}
