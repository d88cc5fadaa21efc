use serde_json::json;

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/deployer";

/// Call, request, response, and an id.
type Case = (&'static str, Value, Value, &'static str);

fn creates_case((name, request, response, id): &Case) -> bool {
    creates(&json!({"eventName": name, "requestParameters": request, "responseElements": response}), id)
}

#[test]
fn the_noun_of_a_call_names_what_it_makes() {
    let instances = json!({"instancesSet": {"items": [{"instanceId": "i-1", "vpcId": "vpc-1"}]}});
    let cases: [Case; 20] = [
        ("RunInstances", json!({"imageId": "ami-1"}), instances, "i-1"),
        ("CreateVpc", json!({"cidrBlock": "10.0.0.0/16"}), json!({"vpc": {"vpcId": "vpc-1"}}), "vpc-1"),
        ("CreateSecurityGroup", json!({"groupName": "web"}), json!({"groupId": "sg-1"}), "sg-1"),
        ("CreateSecurityGroup", json!({"groupName": "web"}), json!({"groupId": "sg-1"}), "web"),
        ("AllocateAddress", json!({}), json!({"allocationId": "eipalloc-1"}), "eipalloc-1"),
        ("AssociateRouteTable", json!({"routeTableId": "rtb-1"}), json!({"associationId": "rtbassoc-1"}), "rtbassoc-1"),
        ("CreateFlowLogs", json!({}), json!({"flowLogIdSet": {"item": ["fl-1"]}}), "fl-1"),
        ("RequestSpotInstances", json!({}), json!({"spotInstanceRequestId": "sir-1"}), "sir-1"),
        ("CreateKeyPair", json!({"keyName": "ops"}), json!({"keyPairId": "key-1"}), "ops"),
        ("CreateUser", json!({"userName": "alice"}), Value::Null, "alice"),
        ("CreateRole", json!({"roleName": "deployer"}), json!({"role": {"arn": ROLE}}), ROLE),
        ("CreateRole", json!({"roleName": "deployer"}), Value::Null, ROLE),
        ("CreateBucket", json!({"bucketName": "example-logs"}), Value::Null, "arn:aws:s3:::example-logs"),
        ("PutObject", json!({"bucketName": "b", "key": "a/b.txt"}), Value::Null, "b/a/b.txt"),
        ("CreateFunction20150331", json!({"functionName": "tidy", "role": ROLE}), Value::Null, "tidy"),
        ("CreateDBInstance", json!({"dBInstanceIdentifier": "orders"}), Value::Null, "orders"),
        ("RestoreDBInstanceFromDBSnapshot", json!({"dBInstanceIdentifier": "orders"}), Value::Null, "orders"),
        ("PutRule", json!({"name": "nightly"}), Value::Null, "nightly"),
        ("RunTask", json!({"cluster": "web"}), json!({"tasks": [{"taskArn": "arn:task/1"}]}), "arn:task/1"),
        ("StartBuild", json!({"projectName": "site"}), json!({"build": {"id": "site:1"}}), "site:1"),
    ];
    for case in cases {
        assert!(creates_case(&case), "{case:?}");
    }
}

#[test]
fn what_a_call_only_mentions_it_does_not_make() {
    let instances = json!({"instancesSet": {"items": [{"instanceId": "i-1", "vpcId": "vpc-1"}]}});
    let cases: [Case; 14] = [
        ("RunInstances", json!({}), instances, "vpc-1"),
        ("RunInstances", json!({"keyName": "ops"}), Value::Null, "ops"),
        ("CreateTags", json!({"resourcesSet": {"items": [{"resourceId": "i-1"}]}}), json!({"_return": true}), "i-1"),
        ("CreateImage", json!({"instanceId": "i-1"}), json!({"imageId": "ami-1"}), "i-1"),
        ("CreateSubnet", json!({"vpcId": "vpc-1"}), json!({"subnet": {"vpcId": "vpc-1"}}), "vpc-1"),
        ("CreateAccessKey", json!({"userName": "alice"}), json!({"accessKey": {"userName": "alice"}}), "alice"),
        ("CreateFunction20150331", json!({"role": ROLE}), Value::Null, ROLE),
        ("CreatePolicyVersion", json!({"policyArn": "arn:policy/p"}), Value::Null, "arn:policy/p"),
        ("CreateGrant", json!({"keyId": "1f"}), Value::Null, "1f"),
        ("PutBucketPolicy", json!({"bucketName": "example-logs"}), Value::Null, "example-logs"),
        ("RestoreDBInstanceFromDBSnapshot", json!({"dBSnapshotIdentifier": "s"}), Value::Null, "s"),
        (
            "StartInstances",
            json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}),
            json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}),
            "i-1",
        ),
        ("StopInstances", json!({"instanceId": "i-1"}), Value::Null, "i-1"),
        ("CreateUser", json!({"userName": "alice"}), Value::Null, "ice"),
    ];
    for case in cases {
        assert!(!creates_case(&case), "{case:?}");
    }
}

#[test]
fn who_issues_an_access_key_makes_it() {
    let event = json!({"eventName": "AssumeRole", "issued": {"accessKeyId": ["ASIAEXAMPLE"]}});
    assert!(creates(&event, "ASIAEXAMPLE"));
    assert!(!creates(&event, "ASIAOTHER"));
}
