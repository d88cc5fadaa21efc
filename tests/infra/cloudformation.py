"""Terraform's resources with CloudFormation's types, names and properties: those that the default deployment makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from policies import canonical

Values = dict[str, Any]
Form = tuple[tuple[str, str], Values]


def form(type_: str, name: str, properties: Values) -> list[Form]:
    """One resource, without the properties that have no value."""
    return [((type_, name), {key: value for key, value in properties.items() if value not in (None, [], {}, "")})]


def part(of: Values, key: str) -> Values:
    """A block that stands once or not at all."""
    return of[key][0] if of[key] else {}


def camel(name: str) -> str:
    """`status_code` as `StatusCode`."""
    return "".join(word.capitalize() for word in name.split("_"))


def bucket(values: Values, properties: Values) -> list[Form]:
    """Part of a bucket: Terraform has a resource for each."""
    return form("AWS::S3::Bucket", values["bucket"], properties)


def encryption(values: Values) -> list[Form]:
    """A bucket's encryption."""
    rule = part(values, "rule")
    default = part(rule, "apply_server_side_encryption_by_default")
    by_default = {"SSEAlgorithm": default["sse_algorithm"]}
    if default["kms_master_key_id"]:
        by_default["KMSMasterKeyID"] = default["kms_master_key_id"]
    found = {"ServerSideEncryptionByDefault": by_default}
    if rule["bucket_key_enabled"] is not None:
        found["BucketKeyEnabled"] = rule["bucket_key_enabled"]
    return bucket(values, {"BucketEncryption": {"ServerSideEncryptionConfiguration": [found]}})


def lifecycle(values: Values) -> list[Form]:
    """A bucket's lifecycle."""
    return bucket(values, {"LifecycleConfiguration": {"Rules": [lifecycle_rule(rule) for rule in values["rule"]]}})


def lifecycle_rule(rule: Values) -> Values:
    """One rule of it."""
    broken, noncurrent = part(rule, "abort_incomplete_multipart_upload"), part(rule, "noncurrent_version_expiration")
    found = {
        "Id": rule["id"],
        "Status": rule["status"],
        "Prefix": part(rule, "filter").get("prefix"),
        "ExpirationInDays": part(rule, "expiration").get("days"),
        "AbortIncompleteMultipartUpload": broken and {"DaysAfterInitiation": broken["days_after_initiation"]},
        "NoncurrentVersionExpiration": noncurrent and {"NoncurrentDays": noncurrent["noncurrent_days"]},
    }
    return {name: value for name, value in found.items() if value}


def notification(values: Values) -> list[Form]:
    """What a bucket tells queues."""
    told = []
    for each in values["queue"]:
        [event] = each["events"]
        rules = [{"Name": name, "Value": each[f"filter_{name}"]} for name in ("prefix", "suffix") if each[f"filter_{name}"]]
        told.append({"Event": event, "Queue": each["queue_arn"], "Filter": {"S3Key": {"Rules": rules}}})
    return bucket(values, {"NotificationConfiguration": {"QueueConfigurations": told}})


def logging(values: Values) -> list[Form]:
    """Where a bucket's requests are logged."""
    to = {"DestinationBucketName": values["target_bucket"], "LogFilePrefix": values["target_prefix"]}
    return bucket(values, {"LoggingConfiguration": to})


def public_access(values: Values) -> list[Form]:
    """Who of the public gets in."""
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    return bucket(values, {"PublicAccessBlockConfiguration": {camel(name): values[name] for name in names}})


def queue(values: Values) -> list[Form]:
    """A queue. Who may be its source is a resource of its own."""
    redrive = json.loads(values["redrive_policy"]) if values["redrive_policy"] else None
    properties = {
        "QueueName": values["name"],
        "MessageRetentionPeriod": values["message_retention_seconds"],
        "SqsManagedSseEnabled": values["sqs_managed_sse_enabled"],
        "VisibilityTimeout": values["visibility_timeout_seconds"] if redrive else None,
        "RedrivePolicy": redrive,
    }
    return form("AWS::SQS::Queue", values["name"], properties)


def trail(values: Values) -> list[Form]:
    """The trail."""
    properties = {
        "TrailName": values["name"],
        "S3BucketName": values["s3_bucket_name"],
        "KMSKeyId": values["kms_key_id"],
        "IsLogging": values["enable_logging"],
        "IsMultiRegionTrail": values["is_multi_region_trail"],
        "IsOrganizationTrail": values["is_organization_trail"],
        "IncludeGlobalServiceEvents": values["include_global_service_events"],
        "EnableLogFileValidation": values["enable_log_file_validation"],
    }
    return form("AWS::CloudTrail::Trail", values["name"], properties)


