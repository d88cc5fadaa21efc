//! The reply in AWS's own types.

use aws_lambda_events::s3::batch_job::{S3BatchJobResponse, S3BatchJobResult};
use aws_lambda_events::sqs::SqsBatchResponse;
use serde::Serialize;
use serde_json::Value;
use trailsearch_core::ack::{self, ResultCode, TaskResult};

use crate::setup;

/// What the function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Reply {
    /// To S3, SNS, EventBridge or a person: read by people only.
    Direct { summary: String },
    /// To an SQS event source mapping: the messages to deliver again.
    Sqs(SqsBatchResponse),
    /// To an S3 Batch Operations job: a result for each task.
    Batch(S3BatchJobResponse),
    /// To a set-up event.
    SetUp(setup::Answer),
    /// To CloudFormation, which reads it elsewhere.
    CustomResource(Value),
}

impl From<ack::Reply> for Reply {
    fn from(reply: ack::Reply) -> Self {
        match reply {
            ack::Reply::Direct { summary } => Self::Direct { summary },
            ack::Reply::Sqs { batch_item_failures } => {
                let mut response = SqsBatchResponse::default();
                response.set_failures(batch_item_failures.into_iter().map(|failure| failure.item_identifier));
                Self::Sqs(response)
            }
            ack::Reply::Batch { invocation_schema_version, treat_missing_keys_as, invocation_id, results } => {
                let mut response = S3BatchJobResponse::default();
                response.invocation_schema_version = Some(invocation_schema_version);
                response.treat_missing_keys_as = Some(code(treat_missing_keys_as));
                response.invocation_id = Some(invocation_id);
                response.results = results.into_iter().map(result).collect();
                Self::Batch(response)
            }
        }
    }
}

fn result(task: TaskResult) -> S3BatchJobResult {
    let mut result = S3BatchJobResult::default();
    result.task_id = Some(task.task_id);
    result.result_code = Some(code(task.result_code));
    result.result_string = Some(task.result_string);
    result
}

fn code(code: ResultCode) -> String {
    match code {
        ResultCode::Succeeded => "Succeeded",
        ResultCode::TemporaryFailure => "TemporaryFailure",
        ResultCode::PermanentFailure => "PermanentFailure",
    }
    .to_owned()
}
