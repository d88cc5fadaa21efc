use super::*;

const FILE: &str = "111122223333_CloudTrail_eu-central-1_20260304T0505Z_AbCdEfGh12345678.json.gz";

fn placed(folder: &str) -> String {
    format!("AWSLogs/111122223333/{folder}/eu-central-1/2026/03/04/{FILE}")
}

#[test]
fn the_folder_tells_the_kind() {
    let cases = [
        ("CloudTrail", Kind::Log),
        ("CloudTrail-Insight", Kind::Insight),
        ("CloudTrail-NetworkActivity", Kind::NetworkActivity),
        ("CloudTrail-Aggregated", Kind::Aggregated),
        ("CloudTrail-Digest", Kind::Digest),
        ("CloudTrail-Lake", Kind::OtherFolder),
        ("Config", Kind::OtherFolder),
        ("vpcflowlogs", Kind::OtherFolder),
        ("elasticloadbalancing", Kind::OtherFolder),
        ("GuardDuty", Kind::OtherFolder),
        ("cloudtrail", Kind::OtherFolder),
    ];
    for (folder, kind) in cases {
        assert_eq!(ObjectKey::parse(&placed(folder)).kind, kind, "{folder}");
    }
}

#[test]
fn every_part_of_an_organization_key_is_read() {
    let key = format!("audit/trails/AWSLogs/o-abc123def4/111122223333/CloudTrail/eu-central-1/2026/03/04/{FILE}");
    assert_eq!(
        ObjectKey::parse(&key),
        ObjectKey {
            kind: Kind::Log,
            prefix: "audit/trails",
            organization: Some("o-abc123def4"),
            account: Some("111122223333"),
            region: Some("eu-central-1"),
            day: Some(Day { year: 2026, month: 3, day: 4 }),
        }
    );
}

/// The organization's id is the prefix, and stands below `AWSLogs` once more since its trail is the organization's.
#[test]
fn control_towers_keys_are_read() {
    for (key, organization) in [
        (
            format!("o-abc123def4/AWSLogs/o-abc123def4/111122223333/CloudTrail/eu-central-1/2026/03/04/{FILE}"),
            Some("o-abc123def4"),
        ),
        (format!("o-abc123def4/{}", placed("CloudTrail")), None),
    ] {
        let (prefix, layout) = ("o-abc123def4", placed("CloudTrail"));
        let read = ObjectKey { prefix, organization, ..ObjectKey::parse(&layout) };
        assert_eq!(ObjectKey::parse(&key), read, "{key}");
    }
    let config = "o-abc123def4/AWSLogs/111122223333/Config/ConfigWritabilityCheckFile.json";
    assert_eq!(ObjectKey::parse(config).kind, Kind::OtherFolder);
}

#[test]
fn odd_prefixes_are_only_prefixes() {
    let key = placed("CloudTrail");
    for prefix in
        ["AWSLogs", "AWSLogs/o-abc", "AWSLogs/444455556666/Config", "o-abc", "", "a//b", "ünï code+%2F", "my-AWSLogs"]
    {
        let whole = format!("{prefix}/{key}");
        let parsed = ObjectKey::parse(&whole);
        assert_eq!(parsed, ObjectKey { prefix, ..ObjectKey::parse(&key) }, "{prefix}");
    }
}

#[test]
fn a_segment_that_only_ends_in_the_roots_name_is_no_root() {
    let key = format!("my-{}", placed("Config"));
    assert_eq!(ObjectKey::parse(&key), ObjectKey::outside_layout());
}

