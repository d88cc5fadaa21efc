use serde_json::{Value as Json, json};

use super::bounds::{MAX_CUT, MAX_LEAF_BYTES, MAX_TERMS};
use super::*;
use crate::limits::Limits;
use crate::split::Splitter;
use crate::testing::{Made, document, document_with, origin};

/// The document of a record whose request is this.
fn request(parameters: Json) -> Made {
    document(json!({"requestParameters": parameters}).to_string())
}

/// The document of a record whose response is this.
fn response(elements: Json) -> Made {
    document(json!({"responseElements": elements}).to_string())
}

#[test]
fn a_document_is_the_record_and_what_is_said_of_it() {
    let record = r#"{"eventVersion":"1.11","userIdentity":{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"},"eventTime":"2026-11-20T09:14:27Z","eventSource":"ec2.amazonaws.com","eventName":"TerminateInstances","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-0abc1234def567890"}]}},"responseElements":null,"eventID":"3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b"}"#;
    let added = concat!(
        r#","@timestamp":"2026-11-20T09:14:27Z","outcome":"success","#,
        r#""actor":{"name":"autoscaling.amazonaws.com","type":"AWSService","human":false},"#,
        r#""resource":{"id":["i-0abc1234def567890"],"kind":["instance"]},"request":{"instanceId":["i-0abc1234def567890"]},"#,
        r#""ingest":{"bucket":"example-logs","object":"AWSLogs/x.json.gz","time":"2026-11-20T09:30:00Z","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#"","position":3}}"#
    );
    let made = document(record);
    assert_eq!(made.text, format!("{}{added}", &record[..record.len() - 1]));
    assert_eq!((made.id.as_str(), made.index.as_str()), ("3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b", "2026.11"));
    assert!(!made.degraded);
}

