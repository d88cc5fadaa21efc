//! `tail` against a real server: late events, many of one second, a cluster that is away, and its end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use common::server::{Cluster, http};
use common::{assert_recorded, command, write};
use serde_json::{Value, json};
use trailsearch_testkit::{gzip, load, story};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `tail`.
struct Tail {
    child: Child,
    lines: Receiver<String>,
    stderr: ChildStderr,
}

impl Tail {
    fn start(cluster: &Cluster, endpoint: &str, more: &[&str]) -> Self {
        let arguments = [&["tail", "--interval", "200ms", "--endpoint", endpoint], more].concat();
        let mut child = command(&arguments, &[("TRAILSEARCH_INDEX_PREFIX", &cluster.prefix)])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            // What is read no more, nobody waits for either: the pipe closes.
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines, stderr }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// The ids of the next events, each with how often it came.
    fn ids(&self, count: usize) -> BTreeMap<String, usize> {
        let mut ids = BTreeMap::new();
        for _ in 0..count {
            let event: Value = serde_json::from_str(&self.line()).unwrap();
            *ids.entry(event["eventID"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        ids
    }

    /// Ends it as Ctrl-C does, and gives its exit code and what it said on standard error.
    fn interrupt(mut self) -> (Option<i32>, String) {
        assert_eq!(self.lines.try_recv().ok(), None, "nothing comes twice");
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        self.end()
    }

    fn end(&mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let mut stderr = String::new();
        self.stderr.read_to_string(&mut stderr).unwrap();
        (code, stderr)
    }
}

fn ingest(cluster: &Cluster, name: &str, log: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[(name, gzip(log))]);
    let run = cluster.run(&["ingest", folder.path().to_str().unwrap(), "--setup"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// The ids of a log's records.
fn ids(log: &str) -> BTreeMap<String, usize> {
    let log: Value = serde_json::from_str(log).unwrap();
    let id = |record: &Value| (record["eventID"].as_str().unwrap().to_owned(), 1);
    log["Records"].as_array().unwrap().iter().map(id).collect()
}

/// More events than a page has, with one time of ingestion.
const MANY: usize = 4500;

#[test]
fn every_event_comes_once_however_many_or_late() {
    let Some(cluster) = Cluster::new("tail") else { return };
    ingest(&cluster, "first.json.gz", &load::object(1, 20));
    cluster.refresh();
    let tail = Tail::start(&cluster, &cluster.endpoint, &["--lines", "3", "--output", "ndjson"]);
    assert_eq!(tail.ids(3).len(), 3);

    let many = load::object(2, MANY);
    ingest(&cluster, "many.json.gz", &many);
    assert_eq!(tail.ids(ids(&many).len()), ids(&many));

    // A function that began minutes ago writes what it has read.
    let (_, newest) = cluster.get("/PREFIX-*/_search?size=1&sort=ingest.time:desc");
    let mut document = serde_json::from_str::<Value>(&newest).unwrap().pointer("/hits/hits/0/_source").unwrap().clone();
    let time: jiff::Timestamp = document["ingest"]["time"].as_str().unwrap().parse().unwrap();
    document["ingest"]["time"] = json!((time - jiff::Span::new().minutes(10)).to_string());
    document["eventID"] = json!("late");
    let path = format!("/{}-2026.10/_create/late", cluster.prefix);
    assert_eq!(http(&cluster.endpoint, "PUT", &path, document.to_string().as_bytes()).0, 201);
    assert_eq!(tail.ids(1), BTreeMap::from([("late".to_owned(), 1)]));

    let last = load::object(3, 30);
    ingest(&cluster, "last.json.gz", &last);
    assert_eq!(tail.ids(ids(&last).len()), ids(&last));
    assert_eq!(tail.interrupt(), (Some(0), String::new()));
}

/// A way to a server that can be blocked.
struct Way {
    address: String,
    blocked: Arc<AtomicBool>,
}

impl Way {
    fn to(server: &str) -> Self {
        let server = server.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let blocked = Arc::new(AtomicBool::new(false));
        let is_blocked = Arc::clone(&blocked);
        thread::spawn(move || {
            for client in listener.incoming().flatten().filter(|_| !is_blocked.load(Ordering::SeqCst)) {
                let server = TcpStream::connect(&server).unwrap();
                pass(&client, &server, Arc::clone(&is_blocked));
                pass(&server, &client, Arc::clone(&is_blocked));
            }
        });
        Self { address, blocked }
    }
}

/// Passes bytes on until either side has gone, or the way is blocked.
fn pass(from: &TcpStream, to: &TcpStream, blocked: Arc<AtomicBool>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if blocked.load(Ordering::SeqCst) || std::io::Write::write_all(&mut to, &buffer[..length]).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(std::net::Shutdown::Both), to.shutdown(std::net::Shutdown::Both));
    });
}

#[test]
fn a_cluster_that_is_away_is_waited_for() {
    let Some(cluster) = Cluster::new("tail-away") else { return };
    ingest(&cluster, "first.json.gz", &load::object(1, 20));
    cluster.refresh();
    let way = Way::to(&cluster.endpoint);
    let tail = Tail::start(&cluster, &way.address, &["--lines", "1", "--output", "ndjson"]);
    tail.ids(1);
    way.blocked.store(true, Ordering::SeqCst);
    let log = load::object(2, 40);
    ingest(&cluster, "meanwhile.json.gz", &log);
    thread::sleep(Duration::from_secs(1));
    way.blocked.store(false, Ordering::SeqCst);
    assert_eq!(tail.ids(ids(&log).len()), ids(&log));
    let (code, stderr) = tail.interrupt();
    let said: Vec<&str> = stderr.lines().collect();
    assert_eq!((code, said.len()), (Some(0), 2), "{stderr}");
    assert!(said[0].starts_with("warning: http://127.0.0.1:") && said[0].ends_with("nothing is missed meanwhile"));
    assert_eq!(said[1], "the cluster answers again");
}

#[test]
fn a_reader_who_goes_away_ends_it() {
    let Some(cluster) = Cluster::new("tail-pipe") else { return };
    ingest(&cluster, "first.json.gz", &load::object(1, 5));
    cluster.refresh();
    let mut tail = Tail::start(&cluster, &cluster.endpoint, &["--lines", "1"]);
    assert!(tail.line().starts_with("TIME"));
    tail.line();
    tail.lines = channel().1;
    for number in 2..4 {
        ingest(&cluster, "more.json.gz", &load::object(number, 50));
    }
    assert_eq!(tail.end(), (Some(0), String::new()));
}

#[test]
fn what_tail_cannot_follow_is_said() {
    let Some(cluster) = Cluster::new("tail-faults") else { return };
    ingest(&cluster, "story.json.gz", &story::objects(story::DAY)[0].body);
    cluster.refresh();
    assert_recorded(
        "tail-faults",
        &[cluster.run(&["tail", "eventName:(("]), cluster.run(&["tail", "--since", "2h", "--until", "3h"])],
    );
}
