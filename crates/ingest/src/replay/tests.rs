use super::*;
use crate::testing::{Index, Objects, State, log, object, pipeline};

const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/a.json.gz";

/// Refuses every second event, whole or minimal.
fn refuse_even(index: &Index) {
    index.judge(|id, _| if id.ends_with(['0', '2', '4', '6', '8']) { 400 } else { 201 });
}

/// An object of which half of the ten records have become dead letters; gives the objects, with the files among them, and
/// the files' names.
async fn half_dead(index: &Index) -> (Objects, Vec<String>) {
    let (objects, state) = (Objects::default(), State::default());
    objects.put(KEY, &log(10));
    refuse_even(index);
    let books = pipeline(&objects, index, 5).with_state(state.shared()).ingest(&object(KEY), Deadline::NEVER).await;
    assert_eq!(books.unwrap().dead_lettered, 5);
    for (name, body) in state.files.lock().unwrap().iter() {
        objects.put_bytes(name, body.clone());
    }
    (objects, state.names())
}

#[tokio::test]
async fn dead_letters_come_home_as_records_of_their_own_object() {
    let index = Index::new();
    let (objects, files) = half_dead(&index).await;
    index.judge(|_, _| 201);
    let pipeline = pipeline(&objects, &index, 100);
    let mut books = Books::default();
    for file in &files {
        books += pipeline.replay(&object(file)).await.unwrap();
    }
    assert_eq!((files.len(), books.records, books.indexed), (2, 5, 5));
    let documents = index.documents.lock().unwrap();
    assert_eq!(documents.len(), 10);
    for (id, document) in documents.iter() {
        let ingest = &document["ingest"];
        assert_eq!((ingest["object"].as_str(), ingest["error"].as_str()), (Some(KEY), None), "{id}");
        assert_eq!(id, &format!("e-{}", ingest["position"]));
    }
}

#[tokio::test]
async fn a_file_fails_while_any_of_its_records_has_no_place() {
    let index = Index::new();
    let (objects, files) = half_dead(&index).await;
    index.judge(|id, _| if id == "e-4" { 400 } else { 201 });
    let pipeline = pipeline(&objects, &index, 100);
    let failure = pipeline.replay(&object(&files[0])).await.unwrap_err();
    assert_eq!((failure.books.records, failure.books.indexed, failure.books.failed), (3, 2, 1));
    assert!(matches!(failure.error, ObjectError::Undelivered { count: 1, .. }), "{failure:?}");
    assert!(pipeline.replay(&object(&files[1])).await.is_ok());

    index.judge(|_, _| 201);
    let books = pipeline.replay(&object(&files[0])).await.unwrap();
    assert_eq!((books.indexed, books.duplicate), (1, 2));
}

#[tokio::test]
async fn letters_of_several_objects_may_share_a_file() {
    let (index, objects) = (Index::new(), Objects::default());
    let letter = |key: &str, id: &str| {
        format!(r#"{{"reason":"r","bucket":"logs","key":"{key}","position":7,"record":"{{\"eventID\":\"{id}\"}}"}}"#)
    };
    let text = [letter("a.json", "1"), letter("b.json", "2"), letter("b.json", "3"), letter("a.json", "4")].join("\n");
    objects.put("letters.ndjson.gz", &text);
    let books = pipeline(&objects, &index, 100).replay(&object("letters.ndjson.gz")).await.unwrap();
    assert_eq!((books.records, books.indexed), (4, 4));
    let documents = index.documents.lock().unwrap();
    let keys: Vec<_> = documents.values().map(|document| document["ingest"]["object"].as_str().unwrap()).collect();
    assert_eq!(keys, ["a.json", "b.json", "b.json", "a.json"]);
    assert!(documents.values().all(|document| document["ingest"]["position"] == 7));
}

#[tokio::test]
async fn a_damaged_file_is_named_by_its_line_and_what_came_before_is_indexed() {
    let (index, objects) = (Index::new(), Objects::default());
    let good = r#"{"reason":"r","bucket":"b","key":"k","position":0,"record":"{\"eventID\":\"1\"}"}"#;
    let cut = r#"{"reason":"r","bucket":"b","key":"k","position":1,"record":"{\"eventID\":"}"#;
    for (bad, cause) in [("{}", "missing field"), (cut, "not JSON at byte 12"), ("no", "expected")] {
        objects.put("letters.ndjson.gz", &format!("{good}\n{bad}\n"));
        let failure = pipeline(&objects, &index, 100).replay(&object("letters.ndjson.gz")).await.unwrap_err();
        assert!(!failure.error.is_retryable());
        let text = trailsearch_core::ack::with_causes(&failure.error);
        assert!(text.starts_with("line 2 is no dead letter: ") && text.contains(cause), "{text}");
    }
    assert_eq!(index.ids().len(), 1);
}
