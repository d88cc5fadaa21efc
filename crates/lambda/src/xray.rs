//! Subsegments of the invocation's trace in AWS X-Ray: one for each object, with one for each stage inside.
//!
//! A document goes to the daemon that Lambda runs beside the function, in a UDP datagram
//! (<https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html>,
//! <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html>). Nothing waits for it, and nothing
//! depends on its arrival.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use trailsearch_core::books::Books;
use trailsearch_core::object::ObjectRef;
use trailsearch_core::timing::Stage;

/// The variable in which Lambda gives the daemon's address, such as `169.254.100.1:2000`.
const DAEMON: &str = "AWS_XRAY_DAEMON_ADDRESS";

/// What every datagram begins with.
const HEADER: &str = "{\"format\": \"json\", \"version\": 1}\n";

/// Sends subsegments, where there is a daemon.
#[derive(Debug)]
pub(crate) struct Tracer {
    daemon: Option<UdpSocket>,
}

impl Tracer {
    /// To the daemon that the environment names.
    pub(crate) fn from_env() -> Self {
        let address = std::env::var(DAEMON).ok().and_then(|address| address.parse().ok());
        Self { daemon: address.and_then(|address| socket(address).ok()) }
    }

    /// Sends how the work on an object went, as part of the trace that `header` names, where that one is sampled.
    pub(crate) fn send(&self, header: Option<&str>, object: &ObjectRef, books: &Books, failed: bool) {
        let (Some(daemon), Some(parent)) = (&self.daemon, header.and_then(Parent::parse)) else { return };
        if let Some(document) = document(&parent, object, books, failed) {
            // A datagram that is not taken at once is one that is lost.
            let _ = daemon.send(format!("{HEADER}{document}").as_bytes());
        }
    }
}

/// A socket that never blocks.
fn socket(daemon: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_nonblocking(true)?;
    socket.connect(daemon)?;
    Ok(socket)
}

/// What the subsegments belong to.
#[derive(Debug, PartialEq, Eq)]
struct Parent<'h> {
    trace_id: &'h str,
    id: &'h str,
}

impl<'h> Parent<'h> {
    /// Reads `Root=…;Parent=…;Sampled=1`
    /// (<https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>); nothing
    /// where the trace is not sampled.
    fn parse(header: &'h str) -> Option<Self> {
        let field = |name: &str| header.split(';').find_map(|part| part.trim().strip_prefix(name));
        Some(Self { trace_id: field("Root=")?, id: field("Parent=")? }).filter(|_| field("Sampled=") == Some("1"))
    }
}

/// The subsegment of an object; none where no stage was reached.
fn document(parent: &Parent<'_>, object: &ObjectRef, books: &Books, failed: bool) -> Option<Value> {
    let stages = [("fetch", books.timing.fetch), ("inflate", books.timing.inflate), ("bulk", books.timing.bulk)];
    let mut whole = Stage::default();
    stages.iter().for_each(|(_, stage)| whole += *stage);
    let mut document = subsegment("ingest", &whole)?;
    document["type"] = "subsegment".into();
    document["trace_id"] = parent.trace_id.into();
    document["parent_id"] = parent.id.into();
    document["fault"] = failed.into();
    document["metadata"] = json!({"trailsearch": {"object": object.to_string(), "books": books}});
    document["subsegments"] = stages.iter().filter_map(|(name, stage)| subsegment(name, stage)).collect();
    Some(document)
}

/// A stage from its first moment to its last, though it may have rested between.
fn subsegment(name: &str, stage: &Stage) -> Option<Value> {
    let (start, end) = stage.span?;
    let id = format!("{:016x}", rand::random::<u64>());
    let metadata = json!({"trailsearch": {"busy_seconds": stage.busy.as_secs_f64()}});
    Some(json!({"name": name, "id": id, "start_time": seconds(start), "end_time": seconds(end), "metadata": metadata}))
}

