//! The plainest HTTP client, for addresses on this machine.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends one request to `address` (`127.0.0.1:80`) and gives the reply's JSON, null where it is none.
///
/// It speaks HTTP/1.0, whose replies come in one piece and end with the connection.
///
/// # Panics
/// When nobody answers.
pub(crate) async fn request(method: &str, address: &str, path: &str, body: &str) -> Value {
    let head = format!("{method} {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}", body.len());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_default()
}
