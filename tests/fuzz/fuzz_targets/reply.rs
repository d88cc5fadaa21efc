//! Any bytes as the reply to a bulk request: one verdict for each item, or none at all.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trailsearch_core::ack::with_causes;
use trailsearch_core::verdict::{ReplyError, Verdict, verdicts};

/// The longest reason, in bytes: 500 characters.
const REASON_BYTES: usize = 4 * 500;

fuzz_target!(|reply: &[u8]| {
    let Some(items) = items(reply) else {
        let _ = verdicts(reply, 1);
        return;
    };
    match verdicts(reply, items.len()) {
        Ok(verdicts) => items.iter().zip(&verdicts).for_each(|(item, verdict)| check(item, verdict)),
        Err(error) => assert!(matches!(error, ReplyError::Unreadable(_)) && !with_causes(&error).is_empty()),
    }
    assert!(verdicts(reply, items.len() + 1).is_err(), "an item without an answer");
});

/// The items of a reply, as a JSON model has them; none where it differs from what is read: members that nobody reads
/// need not be text, and a list may stand for an object.
fn items(reply: &[u8]) -> Option<Vec<Value>> {
    let reply: Value = serde_json::from_slice(reply).ok()?;
    let items = reply.get("items")?.as_array()?;
    items.iter().all(|item| item["create"].is_object()).then(|| items.clone())
}

fn check(item: &Value, verdict: &Verdict) {
    let status = item["create"]["status"].as_u64().expect("a status");
    match verdict {
        Verdict::Indexed => assert!((200..300).contains(&status), "{item}"),
        Verdict::Duplicate => assert_eq!(status, 409, "{item}"),
        Verdict::Retry(reason) | Verdict::Rejected(reason) => {
            assert!(!(200..300).contains(&status) && status != 409, "{item}");
            assert!(reason.starts_with(&format!("HTTP {status} ")) && reason.len() <= REASON_BYTES, "{reason}");
        }
    }
}
