"""What is in an account before trailsearch comes: buckets, a topic, a key, a network, a secret."""

from __future__ import annotations

import json
from typing import Any

from emulator import Emulator

LOGIN = "alice:not a secret"
LOGS, STATE, ACCESS_LOGS = "existing-logs", "existing-state", "existing-access-logs"


def make(emulator: Emulator) -> dict[str, str]:
    """Makes all of it; gives the ids that nobody can know before, by the names that choices use."""
    buckets(emulator)
    ec2 = emulator.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    return {
        "TOPIC": topic(emulator),
        "KEY": emulator.client("kms").create_key()["KeyMetadata"]["Arn"],
        "ALARMS": emulator.client("sns").create_topic(Name="existing-alarms")["TopicArn"],
        "SECRET": emulator.client("secretsmanager").create_secret(Name="cluster", SecretString=login())["ARN"],
        "SUBNET": ec2.describe_subnets()["Subnets"][0]["SubnetId"],
        "GROUP": ec2.create_security_group(GroupName="function", Description="function", VpcId=vpc)["GroupId"],
    }


def login() -> str:
    """What such a secret holds."""
    username, _, password = LOGIN.partition(":")
    return json.dumps({"username": username, "password": password})


def buckets(emulator: Emulator) -> None:
    """The buckets, one of which takes access logs."""
    s3 = emulator.client("s3")
    for name in (LOGS, STATE, ACCESS_LOGS):
        s3.create_bucket(Bucket=name)
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{ACCESS_LOGS}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    s3.put_bucket_policy(Bucket=ACCESS_LOGS, Policy=json.dumps(policy))


def topic(emulator: Emulator) -> str:
    """A topic that the log bucket tells of every object, as it tells EventBridge."""
    arn = emulator.client("sns").create_topic(Name="existing-objects")["TopicArn"]
    told = {"TopicConfigurations": [{"TopicArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    emulator.client("s3").put_bucket_notification_configuration(
        Bucket=LOGS, NotificationConfiguration={**told, "EventBridgeConfiguration": {}}
    )
    return arn


def filled(choices: Any, ids: dict[str, str]) -> Any:
    """Choices with the ids in the place of their names."""
    if isinstance(choices, dict):
        return {name: filled(value, ids) for name, value in choices.items()}
    if isinstance(choices, list):
        return [filled(value, ids) for value in choices]
    return ids.get(choices, choices) if isinstance(choices, str) else choices