#[test]
fn names_outside_the_layout() {
    let cases = [
        ("copy.json.gz", Kind::Unplaced),
        ("some/where/events.json", Kind::Unplaced),
        ("AWSLogs/CloudTrail/events.json.gz", Kind::Unplaced),
        ("AWSLogs/aws-account-id=111122223333/aws-service=x/events.json.gz", Kind::Unplaced),
        ("AWSLogs/111122223333/CloudTrail", Kind::NotJson),
        ("notes.txt", Kind::NotJson),
        ("table.parquet", Kind::NotJson),
        ("events.json.zst", Kind::NotJson),
        ("events.gz", Kind::NotJson),
        ("", Kind::FolderMarker),
        ("folder/", Kind::FolderMarker),
        ("copies/111122223333_CloudTrail-Digest_eu-central-1_main_eu-central-1_20260304T050505Z.json.gz", Kind::Digest),
    ];
    for (key, kind) in cases {
        assert_eq!(ObjectKey::parse(key), ObjectKey { kind, ..ObjectKey::outside_layout() }, "{key}");
    }
}

#[test]
fn a_files_name_can_overrule_its_folder() {
    let folder = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/04/";
    let digest = "111122223333_CloudTrail-Digest_eu-central-1_main_eu-central-1_20260304T050505Z_backfill.json.gz";
    for (name, kind) in [("", Kind::FolderMarker), ("readme.txt", Kind::NotJson), (digest, Kind::Digest)] {
        let key = format!("{folder}{name}");
        let parsed = ObjectKey::parse(&key);
        assert_eq!((parsed.kind, parsed.account), (kind, Some("111122223333")), "{name}");
    }
}

#[test]
fn parts_that_are_missing_or_malformed_are_none() {
    let cases = [
        ("AWSLogs/111122223333/CloudTrail/x.json.gz", None, None),
        ("AWSLogs/111122223333/CloudTrail/eu-central-1/x.json.gz", Some("eu-central-1"), None),
        ("AWSLogs/111122223333/CloudTrail/eu-central-1/2026/13/04/x.json.gz", Some("eu-central-1"), None),
        ("AWSLogs/111122223333/CloudTrail/eu-central-1/2026/+3/04/x.json.gz", Some("eu-central-1"), None),
        ("AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/x.json.gz", Some("eu-central-1"), None),
        ("AWSLogs/111122223333/CloudTrail//2026/03/04/x.json.gz", None, Some(Day { year: 2026, month: 3, day: 4 })),
    ];
    for (key, region, day) in cases {
        let parsed = ObjectKey::parse(key);
        assert_eq!((parsed.kind, parsed.region, parsed.day), (Kind::Log, region, day), "{key}");
    }
}

#[test]
fn skipped_kinds_say_why() {
    for kind in [Kind::Digest, Kind::OtherFolder, Kind::FolderMarker, Kind::NotJson] {
        assert!(!kind.is_ingested() && kind.skip_reason().is_some_and(|reason| reason.len() > 20), "{kind:?}");
    }
    for kind in [Kind::Log, Kind::Insight, Kind::NetworkActivity, Kind::Aggregated, Kind::Unplaced] {
        assert!(kind.is_ingested() && kind.skip_reason().is_none(), "{kind:?}");
    }
}

#[test]
fn the_name_tells_the_encoding() {
    assert_eq!(Encoding::of_name(FILE), Encoding::Gzip);
    assert_eq!(Encoding::of_name("events.json"), Encoding::Plain);
    assert_eq!(Encoding::of_name(""), Encoding::Plain);
}

/// Every key of up to six of these segments, the layout's own among them.
#[test]
fn any_key_is_some_kind_and_its_parts_are_parts_of_it() {
    const SEGMENTS: [&str; 9] =
        ["", "AWSLogs", "o-é", "o-abc", "111122223333", "CloudTrail", "CloudTrail-Digest", "2026", "é\0.json.gz"];
    let mut keys = vec![String::new()];
    for _ in 0..5 {
        let longer = keys.iter().flat_map(|key| SEGMENTS.map(|segment| format!("{key}/{segment}")));
        keys = SEGMENTS.iter().map(ToString::to_string).chain(longer).collect();
        keys.iter().for_each(|key| assert_parts(key));
    }
}