#[test]
fn the_outcome_is_where_each_service_says_it() {
    for (record, expected) in [
        (json!({}), "success"),
        (json!({"errorCode": null, "errorMessage": ""}), "success"),
        (json!({"errorCode": "AccessDenied"}), "failure"),
        (json!({"errorMessage": "Failed authentication"}), "failure"),
        (json!({"eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Success"}}), "success"),
        (json!({"eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}}), "failure"),
        (json!({"eventName": "SwitchRole", "responseElements": {"SwitchRole": "Failure"}}), "failure"),
        (
            json!({"eventName": "UserAuthentication", "serviceEventDetails": {"UserAuthentication": "Failure"}}),
            "failure",
        ),
        (json!({"responseElements": {"CheckMfa": "Success"}}), "success"),
        (json!({"responseElements": {"state": "Failure"}}), "success"),
        (json!({"responseElements": "Failure"}), "success"),
        (json!({"eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": {"value": "Failure"}}}), "success"),
    ] {
        assert_eq!(document(record.to_string()).at("/outcome"), expected, "{record}");
    }
}

#[test]
fn promoted_values_are_gathered_from_any_depth() {
    for (parameters, expected) in [
        (json!({"instanceType": "t2.micro"}), json!({"instanceType": ["t2.micro"]})),
        (json!({"instanceType": {"value": "t2.micro"}}), json!({"instanceType": ["t2.micro"]})),
        (json!({"instanceIds": ["i-1", "i-2"]}), json!({"instanceIds": ["i-1", "i-2"]})),
        (json!({"instanceIds": {"items": ["i-1", {"value": "i-2"}]}}), json!({"instanceIds": ["i-1", "i-2"]})),
        (
            json!({"a": {"items": [{"b": {"groupId": "sg-1"}}, {"groupId": "sg-2"}]}}),
            json!({"groupId": ["sg-1", "sg-2"]}),
        ),
        (json!({"groupId": [[["sg-1"]], {"member": {"items": "sg-2"}}]}), json!({"groupId": ["sg-1", "sg-2"]})),
        (json!({"toPort": 22, "x": {"toPort": "22", "y": {"toPort": 22}}}), json!({"toPort": [22, "22"]})),
        (json!({"publiclyAccessible": true}), json!({"publiclyAccessible": [true]})),
        (json!({"groupId": "", "vpcId": null, "keyName": {}, "imageId": []}), json!(null)),
        (json!({"notPromoted": "x", "value": "x"}), json!(null)),
    ] {
        assert_eq!(request(parameters.clone()).at("/request"), expected, "{parameters}");
    }
}

#[test]
fn each_part_promotes_its_own_names() {
    let both = json!({"instanceId": "i-1", "assumedRoleId": "x", "externalId": "y"});
    let record =
        json!({"requestParameters": both, "responseElements": both, "additionalEventData": {"MFAUsed": "Yes"}});
    let made = document(record.to_string());
    assert_eq!(made.at("/request"), json!({"instanceId": ["i-1"], "externalId": ["y"]}));
    assert_eq!(made.at("/response"), json!({"instanceId": ["i-1"], "assumedRoleId": ["x"]}));
    assert_eq!(made.at("/additional"), json!({"MFAUsed": ["Yes"]}));
}

#[test]
fn promoted_names_are_known_in_the_ways_ec2_writes_them() {
    let record = json!({"requestParameters": {
        "CreateFleetRequest": {"InstanceType": "t3.micro", "SubnetId": {"content": "subnet-1", "tag": 1}},
    }});
    let made = document(record.to_string());
    assert_eq!(made.at("/request"), json!({"instanceType": ["t3.micro"], "subnetId": ["subnet-1"]}));
}

#[test]
fn more_cut_paths_than_can_be_listed_are_told() {
    let long = "x".repeat(MAX_LEAF_BYTES + 1);
    let many = (0..MAX_TERMS + 1).map(|n| (format!("name{n}"), json!(long)));
    let made = request(json!(many.collect::<serde_json::Map<_, _>>()));
    let listed = made.at("/ingest/truncated");
    assert_eq!(listed.as_array().map(Vec::len), Some(MAX_TERMS));
    assert_eq!(listed[MAX_TERMS - 1], "*");
    assert_eq!(made.at("/ingest/full").as_array().map(Vec::len), Some(MAX_TERMS + 1));
}

#[test]
fn a_keyword_that_the_server_does_not_index_is_told() {
    let made = document(json!({"userAgent": "x", "eventName": "x".repeat(9_000)}).to_string());
    assert_eq!(made.at("/ingest/truncated"), json!(["eventName"]));
    assert_eq!(made.at("/eventName").as_str().map(str::len), Some(9_000));
}

#[test]
fn users_promote_names_of_their_own() {
    let promoted = ["request.fleetShape", "response.fleetShape", "request.instanceType", "request.fleetShape"];
    let settings = Normalization { promoted: Extra::parse(promoted).unwrap(), ..Normalization::default() };
    let record = json!({"requestParameters": {"fleetShape": "a", "instanceType": "b"}, "responseElements": {"x": [{"fleetShape": "c"}]}});
    let made = document_with(record.to_string(), &settings);
    assert_eq!(made.at("/request"), json!({"fleetShape": ["a"], "instanceType": ["b"]}));
    assert_eq!(made.at("/response"), json!({"fleetShape": ["c"]}));
}

#[test]
fn more_promoted_values_than_fit_are_told() {
    let ids = |count: usize| (0..count).map(|id| format!("x{id}")).collect::<Vec<_>>();
    let all = request(json!({"instanceIds": ids(MAX_TERMS)}));
    assert_eq!(all.at("/request/instanceIds").as_array().map(Vec::len), Some(MAX_TERMS));
    assert_eq!(all.at("/ingest/truncated"), json!(null));
    let more = request(json!({"instanceIds": ids(MAX_TERMS + 1)}));
    assert_eq!(more.at("/request/instanceIds").as_array().map(Vec::len), Some(MAX_TERMS));
    assert_eq!(more.at("/ingest/truncated"), json!(["request.instanceIds"]));
    assert_eq!(more.at("/requestParameters/instanceIds").as_array().map(Vec::len), Some(MAX_TERMS + 1));
}

#[test]
fn resources_are_found_in_every_part() {
    let record = json!({
        "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"},
        "errorMessage": "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-central-1:444455556666:subnet/subnet-0c0ffee1234567890 because no policy allows it",
        "requestParameters": {"bucketName": "example-orders", "key": "2026/a.json", "x": [{"y": ["vol-0a1b2c3d4e5f60718"]}]},
        "responseElements": {"role": {"arn": "arn:aws:iam::111122223333:role/Admin"}},
        "serviceEventDetails": {"i": "i-0abc1234def567890"},
        "resources": [{"ARN": "arn:aws:s3:::example-orders", "accountId": "777788889999", "type": "AWS::S3::Bucket"}],
        "vpcEndpointId": "vpce-0a1b2c3d4e5f60718",
    });
    let made = document(record.to_string());
    let found = |pointer: &str| {
        let list = made.at(pointer);
        let mut texts: Vec<String> = serde_json::from_value(list).unwrap();
        texts.sort();
        texts
    };
    assert_eq!(
        found("/resource/id"),
        [
            "Admin",
            "example-orders",
            "example-orders/2026/a.json",
            "i-0abc1234def567890",
            "subnet-0c0ffee1234567890",
            "vol-0a1b2c3d4e5f60718",
            "vpce-0a1b2c3d4e5f60718",
        ]
    );
    assert_eq!(found("/resource/kind"), ["bucket", "instance", "object", "role", "subnet", "volume", "vpc-endpoint"]);
    assert_eq!(found("/resource/account"), ["111122223333", "444455556666", "777788889999"]);
    assert_eq!(made.at("/resource/crossAccount"), true);
}

