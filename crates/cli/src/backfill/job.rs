//! The S3 Batch Operations job that hands every object of a manifest to the function.

use serde::Serialize;
use serde_json::{Value, json};

use super::cost::{dollars, of_job};
use super::estimate::Estimate;
use super::manifest::ManifestPlace;
use crate::args::JobArgs;
use crate::output::{Answer, Style, rows};

/// A manifest of a bucket and a key a line.
const MANIFEST_FORMAT: &str = "S3BatchOperations_CSV_20180820";

/// The report on tasks that failed.
const REPORT_FORMAT: &str = "Report_CSV_20180820";

/// The schema of invocations in which a task names its bucket; the function takes 1.0 as well. See
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_LambdaInvokeOperation.html>.
const SCHEMA_VERSION: &str = "2.0";

/// A manifest that is written, and how its job is started.
#[derive(Debug, Serialize)]
pub(crate) struct Job {
    #[serde(flatten)]
    estimate: Estimate,
    manifest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// Without the function's time.
    job_usd: f64,
    /// To be run in this order; words in capitals stand for what is not known here.
    commands: Vec<String>,
}

impl Job {
    /// The job of a manifest that is at `place`.
    pub(super) fn new(estimate: Estimate, place: &ManifestPlace, etag: Option<String>, args: &JobArgs) -> Self {
        let etag = etag.map(|etag| etag.trim_matches('"').to_owned());
        Self {
            job_usd: of_job(estimate.objects),
            estimate,
            manifest: place.to_string(),
            commands: upload(place).into_iter().chain([create(place, etag.as_deref(), args)]).collect(),
            etag,
        }
    }
}

/// Where the job finds the manifest: bucket and key.
fn location(place: &ManifestPlace) -> (&str, &str) {
    match place {
        ManifestPlace::Object(object) => (&object.bucket, &object.key),
        ManifestPlace::File(path) => {
            ("MANIFEST_BUCKET", path.file_name().and_then(|name| name.to_str()).unwrap_or("MANIFEST_KEY"))
        }
    }
}

/// The command that brings a file to S3.
fn upload(place: &ManifestPlace) -> Option<String> {
    let ManifestPlace::File(path) = place else { return None };
    let (bucket, key) = location(place);
    let (key, path) = (quoted(key), quoted(&path.display().to_string()));
    Some(format!("aws s3api put-object --bucket {bucket} --key {key} --body {path} --query ETag --output text"))
}

/// <https://docs.aws.amazon.com/cli/latest/reference/s3control/create-job.html>.
fn create(place: &ManifestPlace, etag: Option<&str>, args: &JobArgs) -> String {
    let function = args.function_arn.as_deref().unwrap_or("FUNCTION_ARN");
    let role = args.role_arn.as_deref().unwrap_or("ROLE_ARN");
    let (partition, region, account) = match function.split(':').collect::<Vec<_>>()[..] {
        ["arn", partition, "lambda", region, account, ..] => (partition, region, account),
        _ => ("aws", "REGION", "ACCOUNT_ID"),
    };
    let (bucket, key) = location(place);
    let bucket_arn = format!("arn:{partition}:s3:::{bucket}");
    let operation = json!({"LambdaInvoke": {"FunctionArn": function, "InvocationSchemaVersion": SCHEMA_VERSION}});
    let manifest = json!({
        "Spec": {"Format": MANIFEST_FORMAT, "Fields": ["Bucket", "Key"]},
        "Location": {"ObjectArn": format!("{bucket_arn}/{key}"), "ETag": etag.unwrap_or("MANIFEST_ETAG")},
    });
    let report = json!({
        "Enabled": true, "Bucket": bucket_arn, "Prefix": "trailsearch-backfill", "Format": REPORT_FORMAT,
        "ReportScope": "FailedTasksOnly",
    });
    let [operation, manifest, report] = [operation, manifest, report].map(|value: Value| quoted(&value.to_string()));
    format!(
        "aws s3control create-job --region {region} --account-id {account} \\\n  --role-arn {role} --priority 10 --no-confirmation-required \\\n  \
         --operation {operation} \\\n  --manifest {manifest} \\\n  --report {report}"
    )
}

/// A word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl Answer for Job {
    fn table(&self, _: Style) -> String {
        let mut table = self.estimate.rows();
        table.push(("job", format!("{}, and the function's time", dollars(self.job_usd))));
        table.push(("manifest", self.manifest.clone()));
        let commands = self.commands.join("\n\n");
        format!("{}\nTo start the job, with what stands for the words in capitals:\n\n{commands}\n", rows(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws-cn:lambda:cn-north-1:111122223333:function:trailsearch:live";

    fn job(place: &str, etag: Option<&str>, function_arn: Option<&str>) -> Job {
        let estimate = Estimate::of(&"s3://example-logs/".parse().unwrap());
        let args = JobArgs { function_arn: function_arn.map(str::to_owned), ..JobArgs::default() };
        Job::new(estimate, &place.parse().unwrap(), etag.map(str::to_owned), &args)
    }

    #[test]
    fn what_is_known_stands_in_the_command() {
        let job = job("s3://example-state/it's/m.csv", Some("\"0123\""), Some(FUNCTION));
        assert_eq!(job.commands.len(), 1);
        for part in [
            "--region cn-north-1 --account-id 111122223333 ",
            r#""ObjectArn":"arn:aws-cn:s3:::example-state/it'\''s/m.csv""#,
            r#""ETag":"0123""#,
            "--role-arn ROLE_ARN ",
        ] {
            assert!(job.commands[0].contains(part), "{part} is missing in {}", job.commands[0]);
        }
    }

    #[test]
    fn a_file_is_brought_to_s3_first() {
        let job = job("some/m.csv", None, None);
        let [upload, create] = &job.commands[..] else { panic!("{job:?}") };
        assert!(upload.contains("--bucket MANIFEST_BUCKET --key 'm.csv' --body 'some/m.csv'"), "{upload}");
        assert!(
            create.contains(r#""ETag":"MANIFEST_ETAG","ObjectArn":"arn:aws:s3:::MANIFEST_BUCKET/m.csv""#),
            "{create}"
        );
    }
}
