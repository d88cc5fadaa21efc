use super::*;

/// What one text brings to light: ids, ARNs, kinds and accounts.
fn seen(named: Option<&str>, text: &str) -> [Vec<String>; 4] {
    let mut resources = Resources::default();
    resources.see(named, text);
    [&resources.id, &resources.arn, &resources.kind, &resources.account]
        .map(|terms| terms.iter().map(str::to_owned).collect())
}

fn nothing() -> [Vec<String>; 4] {
    Default::default()
}

#[test]
fn ids_are_known_by_their_shape() {
    let cases = [
        ("i-0abc1234def567890", "instance"),
        ("i-1a2b3c4d", "instance"),
        ("sg-0a1b2c3d4e5f60718", "security-group"),
        ("sgr-0a1b2c3d4e5f60718", "security-group-rule"),
        ("rtbassoc-0badcafe987654321", "route-table-association"),
        ("eni-attach-0a1b2c3d4e5f60718", "network-interface-attachment"),
        ("vpce-svc-0a1b2c3d4e5f60718", "vpc-endpoint-service"),
        ("subnet-cidr-assoc-0a1b2c3d4e5f60718", "subnet-cidr-association"),
        ("ami-0a1b2c3d4e5f60718", "image"),
        ("tgw-rtb-0a1b2c3d4e5f60718", "transit-gateway-route-table"),
        ("AKIAEXAMPLE111111111", "access-key"),
        ("ASIAEXAMPLE111111111", "access-key"),
        ("AROAEXAMPLE1111111111", "role"),
        ("AIDAEXAMPLE1111111111", "user"),
    ];
    for (text, kind) in cases {
        assert_eq!(seen(None, text), [vec![text.to_owned()], vec![], vec![kind.to_owned()], vec![]], "{text}");
    }
}

#[test]
fn false_friends_are_no_resources() {
    for text in [
        "",
        "-",
        "i-",
        "i-0abc",
        "i-0abc1234def56789g",
        "I-0ABC1234DEF567890",
        "i-0ABC1234DEF567890",
        "i-0abc1234def567890 ",
        "xi-0abc1234def567890",
        "i_0abc1234def567890",
        "0abc1234def567890",
        "deadbeef",
        "sub-domain",
        "eu-central-1",
        "t2.micro",
        "default",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b",
        "AKIA",
        "AKIAshortandlower",
        "AIDA-not-an-id",
        "ASIAN MARKETS 2026",
        "K4G5H6J7K8L9M1N2",
        "dGhpcyBpcyBhIHRva2Vu",
        "Root=1-67891233-abcdef012345678912345678",
        "2026-11-20",
        "arn:",
        "arn:aws",
        "arn:aws:s3",
        "arn:aws:s3:::",
        "arn:other:s3:::bucket",
        "arn:aws::eu-central-1:111122223333:x",
        "arn:aws:iam::111122223333:role/a b",
        "arn:aws:iam::111122223333:role/${aws:username}",
        "é-0abc1234def567890",
        "ünï",
    ] {
        assert_eq!(seen(None, text), nothing(), "{text}");
    }
}

