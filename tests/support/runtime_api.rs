//! The Lambda Runtime API for one invocation that is part of a trace: the emulator tells the function of none.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::function::{bootstrap, command};
use crate::http::Request;

/// How long the function may take.
const TIME: Duration = Duration::from_secs(60);

/// Runs the function's binary for one event, in a process of its own; `header` is its `X-Amzn-Trace-Id`. Gives its answer,
/// or the error that it reports.
///
/// # Panics
/// When there is no answer in time.
pub async fn invoke_traced(settings: &[(&str, &str)], event: &Value, header: &str) -> Value {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = command(&bootstrap(), settings);
    command.env("AWS_LAMBDA_RUNTIME_API", api.local_addr().unwrap().to_string());
    command.env("AWS_LAMBDA_FUNCTION_VERSION", "1").stdout(Stdio::null());
    let mut function = command.spawn().unwrap();
    let answer = tokio::time::timeout(TIME, answer(&api, event, header)).await;
    function.kill().unwrap();
    function.wait().unwrap();
    answer.unwrap()
}

/// Answers requests until one brings the function's answer.
async fn answer(api: &TcpListener, event: &Value, header: &str) -> Value {
    loop {
        let (mut stream, _) = api.accept().await.unwrap();
        let request = Request::read(&mut stream).await.unwrap();
        if request.line.starts_with("POST ") {
            return serde_json::from_slice(&request.body).unwrap_or_default();
        }
        stream.write_all(next(&event.to_string(), header).as_bytes()).await.unwrap();
    }
}

/// What `/2018-06-01/runtime/invocation/next` answers.
fn next(event: &str, header: &str) -> String {
    let deadline = (SystemTime::now() + TIME).duration_since(UNIX_EPOCH).unwrap().as_millis();
    let headers = [
        "Lambda-Runtime-Aws-Request-Id: 2177eaf1-6026-47f3-91b6-03f2c94c88ee".to_owned(),
        "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:111122223333:function:tests".to_owned(),
        format!("Lambda-Runtime-Deadline-Ms: {deadline}"),
        format!("Lambda-Runtime-Trace-Id: {header}"),
        format!("Content-Length: {}", event.len()),
    ];
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{}\r\n\r\n{event}", headers.join("\r\n"))
}
