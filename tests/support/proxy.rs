//! A proxy before OpenSearch, on the way through which things go wrong at random.

mod items;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fmt, io};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::http::{Reply, Request};

/// The longest time by which a reply is late.
const LATEST: Duration = Duration::from_millis(1_500);

/// What `Retry-After` asks for.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How often things go wrong, from 0 to 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct Odds {
    /// Requests that meet a [`Fault`].
    pub requests: f64,
    /// Items of bulk requests that are answered 429 and do not reach OpenSearch.
    pub items: f64,
}

/// What a request meets.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// An answer that does not come from OpenSearch, which never sees the request.
    Declined { status: u16, retry_after: bool },
    /// The connection is reset, before the request reaches OpenSearch or after it is done.
    Reset { done: bool },
    /// The request is done, and the connection ends in the middle of the reply.
    Cut,
    /// The request is done, and the reply comes late.
    Late,
}

const FAULTS: [(&str, Fault); 8] = [
    ("429", Fault::Declined { status: 429, retry_after: false }),
    ("429 with Retry-After", Fault::Declined { status: 429, retry_after: true }),
    ("503", Fault::Declined { status: 503, retry_after: false }),
    ("503 with Retry-After", Fault::Declined { status: 503, retry_after: true }),
    ("reset before", Fault::Reset { done: false }),
    ("reset after", Fault::Reset { done: true }),
    ("reply cut", Fault::Cut),
    ("reply late", Fault::Late),
];

/// The proxy, which ends with this value.
#[derive(Debug)]
pub struct Proxy {
    /// Where it answers: what `OPENSEARCH_ENDPOINT` is to be.
    pub endpoint: String,
    traffic: Arc<Traffic>,
    server: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy before `upstream`, an address such as `http://127.0.0.1:9200`.
    pub async fn start(upstream: &str, odds: Odds, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let upstream = upstream.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let dice = Mutex::new(StdRng::seed_from_u64(seed));
        let traffic = Arc::new(Traffic { upstream, odds, dice, tally: Mutex::default(), declined: Mutex::default() });
        let server = tokio::spawn(serve(listener, Arc::clone(&traffic)));
        Self { endpoint, traffic, server }
    }

    /// What happened so far, to be printed.
    pub fn tally(&self) -> Tally {
        self.traffic.tally.lock().unwrap().clone()
    }
}

/// What happened to the requests that came.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    requests: u64,
    /// How many met which fault.
    faults: BTreeMap<&'static str, u64>,
    /// How many came sooner again than `Retry-After` had asked for.
    pub hasty: u64,
    items: usize,
    withheld: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, faults, items, withheld, .. } = self;
        write!(f, "{requests} requests, {} with faults {faults:?}", faults.values().sum::<u64>())?;
        if *items > 0 { write!(f, ", {withheld} of {items} items withheld") } else { Ok(()) }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, traffic: Arc<Traffic>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let traffic = Arc::clone(&traffic);
        // A client that has gone away is none of the proxy's business.
        tokio::spawn(async move { drop(traffic.answer_all(stream).await) });
    }
}

/// What all connections share.
#[derive(Debug)]
struct Traffic {
    upstream: String,
    odds: Odds,
    dice: Mutex<StdRng>,
    tally: Mutex<Tally>,
    /// When bodies were declined with `Retry-After`.
    declined: Mutex<HashMap<Vec<u8>, Instant>>,
}

impl Traffic {
    /// Answers the requests of one connection, until it ends or a fault ends it.
    async fn answer_all(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some(request) = Request::read(&mut stream).await {
            self.see(&request);
            match self.fault() {
                None => write(&mut stream, &self.forward(request).await).await?,
                Some(Fault::Declined { status, retry_after: false }) => decline(&mut stream, status, "").await?,
                Some(Fault::Declined { status, retry_after: true }) => {
                    let header = format!("Retry-After: {}\r\n", RETRY_AFTER.as_secs());
                    self.declined.lock().unwrap().insert(request.body, Instant::now());
                    decline(&mut stream, status, &header).await?;
                }
                Some(Fault::Late) => {
                    let reply = self.forward(request).await;
                    tokio::time::sleep(self.lateness()).await;
                    write(&mut stream, &reply).await?;
                }
                Some(Fault::Cut) => return cut(&mut stream, &self.forward(request).await).await,
                Some(Fault::Reset { done }) => {
                    if done {
                        self.forward(request).await;
                    }
                    return stream.set_zero_linger();
                }
            }
        }
        Ok(())
    }

    fn see(&self, request: &Request) {
        let declined = self.declined.lock().unwrap().remove(&request.body);
        let mut tally = self.tally.lock().unwrap();
        tally.requests += 1;
        tally.hasty += u64::from(declined.is_some_and(|moment| moment.elapsed() < RETRY_AFTER));
    }

    fn fault(&self) -> Option<Fault> {
        let mut dice = self.dice.lock().unwrap();
        let (name, fault) = FAULTS.choose(&mut dice).filter(|_| dice.random_bool(self.odds.requests))?;
        drop(dice);
        *self.tally.lock().unwrap().faults.entry(name).or_default() += 1;
        Some(*fault)
    }

    fn lateness(&self) -> Duration {
        LATEST.mul_f64(self.dice.lock().unwrap().random())
    }

    fn note(&self, withheld: &[bool]) {
        let mut tally = self.tally.lock().unwrap();
        tally.items += withheld.len();
        tally.withheld += withheld.iter().filter(|withheld| **withheld).count();
    }

    /// What OpenSearch answers; where it is a bulk request, to the items that are not withheld.
    async fn forward(&self, mut request: Request) -> Reply {
        if self.odds.items == 0.0 || !request.line.starts_with("POST /_bulk") {
            return request.send(&self.upstream).await;
        }
        let withheld = items::withhold(&mut request, || self.dice.lock().unwrap().random_bool(self.odds.items));
        self.note(&withheld);
        if request.body.is_empty() {
            return items::throttle(None, &withheld);
        }
        match request.send(&self.upstream).await {
            reply if reply.status == 200 => items::throttle(Some(reply), &withheld),
            reply => reply,
        }
    }
}

async fn write(stream: &mut TcpStream, Reply { status, body }: &Reply) -> io::Result<()> {
    send(stream, *status, "", body.len(), body).await
}

async fn decline(stream: &mut TcpStream, status: u16, headers: &str) -> io::Result<()> {
    let body = format!(r#"{{"error":{{"type":"proxy_exception","reason":"declined"}},"status":{status}}}"#);
    send(stream, status, headers, body.len(), body.as_bytes()).await
}

/// Writes a half of a reply whose head promises the whole.
async fn cut(stream: &mut TcpStream, Reply { status, body }: &Reply) -> io::Result<()> {
    send(stream, *status, "", body.len(), &body[..body.len() / 2]).await
}

async fn send(stream: &mut TcpStream, status: u16, headers: &str, length: usize, body: &[u8]) -> io::Result<()> {
    let head = format!("HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}");
    stream.write_all(&[head.as_bytes(), b"\r\n\r\n", body].concat()).await
}
