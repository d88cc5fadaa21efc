//! What can go wrong on the way to the cluster, each with what to check.

use std::path::PathBuf;

use trailsearch_ingest::ports::{BulkError, Cause};

use crate::reply::Reply;

#[cfg(test)]
mod tests;

/// Why a client could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The endpoint is no URL.
    #[error("the endpoint is not a URL such as https://search.example.com")]
    Endpoint(#[source] url::ParseError),
    /// Basic authentication without anybody to authenticate.
    #[error(
        "basic authentication is asked for, but there is no user name (set OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD)"
    )]
    NoLogin,
    /// Signature Version 4 without a region to sign for.
    #[error(
        "requests are to be signed with SigV4, but neither the endpoint nor the AWS settings name a region (set AWS_REGION)"
    )]
    NoRegion,
    /// The file of certificate authorities cannot be read.
    #[error("the CA file {path} cannot be read")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file of certificate authorities holds no usable certificate.
    #[error("the CA file {path} holds no PEM certificate (-----BEGIN CERTIFICATE-----)")]
    CaFormat {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        source: Cause,
    },
    /// Signature Version 4 without anybody to sign as.
    #[error(
        "requests are to be signed with SigV4, but there are no AWS credentials (set AWS_PROFILE, or run under a role)"
    )]
    NoCredentials,
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] Cause),
}

/// Why a question to the cluster has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// No reply.
    #[error(
        "{endpoint} cannot be reached (check the address, that the cluster runs, and the network and certificates between)"
    )]
    Unreachable {
        /// The cluster's address.
        endpoint: String,
        /// What the HTTP client says.
        source: Cause,
    },
    /// 401 or 403.
    #[error("{endpoint} denies access (HTTP {status}): {reason}; {remedy}")]
    Unauthorized {
        /// The cluster's address.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// The cluster's own words.
        reason: String,
        /// What to check.
        remedy: &'static str,
    },
    /// 404: no such index, template or path.
    #[error("{endpoint} does not have it (HTTP 404): {reason}")]
    NotFound {
        /// The cluster's address.
        endpoint: String,
        /// The cluster's own words.
        reason: String,
    },
    /// 429 or 5xx: another time it may answer.
    #[error("{endpoint} cannot answer now (HTTP {status}): {reason}; try again later")]
    Unavailable {
        /// The cluster's address.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// The cluster's own words.
        reason: String,
    },
    /// Any other status.
    #[error("{endpoint} rejects the request (HTTP {status}): {reason}")]
    BadRequest {
        /// The cluster's address.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// The cluster's own words.
        reason: String,
    },
    /// Saved objects that were not all imported.
    #[error("{endpoint} did not import all saved objects; those with errors are {reason}")]
    Import {
        /// The address of Dashboards.
        endpoint: String,
        /// The objects, each with the kind of its error.
        reason: String,
    },
    /// A success that cannot be understood.
    #[error("{endpoint} does not answer like OpenSearch (check the address): {reason}")]
    NotOpenSearch {
        /// The cluster's address.
        endpoint: String,
        /// What it answered.
        reason: String,
    },
}

/// The error that `reply`, no success, is to a question; `remedy` is what to check where access is denied.
pub(crate) fn search_error(reply: &Reply, endpoint: &str, remedy: &'static str) -> SearchError {
    let (endpoint, status, reason) = (endpoint.to_owned(), reply.status, reply.reason());
    match status {
        401 | 403 => SearchError::Unauthorized { endpoint, status, reason, remedy },
        404 => SearchError::NotFound { endpoint, reason },
        429 | 500.. => SearchError::Unavailable { endpoint, status, reason },
        _ => SearchError::BadRequest { endpoint, status, reason },
    }
}

/// The error that `reply`, no success, is to a bulk request as a whole.
pub(crate) fn bulk_error(reply: &Reply, remedy: &'static str) -> BulkError {
    let (status, retry_after) = (reply.status, reply.retry_after);
    let refused = |remedy| BulkError::Refused { status, body: format!("{}; {remedy}", reply.reason()) };
    match status {
        429 => BulkError::Throttled { retry_after },
        413 => BulkError::TooLarge,
        401 | 403 => refused(remedy),
        404 => refused("check the endpoint, its path included"),
        500.. => BulkError::Unavailable { status, retry_after, body: reply.reason() },
        _ => refused("check that the endpoint is OpenSearch"),
    }
}
