//! The plainest HTTP, for addresses on this machine.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// Headers that are about one connection, or that whoever sends the request makes.
const OWN_HEADERS: [&str; 4] = ["host", "connection", "accept-encoding", "content-length"];

/// Sends one request to `address` (`127.0.0.1:80`) and gives the reply's JSON, null where it is none.
///
/// # Panics
/// When nobody answers.
pub(crate) async fn request(method: &str, address: &str, path: &str, body: &str) -> Value {
    let headers = vec!["Content-Type: application/json".to_owned()];
    let request = Request { line: format!("{method} {path}"), headers, body: body.into() };
    serde_json::from_slice(&request.send(address).await.body).unwrap_or_default()
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `POST /_bulk`.
    pub(crate) line: String,
    /// `Content-Type: application/json`, without those that say how long the body is and where it goes.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The next request of a connection, which comes in any number of pieces; none where the connection has ended.
    pub(crate) async fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            match bytes.windows(HEAD_END.len()).position(|window| window == HEAD_END) {
                Some(end) => break end,
                None => more(stream, &mut bytes).await?,
            }
        };
        let mut body = bytes.split_off(end + HEAD_END.len());
        bytes.truncate(end);
        let head = String::from_utf8(bytes).unwrap();
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        while body.len() < length.unwrap_or(0) {
            more(stream, &mut body).await?;
        }
        Some(Self::new(head.lines(), body))
    }

    fn new<'h>(mut head: impl Iterator<Item = &'h str>, body: Vec<u8>) -> Self {
        let line = head.next().unwrap().rsplit_once(' ').unwrap().0.to_owned();
        let is_kept = |header: &&str| !OWN_HEADERS.contains(&header.split(':').next().unwrap().to_lowercase().as_str());
        Self { line, headers: head.filter(is_kept).map(str::to_owned).collect(), body }
    }

    /// Sends the request as one of HTTP/1.0, whose replies come in one piece and end with the connection.
    pub(crate) async fn send(&self, address: &str) -> Reply {
        let headers: String = self.headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!("{} HTTP/1.0\r\n{headers}Content-Length: {}\r\n\r\n", self.line, self.body.len());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&[head.as_bytes(), &self.body].concat()).await.unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.unwrap();
        Reply::parse(&reply)
    }
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(bytes).await.ok()?;
    (read > 0).then_some(())
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(HEAD_END.len()).position(|window| window == HEAD_END).unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, body: bytes[end + HEAD_END.len()..].to_vec() }
    }
}
