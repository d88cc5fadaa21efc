use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::testing::{BUCKET, Index, Objects, log, pipeline};

/// A queue in memory, whose messages are hidden for as long as a test runs.
#[derive(Default)]
struct Messages {
    waiting: Mutex<VecDeque<QueueMessage>>,
    deleted: Mutex<Vec<String>>,
    /// Receipts, and for how long their messages were hidden.
    hidden: Mutex<Vec<(String, Duration)>>,
}

impl Messages {
    fn of(bodies: impl IntoIterator<Item = String>) -> Self {
        let message = |(at, body)| QueueMessage { id: format!("m-{at}"), receipt: format!("r-{at}"), body };
        Self { waiting: Mutex::new(bodies.into_iter().enumerate().map(message).collect()), ..Self::default() }
    }
}

impl Queue for Messages {
    async fn receive(&self, _: Duration) -> Result<Vec<QueueMessage>, QueueError> {
        let mut waiting = self.waiting.lock().unwrap();
        let count = waiting.len().min(2);
        Ok(waiting.drain(..count).collect())
    }

    async fn hide(&self, receipt: &str, hidden: Duration) -> Result<(), QueueError> {
        self.hidden.lock().unwrap().push((receipt.to_owned(), hidden));
        Ok(())
    }

    async fn delete(&self, receipt: &str) -> Result<(), QueueError> {
        if receipt == "r-stuck" {
            return Err(QueueError::Failed("queue".to_owned(), "no".into()));
        }
        self.deleted.lock().unwrap().push(receipt.to_owned());
        Ok(())
    }
}

fn naming(key: &str) -> String {
    json!({"bucket": BUCKET, "key": key}).to_string()
}

async fn drained(queue: &Messages, objects: &Objects, index: &Index) -> Vec<MessageOutcome> {
    let mut outcomes = Vec::new();
    drain(queue, &pipeline(objects, index, 100), |outcome| outcomes.push(outcome)).await.unwrap();
    outcomes.sort_by(|a, b| a.id.cmp(&b.id));
    outcomes
}

#[tokio::test]
async fn messages_are_deleted_when_their_objects_are_done_and_else_given_back() {
    let (objects, index) = (Objects::default(), Index::new());
    objects.put("a.json.gz", &log(3));
    objects.put("b.json.gz", &log(5));
    let queue = Messages::of([
        naming("a.json.gz"),
        naming("missing.json.gz"),
        "hello".to_owned(),
        naming("b.json.gz"),
        naming("notes.txt"),
    ]);
    let outcomes = drained(&queue, &objects, &index).await;

    let results: Vec<_> = outcomes.iter().map(|outcome| (outcome.books.records, outcome.result.is_ok())).collect();
    assert_eq!(results, [(3, true), (0, false), (0, false), (5, true), (0, true)]);
    assert!(matches!(outcomes[1].result, Err(MessageError::Object(_))));
    assert!(matches!(outcomes[2].result, Err(MessageError::Unreadable(_))));
    assert_eq!(index.ids().len(), 5);
    let mut deleted = queue.deleted.into_inner().unwrap();
    deleted.sort();
    assert_eq!(deleted, ["r-0", "r-3", "r-4"]);
    let mut given_back = queue.hidden.into_inner().unwrap();
    given_back.sort();
    assert_eq!(given_back, [("r-1".to_owned(), Duration::ZERO), ("r-2".to_owned(), Duration::ZERO)]);
}

#[tokio::test]
async fn a_failed_message_that_comes_back_is_not_worked_on_again() {
    let (objects, index) = (Objects::default(), Index::new());
    let mut messages = vec![naming("missing.json.gz"); 3];
    messages[1] = "hello".to_owned();
    let queue = Messages::of(messages);
    queue.waiting.lock().unwrap()[2] =
        QueueMessage { id: "m-0".to_owned(), receipt: "r-new".to_owned(), body: naming("missing.json.gz") };
    assert_eq!(drained(&queue, &objects, &index).await.len(), 2);
    let given_back: Vec<String> = queue.hidden.into_inner().unwrap().into_iter().map(|(receipt, _)| receipt).collect();
    assert!(given_back.contains(&"r-new".to_owned()) && !given_back.contains(&"r-0".to_owned()), "{given_back:?}");
}

#[tokio::test(start_paused = true)]
async fn a_message_stays_hidden_for_as_long_as_the_work_on_it() {
    let (objects, index) = (Objects::default(), Index { delay: HIDDEN / 4 * 3, ..Index::new() });
    objects.put("a.json.gz", &log(3));
    let queue = Messages::of([naming("a.json.gz")]);
    assert!(drained(&queue, &objects, &index).await[0].result.is_ok());
    assert_eq!(queue.hidden.into_inner().unwrap(), [("r-0".to_owned(), HIDDEN)]);
}

#[tokio::test]
async fn a_message_that_cannot_be_deleted_is_told() {
    let (objects, index) = (Objects::default(), Index::new());
    objects.put("a.json.gz", &log(3));
    let queue = Messages::of([naming("a.json.gz")]);
    queue.waiting.lock().unwrap()[0].receipt = "r-stuck".to_owned();
    let outcomes = drained(&queue, &objects, &index).await;
    assert_eq!(outcomes[0].books.indexed, 3);
    assert!(matches!(outcomes[0].result, Err(MessageError::Undeleted(_))));
}