#[test]
fn only_the_requests_own_key_names_an_object() {
    let tags = request(json!({"bucketName": "example-orders", "tagging": {"tagSet": [{"key": "team", "value": "a"}]}}));
    assert_eq!(tags.at("/resource/id"), json!(["example-orders"]));
    let object = request(json!({"bucketName": "example-orders", "key": "a", "x": {"key": "b"}}));
    assert_eq!(object.at("/resource/id"), json!(["example-orders", "example-orders/a"]));
}

#[test]
fn tokens_that_name_nothing_are_no_resources() {
    let made = document(
        json!({
            "requestID": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "requestParameters": {"clientToken": "3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b", "word": "default", "hex": "0abc1234def567890"},
            "additionalEventData": {"x-amz-id-2": "i-0abc1234def567890"},
        })
        .to_string(),
    );
    assert_eq!(made.at("/resource"), json!(null));
}

#[test]
fn issued_access_keys_are_told() {
    let made = response(json!({"credentials": {"accessKeyId": "ASIAEXAMPLE111111111", "sessionToken": "x"}}));
    assert_eq!(made.at("/issued/accessKeyId"), json!(["ASIAEXAMPLE111111111"]));
    let read = request(json!({"accessKeyId": "AKIAEXAMPLE111111111"}));
    assert_eq!(read.at("/issued"), json!(null));
    assert_eq!(read.at("/resource/id"), json!(["AKIAEXAMPLE111111111"]));
}

#[test]
fn documents_in_strings_are_opened() {
    let policy = json!({"Statement": [{"Action": "s3:*", "Resource": "arn:aws:s3:::example-orders"}]});
    let encoded: String = policy.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    let made = request(
        json!({"policyDocument": policy.to_string(), "a": {"policy": encoded}, "b": ["[1]", "{no", "{\"x\":1}"]}),
    );
    let expected = json!({
        "requestParameters.a.policy": policy,
        "requestParameters.b": [[1], {"x": 1}],
        "requestParameters.policyDocument": policy,
    });
    assert_eq!(made.at("/embedded"), expected);
    assert_eq!(made.at("/requestParameters/policyDocument"), policy.to_string(), "the string stays");
    assert_eq!(made.at("/resource/id"), json!(["example-orders"]));
}

#[test]
fn strings_that_only_look_like_documents_are_left_alone() {
    let made = request(json!({"a": "{", "b": "[x]", "c": "{} {}", "d": "%7B", "e": "%7Bx%7D"}));
    assert_eq!(made.at("/embedded"), json!(null));
}

