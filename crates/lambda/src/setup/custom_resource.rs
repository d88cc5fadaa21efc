//! Set-up as a custom resource of CloudFormation, which waits for an answer at a URL of its own: it is told whatever
//! happens, else the stack would hang for an hour. See
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html>.

use std::time::{Duration, SystemTime};

use lambda_runtime::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use trailsearch_core::ack::{shortened, with_causes};
use trailsearch_ingest::Deadline;
use trailsearch_setup::Choices;

use super::members::{self, MembersError};
use super::response::ResponseUrl;
use super::{Action, Answer, Done, SetUpError, carry_out};
use crate::function::{Function, StartError};
use crate::logging;

/// How long before the function's time-out work stops at the latest, so that the answer can be brought.
const RESPONSE_TIME: Duration = Duration::from_secs(5);

/// How much of the function's time is left for the runtime when the answer is given up.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// The longest reason, in bytes: CloudFormation takes 4,096 bytes in all.
const REASON_BYTES: usize = 1_000;

/// The longest of several texts in the data of an answer, in bytes.
const TEXT_BYTES: usize = 400;

/// What stands in the place of a resource's properties that are set up.
const PROPERTY: &str = "ResourceProperties.Setup";

/// What CloudFormation asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    request_type: Action,
    #[serde(rename = "ResponseURL")]
    response_url: ResponseUrl,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    /// None where the resource is to be created.
    physical_resource_id: Option<String>,
    #[serde(default)]
    resource_properties: Properties,
}

/// Of the resource's properties, the one that counts; others may be there to have it set up again when they change.
#[derive(Debug, Default, Deserialize)]
struct Properties {
    #[serde(rename = "Setup")]
    setup: Option<Value>,
}

/// What CloudFormation is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Response {
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    physical_resource_id: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    data: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Success,
    Failed,
}

/// Sets the cluster up as CloudFormation asks, and brings it the answer. A failure that it could be told is none of the
/// invocation: Lambda would repeat that.
///
/// # Errors
/// When the request cannot be read, or its URL does not take the answer.
pub(crate) async fn answer(
    function: Result<&Function, StartError>,
    event: &[u8],
    context: &Context,
) -> Result<Value, SetUpError> {
    let request: Request = serde_json::from_slice(event).map_err(SetUpError::Request)?;
    let done = carry_out(
        function,
        request.request_type,
        || request.choices(),
        |function| function.deadline_before(context, RESPONSE_TIME),
    );
    let response = request.response(done.await);
    request.response_url.put(&response, end(context)).await?;
    Ok(json!({"responded": response.status, "reason": response.reason}))
}

/// When the answer is given up.
fn end(context: &Context) -> Deadline {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    Deadline::after(left.saturating_sub(LAST_MOMENT))
}

impl Request {
    fn choices(&self) -> Result<Choices, MembersError> {
        match &self.resource_properties.setup {
            Some(Value::Object(setup)) => members::choices(PROPERTY, setup),
            // An empty object is an empty text to some templates.
            Some(Value::String(text)) if text.is_empty() => members::choices(PROPERTY, &Map::new()),
            _ => Err(MembersError::missing(PROPERTY)),
        }
    }

    /// Another id would have CloudFormation replace the resource.
    fn physical_resource_id(&self) -> String {
        let made = || format!("trailsearch-setup-{}", self.logical_resource_id);
        self.physical_resource_id.clone().filter(|id| !id.is_empty()).unwrap_or_else(made)
    }

    fn response(&self, done: Result<Answer, SetUpError>) -> Response {
        let (status, reason, data) = match done {
            Ok(answer) => (Status::Success, None, data(&answer.done)),
            Err(error) => {
                logging::failed_setup(&error);
                let reason = shortened(&with_causes(&error), REASON_BYTES).into_owned();
                (Status::Failed, Some(reason), json!({}))
            }
        };
        Response {
            status,
            reason,
            physical_resource_id: self.physical_resource_id(),
            stack_id: self.stack_id.clone(),
            request_id: self.request_id.clone(),
            logical_resource_id: self.logical_resource_id.clone(),
            data,
        }
    }
}

/// What a template may read with `Fn::GetAtt`.
fn data(done: &Done) -> Value {
    match done {
        Done::SetUp(report) => json!({
            "IndexTemplate": report.template.index_template,
            "IndexTemplateState": report.template.state,
            "Retention": short(&report.retention.to_string()),
            "Monitors": short(&report.monitors.to_string()),
            "Dashboards": short(&report.dashboards.to_string()),
        }),
        Done::Left { left, .. } => json!({"Left": short(&left.join("; "))}),
    }
}

fn short(text: &str) -> String {
    shortened(text, TEXT_BYTES).into_owned()
}

#[cfg(test)]
mod tests;
