//! A server that stands for a part of a cluster that no test can have.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A request: its first line without the version, its head and its body.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A server that notes every request and answers it.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(crate) fn answering(answer: impl Fn(&Request) -> (u16, Value) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &answer, &noted);
            }
        });
        Self { address, requests }
    }

    /// The requests whose first line contains this.
    pub(crate) fn asked(&self, line: &str) -> Vec<Request> {
        self.requests.lock().unwrap().iter().filter(|request| request.line.contains(line)).cloned().collect()
    }
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&Request) -> (u16, Value), noted: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    while let Some(line) = reader.by_ref().lines().next().map(Result::unwrap).filter(|line| !line.is_empty()) {
        lines.push(line);
    }
    let head = lines.join("\n").to_ascii_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let line = lines[0].trim_end_matches(" HTTP/1.1").to_owned();
    let request = Request { line, head, body: String::from_utf8(body).unwrap() };
    let (status, reply) = answer(&request);
    noted.lock().unwrap().push(request);
    let reply = reply.to_string();
    let head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", reply.len());
    stream.write_all((head + &reply).as_bytes()).unwrap();
}
