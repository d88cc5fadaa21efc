//! Shapes of resource ids.

/// Prefixes of ids that end in 8 or 17 hexadecimal digits, and what they name
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
const HEX_IDS: [(&str, &str); 66] = [
    ("acl", "network-acl"),
    ("aclassoc", "network-acl-association"),
    ("ami", "image"),
    ("aki", "kernel-image"),
    ("ari", "ramdisk-image"),
    ("bun", "bundle-task"),
    ("cagw", "carrier-gateway"),
    ("cgw", "customer-gateway"),
    ("coip-pool", "coip-pool"),
    ("cr", "capacity-reservation"),
    ("cvpn-assoc", "client-vpn-association"),
    ("cvpn-endpoint", "client-vpn-endpoint"),
    ("dopt", "dhcp-options"),
    ("dxgw", "direct-connect-gateway"),
    ("eice", "instance-connect-endpoint"),
    ("eigw", "egress-only-internet-gateway"),
    ("eipalloc", "elastic-ip"),
    ("eipassoc", "elastic-ip-association"),
    ("eni", "network-interface"),
    ("eni-attach", "network-interface-attachment"),
    ("export-i", "export-task"),
    ("fl", "flow-log"),
    ("fleet", "fleet"),
    ("fs", "file-system"),
    ("fsap", "access-point"),
    ("fsmt", "mount-target"),
    ("fsvol", "volume"),
    ("h", "host"),
    ("i", "instance"),
    ("igw", "internet-gateway"),
    ("import-ami", "import-image-task"),
    ("import-snap", "import-snapshot-task"),
    ("ipam", "ipam"),
    ("ipam-pool", "ipam-pool"),
    ("ipam-scope", "ipam-scope"),
    ("key", "key-pair"),
    ("lgw", "local-gateway"),
    ("lt", "launch-template"),
    ("mi", "managed-instance"),
    ("nat", "nat-gateway"),
    ("nis", "network-insights-scope"),
    ("nip", "network-insights-path"),
    ("nia", "network-insights-analysis"),
    ("pcx", "vpc-peering-connection"),
    ("pg", "placement-group"),
    ("pl", "prefix-list"),
    ("r", "reservation"),
    ("rtb", "route-table"),
    ("rtbassoc", "route-table-association"),
    ("scr", "subnet-cidr-reservation"),
    ("sfr", "spot-fleet-request"),
    ("sg", "security-group"),
    ("sgr", "security-group-rule"),
    ("sir", "spot-instance-request"),
    ("snap", "snapshot"),
    ("subnet", "subnet"),
    ("subnet-cidr-assoc", "subnet-cidr-association"),
    ("tgw", "transit-gateway"),
    ("tgw-attach", "transit-gateway-attachment"),
    ("tgw-rtb", "transit-gateway-route-table"),
    ("vgw", "vpn-gateway"),
    ("vol", "volume"),
    ("vpc", "vpc"),
    ("vpc-cidr-assoc", "vpc-cidr-association"),
    ("vpce", "vpc-endpoint"),
    ("vpce-svc", "vpc-endpoint-service"),
];

