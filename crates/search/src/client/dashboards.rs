//! OpenSearch Dashboards, as far as its saved objects go.

use aws_config::SdkConfig;
use bytes::Bytes;
use opensearch::http::Method;
use opensearch::http::headers::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use trailsearch_ingest::settings::EndpointSettings;

use super::OpenSearchIndex;
use crate::error::{ConnectError, SearchError};

/// What parts the multipart body; no saved object has it.
const BOUNDARY: &str = "5c9f2d1e7b8a4063";

/// The content type of [`body`].
const MULTIPART: &str = "multipart/form-data; boundary=5c9f2d1e7b8a4063";

/// OpenSearch Dashboards. It takes the login of its cluster, and on AWS the same signatures.
#[derive(Clone)]
pub struct Dashboards(OpenSearchIndex);

impl Dashboards {
    /// Sets up the client that the settings describe, whose endpoint is that of Dashboards; nothing is sent yet.
    ///
    /// # Errors
    /// As [`OpenSearchIndex::from_settings`].
    pub fn from_settings(settings: &EndpointSettings, aws: &SdkConfig) -> Result<Self, ConnectError> {
        OpenSearchIndex::from_settings(settings, aws).map(Self)
    }

    /// Where it answers, without a login.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.endpoint
    }

    /// The version that it says it is, such as `3.8.0`.
    ///
    /// # Errors
    /// When there is no reply, or not one of Dashboards.
    pub async fn version(&self) -> Result<String, SearchError> {
        let status = self.0.get("api/status").await?;
        let version = status.pointer("/version/number").and_then(Value::as_str);
        version.map(str::to_owned).ok_or_else(|| self.0.not_opensearch(&status.to_string()))
    }

    /// Whether it has an index pattern of this id. See
    /// <https://docs.opensearch.org/latest/api-reference/dashboards/saved-objects/>.
    ///
    /// # Errors
    /// When there is no reply, or one that does not tell.
    pub async fn has_index_pattern(&self, id: &str) -> Result<bool, SearchError> {
        match self.0.get(&format!("api/saved_objects/index-pattern/{id}")).await {
            Ok(_) => Ok(true),
            Err(SearchError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Imports saved objects, one a line, in place of those with the same ids, and returns how many there were. See
    /// <https://docs.opensearch.org/latest/api-reference/dashboards/saved-objects/>.
    ///
    /// # Errors
    /// When there is no reply, no success, or not all are taken.
    pub async fn import(&self, ndjson: &str) -> Result<u64, SearchError> {
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("osd-xsrf"), HeaderValue::from_static("true")),
            (CONTENT_TYPE, HeaderValue::from_static(MULTIPART)),
        ]);
        let query = [("overwrite", "true")];
        let reply = self.0.send(Method::Post, "api/saved_objects/_import", headers, &query, Some(body(ndjson))).await;
        let reply = self.0.answer(reply)?;
        match (reply["success"].as_bool(), reply["successCount"].as_u64()) {
            (Some(true), Some(count)) => Ok(count),
            (Some(false), _) => Err(SearchError::Import { endpoint: self.0.endpoint.clone(), reason: reason(&reply) }),
            _ => Err(self.0.not_opensearch(&reply.to_string())),
        }
    }
}

/// A form with one file. Dashboards looks at the ending of its name.
fn body(ndjson: &str) -> Bytes {
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"trailsearch.ndjson\"";
    format!("--{BOUNDARY}\r\n{head}\r\nContent-Type: application/ndjson\r\n\r\n{ndjson}\r\n--{BOUNDARY}--\r\n").into()
}

/// The objects that were not taken, each with the kind of its error.
fn reason(reply: &Value) -> String {
    let errors = reply["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let told = |error: &Value| {
        let [id, kind] =
            ["/id", "/error/type"].map(|place| error.pointer(place).and_then(Value::as_str).unwrap_or("?"));
        format!("{id} ({kind})")
    };
    errors.iter().map(told).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tests::answered;

    async fn imported(reply: &str) -> (String, Result<u64, SearchError>) {
        answered(reply, async |index| Dashboards(index).import("{\"id\":\"a\"}\n{\"id\":\"b\"}\n").await).await
    }

    #[tokio::test]
    async fn saved_objects_are_sent_as_a_file_in_a_form() {
        let (request, imported) = imported(r#"{"success":true,"successCount":2}"#).await;
        assert!(request.starts_with("POST /prefix/api/saved_objects/_import?overwrite=true HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\nosd-xsrf: true\r\n"), "{request}");
        assert!(request.contains(&format!("\r\ncontent-type: {MULTIPART}\r\n")), "{request}");
        let (_, form) = request.split_once("\r\n\r\n").unwrap();
        let parts: Vec<&str> = form.split(&format!("--{BOUNDARY}")).collect();
        let [before, file, after] = parts[..] else { panic!("{form}") };
        assert_eq!((before, after), ("", "--\r\n"));
        let (head, content) = file.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("name=\"file\"; filename=\"trailsearch.ndjson\""), "{head}");
        assert_eq!(content, "{\"id\":\"a\"}\n{\"id\":\"b\"}\n\r\n");
        assert_eq!(imported.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_is_not_taken_is_named() {
        let reply = r#"{"success":false,"successCount":1,"errors":[{"id":"b","error":{"type":"missing_references"}}]}"#;
        let error = imported(reply).await.1.unwrap_err();
        assert!(error.to_string().ends_with("b (missing_references)"), "{error}");
    }

    #[tokio::test]
    async fn the_version_is_in_the_status() {
        let (request, version) =
            answered(r#"{"version":{"number":"3.8.0"}}"#, async |index| Dashboards(index).version().await).await;
        assert!(request.starts_with("GET /prefix/api/status HTTP/1.1\r\n"), "{request}");
        assert_eq!(version.unwrap(), "3.8.0");
    }

    #[tokio::test]
    async fn an_index_pattern_is_there_by_its_id() {
        let asked = async |index| Dashboards(index).has_index_pattern("trailsearch-events").await;
        let (request, has) = answered("{}", asked).await;
        assert!(request.starts_with("GET /prefix/api/saved_objects/index-pattern/trailsearch-events "), "{request}");
        assert!(has.unwrap());
    }

    #[tokio::test]
    async fn a_login_page_is_no_dashboards() {
        for reply in ["<!DOCTYPE html>", "{}"] {
            assert!(matches!(imported(reply).await.1, Err(SearchError::NotOpenSearch { .. })), "{reply}");
        }
    }
}
