//! Whether a record tells of logs that a service could not deliver.
//!
//! Of events it is what the monitor `mappings/monitors/delivery-denied.yml` asks for; its cases are this module's tests.
//! Of access logs it is the like: a refused write of a service that delivers logs, or one of the looks it takes before.

use super::access_log::Line;
use super::noise::Noise;
use super::outcome::outcome;
use crate::denial::Denial;
use crate::tape::Value;

/// The services that deliver logs.
const SERVICES: [&str; 7] = [
    "cloudtrail.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "config.amazonaws.com",
    "logging.s3.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "guardduty.amazonaws.com",
];

/// Calls by which they deliver, or make sure that they can.
const CALLS: [&str; 5] = ["PutObject", "GetBucketAcl", "GetBucketLocation", "PutLogEvents", "Publish"];

/// What the names of more such calls begin with.
const ENCRYPTION: &str = "GenerateDataKey";

/// The same in the words of access logs.
const OPERATIONS: [&str; 6] =
    ["REST.PUT.OBJECT", "REST.POST.UPLOADS", "REST.PUT.PART", "REST.POST.UPLOAD", "REST.GET.ACL", "REST.GET.LOCATION"];

/// What the requester begins with where it is an AWS service.
const SERVICE: &str = "svc:";

/// The denied delivery that an event tells of.
pub(super) fn of_event(record: &Value<'_>, noise: Noise) -> Option<Denial> {
    let name = record.get("eventName")?.str()?;
    if !CALLS.contains(&&*name) && !name.starts_with(ENCRYPTION) {
        return None;
    }
    let source = record.at(&["userIdentity", "invokedBy"])?.str()?;
    let is_denied = SERVICES.contains(&&*source) && noise == Noise::default() && outcome(record) == "failure";
    let bucket = record.at(&["requestParameters", "bucketName"]).and_then(|name| name.text());
    is_denied.then(|| Denial { bucket: bucket.map(|name| name.into_owned()), source: source.into_owned() })
}

/// The denied delivery that a line of an access log tells of.
pub(super) fn of_request(line: &Line<'_>) -> Option<Denial> {
    let source = line.get("requester")?.strip_prefix(SERVICE)?;
    let is_delivery = SERVICES.contains(&source) || source.contains("logs");
    let is_denied = line.get("httpStatus") == Some("403") && OPERATIONS.contains(&line.get("operation")?);
    let bucket = line.get("bucket").map(str::to_owned);
    (is_delivery && is_denied).then(|| Denial { bucket, source: source.to_owned() })
}

#[cfg(test)]
mod tests;
