use std::collections::HashMap;

use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let map: HashMap<&str, &str> = pairs.iter().copied().collect();
    Settings::read(|name| map.get(name).map(|text| (*text).to_owned()), pairs.iter().map(|(name, _)| *name))
}

const ENDPOINT: (&str, &str) = ("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9200");

#[test]
fn defaults_are_within_their_own_bounds() {
    let settings = read(&[ENDPOINT]).unwrap();
    assert_eq!(settings.ingest.index_prefix, "cloudtrail");
    assert_eq!(settings.ingest.ids, Ids::Event);
    assert!(settings.ingest.normalization.redact);
}

#[test]
fn each_problem_names_the_variable_what_was_wrong_and_what_is_allowed() {
    let error = read(&[
        ("OPENSEARCH_AUTH", "kerberos"),
        ("TRAILSEARCH_BATCH_BYTES", "many"),
        ("TRAILSEARCH_INDEX_PREFIX", "Cloud*"),
        ("TRAILSEARCH_BULK_CONCURENCY", "3"),
        ("TRAILSEARCH_PROMOTE", "request.a.b"),
    ])
    .unwrap_err();
    let text = error.to_string();
    for part in [
        "OPENSEARCH_ENDPOINT is not set",
        "OPENSEARCH_AUTH is 'kerberos', allowed is one of auto, none, basic, es, aoss",
        "TRAILSEARCH_BATCH_BYTES is 'many', allowed is a whole number from 65536 to 52428800",
        "TRAILSEARCH_INDEX_PREFIX is 'Cloud*'",
        "TRAILSEARCH_BULK_CONCURENCY is no setting",
        "TRAILSEARCH_PROMOTE: a promoted name is not usable",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    assert_eq!(error.problems.len(), 6);
}

#[test]
fn no_message_and_no_debug_output_holds_a_password() {
    let secret = "ftp://admin:s3cret@host";
    let error = read(&[("OPENSEARCH_ENDPOINT", secret)]).unwrap_err();
    assert!(!error.to_string().contains("s3cret"));
    let settings =
        read(&[("OPENSEARCH_ENDPOINT", "https://admin:s3cret@host"), ("OPENSEARCH_PASSWORD", "s3cret")]).unwrap();
    assert!(!format!("{settings:?}").contains("s3cret"));
}

/// `UPDATE_DOCS=1 cargo test -p trailsearch-ingest` writes the page.
#[test]
fn the_reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, reference()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), reference(), "run with UPDATE_DOCS=1");
}
