//! What goes over the wire, recorded by a server that answers one request with a canned reply.

use std::time::Duration;

use aws_credential_types::Credentials as AwsCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::connection::AwsService;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"items\": [1]}";

async fn request_of(mut stream: TcpStream, reply: &str) -> String {
    let mut request = Vec::new();
    loop {
        stream.read_buf(&mut request).await.unwrap();
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            stream.write_all(reply.as_bytes()).await.unwrap();
            return text;
        }
    }
}

const BODY: &str = "bulk body";
const SHA256_OF_BODY: &str = "85778b90effaf1213a43be629f3af18871b40b8f7690e8da3c21b9ea8d83a501";

/// Asks as `auth` a server that replies once; gives the request as the server saw it, and the result.
async fn exchanged<T>(auth: Auth, reply: &str, ask: impl AsyncFnOnce(OpenSearchIndex) -> T) -> (String, T) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/prefix", server.local_addr().unwrap()).parse().unwrap();
    let connection = Connection { auth, ..Connection::new(endpoint, None) };
    let keys = AwsCredentials::new("AKIAEXAMPLE", "secret", Some("token".to_owned()), None, "test");
    let aws = SdkConfig::builder().credentials_provider(SharedCredentialsProvider::new(keys)).build();
    let index = OpenSearchIndex::connect(&connection, Some(&aws)).unwrap();
    let serve = async { request_of(server.accept().await.unwrap().0, reply).await };
    tokio::join!(serve, ask(index))
}

/// The same as nobody, and of a server that replies with this body.
pub(super) async fn answered<T>(body: &str, ask: impl AsyncFnOnce(OpenSearchIndex) -> T) -> (String, T) {
    exchanged(Auth::None, &format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()), ask).await
}

/// Posts [`BODY`] as `auth`.
async fn posted(auth: Auth, reply: &str) -> (String, Result<Bytes, BulkError>) {
    exchanged(auth, reply, async |index| index.bulk(Bytes::from_static(BODY.as_bytes())).await).await
}

#[tokio::test]
async fn a_bulk_body_is_posted_as_it_is() {
    let (request, reply) = posted(Auth::None, OK).await;
    assert!(request.starts_with("POST /prefix/_bulk?filter_path=items"), "{request}");
    assert!(request.ends_with(BODY), "{request}");
    assert!(request.contains("\r\ncontent-encoding: gzip\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/x-ndjson\r\n"), "{request}");
    assert!(!request.contains("authorization:"), "{request}");
    assert_eq!(reply.unwrap(), "{\"items\": [1]}");
}

#[tokio::test]
async fn basic_authentication_is_a_header() {
    let auth = Auth::Basic { user: "alice".to_owned(), password: "s3cret".to_owned() };
    let (request, _) = posted(auth, OK).await;
    assert!(request.contains("\r\nauthorization: Basic YWxpY2U6czNjcmV0\r\n"), "{request}");
}

/// Serverless takes only signatures that cover the hash of the body.
#[tokio::test]
async fn signatures_name_service_and_region_and_cover_the_body() {
    for (service, name) in [(AwsService::Es, "es"), (AwsService::Aoss, "aoss")] {
        let (request, _) = posted(Auth::SigV4 { service, region: Some("eu-central-1".to_owned()) }, OK).await;
        let signature = request.lines().find_map(|line| line.strip_prefix("authorization: AWS4-HMAC-SHA256 ")).unwrap();
        assert!(signature.contains(&format!("/eu-central-1/{name}/aws4_request,")), "{signature}");
        assert!(signature.contains("content-encoding;") && signature.contains(";x-amz-content-sha256;"), "{signature}");
        assert!(request.contains("\r\nx-amz-security-token: token\r\n"), "{request}");
        assert!(request.contains(&format!("\r\nx-amz-content-sha256: {SHA256_OF_BODY}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn throttling_says_how_long_to_wait() {
    let reply = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
    let (_, result) = posted(Auth::None, reply).await;
    let seven = Some(Duration::from_secs(7));
    assert!(matches!(result, Err(BulkError::Throttled { retry_after }) if retry_after == seven));
}

#[tokio::test]
async fn a_reply_that_breaks_off_is_a_fault_of_the_transport() {
    let (_, result) = posted(Auth::None, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"items\"").await;
    assert!(matches!(result, Err(BulkError::Transport(_))), "{result:?}");
}

#[tokio::test]
async fn denied_access_says_what_to_check() {
    let reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 23\r\n\r\n{\"message\":\"Forbidden\"}";
    let auth = Auth::SigV4 { service: AwsService::Aoss, region: Some("eu-central-1".to_owned()) };
    let (_, result) = posted(auth, reply).await;
    let text = result.unwrap_err().to_string();
    assert!(text.contains("(HTTP 403): Forbidden; check that the role may aoss:APIAccessAll"), "{text}");
}

#[test]
fn what_is_unusable_is_told_before_anything_is_sent() {
    let connect = |auth, ca_file: Option<&str>| {
        let endpoint = "https://logs.example.com".parse().unwrap();
        let connection = Connection { auth, ca_file: ca_file.map(Into::into), ..Connection::new(endpoint, None) };
        OpenSearchIndex::connect(&connection, None).err().map(|error| error.to_string()).unwrap_or_default()
    };
    let signed = Auth::SigV4 { service: AwsService::Es, region: Some("eu-central-1".to_owned()) };
    assert!(connect(signed, None).contains("there are no AWS credentials"));
    assert_eq!(connect(Auth::None, Some("/no/such/ca.pem")), "the CA file /no/such/ca.pem cannot be read");
    let no_pem = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert!(connect(Auth::None, Some(no_pem)).ends_with("holds no PEM certificate (-----BEGIN CERTIFICATE-----)"));
}

#[test]
fn a_custom_domain_is_signed_for_the_region_of_the_aws_settings() {
    let endpoint = "https://logs.example.com".parse().unwrap();
    let auth = Auth::SigV4 { service: AwsService::Es, region: None };
    let connection = Connection { auth, ..Connection::new(endpoint, None) };
    let keys = AwsCredentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    let nowhere = SdkConfig::builder().credentials_provider(SharedCredentialsProvider::new(keys)).build();
    let placed = nowhere.to_builder().region(Region::new("eu-central-1")).build();
    assert!(OpenSearchIndex::connect(&connection, Some(&placed)).is_ok());
    let error = OpenSearchIndex::connect(&connection, Some(&nowhere)).err();
    assert!(matches!(error, Some(ConnectError::NoRegion)), "{error:?}");
}
