use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::*;
use crate::testing::{Index, Objects, State, log, object, pipeline};

const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/a.json.gz";

/// One log of `count` events.
fn objects(count: usize) -> Objects {
    let objects = Objects::default();
    objects.put(KEY, &log(count));
    objects
}

fn is_minimal(document: &serde_json::Value) -> bool {
    document["ingest"]["error"].is_string()
}

#[tokio::test]
async fn what_no_document_is_taken_for_becomes_a_dead_letter() {
    let (index, state) = (Index::new(), State::default());
    index.judge(|id, document| match id {
        "e-3" => 400,
        "e-7" if !is_minimal(document) => 400,
        _ => 201,
    });
    let books =
        pipeline(&objects(10), &index, 4).with_state(state.shared()).ingest(&object(KEY), Deadline::NEVER).await;
    let books = books.unwrap();
    assert_eq!((books.indexed, books.degraded, books.dead_lettered, books.failed), (8, 1, 1, 0));
    assert!(books.balance());

    let letters = state.letters();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!((&letter["key"], &letter["position"], &letter["eventID"]), (&KEY.into(), &3.into(), &"e-3".into()));
    assert_eq!(letter["reason"], "HTTP 400 mapper_parsing_exception: no");
    let record = r#"{"eventID":"e-3","eventTime":"2026-11-20T09:21:40Z","eventName":"Event3"}"#;
    assert_eq!(letter["record"], record);
    let documents = index.documents.lock().unwrap();
    assert_eq!(documents["e-7"]["ingest"]["raw"], record.replace("e-3", "e-7").replace("Event3", "Event7"));
}

#[tokio::test]
async fn an_object_delivered_again_writes_the_same_files() {
    let (index, state) = (Index::new(), State::default());
    index.judge(|_, _| 400);
    let pipeline = pipeline(&objects(10), &index, 4).with_state(state.shared());
    for _ in 0..2 {
        assert_eq!(pipeline.ingest(&object(KEY), Deadline::NEVER).await.unwrap().dead_lettered, 10);
    }
    assert_eq!((state.names().len(), state.letters().len()), (3, 10));
}

#[tokio::test]
async fn without_a_place_for_it_a_dead_letter_fails_its_object() {
    let index = Index::new();
    index.judge(|id, _| if id == "e-3" { 400 } else { 201 });
    let broken = State { broken: true, ..State::default() };
    for (state, reason) in [(None, "HTTP 400"), (broken.shared(), "access to dead-letters/2026/11/20/")] {
        let failure = pipeline(&objects(10), &index, 4)
            .with_state(state)
            .ingest(&object(KEY), Deadline::NEVER)
            .await
            .unwrap_err();
        assert_eq!((failure.books.failed, failure.books.placed()), (1, 9));
        assert!(failure.error.is_retryable());
        let text = with_causes(&failure);
        assert!(text.contains(reason), "{text}");
    }
}

