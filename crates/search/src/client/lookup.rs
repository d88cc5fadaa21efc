//! Which documents there are.

use opensearch::http::Method;
use serde_json::{Value, json};

use super::OpenSearchIndex;
use crate::error::SearchError;

/// The parts of a reply that tell what is there.
const PRESENCE_ONLY: [(&str, &str); 2] =
    [("_source", "false"), ("filter_path", "docs.found,docs.error.type,docs.error.reason")];

/// The address of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentAddress {
    /// The index's whole name.
    pub index: String,
    /// The document's id.
    pub id: String,
}

impl OpenSearchIndex {
    /// Tells of each document whether it is there, in their order; what was written a moment ago counts. One request
    /// takes some thousand documents. See <https://docs.opensearch.org/latest/api-reference/document-apis/multi-get/>.
    ///
    /// # Errors
    /// When there is no reply, or the cluster cannot tell of any of them.
    pub async fn are_there(&self, documents: &[DocumentAddress]) -> Result<Vec<bool>, SearchError> {
        let asked = |document: &DocumentAddress| json!({"_index": document.index, "_id": document.id});
        let body = json!({"docs": documents.iter().map(asked).collect::<Vec<_>>()});
        let reply = self.ask(Method::Post, "_mget", &PRESENCE_ONLY, Some(&body)).await?;
        let told = reply["docs"].as_array().filter(|told| told.len() == documents.len());
        let told = told.ok_or_else(|| self.not_opensearch(&reply.to_string()))?;
        told.iter().map(|document| self.is_there(document)).collect()
    }

    fn is_there(&self, told: &Value) -> Result<bool, SearchError> {
        match (told["found"].as_bool(), told.pointer("/error/type").and_then(Value::as_str)) {
            (Some(found), _) => Ok(found),
            // A month without events has no index.
            (None, Some("index_not_found_exception")) => Ok(false),
            (None, _) => {
                let reason = told.pointer("/error/reason").and_then(Value::as_str).unwrap_or("no reason given");
                Err(SearchError::Unavailable {
                    endpoint: self.endpoint.clone(),
                    status: 200,
                    reason: reason.to_owned(),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tests::answered;

    async fn told(reply: &str) -> (String, Result<Vec<bool>, SearchError>) {
        let documents: Vec<DocumentAddress> = ["a", "b"]
            .iter()
            .map(|id| DocumentAddress { index: "p-2026.10".to_owned(), id: (*id).to_owned() })
            .collect();
        answered(reply, async |index| index.are_there(&documents).await).await
    }

    #[tokio::test]
    async fn each_document_is_asked_for_and_told_of() {
        let (request, told) = told(r#"{"docs":[{"found":true},{"error":{"type":"index_not_found_exception"}}]}"#).await;
        assert!(request.starts_with("POST /prefix/_mget?_source=false&filter_path=docs.found"), "{request}");
        assert!(request.ends_with(r#"{"docs":[{"_id":"a","_index":"p-2026.10"},{"_id":"b","_index":"p-2026.10"}]}"#));
        assert_eq!(told.unwrap(), [true, false]);
    }

    #[tokio::test]
    async fn a_cluster_that_cannot_tell_is_not_one_without_the_document() {
        let error = r#"{"type":"no_shard_available_action_exception","reason":"no shard"}"#;
        let (_, told) = told(&format!(r#"{{"docs":[{{"found":false}},{{"error":{error}}}]}}"#)).await;
        assert!(matches!(told, Err(SearchError::Unavailable { reason, .. }) if reason == "no shard"));
    }

    #[tokio::test]
    async fn a_reply_about_fewer_documents_is_none() {
        let (_, told) = told(r#"{"docs":[{"found":true}]}"#).await;
        assert!(matches!(told, Err(SearchError::NotOpenSearch { .. })));
    }
}
