use trailsearch_core::object::AccessLogs;

use super::*;
use crate::settings::IngestSettings;
use crate::testing::{BUCKET, Index, Objects, State, object, settings};

const KEY: &str = "access/2026-11-20-09-14-27-8C2A7F31D09B4E65";

/// A line that is told apart by its request id.
fn line(id: &str, requester: &str, status: u16) -> String {
    format!(
        "0f1e2d3c4b5a example-flow-logs [20/Nov/2026:09:14:27 +0000] - {requester} {id} REST.PUT.OBJECT flow/{id}.gz \
         \"PUT /flow/{id}.gz HTTP/1.1\" {status} - - - 41 12 \"-\" \"-\" - h= SigV4 - AuthHeader - - - -"
    )
}

fn log() -> String {
    let lines = [
        line("7F3A9C41D2E85B00", "svc:delivery.logs.amazonaws.com", 403),
        line("7F3A9C41D2E85B01", "svc:delivery.logs.amazonaws.com", 200),
        "no line of an access log".to_owned(),
        line("7F3A9C41D2E85B03", "arn:aws:iam::111122223333:user/alice", 403),
    ];
    // The last line has no line break.
    lines.join("\n")
}

fn pipeline(objects: &Objects, index: &Index, access_logs: AccessLogs) -> Pipeline<Objects, Index> {
    let settings = IngestSettings { bulk_concurrency: 1, access_logs, ..settings(2) };
    Pipeline::new(objects.clone(), index.clone(), settings)
}

fn below() -> AccessLogs {
    AccessLogs::Below(vec![format!("{BUCKET}/access/").parse().unwrap()])
}

async fn ingest(pipeline: &Pipeline<Objects, Index>) -> Books {
    pipeline.ingest(&object(KEY), Deadline::NEVER).await.unwrap()
}

#[tokio::test]
async fn lines_are_indexed_once_and_those_that_cannot_be_read_in_part() {
    let (objects, index) = (Objects::default(), Index::new());
    objects.put_bytes(KEY, log().into());
    let pipeline = pipeline(&objects, &index, below());
    let first = ingest(&pipeline).await;
    assert_eq!((first.records, first.indexed, first.degraded, first.duplicate), (4, 3, 1, 0));
    let denials: Vec<_> = first.denials.iter().map(|(denial, count)| (denial.source.as_str(), count)).collect();
    assert_eq!(denials, [("delivery.logs.amazonaws.com", 1)]);

    // Somebody compressed it meanwhile.
    objects.put(KEY, &log());
    let again = ingest(&pipeline).await;
    assert_eq!((again.records, again.indexed, again.degraded, again.duplicate), (4, 0, 0, 4));
    assert_eq!(again.denials.iter().count(), 0, "it is told once");
    assert_eq!(index.documents.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn where_no_access_logs_are_known_there_are_none() {
    let (objects, index) = (Objects::default(), Index::new());
    objects.put_bytes(KEY, log().into());
    objects.put_bytes("any.txt", log().into());
    let none = pipeline(&objects, &index, AccessLogs::default());
    assert!(none.skip_reason(&object(KEY)).unwrap().contains("TRAILSEARCH_ACCESS_LOGS"));
    assert!(none.ingest(&object(KEY), Deadline::NEVER).await.is_err());
    let all = pipeline(&objects, &index, AccessLogs::All);
    assert_eq!(all.ingest(&object("any.txt"), Deadline::NEVER).await.unwrap().records, 4);
}

#[tokio::test]
async fn lines_become_dead_letters_and_come_home_whatever_the_settings_are_then() {
    let (objects, index, state) = (Objects::default(), Index::new(), State::default());
    objects.put_bytes(KEY, log().into());
    index.judge(|_, _| 400);
    let before = pipeline(&objects, &index, below()).with_state(state.shared());
    assert_eq!(ingest(&before).await.dead_lettered, 4);
    assert!(state.names().iter().all(|name| name.starts_with("dead-letters/2026/11/20/")), "{:?}", state.names());
    for (name, body) in state.files.lock().unwrap().iter() {
        objects.put_bytes(name, body.clone());
    }

    index.judge(|_, _| 201);
    let after = pipeline(&objects, &index, AccessLogs::default());
    let mut books = Books::default();
    for name in state.names() {
        books += after.replay(&object(&name)).await.unwrap();
    }
    assert_eq!((books.indexed, books.degraded), (3, 1));
    assert_eq!(ingest(&pipeline(&objects, &index, below())).await.duplicate, 4, "under the ids that they have always");
}

#[tokio::test]
async fn a_line_beyond_the_limit_ends_the_object_and_what_came_before_is_indexed() {
    let (objects, index) = (Objects::default(), Index::new());
    objects.put_bytes(KEY, format!("{}\n{}\n{}", log(), "x".repeat(300_000), log()).into());
    let mut settings = IngestSettings { access_logs: below(), ..settings(100) };
    settings.limits.record_bytes = 262_144;
    let pipeline = Pipeline::new(objects, index.clone(), settings);
    let failure = pipeline.ingest(&object(KEY), Deadline::NEVER).await.unwrap_err();
    assert!(with_causes(&failure).contains("larger than the 262144 bytes allowed"), "{}", with_causes(&failure));
    assert_eq!((failure.books.records, index.documents.lock().unwrap().len()), (4, 4));
    assert!(!failure.error.is_retryable());
}
