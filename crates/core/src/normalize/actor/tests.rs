use serde_json::{Value, json};

use crate::testing::document;

/// The actor of a record with this identity and these other members.
fn actor(identity: Value, others: Value) -> Value {
    let mut record = others;
    record["userIdentity"] = identity;
    document(record.to_string()).at("/actor")
}

/// A role session as CloudTrail writes it; `others` are further members of the identity.
fn session(role: &str, session: &str, others: Value) -> Value {
    let mut identity = json!({
        "type": "AssumedRole",
        "principalId": format!("AROAEXAMPLEROLE222222:{session}"),
        "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/{session}"),
        "accountId": "111122223333",
        "sessionContext": {"sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLEROLE222222",
            "arn": format!("arn:aws:iam::111122223333:role/team/{role}"),
            "accountId": "111122223333",
            "userName": role,
        }},
    });
    merge(&mut identity, others);
    identity
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            from.into_iter().for_each(|(name, value)| merge(into.entry(name).or_insert(Value::Null), value));
        }
        (into, from) => *into = from,
    }
}

/// What the actor of such a session is, but for its name and whether it is a person.
fn session_actor(name: &str, human: bool, role: &str, session: &str) -> Value {
    json!({
        "name": name, "type": "AssumedRole", "account": "111122223333", "role": role, "session": session,
        "arn": format!("arn:aws:iam::111122223333:role/team/{role}"), "principal": "AROAEXAMPLEROLE222222", "human": human,
    })
}

#[test]
fn every_type_of_identity_has_a_name() {
    let account = "111122223333";
    let cases = [
        (
            json!({"type": "Root", "principalId": account, "arn": "arn:aws:iam::111122223333:root", "accountId": account}),
            json!({"name": "root", "type": "Root", "account": account, "arn": "arn:aws:iam::111122223333:root", "principal": account, "human": true}),
        ),
        (
            json!({"type": "IAMUser", "principalId": "AIDAEXAMPLEALICE22222", "arn": "arn:aws:iam::111122223333:user/team/alice", "accountId": account, "userName": "alice"}),
            json!({"name": "alice", "type": "IAMUser", "account": account, "arn": "arn:aws:iam::111122223333:user/team/alice", "principal": "AIDAEXAMPLEALICE22222", "human": true}),
        ),
        (
            json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/team/bob", "accountId": account}),
            json!({"name": "bob", "type": "IAMUser", "account": account, "arn": "arn:aws:iam::111122223333:user/team/bob", "human": true}),
        ),
        (
            json!({"type": "Role", "principalId": "AROAEXAMPLEROLE222222", "arn": "arn:aws:iam::111122223333:role/team/deployer", "accountId": account}),
            json!({"name": "deployer", "type": "Role", "account": account, "arn": "arn:aws:iam::111122223333:role/team/deployer", "principal": "AROAEXAMPLEROLE222222", "human": false}),
        ),
        (
            json!({"type": "FederatedUser", "principalId": "111122223333:carol", "arn": "arn:aws:sts::111122223333:federated-user/carol", "accountId": account}),
            json!({"name": "carol", "type": "FederatedUser", "account": account, "session": "carol", "arn": "arn:aws:sts::111122223333:federated-user/carol", "principal": "111122223333:carol", "human": true}),
        ),
        (
            json!({"type": "SAMLUser", "principalId": "idp:alice", "userName": "alice@example.com", "identityProvider": "idp"}),
            json!({"name": "alice@example.com", "type": "SAMLUser", "principal": "idp:alice", "human": true}),
        ),
        (
            json!({"type": "SAMLUser", "principalId": "idp:alice"}),
            json!({"name": "idp:alice", "type": "SAMLUser", "principal": "idp:alice", "human": true}),
        ),
        (
            json!({"type": "WebIdentityUser", "principalId": "accounts.google.com:app:17", "userName": "17", "identityProvider": "accounts.google.com"}),
            json!({"name": "17", "type": "WebIdentityUser", "principal": "accounts.google.com:app:17", "human": true}),
        ),
        (
            json!({"type": "WebIdentityUser", "principalId": "ci:sub", "userName": "repo:example/app", "identityProvider": "arn:aws:iam::111122223333:oidc-provider/token.actions.example.com"}),
            json!({"name": "repo:example/app", "type": "WebIdentityUser", "principal": "ci:sub", "human": false}),
        ),
        (
            json!({"type": "IdentityCenterUser", "accountId": account, "onBehalfOf": {"userId": "94482488-3041-7026-18f3-be45837cd0e4", "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1234567890"}, "credentialId": "cred"}),
            json!({"name": "94482488-3041-7026-18f3-be45837cd0e4", "type": "IdentityCenterUser", "account": account, "human": true}),
        ),
        (
            json!({"type": "IdentityCenterUser", "accountId": account, "credentialId": "cred"}),
            json!({"name": "cred", "type": "IdentityCenterUser", "account": account, "human": true}),
        ),
        (
            json!({"type": "IdentityCenterUser", "userName": "bob", "credentialId": "cred"}),
            json!({"name": "bob", "type": "IdentityCenterUser", "human": true}),
        ),
        (
            json!({"type": "Directory", "userName": "carol", "accountId": account}),
            json!({"name": "carol", "type": "Directory", "account": account, "human": true}),
        ),
        (
            json!({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}),
            json!({"name": "autoscaling.amazonaws.com", "type": "AWSService", "human": false}),
        ),
        (
            json!({"accountId": account, "invokedBy": "kms.amazonaws.com"}),
            json!({"name": "kms.amazonaws.com", "type": "AWSService", "account": account, "human": false}),
        ),
        (
            json!({"type": "Unknown", "principalId": "someone"}),
            json!({"name": "someone", "type": "Unknown", "principal": "someone", "human": false}),
        ),
        (
            json!({"type": "Unknown", "principalId": account, "arn": "", "accountId": account, "userName": "alice@example.com"}),
            json!({"name": "alice@example.com", "type": "Unknown", "account": account, "principal": account, "human": true}),
        ),
        (
            json!({"type": "SomethingNew", "accountId": account}),
            json!({"name": account, "type": "SomethingNew", "account": account, "human": false}),
        ),
        (
            json!({"accountId": account}),
            json!({"name": account, "type": "Unknown", "account": account, "human": false}),
        ),
        (json!({"type": "IAMUser"}), json!({"name": "unknown", "type": "IAMUser", "human": true})),
    ];
    for (identity, expected) in cases {
        assert_eq!(actor(identity.clone(), json!({})), expected, "{identity}");
    }
}

