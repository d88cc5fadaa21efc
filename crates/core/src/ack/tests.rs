use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::notification::NotificationError;

fn failed(retryable: bool, message: &str) -> Outcome {
    Err(Failure { retryable, message: message.to_owned() })
}

fn unreadable() -> NotificationError {
    NotificationError::Misplaced { path: "event.body".to_owned(), shape: "SQS records" }
}

fn notification(source: Source, messages: impl IntoIterator<Item = (String, bool)>) -> Notification {
    let message = |(id, readable)| Message { id, objects: if readable { Ok(Vec::new()) } else { Err(unreadable()) } };
    Notification { source, messages: messages.into_iter().map(message).collect() }
}

fn batch_source() -> Source {
    Source::Batch { invocation_id: "aW52b2NhdGlvbg".to_owned(), schema_version: "2.0".to_owned() }
}

fn readable<const N: usize>(source: Source, ids: [&str; N]) -> Notification {
    notification(source, ids.map(|id| (id.to_owned(), true)))
}

fn json_of(acks: Acks) -> Value {
    serde_json::to_value(acks.reply().unwrap()).unwrap()
}

#[test]
fn sqs_reads_the_failed_messages() {
    let mut acks = Acks::open(&readable(Source::Sqs, ["a", "b", "c"]));
    acks.settle("a", Ok("12 events".to_owned()));
    acks.settle("b", failed(true, "throttled"));
    acks.settle("c", failed(false, "no such key"));
    assert_eq!(json_of(acks), json!({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "c"}]}));
}

#[test]
fn sqs_reads_an_empty_list_where_all_went_well() {
    let mut acks = Acks::open(&readable(Source::Sqs, ["a"]));
    acks.settle("a", Ok(String::new()));
    assert_eq!(json_of(acks), json!({"batchItemFailures": []}));
}

#[test]
fn a_batch_job_reads_a_result_for_each_task() {
    let mut acks = Acks::open(&readable(batch_source(), ["a", "b", "c", "d"]));
    acks.settle("a", Ok("12 events".to_owned()));
    acks.settle("b", failed(true, "throttled"));
    acks.settle("c", failed(false, "no such key"));
    assert_eq!(
        json_of(acks),
        json!({
            "invocationSchemaVersion": "2.0",
            "treatMissingKeysAs": "TemporaryFailure",
            "invocationId": "aW52b2NhdGlvbg",
            "results": [
                {"taskId": "a", "resultCode": "Succeeded", "resultString": "12 events"},
                {"taskId": "b", "resultCode": "TemporaryFailure", "resultString": "throttled"},
                {"taskId": "c", "resultCode": "PermanentFailure", "resultString": "no such key"},
                {"taskId": "d", "resultCode": "TemporaryFailure", "resultString": "not processed before the invocation ended"},
            ],
        })
    );
}

#[test]
fn an_unreadable_task_fails_for_good() {
    let acks = Acks::open(&notification(batch_source(), [("a".to_owned(), false)]));
    let result = &json_of(acks)["results"][0];
    assert_eq!(result["resultCode"], "PermanentFailure");
    assert_eq!(result["resultString"], unreadable().to_string());
}

#[test]
fn a_direct_invocation_succeeds_or_fails() {
    let mut acks = Acks::open(&readable(Source::Direct, [""]));
    acks.settle("", Ok("12 events".to_owned()));
    assert_eq!(json_of(acks), json!({"summary": "12 events"}));

    let mut acks = Acks::open(&readable(Source::Direct, [""]));
    acks.settle("", failed(true, "throttled"));
    assert_eq!(acks.reply(), Err(Failure { retryable: true, message: "throttled".to_owned() }));

    assert!(Acks::open(&readable(Source::Direct, [""])).reply().is_err());
}

#[test]
fn long_results_are_shortened_between_characters() {
    let mut acks = Acks::open(&readable(batch_source(), ["a"]));
    acks.settle("a", failed(true, &"é".repeat(2000)));
    let reply = json_of(acks);
    let text = reply["results"][0]["resultString"].as_str().unwrap();
    assert!(text.len() <= 1024 && text.len() > 1018 && text.ends_with("é…"), "{} bytes", text.len());
    assert_eq!(shortened("short", 5), "short");
    assert_eq!(shortened("shorter", 5), "sh…");
}

#[test]
fn causes_are_told_once() {
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Layer(&'static str, #[source] Option<Box<Layer>>);
    let layers = ["cannot post", "http: no route", "no route", "os error 113"];
    let error = layers.into_iter().rev().fold(None, |inner, text| Some(Box::new(Layer(text, inner))));
    assert_eq!(with_causes(&*error.unwrap()), "cannot post: http: no route: os error 113");
}

/// All notifications of up to four messages, each readable or not, and each settled in one of four ways.
#[test]
fn every_message_is_answered_exactly_once() {
    let settlements = [None, Some(Ok(String::new())), Some(failed(true, "x")), Some(failed(false, "y"))];
    for count in 0..=4_u32 {
        for choice in 0..8_usize.pow(count) {
            let cases: Vec<(String, bool, &Option<Outcome>)> = (0..count)
                .map(|at| (at, choice / 8_usize.pow(at) % 8))
                .map(|(at, digit)| (format!("m{at}"), digit >= 4, &settlements[digit % 4]))
                .collect();
            assert_answered_once(&cases);
        }
    }
}

fn assert_answered_once(cases: &[(String, bool, &Option<Outcome>)]) {
    let expected: BTreeMap<&str, bool> =
        cases.iter().map(|(id, _, settled)| (id.as_str(), settled.as_ref().is_some_and(Result::is_ok))).collect();
    for source in [Source::Sqs, batch_source()] {
        let messages = cases.iter().map(|(id, readable, _)| (id.clone(), *readable));
        let mut acks = Acks::open(&notification(source, messages));
        for (id, _, settled) in cases.iter().rev() {
            settled.iter().for_each(|outcome| acks.settle(id, outcome.clone()));
            acks.settle("stranger", Ok(String::new()));
        }
        assert_eq!(answers(&acks.reply().unwrap(), &expected), expected);
    }
}

/// Whether each answered message went well; SQS leaves those out that did.
fn answers<'a>(reply: &'a Reply, expected: &BTreeMap<&'a str, bool>) -> BTreeMap<&'a str, bool> {
    let (named, unnamed): (Vec<(&str, bool)>, Vec<_>) = match reply {
        Reply::Direct { .. } => panic!("nobody asked directly"),
        Reply::Sqs { batch_item_failures } => (
            batch_item_failures.iter().map(|failure| (failure.item_identifier.as_str(), false)).collect(),
            expected.iter().filter(|(_, ok)| **ok).map(|(id, ok)| (*id, *ok)).collect(),
        ),
        Reply::Batch { results, .. } => (
            results.iter().map(|task| (task.task_id.as_str(), task.result_code == ResultCode::Succeeded)).collect(),
            Vec::new(),
        ),
    };
    let answers: BTreeMap<_, _> = named.iter().chain(&unnamed).copied().collect();
    assert_eq!(answers.len(), named.len() + unnamed.len(), "a message was answered twice");
    answers
}
