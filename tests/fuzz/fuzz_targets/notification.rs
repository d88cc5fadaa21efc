//! Any bytes as a Lambda event: read or refused, and every message of it is answered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailsearch_core::ack::{Acks, Failure, Reply, with_causes};
use trailsearch_core::notification::{Message, Notification, NotificationError, Source};
use trailsearch_core::object::ObjectKey;

/// The longest sentence about an event, in bytes: nothing of the event is repeated at length.
const SENTENCE_BYTES: usize = 2_000;

fuzz_target!(|event: &[u8]| {
    if let Ok(body) = std::str::from_utf8(event) {
        check_message(&Message::of_sqs("id", body));
    }
    match Notification::parse(event) {
        Ok(notification) => check(&notification),
        Err(error) => check_error(&error),
    }
});

fn check(notification: &Notification) {
    assert!(!notification.messages.is_empty());
    notification.messages.iter().for_each(check_message);
    check_reply(notification, Acks::open(notification).reply());
}

fn check_message(message: &Message) {
    let objects = match &message.objects {
        Ok(objects) => objects,
        Err(error) => return check_error(error),
    };
    for object in objects {
        assert!(!object.bucket.is_empty());
        let key = ObjectKey::parse(&object.key);
        assert!(object.key.starts_with(key.prefix));
        assert_eq!(key.kind.is_ingested(), key.kind.skip_reason().is_none());
    }
}

fn check_error(error: &NotificationError) {
    let sentence = with_causes(error);
    assert!(!sentence.is_empty() && sentence.len() < SENTENCE_BYTES, "{sentence}");
}

/// Nobody has come to any message yet, so none is done.
fn check_reply(notification: &Notification, reply: Result<Reply, Failure>) {
    let messages = &notification.messages;
    let ids = messages.iter().map(|message| &message.id);
    match (&notification.source, reply) {
        (Source::Direct, Err(failure)) => assert_eq!(failure.retryable, messages[0].objects.is_ok()),
        (Source::Sqs, Ok(Reply::Sqs { batch_item_failures })) => {
            assert!(ids.eq(batch_item_failures.iter().map(|item| &item.item_identifier)));
        }
        (Source::Batch { .. }, Ok(Reply::Batch { results, .. })) => {
            assert!(ids.eq(results.iter().map(|result| &result.task_id)));
            assert!(results.iter().all(|result| result.result_string.len() <= 1_024));
        }
        (source, reply) => panic!("{source:?} is answered {reply:?}"),
    }
}
