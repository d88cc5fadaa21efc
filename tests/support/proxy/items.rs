//! Bulk requests of which only some items reach OpenSearch.

use serde_json::{Value, json};
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::object::Encoding;

use crate::http::{Reply, Request};

/// Takes items out of a bulk request, and gives for each whether it is withheld.
pub(super) fn withhold(request: &mut Request, mut is_withheld: impl FnMut() -> bool) -> Vec<bool> {
    let text = inflated(&request.body);
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    // An action, and the document that it is about.
    let items: Vec<(&[&[u8]], bool)> = lines.chunks_exact(2).map(|item| (item, is_withheld())).collect();
    request.headers.retain(|header| !header.to_lowercase().starts_with("content-encoding:"));
    request.body = items.iter().filter(|(_, withheld)| !withheld).flat_map(|(item, _)| item.concat()).collect();
    items.into_iter().map(|(_, withheld)| withheld).collect()
}

fn inflated(gzip: &[u8]) -> Vec<u8> {
    let mut inflater = Inflater::new(Encoding::Gzip, Limits::NONE);
    let mut text = Vec::new();
    Inflater::pieces(gzip).for_each(|piece| text.extend_from_slice(inflater.push(piece).unwrap()));
    text
}

/// The reply to the whole request: OpenSearch's own for the items that it got, 429 for the others.
pub(super) fn throttle(reply: Option<Reply>, withheld: &[bool]) -> Reply {
    let mut answered = reply.map(|reply| serde_json::from_slice::<Value>(&reply.body).unwrap()).unwrap_or_default();
    let mut answered = answered["items"].as_array_mut().into_iter().flatten();
    let error = json!({"type": "rejected_execution_exception", "reason": "withheld by the proxy"});
    let items = withheld.iter().map(|withheld| match withheld {
        true => json!({"create": {"status": 429, "error": error}}),
        false => answered.next().unwrap().take(),
    });
    let body = json!({"errors": true, "items": items.collect::<Vec<_>>()});
    Reply { status: 200, body: body.to_string().into_bytes() }
}