#[test]
fn a_long_document_is_cut_and_still_opened() {
    let text = json!({"a": "b", "pad": "x".repeat(MAX_LEAF_BYTES - 100), "more": "y".repeat(200)}).to_string();
    let made = request(json!({"template": text}));
    assert_eq!(made.at("/requestParameters"), json!({"template": null}));
    assert_eq!(made.at("/embedded/requestParameters.template/a"), "b");
    assert_eq!(made.at("/ingest/truncated"), json!(["requestParameters.template"]));
    assert_eq!(made.at("/ingest/full"), json!([{"path": "requestParameters.template", "value": text}]));
}

#[test]
fn what_does_not_fit_is_moved_and_listed() {
    let made = document(
        json!({
            "requestParameters": "text",
            "readOnly": "maybe",
            "userIdentity": {"type": "Root", "newField": {"a": 1}},
            "resources": [{"ARN": "a", "x": 1}, {"x": {"y": 2}}],
            "newPart": [1, "b"],
        })
        .to_string(),
    );
    let expected = json!({
        "newPart": [1, "b"],
        "readOnly": "maybe",
        "requestParameters": "text",
        "resources.x": [1, {"y": 2}],
        "userIdentity.newField": {"a": 1},
    });
    assert_eq!(made.at("/unmapped"), expected);
    assert_eq!(made.at("/userIdentity"), json!({"type": "Root"}));
    assert_eq!(made.at("/resources"), json!([{"ARN": "a"}, {}]));
    let moved = made.at("/ingest/moved");
    let moved: Vec<&str> = moved.as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert_eq!(moved.len(), 5);
    assert!(moved.iter().all(|path| expected.get(path).is_some()), "{moved:?}");
}

#[test]
fn tokens_that_nobody_searches_for_are_kept_aside_and_not_listed() {
    let made = document(json!({"additionalEventData": {"x-amz-id-2": "token", "bytesTransferredIn": 0}}).to_string());
    assert_eq!(made.at("/additionalEventData"), json!({"bytesTransferredIn": 0}));
    assert_eq!(made.at("/ingest/full"), json!([{"path": "additionalEventData.x-amz-id-2", "value": "token"}]));
    assert_eq!(made.at("/ingest/truncated"), json!(null));
}

#[test]
fn beyond_a_bound_the_rest_is_kept_as_one() {
    let long = "k".repeat(600);
    let members: Vec<String> = (0..MAX_CUT + 50).map(|key| format!("\"{long}{key}\":{key}")).collect();
    let made = document(format!(
        r#"{{"requestParameters":{{"a":1,{},"b":[1,2]}},"responseElements":[{{"c":1}}]}}"#,
        members.join(",")
    ));
    assert_eq!(made.at("/requestParameters"), json!({"a": 1}));
    assert_eq!(made.at("/responseElements"), json!([]));
    let full = made.at("/ingest/full");
    let full = full.as_array().unwrap();
    assert_eq!(full.len(), MAX_CUT + 2);
    let rest: Json = serde_json::from_str(full[MAX_CUT]["json"].as_str().unwrap()).unwrap();
    assert_eq!((rest.as_object().unwrap().len(), &rest["b"]), (51, &json!([1, 2])));
    assert_eq!(full[MAX_CUT + 1], json!({"path": "responseElements", "json": "[{\"c\":1}]"}));
}

#[test]
fn wild_numbers_become_text() {
    let digits = "7".repeat(400);
    let made = document(format!(
        r#"{{"requestParameters":{{"a":1e400,"b":{digits},"c":12345678901234567890}},"apiVersion":1e400}}"#
    ));
    assert_eq!(made.at("/requestParameters/a"), "1e400");
    assert_eq!(made.at("/requestParameters/b"), digits);
    assert_eq!(made.at("/requestParameters/c"), 12_345_678_901_234_567_890_u64);
    assert_eq!(made.at("/unmapped"), json!({"apiVersion": "1e400"}));
}