#[tokio::test]
async fn a_document_that_is_too_large_by_itself_is_degraded_and_then_a_dead_letter() {
    let (objects, state) = (Objects::default(), State::default());
    // A policy stands twice in the document, and once in the minimal one.
    let record = |id: &str, bytes: usize| {
        let names = r#""eventTime":"2026-11-20T09:21:40Z","eventName":"PutBucketPolicy""#;
        let policy = "x".repeat(bytes);
        format!(r#"{{"eventID":"{id}",{names},"requestParameters":{{"policy":"{{\"a\":\"{policy}\"}}"}}}}"#)
    };
    objects.put(KEY, &format!("[{},{},{}]", record("large", 1_500), record("small", 10), record("huge", 4_000)));
    let index = Index { largest: 2_800, ..Index::new() };
    let books = pipeline(&objects, &index, 10).with_state(state.shared()).ingest(&object(KEY), Deadline::NEVER).await;
    let books = books.unwrap();
    assert_eq!((books.indexed, books.degraded, books.dead_lettered), (1, 1, 1), "{books:?}");
    assert_eq!(state.letters()[0]["eventID"], "huge");
    assert!(is_minimal(&index.documents.lock().unwrap()["large"]));
}

/// An index that takes so long that only some batches fit into one attempt.
fn slow() -> Index {
    Index { delay: Duration::from_secs(2), ..Index::new() }
}

fn large(count: usize, etag: &str) -> Objects {
    Objects { size: Some(1 << 20), etag: Some(etag.to_owned()), ..objects(count) }
}

#[tokio::test(start_paused = true)]
async fn an_object_too_large_for_one_attempt_is_completed_by_several() {
    let (index, state) = (slow(), State::default());
    let pipeline = pipeline(&large(1_000, "v1"), &index, 100).with_state(state.shared());
    let mut attempts = Vec::new();
    let last = loop {
        match pipeline.ingest(&object(KEY), Deadline::after(Duration::from_secs(7))).await {
            Ok(books) => break books,
            Err(failure) => {
                assert!(failure.error.is_retryable());
                attempts.push(index.ids().len());
            }
        }
    };
    assert_eq!(attempts, [300, 600, 900]);
    assert_eq!((index.ids().len(), last.records, last.indexed, last.duplicate), (1_000, 100, 100, 0));
    assert!(state.names().is_empty(), "the checkpoint is gone");
    let documents = index.documents.lock().unwrap();
    assert!(documents.iter().all(|(id, document)| *id == format!("e-{}", document["ingest"]["position"])));
}

#[tokio::test(start_paused = true)]
async fn without_checkpoints_an_attempt_begins_anew_and_finds_duplicates() {
    let unknown = Objects { etag: None, ..large(1_000, "") };
    let small = Objects { size: Some((1 << 20) - 1), ..large(1_000, "v1") };
    for (objects, state) in
        [(large(1_000, "v1"), None), (unknown, State::default().shared()), (small, State::default().shared())]
    {
        let index = slow();
        let pipeline = pipeline(&objects, &index, 100).with_state(state);
        let brief = || Deadline::after(Duration::from_secs(7));
        assert!(pipeline.ingest(&object(KEY), brief()).await.is_err());
        let failure = pipeline.ingest(&object(KEY), brief()).await.unwrap_err();
        assert_eq!((failure.books.duplicate, index.ids().len()), (300, 300));
    }
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_of_other_content_or_of_another_time_does_not_count() {
    let (index, state) = (slow(), State::default());
    let brief = Deadline::after(Duration::from_secs(7));
    let attempt = pipeline(&large(1_000, "v1"), &index, 100).with_state(state.shared());
    assert!(attempt.ingest(&object(KEY), brief).await.is_err());
    let name = state.names().remove(0);
    assert!(name.starts_with("checkpoints/"));
    let read = || -> serde_json::Value { serde_json::from_slice(&state.files.lock().unwrap()[&name]).unwrap() };
    let checkpoint = read();
    assert_eq!(
        (&checkpoint["records"], &checkpoint["etag"], &checkpoint["key"]),
        (&300.into(), &"v1".into(), &KEY.into())
    );

    let mut old = checkpoint.clone();
    old["time"] = (checkpoint["time"].as_i64().unwrap() - 25 * 60 * 60).into();
    for (etag, content) in [("v2", checkpoint.to_string()), ("v1", old.to_string()), ("v1", "{".to_owned())] {
        state.files.lock().unwrap().insert(name.clone(), Bytes::from(content));
        let books = pipeline(&large(1_000, etag), &index, 100).with_state(state.shared());
        let books = books.ingest(&object(KEY), Deadline::after(Duration::from_secs(600))).await.unwrap();
        assert_eq!(books.records, 1_000);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_no_checkpoint_is_looked_for() {
    let (index, state) = (slow(), State::default());
    let pipeline = pipeline(&large(1_000, "v1"), &index, 100).with_state(state.shared());
    assert!(pipeline.ingest(&object(KEY), Deadline::after(Duration::from_secs(7))).await.is_err());
    let books = pipeline.ingest(&object(KEY), Deadline::NEVER).await.unwrap();
    assert_eq!((books.records, books.duplicate), (1_000, 300));
}

#[tokio::test(start_paused = true)]
async fn what_is_behind_a_failed_batch_is_placed_and_a_gap_is_done_again() {
    let (index, state) = (Index::new(), State { broken: true, ..State::default() });
    index.judge(|id, _| if id == "e-150" { 400 } else { 201 });
    let broken = pipeline(&large(1_000, "v1"), &index, 100).with_state(state.shared());
    let failure = broken.ingest(&object(KEY), Deadline::after(Duration::from_secs(7))).await.unwrap_err();
    assert_eq!((failure.books.indexed, failure.books.failed), (999, 1));

    let state = State { broken: false, ..state };
    let whole = pipeline(&large(1_000, "v1"), &index, 100).with_state(state.shared());
    let books = whole.ingest(&object(KEY), Deadline::after(Duration::from_secs(7))).await.unwrap();
    assert_eq!((books.duplicate, books.dead_lettered), (999, 1));
}

#[tokio::test]
async fn an_object_whose_time_has_passed_is_not_begun() {
    let failure =
        pipeline(&Objects::default(), &Index::new(), 100).ingest(&object(KEY), Deadline::after(Duration::ZERO)).await;
    let failure = failure.unwrap_err();
    assert!(matches!(failure.error, ObjectError::OutOfTime { records: 0 }), "the object is missing, which nobody saw");
}

#[tokio::test]
async fn an_object_is_read_no_further_where_its_requests_are_refused() {
    let index = Index { refuses: true, ..Index::new() };
    let failure = pipeline(&objects(1_000), &index, 100).ingest(&object(KEY), Deadline::NEVER).await.unwrap_err();
    assert!((100..=400).contains(&failure.books.records), "{failure:?}");
    assert_eq!(failure.books.failed, failure.books.records);
    assert!(with_causes(&failure).contains("the cluster refused the request (HTTP 403)"), "{failure:?}");
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_sent_again_and_alone() {
    let (index, seen) = (Index::new(), Mutex::new(HashSet::new()));
    index.judge(move |id, _| if seen.lock().unwrap().insert(id.to_owned()) && id.ends_with('7') { 429 } else { 201 });
    let books = pipeline(&objects(100), &index, 50).ingest(&object(KEY), Deadline::NEVER).await.unwrap();
    assert_eq!((books.indexed, books.duplicate, books.retried, books.requests), (100, 0, 10, 4));
}

#[tokio::test(start_paused = true)]
async fn waits_do_not_grow_while_some_documents_are_taken() {
    const COUNT: usize = 40;
    // The last document of each request.
    let (index, left) = (Index::new(), AtomicUsize::new(COUNT));
    index.judge(move |id, _| {
        let last = left.load(Relaxed) - 1;
        if id != format!("e-{last}") {
            return 429;
        }
        left.store(last, Relaxed);
        201
    });
    let started = tokio::time::Instant::now();
    let books = pipeline(&objects(COUNT), &index, COUNT).ingest(&object(KEY), Deadline::NEVER).await.unwrap();
    assert_eq!((books.indexed, books.requests), (COUNT as u64, COUNT as u64));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_object_tells_how_long_it_took_and_how_old_it_is() {
    let event: SystemTime = "2026-11-20T09:21:40Z".parse::<jiff::Timestamp>().unwrap().into();
    let stored = event + Duration::from_secs(300);
    let objects = Objects { stored: Some(stored), ..objects(10) };
    let index = Index { delay: Duration::from_millis(20), ..Index::new() };
    let timing = pipeline(&objects, &index, 5).ingest(&object(KEY), Deadline::NEVER).await.unwrap().timing;
    assert_eq!((timing.oldest_event, timing.stored), (Some(event), Some(stored)));
    assert!(timing.bulk.busy >= Duration::from_millis(40), "two requests: {timing:?}");
    for stage in [timing.fetch, timing.inflate, timing.bulk] {
        let (from, until) = stage.span.unwrap();
        assert!(!stage.busy.is_zero() && from < until, "{timing:?}");
    }

    objects.put(KEY, "hello");
    let failure = pipeline(&objects, &index, 5).ingest(&object(KEY), Deadline::NEVER).await.unwrap_err();
    assert!(failure.books.timing.inflate.span.is_some() && failure.books.timing.bulk.span.is_none(), "{failure:?}");
}