def function(values: Values) -> list[Form]:
    """The function."""
    properties = {
        "FunctionName": values["function_name"],
        "Description": values["description"],
        "Runtime": values["runtime"],
        "Handler": values["handler"],
        "Architectures": values["architectures"],
        "MemorySize": values["memory_size"],
        "Timeout": values["timeout"],
        "Role": values["role"],
        "KmsKeyArn": values["kms_key_arn"],
        "Tracing": part(values, "tracing_config")["mode"],
        "Environment": {"Variables": part(values, "environment")["variables"]},
    }
    return form("AWS::Serverless::Function", values["function_name"], properties)


def mapping(values: Values) -> list[Form]:
    """The queue before the function."""
    properties = {
        "EventSourceArn": values["event_source_arn"],
        "FunctionName": values["function_name"],
        "BatchSize": values["batch_size"],
        "FunctionResponseTypes": values["function_response_types"],
        "ScalingConfig": {"MaximumConcurrency": part(values, "scaling_config")["maximum_concurrency"]},
    }
    [(key, properties)] = form("AWS::Lambda::EventSourceMapping", "", properties)
    return [(key, {**properties, "MaximumBatchingWindowInSeconds": values["maximum_batching_window_in_seconds"]})]


def setup(values: Values) -> list[Form]:
    """The set-up event."""
    token = f"arn:aws:lambda:us-east-1:123456789012:function:{values['function_name']}"
    chosen = json.loads(values["input"])["setup"]
    return form("Custom::TrailsearchSetup", "", {"ServiceToken": token, "Setup": chosen})


def domain(values: Values) -> list[Form]:
    """The domain."""
    cluster, access = part(values, "cluster_config"), part(values, "advanced_security_options")
    volume, endpoint = part(values, "ebs_options"), part(values, "domain_endpoint_options")
    names = ("instance_type", "instance_count", "dedicated_master_enabled", "zone_awareness_enabled")
    properties = {
        "DomainName": values["domain_name"],
        "EngineVersion": values["engine_version"],
        "ClusterConfig": {camel(name): cluster[name] for name in names},
        "EBSOptions": {"EBSEnabled": volume["ebs_enabled"], "VolumeType": volume["volume_type"], "VolumeSize": volume["volume_size"]},
        "EncryptionAtRestOptions": {"Enabled": True, "KmsKeyId": part(values, "encrypt_at_rest")["kms_key_id"]},
        "NodeToNodeEncryptionOptions": {"Enabled": part(values, "node_to_node_encryption")["enabled"]},
        "DomainEndpointOptions": {
            "EnforceHTTPS": endpoint["enforce_https"],
            "TLSSecurityPolicy": endpoint["tls_security_policy"],
        },
        "AdvancedSecurityOptions": {
            "Enabled": access["enabled"],
            "InternalUserDatabaseEnabled": access["internal_user_database_enabled"],
            "MasterUserOptions": {"MasterUserARN": part(access, "master_user_options")["master_user_arn"]},
        },
        "LogPublishingOptions": dict(log_publishing(values)),
        "SoftwareUpdateOptions": {
            "AutoSoftwareUpdateEnabled": part(values, "software_update_options")["auto_software_update_enabled"]
        },
        "AccessPolicies": canonical(values["access_policies"]),
    }
    return form("AWS::OpenSearchService::Domain", values["domain_name"], properties)


def log_publishing(values: Values) -> Iterator[tuple[str, Values]]:
    """Which logs a domain writes, and where."""
    for each in values["log_publishing_options"]:
        yield each["log_type"], {"Enabled": each["enabled"], "CloudWatchLogsLogGroupArn": each["cloudwatch_log_group_arn"]}


def alarm(values: Values) -> list[Form]:
    """An alarm."""
    names = ("alarm_name", "alarm_description", "namespace", "metric_name", "statistic", "comparison_operator", "alarm_actions")
    properties = {
        **{camel(name): values[name] for name in names},
        "Dimensions": [{"Name": name, "Value": value} for name, value in values["dimensions"].items()],
        "Period": values["period"],
        "EvaluationPeriods": values["evaluation_periods"],
        "TreatMissingData": values["treat_missing_data"],
        "OKActions": values["ok_actions"],
    }
    [(key, kept)] = form("AWS::CloudWatch::Alarm", values["alarm_name"], properties)
    return [(key, {**kept, "Threshold": values["threshold"]})]


