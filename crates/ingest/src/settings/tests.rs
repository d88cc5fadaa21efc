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
        ("TRAILSEARCH_STATE_S3_URI", "/tmp/state"),
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
        "TRAILSEARCH_STATE_S3_URI is '/tmp/state', allowed is s3://bucket/prefix",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    assert_eq!(error.problems.len(), 7);
}

#[test]
fn indices_are_divided_by_month_account_or_class() {
    let by = |word| read(&[ENDPOINT, ("TRAILSEARCH_INDEX_BY", word)]).map(|read| read.ingest.normalization.index_by);
    assert_eq!(read(&[ENDPOINT]).unwrap().ingest.normalization.index_by, IndexBy::Month);
    assert_eq!((by("account"), by("class")), (Ok(IndexBy::Account), Ok(IndexBy::Class)));
    let error = by("region").unwrap_err().to_string();
    assert!(error.ends_with("TRAILSEARCH_INDEX_BY is 'region', allowed is one of month, account, class"), "{error}");
}

#[test]
fn what_an_object_may_ask_for_is_bounded() {
    let limits = Limits { object_bytes: 1 << 30, object_ratio: 250, object_records: 1_000_000, record_bytes: 1 << 20 };
    assert_eq!(read(&[ENDPOINT]).unwrap().ingest.limits, limits);
    let settings = read(&[ENDPOINT, ("TRAILSEARCH_MAX_OBJECT_RATIO", "1032")]).unwrap();
    assert_eq!(settings.ingest.limits, Limits { object_ratio: 1_032, ..limits });
    assert!(read(&[ENDPOINT, ("TRAILSEARCH_MAX_OBJECT_RECORDS", "unlimited")]).is_err());
}

#[test]
fn noise_is_dropped_by_the_names_of_rules() {
    assert!(read(&[ENDPOINT]).unwrap().ingest.normalization.drop_noise.is_empty());
    let settings = read(&[ENDPOINT, ("TRAILSEARCH_DROP_NOISE", "config-probe, log-stream,")]).unwrap();
    assert_eq!(settings.ingest.normalization.drop_noise, ["config-probe", "log-stream"]);

    let error = read(&[ENDPOINT, ("TRAILSEARCH_DROP_NOISE", "config-probe,config")]).unwrap_err();
    let expected = "TRAILSEARCH_DROP_NOISE is 'config', allowed is any of config-probe, macie-probe, ";
    assert!(error.problems.len() == 1 && error.problems[0].starts_with(expected), "{error}");
}

#[test]
fn access_logs_lie_in_parts_of_buckets_and_have_indices_of_their_own() {
    let settings = read(&[ENDPOINT]).unwrap().ingest;
    assert!(settings.access_logs.is_empty());
    assert_eq!(settings.index_prefix_of(Format::AccessLog), "s3-access");
    let settings = read(&[ENDPOINT, ("TRAILSEARCH_ACCESS_LOGS", "example-access, example-logs/s3/")]).unwrap().ingest;
    assert!(settings.access_logs.lie_around("example-access", "any/"));
    assert!(settings.access_logs.lie_around("example-logs", "s3/app/"));
    assert!(!settings.access_logs.lie_around("example-logs", "AWSLogs/"));

    let error = read(&[ENDPOINT, ("TRAILSEARCH_ACCESS_LOGS", "s3://example-logs/s3/")]).unwrap_err().to_string();
    assert!(
        error.contains("TRAILSEARCH_ACCESS_LOGS is 's3://example-logs/s3/', allowed is parts of buckets"),
        "{error}"
    );
    let error = read(&[ENDPOINT, ("TRAILSEARCH_ACCESS_LOG_INDEX_PREFIX", "cloudtrail")]).unwrap_err().to_string();
    assert!(error.contains("and another one"), "{error}");
}

#[test]
fn dashboards_is_where_a_setting_says() {
    assert_eq!(read(&[ENDPOINT]).unwrap().dashboards, None);
    let place = |url| read(&[ENDPOINT, ("TRAILSEARCH_DASHBOARDS_URL", url)]);
    assert_eq!(place("http://127.0.0.1:5601").unwrap().dashboards.as_deref(), Some("http://127.0.0.1:5601"));
    let error = place("dashboards.example.com").unwrap_err().to_string();
    assert!(error.contains("TRAILSEARCH_DASHBOARDS_URL does not begin with https:// or http://"), "{error}");
}

#[test]
fn metrics_have_a_namespace_unless_it_is_empty() {
    let namespace = |text| read(&[ENDPOINT, ("TRAILSEARCH_METRICS_NAMESPACE", text)]);
    assert_eq!(read(&[ENDPOINT]).unwrap().metrics_namespace.as_deref(), Some("trailsearch"));
    assert_eq!(namespace("audit/trail").unwrap().metrics_namespace.as_deref(), Some("audit/trail"));
    assert_eq!(namespace("").unwrap().metrics_namespace, None);
    for wrong in ["AWS/Lambda", "a b", " "] {
        let error = namespace(wrong).unwrap_err().to_string();
        assert!(
            error.contains(&format!("TRAILSEARCH_METRICS_NAMESPACE is '{wrong}', allowed is at most 255")),
            "{error}"
        );
    }
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
