//! What CloudFormation waits with for the answer of a custom resource: a URL at which it is put.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::http::Request;

/// How long an answer is waited for: CloudFormation would wait for an hour.
const TIME: Duration = Duration::from_secs(60);

/// The URL, and what is put at it. It ends with this value.
pub struct Callback {
    /// What `ResponseURL` is to be.
    pub url: String,
    answers: UnboundedReceiver<Value>,
    server: JoinHandle<()>,
}

impl Callback {
    /// What the URL is signed with: nobody else may know it.
    pub const SIGNATURE: &str = "4d1c0e2f7b6a59483716";

    /// Listens. The first requests are answered with `faults`, statuses that are no success.
    pub async fn start(faults: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}/arn%3Aaws%3Acloudformation%3Aus-east-1/Setup?X-Amz-Signature={}",
            listener.local_addr().unwrap(),
            Self::SIGNATURE
        );
        let (put, answers) = unbounded_channel();
        let server = tokio::spawn(serve(listener, faults.iter().copied().collect(), put));
        Self { url, answers, server }
    }

    /// The next answer that is put.
    ///
    /// # Panics
    /// When none comes.
    pub async fn answer(&mut self) -> Value {
        tokio::time::timeout(TIME, self.answers.recv()).await.unwrap().unwrap()
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, mut faults: VecDeque<u16>, put: UnboundedSender<Value>) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let Some(request) = Request::read(&mut stream).await else { continue };
        let status = faults.pop_front().unwrap_or_else(|| refused(&request).unwrap_or(200));
        let reply = format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(reply.as_bytes()).await.unwrap();
        if status == 200 {
            put.send(serde_json::from_slice(&request.body).unwrap()).unwrap();
        }
    }
}

/// S3 takes what the signature covers: that method and address, and no content type.
fn refused(request: &Request) -> Option<u16> {
    let line = format!("PUT /arn%3Aaws%3Acloudformation%3Aus-east-1/Setup?X-Amz-Signature={}", Callback::SIGNATURE);
    let has_type = request.headers.iter().any(|header| header.to_lowercase().starts_with("content-type"));
    (request.line != line || has_type || request.body.len() > 4_096).then_some(403)
}
