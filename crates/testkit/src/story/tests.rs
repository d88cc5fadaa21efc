use super::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// All records of the default day, each with the key of its object.
fn records() -> Vec<(String, Value)> {
    let mut records = Vec::new();
    for object in objects(DAY) {
        let body: Value = serde_json::from_str(&object.body).expect(&object.key);
        let list = body.get("Records").unwrap_or(&body);
        let list = list.as_array().cloned().unwrap_or_default();
        assert_eq!(list.len(), object.records, "{}", object.key);
        records.extend(list.into_iter().map(|record| (object.key.clone(), record)));
    }
    records
}

fn values(records: &[(String, Value)], pointer: &str) -> BTreeSet<String> {
    let value = |(_, record): &(String, Value)| Some(record.pointer(pointer)?.as_str()?.to_owned());
    records.iter().filter_map(value).collect()
}

#[test]
fn the_counts_hold() {
    assert_eq!(records().len(), EVENTS);
    assert!((400..=600).contains(&EVENTS));
    let noise = records();
    let by = |role: &str| {
        let made = |(_, record): &&(String, Value)| {
            let issuer = &record["userIdentity"]["sessionContext"]["sessionIssuer"];
            issuer["userName"] == role && record["errorCode"].is_string()
        };
        noise.iter().filter(made).count()
    };
    assert_eq!(by("AWSServiceRoleForConfig"), 60);
    assert_eq!(by("AWSServiceRoleForAmazonMacie"), 15);
}

#[test]
fn every_kind_occurs() {
    let records = records();
    let has = |pointer: &str, expected: &[&str]| {
        let found = values(&records, pointer);
        for value in expected {
            assert!(found.contains(*value), "no {pointer} {value}");
        }
    };
    has(
        "/eventType",
        &[
            "AwsApiCall",
            "AwsServiceEvent",
            "AwsConsoleAction",
            "AwsConsoleSignIn",
            "AwsConsoleSignin",
            "AwsVpceEvent",
            "AwsVpceEvents",
            "AwsCloudTrailInsight",
            "AwsAggregatedEvent",
        ],
    );
    has("/eventCategory", &["Management", "Data", "NetworkActivity", "Insight", "Aggregated"]);
    has(
        "/userIdentity/type",
        &[
            "Root",
            "IAMUser",
            "AssumedRole",
            "Role",
            "FederatedUser",
            "Directory",
            "AWSAccount",
            "AWSService",
            "IdentityCenterUser",
            "SAMLUser",
            "WebIdentityUser",
            "Unknown",
        ],
    );
    has("/userIdentity/accountId", &["ANONYMOUS_PRINCIPAL"]);
    has("/insightDetails/state", &["Start", "End"]);
    has("/insightDetails/errorCode", &["null"]);
    has("/recipientAccountId", &[PROD, DEV, LOG_ARCHIVE]);
    has("/awsRegion", &[REGION, GLOBAL_REGION]);
}

#[test]
fn event_ids_are_distinct_and_differ_by_day() {
    let id = |(_, record): (String, Value)| {
        let id = record.get("eventID").or(record.get("eventId"));
        id.and_then(Value::as_str).map(str::to_owned).expect("an id")
    };
    let ids: BTreeSet<String> = records().into_iter().map(id).collect();
    assert_eq!(ids.len(), EVENTS);
    let next_day = objects(Day::new(2026, 11, 21));
    let next_day: String = next_day.into_iter().map(|object| object.body).collect();
    assert!(ids.iter().all(|id| !next_day.contains(id.as_str())));
}

#[test]
fn a_day_decides_the_objects() {
    assert_eq!(objects(DAY), objects(DAY));
    let keys: BTreeSet<String> = objects(DAY).into_iter().map(|object| object.key).collect();
    assert_eq!(keys.len(), objects(DAY).len());
}

#[test]
fn all_slots_are_filled_and_all_events_are_of_the_day() {
    for object in objects(DAY) {
        assert!(!object.body.contains("${") && !object.body.contains("#{"), "{}", object.body);
    }
    for (_, record) in records() {
        if let Some(time) = record["eventTime"].as_str() {
            assert!(time.starts_with("2026-11-20T"), "{record}");
        }
    }
}