fn assert_parts(key: &str) {
    let parsed = ObjectKey::parse(key);
    assert!(key.starts_with(parsed.prefix), "{key}");
    for part in [parsed.organization, parsed.account, parsed.region].into_iter().flatten() {
        assert!(key.split('/').any(|segment| segment == part), "{key}: {part}");
    }
    let name = key.rsplit('/').next().unwrap_or_default();
    assert!(!parsed.kind.is_ingested() || name.ends_with(".json.gz"), "{key}");
}

#[test]
fn access_logs_are_told_by_their_names() {
    let day = |year, month, day| Some(Day { year, month, day });
    let name = "2026-11-20-09-14-27-8C2A7F31D09B4E65";
    for (folder, prefix, account, region) in [
        ("", "", None, None),
        ("access/", "access", None, None),
        ("access/app-", "access", None, None),
        ("111122223333/eu-central-1/example/2026/11/20/", "", Some("111122223333"), Some("eu-central-1")),
        ("a/b/111122223333/eu-central-1/example/2026/11/20/", "a/b", Some("111122223333"), Some("eu-central-1")),
    ] {
        for ending in ["", ".gz"] {
            let key = format!("{folder}{name}{ending}");
            let parsed = ObjectKey::parse(&key);
            assert_eq!((parsed.kind, parsed.day), (Kind::AccessLog, day(2026, 11, 20)), "{key}");
            assert_eq!((parsed.prefix, parsed.account, parsed.region), (prefix, account, region), "{key}");
        }
    }
    for key in [
        "access/2026-11-20-09-14-27-",
        "access/2026-11-20-09-14-27",
        "access/2026-13-20-09-14-27-8C2A",
        "access/2026-11-20-9-14-27-8C2A",
        "access/2026-11-20-09-14-27-8C2A.json.gz",
        "access/2026-11-20-09-14-27-8C2A.png",
        "access/2026-11-20-09-14-27-8C2A/",
        "access/é026-11-20-09-14-27-8C2A",
    ] {
        assert_ne!(ObjectKey::parse(key).kind, Kind::AccessLog, "{key}");
    }
}

#[test]
fn access_logs_are_read_where_they_are_said_to_lie() {
    let places = ["example-access/", "example-logs/s3/app-"].map(|text| text.parse::<Place>().unwrap());
    let below = AccessLogs::Below(places.into());
    let object =
        |bucket: &str, key: &str| ObjectRef { bucket: bucket.to_owned(), key: key.to_owned(), version_id: None };
    let name = "2026-11-20-09-14-27-8C2A7F31D09B4E65";
    let trail = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/x.json.gz";
    for (bucket, key, format, is_read) in [
        ("example-access", name.to_owned(), Format::AccessLog, true),
        ("example-logs", format!("s3/app-{name}"), Format::AccessLog, true),
        ("example-logs", format!("s3/{name}"), Format::CloudTrail, false),
        ("example-access-2", name.to_owned(), Format::CloudTrail, false),
        ("example-access", trail.to_owned(), Format::CloudTrail, true),
        ("example-access", "notes.txt".to_owned(), Format::CloudTrail, false),
    ] {
        let object = object(bucket, &key);
        assert_eq!((below.format(&object), below.skip_reason(&object).is_none()), (format, is_read), "{object}");
    }
    assert_eq!(AccessLogs::All.format(&object("", "copies/any.log")), Format::AccessLog);
    assert!(AccessLogs::All.skip_reason(&object("example-access", "folder/")).is_some());
    assert!(AccessLogs::default().is_empty() && !below.is_empty() && !AccessLogs::All.is_empty());
    let reason = AccessLogs::default().skip_reason(&object("example-access", name));
    assert!(reason.unwrap().contains("TRAILSEARCH_ACCESS_LOGS"));
}

#[test]
fn places_name_a_bucket() {
    for text in ["", "/prefix", "s3://bucket/prefix", "Bucket/prefix"] {
        assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
    }
    assert_eq!("bucket".parse::<Place>().unwrap().prefix, "");
}
