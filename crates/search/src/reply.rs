//! What the cluster answered: status, `Retry-After`, body, and the reason inside it.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use opensearch::http::response::Response;
use serde_json::Value;
use trailsearch_core::ack::shortened;

#[cfg(test)]
mod tests;

/// The longest part of a body that an error shows, in bytes.
const SHOWN_BYTES: usize = 500;

/// A reply, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) async fn read(response: Response) -> Result<Self, opensearch::Error> {
        let status = response.status_code().as_u16();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| retry_after_of(value, Timestamp::now()));
        Ok(Self { status, retry_after, body: response.bytes().await? })
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Why the cluster declined, in its own words, shortened and without secrets.
    pub(crate) fn reason(&self) -> String {
        let parsed = serde_json::from_slice::<Value>(&self.body).ok();
        let reason = parsed.as_ref().and_then(reason_in).map(str::to_owned);
        let reason = reason.unwrap_or_else(|| String::from_utf8_lossy(&self.body).trim().to_owned());
        if reason.is_empty() {
            return "no reason given".to_owned();
        }
        shortened(&without_secrets(&reason), SHOWN_BYTES).into_owned()
    }
}

/// OpenSearch says `{"error": {"root_cause": [{"reason"}], "reason"}}` or `{"error": TEXT}`, AWS says
/// `{"message"}` or `{"Message"}`.
fn reason_in(body: &Value) -> Option<&str> {
    const PLACES: [&str; 5] = ["/error/root_cause/0/reason", "/error/reason", "/error", "/message", "/Message"];
    PLACES.iter().find_map(|place| body.pointer(place).and_then(Value::as_str))
}

/// On a signature that does not match, AWS repeats the signed headers, the session token among them.
fn without_secrets(text: &str) -> String {
    const SECRETS: [&str; 2] = ["x-amz-security-token:", "authorization:"];
    let visible = |line: &str| {
        let lower = line.to_ascii_lowercase();
        let end = SECRETS.iter().filter_map(|name| lower.find(name).map(|at| at + name.len())).min();
        end.map_or_else(|| line.to_owned(), |end| format!("{}***", &line[..end]))
    };
    // A body that is not parsed holds its line ends escaped.
    text.replace("\\n", "\n").lines().map(visible).collect::<Vec<_>>().join(" ")
}

/// Reads a `Retry-After` header: seconds, or an HTTP date, of which a past one means no wait. See
/// <https://www.rfc-editor.org/rfc/rfc9110#name-retry-after>.
fn retry_after_of(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
    Some(Duration::try_from(date.timestamp().duration_since(now)).unwrap_or(Duration::ZERO))
}
