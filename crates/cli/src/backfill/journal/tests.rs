use trailsearch_core::object::ObjectRef;

use super::*;

fn subject(source: &str) -> Subject {
    let lookup = |name: &str| (name == "OPENSEARCH_ENDPOINT").then(|| "http://alice:s3cret@127.0.0.1:9200".to_owned());
    Subject::new(&source.parse().unwrap(), &Settings::read(lookup, std::iter::empty()).unwrap())
}

fn found(key: &str, etag: &str) -> Found {
    let object = ObjectRef { bucket: "logs".to_owned(), key: key.to_owned(), version_id: None };
    Found { object, size: 1, etag: Some(etag.to_owned()) }
}

/// A place for a journal, in a folder that is not made yet.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/journal.ndjson");
    (folder, path)
}

fn open(path: &Path) -> Result<(Journal, Finished), JournalError> {
    Journal::open(path.to_owned(), &subject("s3://logs/"))
}

/// A journal with two objects in it.
fn written(path: &Path) {
    let (mut journal, finished) = open(path).unwrap();
    assert_eq!(finished, Finished::default());
    journal.append(&found("a \"quoted\" ü", "1"), 5).unwrap();
    journal.append(&found("b", "2"), 7).unwrap();
    journal.close().unwrap();
}

fn refused(path: &Path, text: &str) -> JournalError {
    fs::write(path, text).unwrap();
    let error = open(path).unwrap_err();
    assert_eq!(fs::read_to_string(path).unwrap(), text, "a file that is refused is left alone");
    error
}

#[test]
fn the_next_run_knows_what_was_finished() {
    let (_folder, path) = place();
    written(&path);
    let (_journal, finished) = open(&path).unwrap();
    assert!(finished.holds(&found("a \"quoted\" ü", "1")) && finished.holds(&found("b", "2")));
    assert!(!finished.holds(&found("b", "3")), "another content is another object");
    assert!(!finished.holds(&found("c", "2")));
    assert_eq!(Journal::look(&path, &subject("s3://logs/")).unwrap(), finished);
}

#[test]
fn the_format_is_kept() {
    let (_folder, path) = place();
    written(&path);
    let expected = r#"{"trailsearch_backfill":1,"source":"s3://logs/","endpoint":"http://127.0.0.1:9200/","index_prefix":"cloudtrail"}
{"key":"a \"quoted\" ü","etag":"1","records":5}
{"key":"b","etag":"2","records":7}
"#;
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

/// Wherever a kill cuts the journal off, what was whole counts, and the next line is whole again.
#[test]
fn a_journal_may_end_anywhere() {
    let (_folder, path) = place();
    written(&path);
    let whole = fs::read(&path).unwrap();
    let lines = |end: usize| whole[..end].iter().filter(|byte| **byte == b'\n').count();
    for end in 0..=whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let (mut journal, finished) = open(&path).unwrap();
        assert_eq!(finished.holds(&found("b", "2")), lines(end) == 3, "cut at {end}");
        journal.append(&found("c", "3"), 1).unwrap();
        drop(journal);
        let (_journal, finished) = open(&path).unwrap();
        assert!(finished.holds(&found("c", "3")), "cut at {end}");
        assert_eq!(finished.holds(&found("a \"quoted\" ü", "1")), lines(end) >= 2, "cut at {end}");
    }
}

#[test]
fn a_wrong_journal_is_refused_and_left_alone() {
    let (_folder, path) = place();
    written(&path);
    let first = subject("s3://logs/").line().unwrap();
    let other = refused(&path, &subject("s3://others/").line().unwrap());
    assert!(other.to_string().contains("s3://others/ to http://127.0.0.1:9200/, index prefix cloudtrail"), "{other}");
    let newer = refused(&path, &first.replace("backfill\":1", "backfill\":2"));
    assert!(matches!(newer, JournalError::Format { format: 2, .. }), "{newer}");
    for text in ["# notes\n", "no line at all", "{}\n", "{\"trailsearch_backfill\":1}\n"] {
        assert!(matches!(refused(&path, text), JournalError::Foreign(_)), "{text}");
    }
    let broken = refused(&path, &(first + "{\"key\":\n{}\n"));
    assert!(matches!(broken, JournalError::Line { line: 2, .. }) && broken.is_usage(), "{broken}");
}

#[test]
fn two_runs_do_not_share_a_journal() {
    let (_folder, path) = place();
    let (_journal, _) = open(&path).unwrap();
    assert!(matches!(open(&path), Err(JournalError::Locked(_))));
    assert!(Journal::look(&path, &subject("s3://logs/")).is_ok(), "looking takes no lock");
}

#[test]
fn looking_makes_no_file() {
    let (_folder, path) = place();
    assert_eq!(Journal::look(&path, &subject("s3://logs/")).unwrap(), Finished::default());
    assert!(!path.exists());
}

#[test]
fn every_source_and_index_has_a_journal_of_its_own() {
    let names = [subject("s3://logs/").file_name(), subject("s3://logs/a").file_name()];
    assert_ne!(names[0], names[1]);
    assert!(names[0].len() == 23 && names[0].ends_with(".ndjson"), "{}", names[0]);
    assert_eq!(names[0], subject("s3://logs/").file_name());
}
