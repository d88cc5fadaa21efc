//! A proxy that notes what is asked of a server.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Passes bytes on as they are, and notes the first line of every request. Requests must have no body.
pub(crate) struct Proxy {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// A proxy of `server`, such as `http://127.0.0.1:9200`, for the rest of the process's life.
    pub(crate) fn of(server: &str) -> Self {
        let server = server.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, noted) = (TcpStream::connect(&server).unwrap(), Arc::clone(&noted));
                let (to_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || pass(from_server, to_client, |_| {}));
                thread::spawn(move || pass(client, server, noting(&noted)));
            }
        });
        Self { address, requests }
    }

    /// The requests since the last time, such as `GET /bucket/key HTTP/1.1`.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

/// Passes bytes on until either side has gone.
fn pass(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 64 * 1024];
    let mut chunk = || -> io::Result<bool> {
        let length = from.read(&mut buffer)?;
        look(&buffer[..length]);
        to.write_all(&buffer[..length])?;
        Ok(length > 0)
    };
    while chunk().unwrap_or(false) {}
    let _ = to.shutdown(Shutdown::Write);
}

/// Notes the first line of each head, whatever pieces it comes in.
fn noting(requests: &Mutex<Vec<String>>) -> impl FnMut(&[u8]) {
    let mut heads = String::new();
    move |bytes| {
        heads += &String::from_utf8_lossy(bytes);
        while let Some((head, rest)) = heads.split_once("\r\n\r\n") {
            requests.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
            heads = rest.to_owned();
        }
    }
}
