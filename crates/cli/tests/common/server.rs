//! The servers of the local stack, spoken to in plain HTTP so that the tests share no client with the program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Run;

/// The value of a variable that names a server; says so where it is not set.
pub(crate) fn address(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        eprintln!("skipped: {variable} is not set (make up; . target/local/env)");
    }
    value
}

/// Sends one request and returns status and body.
pub(crate) fn http(server: &str, method: &str, path: &str, body: &[u8]) -> (u16, String) {
    http_with(server, method, path, "", body)
}

/// The same with more header lines, each ending in `\r\n`.
pub(crate) fn http_with(server: &str, method: &str, path: &str, more: &str, body: &[u8]) -> (u16, String) {
    let host = server.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    let headers =
        format!("Host: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}");
    let head = format!("{method} {path} HTTP/1.1\r\n{headers}\r\n{more}\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let reply = String::from_utf8_lossy(&reply);
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// An index prefix of one test in a real cluster; what has it goes when the test ends.
pub(crate) struct Cluster {
    pub(crate) endpoint: String,
    pub(crate) prefix: String,
}

impl Cluster {
    /// A prefix that no other run has, where there is a cluster.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        Some(Self { endpoint: address("OPENSEARCH_ENDPOINT")?, prefix: format!("cli-{test}-{nanoseconds}") })
    }

    /// Runs the binary against this cluster and prefix.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    /// The same with more of an environment.
    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let own = [("OPENSEARCH_ENDPOINT", self.endpoint.as_str()), ("TRAILSEARCH_INDEX_PREFIX", &self.prefix)];
        super::run(arguments, &[&own[..], environment].concat()).replacing(&self.prefix, "PREFIX")
    }

    /// Makes what was written searchable.
    pub(crate) fn refresh(&self) {
        let (status, body) = http(&self.endpoint, "POST", &format!("/{}-*/_refresh", self.prefix), b"");
        assert_eq!(status, 200, "{body}");
    }

    /// Asks the cluster itself.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        http(&self.endpoint, "GET", &path.replace("PREFIX", &self.prefix), b"")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let (endpoint, prefix) = (&self.endpoint, &self.prefix);
        http(endpoint, "DELETE", &format!("/{prefix}-*"), b"");
        http(endpoint, "DELETE", &format!("/_index_template/{prefix}"), b"");
        http(endpoint, "DELETE", &format!("/_index_template/{prefix}-*"), b"");
        http(endpoint, "DELETE", &format!("/_component_template/{prefix}-*"), b"");
    }
}