/// Since 1970.
fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use trailsearch_core::timing::Timing;

    use super::*;

    const SAMPLED: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1;Lineage=1:x:0";

    fn object() -> ObjectRef {
        ObjectRef { bucket: "example-logs".to_owned(), key: "log.json.gz".to_owned(), version_id: None }
    }

    fn stage(from: u64, until: u64) -> Stage {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        Stage { busy: Duration::from_millis(500), span: Some((at(from), at(until))) }
    }

    fn books() -> Books {
        let timing = Timing { fetch: stage(100, 103), inflate: stage(101, 104), ..Timing::default() };
        Books { records: 7, timing, ..Books::default() }
    }

    /// A daemon, and who sends to it.
    fn daemon() -> (UdpSocket, Tracer) {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        daemon.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let tracer = Tracer { daemon: Some(socket(daemon.local_addr().unwrap()).unwrap()) };
        (daemon, tracer)
    }

    fn received(daemon: &UdpSocket) -> Value {
        let mut datagram = vec![0; 64 * 1024];
        let length = daemon.recv(&mut datagram).unwrap();
        let text = String::from_utf8(datagram[..length].to_vec()).unwrap();
        serde_json::from_str(text.strip_prefix(HEADER).unwrap()).unwrap()
    }

    #[test]
    fn a_sampled_trace_gets_a_subsegment_for_each_object_and_stage() {
        let (daemon, tracer) = daemon();
        tracer.send(Some(SAMPLED), &object(), &books(), true);
        let mut document = received(&daemon);
        let id = |document: &mut Value| document["id"].take().as_str().unwrap().to_owned();
        let mut ids = vec![id(&mut document)];
        ids.extend(document["subsegments"].as_array_mut().unwrap().iter_mut().map(id));
        assert!(ids.iter().all(|id| id.len() == 16 && u64::from_str_radix(id, 16).is_ok()), "{ids:?}");
        assert!(ids[0] != ids[1] && ids[1] != ids[2]);

        assert_eq!(document["metadata"]["trailsearch"]["object"], "s3://example-logs/log.json.gz");
        assert_eq!(document["metadata"]["trailsearch"]["books"]["records"], 7);
        document["metadata"].take();
        let of = |name: &str, start: f64, end: f64| {
            let metadata = json!({"trailsearch": {"busy_seconds": 0.5}});
            json!({"id": null, "name": name, "start_time": start, "end_time": end, "metadata": metadata})
        };
        let expected = json!({
            "id": null, "name": "ingest", "type": "subsegment", "fault": true, "start_time": 100.0, "end_time": 104.0,
            "trace_id": "1-5bef4de7-ad49b0e87f6ef6c87fc2e700", "parent_id": "9a9197af755a6419", "metadata": null,
            "subsegments": [of("fetch", 100.0, 103.0), of("inflate", 101.0, 104.0)],
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn only_what_is_sampled_and_was_begun_is_sent() {
        let (daemon, tracer) = daemon();
        for header in [None, Some(""), Some("Root=1-a-b;Parent=c;Sampled=0"), Some("Root=1-a-b;Sampled=1")] {
            tracer.send(header, &object(), &books(), false);
        }
        tracer.send(Some(SAMPLED), &object(), &Books::default(), false);
        tracer.send(Some(SAMPLED), &object(), &books(), false);
        assert_eq!(received(&daemon)["fault"], false, "it is the first that arrives");
        daemon.set_nonblocking(true).unwrap();
        assert!(daemon.recv(&mut [0]).is_err(), "and the last");
    }

    #[test]
    fn without_a_daemon_nothing_happens() {
        Tracer { daemon: None }.send(Some(SAMPLED), &object(), &books(), false);
        // Whoever listened has gone.
        let tracer = daemon().1;
        (0..3).for_each(|_| tracer.send(Some(SAMPLED), &object(), &books(), false));
    }
}
