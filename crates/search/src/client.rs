//! The client of one cluster.

use aws_config::{Region, SdkConfig};
use bytes::Bytes;
use opensearch::auth::Credentials;
use opensearch::cert::{Certificate, CertificateValidation};
use opensearch::http::Method;
use opensearch::http::headers::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use opensearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use serde_json::Value;
use trailsearch_ingest::ports::{BulkError, SearchIndex};

use crate::connection::{Auth, Connection};
use crate::error::{ConnectError, SearchError, bulk_error, search_error};
use crate::reply::Reply;

pub(crate) mod dashboards;
pub(crate) mod lookup;
#[cfg(test)]
mod tests;

/// The parts of a bulk reply that verdicts are read from: a fraction of it.
const VERDICTS_ONLY: (&str, &str) =
    ("filter_path", "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason");

/// A cluster. Clones share one HTTP client and its connections.
#[derive(Clone)]
pub struct OpenSearchIndex {
    transport: Transport,
    endpoint: String,
    remedy: &'static str,
}

impl OpenSearchIndex {
    /// Sets up a client; nothing is sent yet. `aws` holds the credentials that [`Auth::SigV4`] signs with.
    ///
    /// # Errors
    /// When the CA file is unusable, or there is nobody to sign as.
    pub fn connect(connection: &Connection, aws: Option<&SdkConfig>) -> Result<Self, ConnectError> {
        let pool = SingleNodeConnectionPool::new(connection.endpoint.clone());
        let builder = TransportBuilder::new(pool).timeout(connection.timeout);
        let builder = trusting(authenticated(builder, &connection.auth, aws)?, connection)?;
        Ok(Self {
            transport: builder.build().map_err(|error| ConnectError::Client(error.into()))?,
            endpoint: connection.endpoint.as_str().trim_end_matches('/').to_owned(),
            remedy: connection.auth.remedy(),
        })
    }

    /// The version that the cluster says it is, such as `3.8.0`. OpenSearch Serverless has none and answers 404.
    ///
    /// # Errors
    /// When there is no reply, or not one of OpenSearch.
    pub async fn version(&self) -> Result<String, SearchError> {
        let info = self.get("/").await?;
        let version = info.pointer("/version/number").and_then(Value::as_str);
        version.map(str::to_owned).ok_or_else(|| self.not_opensearch(&info.to_string()))
    }

    /// What stands at `path`, such as `_index_template/cloudtrail`.
    ///
    /// # Errors
    /// When there is no reply, or no success.
    pub async fn get(&self, path: &str) -> Result<Value, SearchError> {
        self.ask(Method::Get, path, &[], None).await
    }

    /// Writes `body` to `path` and returns the reply.
    ///
    /// # Errors
    /// When there is no reply, or no success.
    pub async fn put_json(&self, path: &str, body: &Value) -> Result<Value, SearchError> {
        self.ask(Method::Put, path, &[], Some(body)).await
    }

    /// Posts `body` to `path` and returns the reply.
    ///
    /// # Errors
    /// When there is no reply, or no success.
    pub async fn post_json(&self, path: &str, body: &Value) -> Result<Value, SearchError> {
        self.ask(Method::Post, path, &[], Some(body)).await
    }

    /// Runs a search over `index` (a name, a pattern or a list of them) and returns the reply. See
    /// <https://docs.opensearch.org/latest/api-reference/search-apis/search/>.
    ///
    /// # Errors
    /// When there is no reply, or no success.
    pub async fn search(&self, index: &str, body: &Value) -> Result<Value, SearchError> {
        self.post_json(&format!("{index}/_search"), body).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, SearchError> {
        let body = body.map(|body| Bytes::from(body.to_string()));
        self.answer(self.send(method, path, HeaderMap::new(), query, body).await)
    }

    /// The body of a reply, where that is a success.
    fn answer(&self, reply: Result<Reply, opensearch::Error>) -> Result<Value, SearchError> {
        let reply = reply
            .map_err(|error| SearchError::Unreachable { endpoint: self.endpoint.clone(), source: error.into() })?;
        if !reply.is_success() {
            return Err(search_error(&reply, &self.endpoint, self.remedy));
        }
        serde_json::from_slice(&reply.body).map_err(|_| self.not_opensearch(&reply.reason()))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        query: &[(&str, &str)],
        body: Option<Bytes>,
    ) -> Result<Reply, opensearch::Error> {
        // Without the dot, `cluster:index/_search` would be taken for a URL with the scheme `cluster`.
        let path = format!("./{}", path.trim_start_matches('/'));
        Reply::read(self.transport.send(method, &path, headers, Some(query), body, None).await?).await
    }

    fn not_opensearch(&self, reason: &str) -> SearchError {
        SearchError::NotOpenSearch { endpoint: self.endpoint.clone(), reason: reason.to_owned() }
    }
}

impl SearchIndex for OpenSearchIndex {
    async fn bulk(&self, gzip_body: Bytes) -> Result<Bytes, BulkError> {
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
            (CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        ]);
        let reply = self.send(Method::Post, "_bulk", headers, &[VERDICTS_ONLY], Some(gzip_body)).await;
        let reply = reply.map_err(|error| BulkError::Transport(error.into()))?;
        if reply.is_success() { Ok(reply.body) } else { Err(bulk_error(&reply, self.remedy)) }
    }
}

fn authenticated(
    builder: TransportBuilder,
    auth: &Auth,
    aws: Option<&SdkConfig>,
) -> Result<TransportBuilder, ConnectError> {
    match auth {
        Auth::None => Ok(builder),
        Auth::Basic { user, password } => Ok(builder.auth(Credentials::Basic(user.clone(), password.clone()))),
        Auth::SigV4 { service, region } => {
            let provider = aws.and_then(SdkConfig::credentials_provider).ok_or(ConnectError::NoCredentials)?;
            let region = region.clone().map(Region::new).or_else(|| aws?.region().cloned());
            let credentials = Credentials::AwsSigV4(provider, region.ok_or(ConnectError::NoRegion)?);
            Ok(builder.auth(credentials).service_name(service.signing_name()))
        }
    }
}

fn trusting(builder: TransportBuilder, connection: &Connection) -> Result<TransportBuilder, ConnectError> {
    let Some(path) = &connection.ca_file else { return Ok(builder) };
    let pem = std::fs::read(path).map_err(|source| ConnectError::CaFile { path: path.clone(), source })?;
    match Certificate::from_pem(&pem) {
        Ok(authorities) => Ok(builder.cert_validation(CertificateValidation::Full(authorities))),
        Err(error) => Err(ConnectError::CaFormat { path: path.clone(), source: error.into() }),
    }
}
