//! The URL at which CloudFormation waits for an answer. It is signed beforehand: whoever knows it may answer, so it is
//! never logged.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde::{Deserialize, Deserializer, de};
use trailsearch_ingest::Deadline;
use trailsearch_ingest::retry::Backoff;

use super::custom_resource::Response;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// How often it is tried.
const ATTEMPTS: u32 = 5;

/// Why CloudFormation could not be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResponseError {
    #[error("the answer to CloudFormation cannot be sent")]
    Client(#[source] reqwest::Error),
    #[error(
        "CloudFormation's response URL cannot be reached: in a VPC, the function needs a way to Amazon S3, such as a gateway endpoint"
    )]
    Unreachable(#[source] reqwest::Error),
    #[error("CloudFormation's response URL does not take the answer (HTTP {0}): it may have expired")]
    Refused(StatusCode),
    #[error("there was no time left to answer CloudFormation: allow the function more time")]
    Late,
}

impl ResponseError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            Self::Client(_) | Self::Late => false,
        }
    }
}

/// Where the answer is brought.
pub(super) struct ResponseUrl(Url);

impl ResponseUrl {
    /// Brings the answer, in a few attempts and before the deadline.
    pub(super) async fn put(&self, response: &Response, deadline: Deadline) -> Result<(), ResponseError> {
        let body = serde_json::to_vec(response).unwrap_or_default();
        let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none()).build();
        let client = client.map_err(ResponseError::Client)?;
        let mut attempt = 0;
        loop {
            let error = match deadline.limit(self.put_once(&client, body.clone())).await {
                Some(Ok(())) => return Ok(()),
                Some(Err(error)) => error,
                None => return Err(ResponseError::Late),
            };
            let delay = Backoff::default().delay(attempt, None);
            attempt += 1;
            if attempt == ATTEMPTS || !error.may_pass() || deadline.is_within(delay) {
                return Err(error);
            }
            tokio::time::sleep(delay).await;
        }
    }

    /// The signature covers no content type: there must be none.
    async fn put_once(&self, client: &Client, body: Vec<u8>) -> Result<(), ResponseError> {
        let reply = client.put(self.0.clone()).body(body).send().await;
        let status = reply.map_err(|error| ResponseError::Unreachable(error.without_url()))?.status();
        if status.is_success() { Ok(()) } else { Err(ResponseError::Refused(status)) }
    }
}

impl<'de> Deserialize<'de> for ResponseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let url = String::deserialize(deserializer)?.parse::<Url>().ok().filter(is_allowed);
        url.map(Self).ok_or_else(|| de::Error::custom("ResponseURL is no https URL"))
    }
}

/// Plain HTTP stays on this machine.
fn is_allowed(url: &Url) -> bool {
    let is_loopback = |host: &str| host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    url.scheme() == "https" || url.scheme() == "http" && url.host_str().is_some_and(is_loopback)
}

impl fmt::Debug for ResponseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseUrl(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_over_https_or_stay_here() {
        let read = |url: &str| serde_json::from_value::<ResponseUrl>(url.into());
        assert!(read("https://example.s3.amazonaws.com/a?X-Amz-Signature=0f").is_ok());
        assert!(read("http://127.0.0.1:9000/a").is_ok());
        for url in
            ["http://example.com/a?secret", "http://169.254.169.254/secret", "ftp://example.com/secret", "secret"]
        {
            let error = read(url).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