/// ARNs with the id, the kind and the account that they give.
const ARNS: &[(&str, &str, &str, &str)] = &[
    ("arn:aws:iam::111122223333:role/team/Admin", "Admin", "role", "111122223333"),
    ("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess", "policy", ""),
    ("arn:aws:sts::444455556666:assumed-role/Admin/alice", "alice", "assumed-role", "444455556666"),
    (
        "arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234def567890",
        "i-0abc1234def567890",
        "instance",
        "111122223333",
    ),
    ("arn:aws:s3:::example-orders", "example-orders", "bucket", ""),
    ("arn:aws:s3:::example-orders/2026/11/a.json", "example-orders/2026/11/a.json", "object", ""),
    ("arn:aws:lambda:eu-central-1:111122223333:function:orders:7", "orders", "function", "111122223333"),
    ("arn:aws:lambda:eu-central-1:111122223333:function:orders:$LATEST", "orders", "function", "111122223333"),
    (
        "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders:log-stream:a",
        "/aws/lambda/orders",
        "log-group",
        "111122223333",
    ),
    ("arn:aws:sns:eu-central-1:111122223333:alarms", "alarms", "topic", "111122223333"),
    ("arn:aws:sqs:eu-central-1:111122223333:orders", "orders", "queue", "111122223333"),
    ("arn:aws:dynamodb:eu-central-1:111122223333:table/orders", "orders", "table", "111122223333"),
    ("arn:aws:dynamodb:eu-central-1:111122223333:table/orders/index/by-day", "orders", "table", "111122223333"),
    (
        "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "key",
        "111122223333",
    ),
    ("arn:aws:kms:eu-central-1:111122223333:alias/orders", "orders", "alias", "111122223333"),
    (
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/db-AbCdEf",
        "prod/db-AbCdEf",
        "secret",
        "111122223333",
    ),
    ("arn:aws:ecr:eu-central-1:111122223333:repository/team/app", "team/app", "repository", "111122223333"),
    ("arn:aws:ssm:eu-central-1:111122223333:parameter/prod/db/host", "/prod/db/host", "parameter", "111122223333"),
    ("arn:aws:ssm:eu-central-1:111122223333:parameter/host", "host", "parameter", "111122223333"),
    ("arn:aws:ssm:eu-central-1::document/AWS-RunShellScript", "AWS-RunShellScript", "document", ""),
    ("arn:aws:rds:eu-central-1:111122223333:db:orders", "orders", "db-instance", "111122223333"),
    ("arn:aws:ecs:eu-central-1:111122223333:task/main/0123abcd", "0123abcd", "task", "111122223333"),
    ("arn:aws-cn:s3:::example-orders", "example-orders", "bucket", ""),
    ("arn:aws-us-gov:iam::111122223333:user/bob", "bob", "user", "111122223333"),
    ("arn:aws:apigateway:eu-central-1::/restapis/a1b2c3", "a1b2c3", "api", ""),
    ("arn:aws:s3:::example-orders/2026/über uns.txt", "example-orders/2026/über uns.txt", "object", ""),
    ("arn:aws:iam::444455556666:root", "444455556666", "account", "444455556666"),
    ("arn:aws:ecs:eu-central-1:111122223333:task-definition/orders:7", "orders:7", "task-definition", "111122223333"),
    ("arn:aws:codebuild:eu-central-1:111122223333:build/orders:0123-abcd", "orders:0123-abcd", "build", "111122223333"),
    ("arn:aws:cloudformation:eu-central-1:111122223333:stack/orders/0123-abcd", "orders", "stack", "111122223333"),
    (
        "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/0123abcd",
        "shop",
        "load-balancer",
        "111122223333",
    ),
    (
        "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/shop",
        "shop",
        "load-balancer",
        "111122223333",
    ),
    (
        "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/orders/0123abcd",
        "orders",
        "target-group",
        "111122223333",
    ),
    (
        "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/shop/0123abcd/4567cdef",
        "4567cdef",
        "listener",
        "111122223333",
    ),
    (
        "arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:0123-abcd:autoScalingGroupName/orders",
        "orders",
        "auto-scaling-group",
        "111122223333",
    ),
    ("arn:aws:sns:eu-central-1:111122223333:alarms:0123-abcd", "0123-abcd", "subscription", "111122223333"),
    ("arn:aws:states:eu-central-1:111122223333:stateMachine:orders", "orders", "state-machine", "111122223333"),
];

#[test]
fn arns_give_the_id_the_kind_and_the_account() {
    for &(arn, id, kind, account) in ARNS {
        let account = Some(account.to_owned()).filter(|account| !account.is_empty());
        let expected =
            [vec![id.to_owned()], vec![arn.to_owned()], vec![kind.to_owned()], account.into_iter().collect()];
        assert_eq!(seen(None, arn), expected, "{arn}");
    }
}

#[test]
fn patterns_and_prefixes_are_arns_and_no_ids() {
    for arn in [
        "arn:aws:s3:::example-logs/AWSLogs/",
        "arn:aws:s3:::example-*",
        "arn:aws:s3:::example-orders/*",
        "arn:aws:ec2:eu-central-1:111122223333:instance/i-????????",
    ] {
        let [ids, arns, ..] = seen(None, arn);
        assert_eq!((ids, arns), (vec![], vec![arn.to_owned()]));
    }
}

#[test]
fn a_telling_name_makes_any_text_an_id() {
    assert_eq!(seen(Some("bucket"), "example-orders")[0], ["example-orders"]);
    assert_eq!(seen(Some("bucket"), "example-orders")[2], ["bucket"]);
    // The shape says more than the name.
    assert_eq!(seen(Some("resource"), "i-0abc1234def567890")[2], ["instance"]);
    assert_eq!(seen(Some("function"), "arn:aws:lambda:eu-central-1:111122223333:function:orders")[0], ["orders"]);
    for hidden in ["", "****", "HIDDEN_DUE_TO_SECURITY_REASONS"] {
        assert_eq!(seen(Some("user"), hidden), nothing(), "{hidden}");
    }
}

#[test]
fn other_accounts_are_told_apart() {
    let crosses = |accounts: &[&str], actor: Option<&str>| {
        let mut resources = Resources::default();
        accounts.iter().for_each(|account| resources.see_account(account));
        let mut out = Vec::new();
        resources.write(actor, &mut Object::open(&mut out));
        out.push(b'}');
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()["crossAccount"].as_bool()
    };
    assert_eq!(crosses(&["111122223333"], Some("111122223333")), Some(false));
    assert_eq!(crosses(&["111122223333", "444455556666"], Some("111122223333")), Some(true));
    assert_eq!(crosses(&["aws"], Some("111122223333")), Some(false));
    assert_eq!(crosses(&[], Some("111122223333")), None);
    assert_eq!(crosses(&["111122223333"], None), None);
}

#[test]
fn terms_are_distinct_and_bounded() {
    let mut resources = Resources::default();
    (0..300).for_each(|number| resources.see(None, &format!("i-{:08x}", number / 2)));
    assert_eq!(resources.id.iter().count(), 150);
    assert!(!resources.overflowed());
    (0..300).for_each(|number| resources.see(None, &format!("i-{number:08x}")));
    assert_eq!(resources.id.iter().count(), 256);
    assert!(resources.overflowed());
    resources.clear();
    assert!(!resources.overflowed() && resources.id.is_empty());
}