#[test]
fn callers_from_elsewhere_have_a_name() {
    let cases = [
        (
            json!({"type": "AWSAccount", "principalId": "AROAEXAMPLEOTHER22222:nightly", "accountId": "444455556666"}),
            json!({"name": "nightly", "type": "AWSAccount", "account": "444455556666", "session": "nightly", "principal": "AROAEXAMPLEOTHER22222", "human": false}),
        ),
        (
            json!({"type": "AWSAccount", "principalId": "AIDAEXAMPLEOTHER22222", "accountId": "444455556666"}),
            json!({"name": "AIDAEXAMPLEOTHER22222", "type": "AWSAccount", "account": "444455556666", "principal": "AIDAEXAMPLEOTHER22222", "human": false}),
        ),
        (
            json!({"type": "AWSAccount", "accountId": "444455556666"}),
            json!({"name": "444455556666", "type": "AWSAccount", "account": "444455556666", "human": false}),
        ),
        (
            json!({"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}),
            json!({"name": "anonymous", "type": "AWSAccount", "human": false}),
        ),
        (
            json!({"type": "AWSAccount", "principalId": "Anonymous", "accountId": ""}),
            json!({"name": "anonymous", "type": "AWSAccount", "principal": "Anonymous", "human": false}),
        ),
    ];
    for (identity, expected) in cases {
        assert_eq!(actor(identity.clone(), json!({})), expected, "{identity}");
    }
}

#[test]
fn without_an_identity_a_service_acts() {
    let cloudtrail = json!({"name": "cloudtrail.amazonaws.com", "type": "AWSService", "human": false});
    for identity in [json!(null), json!({}), json!(""), json!("alice"), json!([]), json!(7)] {
        assert_eq!(actor(identity.clone(), json!({})), cloudtrail, "{identity}");
    }
    let ec2 = json!({"name": "ec2.amazonaws.com", "type": "AWSService", "human": false});
    assert_eq!(actor(json!(null), json!({"eventSource": "ec2.amazonaws.com"})), ec2);
}

#[test]
fn a_machines_session_goes_by_its_role() {
    let cases = [
        ("AWSServiceRoleForConfig", "configLambdaExecution", json!({}), json!({"userAgent": "Mozilla/5.0"})),
        ("WebServer", "i-0abc1234def567890", json!({"sessionContext": {"ec2RoleDelivery": "2.0"}}), json!({})),
        ("deployer", "release-17", json!({}), json!({"userAgent": "aws-cli/2.17"})),
        ("deployer", "release-17", json!({"invokedBy": "cloudformation.amazonaws.com"}), json!({})),
        (
            "Portal",
            "downloads",
            json!({}),
            json!({"userAgent": "Mozilla/5.0", "additionalEventData": {"AuthenticationMethod": "QueryString"}}),
        ),
        ("deployer", "x", json!({"sessionContext": {"attributes": {"mfaAuthenticated": "false"}}}), json!({})),
    ];
    for (role, name, identity, others) in cases {
        assert_eq!(actor(session(role, name, identity), others), session_actor(role, false, role, name));
    }
}

#[test]
fn a_persons_session_goes_by_the_person() {
    let cases = [
        ("AWSReservedSSO_Admin_0123456789abcdef", "alice", json!({}), json!({})),
        ("Admin", "alice@example.com", json!({}), json!({})),
        ("Admin", "alice@example.com", json!({"invokedBy": "cloudformation.amazonaws.com"}), json!({})),
        ("Portal", "s-1", json!({"onBehalfOf": {"userId": "94482488-3041-7026-18f3-be45837cd0e4"}}), json!({})),
        ("Admin", "alice", json!({"sessionContext": {"attributes": {"mfaAuthenticated": "true"}}}), json!({})),
        ("Admin", "alice", json!({}), json!({"sessionCredentialFromConsole": "true"})),
        ("Admin", "alice", json!({}), json!({"sessionCredentialFromConsole": true})),
        ("Admin", "alice", json!({}), json!({"userAgent": "Mozilla/5.0 (X11; Linux x86_64)"})),
        ("Admin", "alice", json!({}), json!({"userAgent": "[S3Console/0.4, aws-internal/3]"})),
    ];
    for (role, name, identity, others) in cases {
        assert_eq!(actor(session(role, name, identity), others), session_actor(name, true, role, name));
    }
}

#[test]
fn a_source_identity_is_the_person_behind_a_chain_of_roles() {
    let identity = session("Admin", "chained", json!({"sessionContext": {"sourceIdentity": "alice"}}));
    let mut expected = session_actor("alice", true, "Admin", "chained");
    expected["sourceIdentity"] = json!("alice");
    assert_eq!(actor(identity, json!({})), expected);
}

#[test]
fn a_session_without_its_issuer_is_read_from_its_arn_or_principal() {
    let arn = "arn:aws:sts::444455556666:assumed-role/Deployer/release";
    let identity = json!({"type": "AssumedRole", "principalId": "AROAEXAMPLEROLE222222:release", "arn": arn});
    let expected = json!({
        "name": "Deployer", "type": "AssumedRole", "role": "Deployer", "session": "release", "arn": arn,
        "principal": "AROAEXAMPLEROLE222222", "human": false,
    });
    assert_eq!(actor(identity, json!({})), expected);
    let identity = json!({"type": "AssumedRole", "principalId": "AROAEXAMPLEROLE222222:release"});
    let expected = json!({
        "name": "release", "type": "AssumedRole", "session": "release", "principal": "AROAEXAMPLEROLE222222", "human": false,
    });
    assert_eq!(actor(identity, json!({})), expected);
}

#[test]
fn a_role_session_is_known_by_its_arn_too() {
    let mut identity = session("AWSReservedSSO_Admin_0123456789abcdef", "alice", json!({"type": "Unknown"}));
    let mut expected = session_actor("alice", true, "AWSReservedSSO_Admin_0123456789abcdef", "alice");
    expected["type"] = json!("Unknown");
    assert_eq!(actor(identity.clone(), json!({})), expected);
    identity["sessionContext"] = json!(null);
    expected["arn"] = identity["arn"].clone();
    assert_eq!(actor(identity, json!({})), expected);
}

#[test]
fn wild_identities_still_have_a_name() {
    for identity in [
        json!({"type": 7, "userName": ["a"]}),
        json!({"type": "AssumedRole"}),
        json!({"type": "AssumedRole", "arn": "", "principalId": ":", "sessionContext": "x"}),
        json!({"type": "FederatedUser", "arn": "/"}),
        json!({"type": "Root", "accountId": {"a": 1}}),
        json!({"type": "AWSService", "invokedBy": ""}),
        json!({"other": 1}),
    ] {
        let actor = actor(identity.clone(), json!({}));
        assert!(actor["name"].as_str().is_some_and(|name| !name.is_empty()), "{identity}: {actor}");
    }
}