def named(type_: str, name: str, **properties: str):
    """A resource whose attributes only have other names."""

    def made(values: Values) -> list[Form]:
        return form(type_, values[name] if name else "", {new: values[old] for new, old in properties.items()})

    return made


def policy_of(type_: str, target: str, key: str, of: str = "policy"):
    """A policy of something that `target` names; `key` is where CloudFormation names it, in a list but for buckets."""

    def made(values: Values) -> list[Form]:
        name = values[target] if key == "Bucket" else [values[target]]
        return form(type_, values[target], {key: name, "PolicyDocument": canonical(values[of])})

    return made


def redrive_allow(values: Values) -> list[Form]:
    """Who may be a dead-letter queue's source."""
    return form("AWS::SQS::Queue", values["queue_url"], {"RedriveAllowPolicy": json.loads(values["redrive_allow_policy"])})


def key(values: Values) -> list[Form]:
    """The key."""
    properties = {
        "Description": values["description"],
        "EnableKeyRotation": values["enable_key_rotation"],
        "PendingWindowInDays": values["deletion_window_in_days"],
        "KeyPolicy": canonical(values["policy"]),
    }
    return form("AWS::KMS::Key", "", properties)


def role(values: Values) -> list[Form]:
    """The function's role."""
    trust = canonical(values["assume_role_policy"])
    properties = {"RoleName": values["name"], "Description": values["description"], "AssumeRolePolicyDocument": trust}
    return form("AWS::IAM::Role", values["name"], properties)


def role_policy(values: Values) -> list[Form]:
    """What the role may do."""
    properties = {"PolicyName": values["name"], "RoleName": values["role"], "PolicyDocument": canonical(values["policy"])}
    return form("AWS::IAM::RolePolicy", values["name"], properties)


def logs_policy(values: Values) -> list[Form]:
    """Who else may write logs."""
    properties = {"PolicyName": values["policy_name"], "PolicyDocument": canonical(values["policy_document"])}
    return form("AWS::Logs::ResourcePolicy", values["policy_name"], properties)


def dashboard(values: Values) -> list[Form]:
    """The dashboard."""
    name, body = values["dashboard_name"], json.loads(values["dashboard_body"])
    return form("AWS::CloudWatch::Dashboard", name, {"DashboardName": name, "DashboardBody": body})


FORMS = {
    "aws_kms_key": key,
    "aws_kms_alias": named("AWS::KMS::Alias", "name", AliasName="name", TargetKeyId="target_key_id"),
    "aws_s3_bucket": lambda values: bucket(values, {"BucketName": values["bucket"]}),
    "aws_s3_bucket_public_access_block": public_access,
    "aws_s3_bucket_ownership_controls": lambda values: bucket(
        values, {"OwnershipControls": {"Rules": [{"ObjectOwnership": part(values, "rule")["object_ownership"]}]}}
    ),
    "aws_s3_bucket_versioning": lambda values: bucket(
        values, {"VersioningConfiguration": {"Status": part(values, "versioning_configuration")["status"]}}
    ),
    "aws_s3_bucket_server_side_encryption_configuration": encryption,
    "aws_s3_bucket_lifecycle_configuration": lifecycle,
    "aws_s3_bucket_notification": notification,
    "aws_s3_bucket_logging": logging,
    "aws_s3_bucket_policy": policy_of("AWS::S3::BucketPolicy", "bucket", "Bucket"),
    "aws_cloudtrail": trail,
    "aws_sqs_queue": queue,
    "aws_sqs_queue_policy": policy_of("AWS::SQS::QueuePolicy", "queue_url", "Queues"),
    "aws_sqs_queue_redrive_allow_policy": redrive_allow,
    "aws_cloudwatch_log_group": named(
        "AWS::Logs::LogGroup", "name", LogGroupName="name", RetentionInDays="retention_in_days", KmsKeyId="kms_key_id"
    ),
    "aws_lambda_function": function,
    "aws_iam_role": role,
    "aws_iam_role_policy": role_policy,
    "aws_lambda_event_source_mapping": mapping,
    "aws_lambda_invocation": setup,
    "aws_opensearch_domain": domain,
    "aws_cloudwatch_log_resource_policy": logs_policy,
    "aws_sns_topic": named("AWS::SNS::Topic", "name", TopicName="name", KmsMasterKeyId="kms_master_key_id"),
    "aws_sns_topic_policy": policy_of("AWS::SNS::TopicPolicy", "arn", "Topics"),
    "aws_cloudwatch_metric_alarm": alarm,
    "aws_cloudwatch_dashboard": dashboard,
}
"""By Terraform's type."""
