//! Links to the same question in OpenSearch Dashboards, over a day of sample events.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::story::day;
use trailsearch_testkit::story;

const DASHBOARDS: [(&str, &str); 1] =
    [("TRAILSEARCH_DASHBOARDS_URL", "https://alice:s3cret@search.example.com/_dashboards/")];

const DISCOVER: &str = "https://search.example.com/_dashboards/app/data-explorer/discover#?_a=(";

#[test]
fn every_form_of_an_answer_has_its_link() {
    let Some(day) = day("links") else { return };
    let ask = |more: &[&str]| day.cluster.run_with(&[&["who", story::INSTANCE_ID], more].concat(), &DASHBOARDS);
    let table = ask(&[]);
    let link = table.stdout.lines().last().unwrap();
    assert!(link.starts_with(DISCOVER), "{link}");
    assert!(link.contains("indexPattern:'trailsearch-PREFIX-events'") && link.contains("title:'PREFIX-*'"), "{link}");
    assert_eq!(ask(&["--output", "json"]).json()["dashboards"], link);
    for format in ["ndjson", "csv"] {
        let run = ask(&["--output", format]);
        assert_eq!((run.stderr.trim_end(), run.stdout.contains(DISCOVER)), (link, false), "{format}");
    }
    let other = ask(&["--dashboards", "http://127.0.0.1:5601", "--since", "2026-11-20", "--account", "111122223333"]);
    let link = other.stdout.lines().last().unwrap();
    assert!(link.starts_with("http://127.0.0.1:5601/app/data-explorer/discover#"), "{link}");
    assert!(link.contains("from:'2026-11-20T00:00:00Z'") && link.contains("recipientAccountId:111122223333"), "{link}");
    assert!(!day.cluster.run(&["logins"]).stdout.contains("discover"), "nobody said where it is");
}

/// A program that writes down what it is given.
fn browser(folder: &Path) -> String {
    let (program, given) = (folder.join("browser"), folder.join("given"));
    fs::write(
        &program,
        format!("#!/bin/sh\nprintf '%s' \"$1\" > '{0}.part' && /bin/mv '{0}.part' '{0}'\n", given.display()),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program.to_str().unwrap().to_owned()
}

#[test]
fn a_link_is_opened_in_the_users_browser() {
    let Some(day) = day("open") else { return };
    let folder = tempfile::tempdir().unwrap();
    let browser = browser(folder.path());
    let run = day.cluster.run_with(&["logins", "--open"], &[DASHBOARDS[0], ("BROWSER", &browser)]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let (given, start) = (folder.path().join("given"), Instant::now());
    while !given.exists() && start.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(20));
    }
    let given = fs::read_to_string(given).unwrap().replace(&day.cluster.prefix, "PREFIX");
    assert_eq!(given, run.stdout.lines().last().unwrap());

    let missing = day.cluster.run_with(&["logins", "--open"], &[DASHBOARDS[0], ("BROWSER", "/no/such/browser")]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.stderr.starts_with("error: no browser can be started: copy the link, or set BROWSER"),
        "{missing:?}"
    );
}