#[test]
fn keys_say_what_the_records_say() {
    for (key, record) in records() {
        let parts: Vec<&str> = key.split('/').collect();
        let [root, organization, account, trail, region, year, month, day, name] = parts[..] else {
            panic!("{key}");
        };
        assert_eq!((root, organization), ("AWSLogs", ORGANIZATION));
        let own = record.get("recipientAccountId").or(record.get("accountId"));
        assert_eq!(own.and_then(Value::as_str), Some(account), "{record}");
        assert_eq!(record["awsRegion"], region);
        let expected = match record["eventCategory"].as_str() {
            Some("Insight") => "CloudTrail-Insight",
            Some("NetworkActivity") => "CloudTrail-NetworkActivity",
            Some("Aggregated") => "CloudTrail-Aggregated",
            _ => "CloudTrail",
        };
        assert_eq!(trail, expected);
        let start = format!("{account}_{trail}_{region}_{year}{month}{day}T");
        let (time, unique) =
            name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".json.gz")?.split_once('_')).expect(name);
        assert!(time.len() == 5 && time.ends_with('Z') && unique.len() == 16, "{name}");
    }
}

#[test]
fn a_digest_and_a_foreign_object_are_among_them() {
    let other: Vec<LogObject> = objects(DAY).into_iter().filter(|o| o.records == 0).collect();
    assert_eq!(other.len(), 2);
    let folder = "AWSLogs/o-exampleorgid/777788889999/CloudTrail-Digest/eu-central-1/2026/11/20/";
    let digest: Value = other
        .iter()
        .find(|object| object.key.starts_with(folder))
        .and_then(|object| {
            assert!(object.body.contains(&object.key));
            serde_json::from_str(&object.body).ok()
        })
        .expect("a digest");
    assert_eq!(digest["logFiles"], Value::Array(Vec::new()));
    assert!(other.iter().any(|object| object.key.contains("/Config/")));
}

#[test]
fn the_names_of_the_story_occur_where_they_should() {
    let records = records();
    let events = |thing: &str| -> Vec<String> {
        let about = records.iter().filter(|(_, record)| record.to_string().contains(thing));
        let mut events: Vec<(&str, &str)> =
            about.filter_map(|(_, r)| Some((r["eventTime"].as_str()?, r["eventName"].as_str()?))).collect();
        events.sort_unstable();
        events.into_iter().map(|(_, name)| name.to_owned()).collect()
    };
    assert_eq!(events(INSTANCE_ID)[..2], ["RunInstances", "AssumeRole"]);
    assert_eq!(events(TERMINATED_INSTANCE_ID).last().unwrap(), "TerminateInstances");
    assert_eq!(events(ROUTE_TABLE_ASSOCIATION_ID), ["AssociateRouteTable", "DisassociateRouteTable"]);
    assert_eq!(events(ROUTE_TABLE_ID)[0], "CreateRouteTable");
    assert_eq!(events(SECURITY_GROUP_ID)[0], "CreateSecurityGroup");
    assert!(events(SUBNET_ID).contains(&"RunInstances".to_owned()));
    assert_eq!(events(BUCKET)[0], "CreateBucket");
    assert_eq!(events(CREATED_USER)[0], "CreateUser");
    assert_eq!(events(CREATED_ACCESS_KEY_ID)[0], "CreateAccessKey");
    assert_eq!(events(ADMIN_ACCESS_KEY_ID)[0], "AssumeRole");
    assert_eq!(events(CHAINED_ACCESS_KEY_ID)[..2], ["AssumeRole", "AssumeRole"]);
}

#[test]
fn sessions_begin_before_they_act() {
    let records = records();
    for (_, record) in &records {
        let (session, time) =
            (record.pointer("/userIdentity/sessionContext/attributes/creationDate"), &record["eventTime"]);
        if let Some(created) = session {
            assert!(created.as_str() <= time.as_str(), "{record}");
        }
    }
    let issued = values(&records, "/responseElements/credentials/accessKeyId");
    let used = values(&records, "/userIdentity/accessKeyId");
    assert!(issued.intersection(&used).count() >= 9, "{issued:?} {used:?}");
}

#[test]
fn an_action_across_accounts_is_told_in_both() {
    let mut accounts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, record) in records() {
        if let (Some(id), Some(account)) = (record["sharedEventID"].as_str(), record["recipientAccountId"].as_str()) {
            accounts.entry(id.to_owned()).or_default().insert(account.to_owned());
        }
    }
    let both = BTreeSet::from([PROD.to_owned(), DEV.to_owned()]);
    assert_eq!(accounts.values().filter(|found| **found == both).count(), 7);
}
