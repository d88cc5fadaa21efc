//! CloudTrail's public keys.

use aws_config::{Region, SdkConfig};
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::Builder;
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::PublicKey as Listed;
use jiff::Timestamp;
use trailsearch_digest::{ListKeysError, PublicKey, PublicKeys};

/// Asks CloudTrail for its public keys, each region for its own.
#[derive(Debug, Clone)]
pub struct CloudTrailKeys {
    config: SdkConfig,
}

impl CloudTrailKeys {
    /// With these settings, usually those of [`load_config`](crate::load_config).
    pub fn from_config(config: SdkConfig) -> Self {
        Self { config }
    }

    fn client(&self, region: &str) -> Client {
        let region = Region::new(region.to_owned());
        Client::from_conf(Builder::from(&self.config).region(region).build())
    }
}

impl PublicKeys for CloudTrailKeys {
    async fn list(&self, region: &str, from: Timestamp, to: Timestamp) -> Result<Vec<PublicKey>, ListKeysError> {
        let request = self.client(region).list_public_keys().start_time(moment(from)).end_time(moment(to));
        let listed: Result<Vec<Listed>, _> = request.into_paginator().items().send().collect().await;
        let error = |error| ListKeysError { region: region.to_owned(), source: Box::new(error) };
        Ok(listed.map_err(error)?.into_iter().filter_map(public_key).collect())
    }
}

fn moment(time: Timestamp) -> DateTime {
    DateTime::from_secs(time.as_second())
}

fn public_key(listed: Listed) -> Option<PublicKey> {
    Some(PublicKey { fingerprint: listed.fingerprint?, der: listed.value?.into_inner() })
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;
    use aws_sdk_cloudtrail::config::{Credentials, SharedCredentialsProvider};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Lists keys of a server that answers once; gives the request as the server saw it, and the result.
    async fn listed(status: &str, body: &str) -> (String, Result<Vec<PublicKey>, ListKeysError>) {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let credentials = Credentials::new("id", "key", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(format!("http://{}", server.local_addr().unwrap()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let keys = CloudTrailKeys::from_config(config);
        let [from, to] = ["2026-10-05T00:00:00Z", "2026-10-05T03:00:00Z"].map(|time| time.parse().unwrap());
        let serve = async {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = vec![0; 16 * 1024];
            let length = stream.read(&mut request).await.unwrap();
            let reply = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(reply.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        };
        tokio::join!(serve, keys.list("eu-central-1", from, to))
    }

    #[tokio::test]
    async fn keys_come_with_their_fingerprints() {
        let body = r#"{"PublicKeyList":[{"Fingerprint":"0a1b","Value":"AQID","ValidityStartTime":1790000000}]}"#;
        let (request, keys) = listed("200 OK", body).await;
        assert!(request.contains("/eu-central-1/cloudtrail/aws4_request"), "{request}");
        assert_eq!(keys.unwrap(), [PublicKey { fingerprint: "0a1b".to_owned(), der: vec![1, 2, 3] }]);
    }

    #[tokio::test]
    async fn who_may_not_ask_is_told_what_is_needed() {
        let (_, keys) = listed("403 Forbidden", r#"{"__type":"AccessDeniedException"}"#).await;
        let error = keys.unwrap_err();
        assert!(error.to_string().contains("public keys of eu-central-1 cannot be listed: cloudtrail:ListPublicKeys"));
        assert_eq!(error.region, "eu-central-1");
    }
}