#[test]
fn repaired_records_say_so() {
    let made = document(br#"{"eventName":"A","requestParameters":{"a":"\ud800x"}}"#);
    assert_eq!((made.at("/requestParameters/a"), made.at("/ingest/repaired")), (json!("\u{fffd}x"), json!(true)));
    let indented = document("{\n  \"eventName\": \"A\"\n}");
    assert_eq!((indented.at("/eventName"), indented.at("/ingest/repaired")), (json!("A"), json!(null)));
}

#[test]
fn a_minimal_document_keeps_what_identifies_the_event() {
    let body = json!({
        "eventID": "e1", "eventTime": "2026-10-20T09:14:27Z", "eventName": "A", "eventSource": "x".repeat(2_000), "awsRegion": 7,
        "userIdentity": {"type": "Root"}, "requestParameters": {"password": "s3cret"},
    });
    let mut normalizer = Normalizer::new(&Normalization::default());
    let document = normalizer.degraded(body.to_string().as_bytes(), &origin(), 9, "the index said no");
    assert_eq!((document.id.as_ref(), document.index.as_ref(), document.degraded), ("e1", "2026.10", true));
    let made: Json = serde_json::from_slice(document.body).unwrap();
    let mut raw = body;
    raw["requestParameters"]["password"] = json!("REDACTED");
    let expected = json!({
        "@timestamp": "2026-10-20T09:14:27Z", "eventID": "e1", "eventTime": "2026-10-20T09:14:27Z", "eventName": "A",
        "actor": {"name": "root", "type": "Root", "human": true},
        "ingest": {
            "bucket": "example-logs", "object": "AWSLogs/x.json.gz", "time": "2026-11-20T09:30:00Z",
            "version": env!("CARGO_PKG_VERSION"), "position": 9, "error": "the index said no", "raw": raw.to_string(),
        },
    });
    assert_eq!(made, expected);
}

#[test]
fn an_object_without_bucket_or_day_is_a_local_file() {
    let origin = Origin::new("", "logs/a \"b\".json", None, "2026-11-20T09:30:00Z".to_owned());
    let mut normalizer = Normalizer::new(&Normalization::default());
    let document = normalizer.degraded(b"{}", &origin, 0, "x");
    assert_eq!(document.index, UNDATED);
    let made: Json = serde_json::from_slice(document.body).unwrap();
    assert_eq!(
        (&made["@timestamp"], &made["ingest"]["object"]),
        (&json!("2026-11-20T09:30:00Z"), &json!("logs/a \"b\".json"))
    );
    assert!(made["ingest"].get("bucket").is_none());
}

#[test]
fn the_oldest_event_is_remembered() {
    let mut normalizer = Normalizer::new(&Normalization::default());
    assert_eq!(normalizer.oldest_event(), None);
    let times = ["2026-11-20T09:14:27Z", "2026-11-20T09:20:00Z", "yesterday", "2026-11-19T23:59:59Z"];
    let records = times.map(|time| json!({"eventTime": time}));
    let mut splitter = Splitter::new(Limits::NONE);
    splitter.feed(json!(records).to_string().as_bytes());
    let mut oldest = Vec::new();
    while let Some(record) = splitter.next_record().unwrap() {
        normalizer.document(&record, &origin(), 0);
        oldest.push(normalizer.oldest_event().unwrap().to_owned());
    }
    assert_eq!(oldest, [times[0], times[0], times[0], times[3]]);
    assert_eq!(normalizer.clone().oldest_event(), None);
}

#[test]
fn a_member_without_a_name_is_listed_too() {
    let made = document(r#"{"":1,"":{"sessionToken":"s3cr3t"}}"#);
    for list in ["/ingest/moved", "/ingest/truncated", "/ingest/redacted"] {
        assert_eq!(made.at(list), json!(["\"\""]), "{list}");
    }
    assert_eq!(made.at("/ingest/full"), json!([{"path": "", "json": r#"{"sessionToken":"REDACTED"}"#}]));
}