/// Parameters whose values name a resource, whatever their shape.
pub(in crate::normalize) const NAMED: [(&str, &str); 61] = [
    ("alarmName", "alarm"),
    ("apiId", "api"),
    ("autoScalingGroupName", "auto-scaling-group"),
    ("backupVaultName", "backup-vault"),
    ("bucketName", "bucket"),
    ("cacheClusterId", "cache-cluster"),
    ("cluster", "cluster"),
    ("clusterIdentifier", "cluster"),
    ("clusterName", "cluster"),
    ("configRuleName", "config-rule"),
    ("dBClusterIdentifier", "db-cluster"),
    ("dBInstanceIdentifier", "db-instance"),
    ("dBSnapshotIdentifier", "db-snapshot"),
    ("deliveryStreamName", "delivery-stream"),
    ("detectorId", "detector"),
    ("directoryId", "directory"),
    ("distributionId", "distribution"),
    ("documentName", "document"),
    ("domainName", "domain"),
    ("eventBusName", "event-bus"),
    ("fileSystemId", "file-system"),
    ("functionName", "function"),
    ("groupName", "group"),
    ("hostedZoneId", "hosted-zone"),
    ("identityPoolId", "identity-pool"),
    ("instanceProfileName", "instance-profile"),
    ("jobName", "job"),
    ("keyId", "key"),
    ("keyName", "key-pair"),
    ("launchConfigurationName", "launch-configuration"),
    ("launchTemplateName", "launch-template"),
    ("layerName", "layer"),
    ("loadBalancerName", "load-balancer"),
    ("logGroupName", "log-group"),
    ("nodegroupName", "node-group"),
    ("parameterName", "parameter"),
    ("pipelineName", "pipeline"),
    ("policyId", "policy"),
    ("policyName", "policy"),
    ("projectName", "project"),
    ("queueName", "queue"),
    ("queueUrl", "queue"),
    ("replicationGroupId", "replication-group"),
    ("repositoryName", "repository"),
    ("resourceId", "resource"),
    ("restApiId", "api"),
    ("roleName", "role"),
    ("ruleName", "rule"),
    ("s3Bucket", "bucket"),
    ("s3BucketName", "bucket"),
    ("secretId", "secret"),
    ("stackName", "stack"),
    ("streamName", "stream"),
    ("tableName", "table"),
    ("targetGroupName", "target-group"),
    ("targetId", "target"),
    ("taskDefinition", "task-definition"),
    ("trailName", "trail"),
    ("userName", "user"),
    ("userPoolId", "user-pool"),
    ("x-amz-copy-source", "object"),
];

/// Types of resources that an ARN names otherwise than the rest of the API: service, type, kind.
const ARN_KINDS: [(&str, &str, &str); 15] = [
    ("apigateway", "restapis", "api"),
    ("autoscaling", "autoScalingGroup", "auto-scaling-group"),
    ("cognito-identity", "identitypool", "identity-pool"),
    ("cognito-idp", "userpool", "user-pool"),
    ("elasticloadbalancing", "loadbalancer", "load-balancer"),
    ("elasticloadbalancing", "targetgroup", "target-group"),
    ("firehose", "deliverystream", "delivery-stream"),
    ("iam", "root", "account"),
    ("rds", "cluster", "db-cluster"),
    ("rds", "db", "db-instance"),
    ("rds", "snapshot", "db-snapshot"),
    ("route53", "hostedzone", "hosted-zone"),
    ("sso", "instance", "identity-center-instance"),
    ("sso", "permissionSet", "permission-set"),
    ("states", "stateMachine", "state-machine"),
];

/// The longest id by shape: the longest prefix, a hyphen, 17 digits.
const MAX_LENGTH: usize = 40;

/// The kind of a service's resources, where their type in an ARN is not its name.
pub(super) fn arn_kind(service: &str, ty: &str) -> Option<&'static str> {
    ARN_KINDS.iter().find(|known| known.0 == service && known.1 == ty).map(|known| known.2)
}

/// The kind of resource that the text is an id of, by its shape alone.
pub(super) fn kind(text: &str) -> Option<&'static str> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    if let Some(kind) = unique_id(text) {
        return Some(kind);
    }
    let (prefix, digits) = text.rsplit_once('-')?;
    let shaped = matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !shaped {
        return None;
    }
    HEX_IDS.iter().find(|(known, _)| *known == prefix).map(|(_, kind)| *kind)
}

/// IAM's unique ids and access key ids
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
fn unique_id(text: &str) -> Option<&'static str> {
    let kind = match text.get(..4)? {
        "AKIA" | "ASIA" => "access-key",
        "AROA" => "role",
        "AIDA" => "user",
        "AGPA" => "group",
        "AIPA" => "instance-profile",
        "ANPA" => "policy",
        _ => return None,
    };
    let rest = &text[4..];
    (rest.len() >= 12 && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())).then_some(kind)
}
