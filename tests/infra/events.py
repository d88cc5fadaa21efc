"""CloudTrail's log objects, made up."""

from __future__ import annotations

import gzip
import json
import secrets
import uuid
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-central-1"


def event(time: str, **members: Any) -> dict[str, Any]:
    """A record of that time."""
    return {
        "eventVersion": "1.11",
        "eventID": str(uuid.uuid4()),
        "eventTime": time,
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances",
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "eventType": "AwsApiCall",
        "readOnly": True,
        "sourceIPAddress": "203.0.113.24",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "alice",
            "accountId": ACCOUNT,
            "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
        },
        "requestParameters": {"instanceType": "t3.micro"},
        **members,
    }


def denied_delivery(time: str) -> dict[str, Any]:
    """A service that was refused when it delivered logs."""
    return event(
        time,
        eventSource="s3.amazonaws.com",
        eventName="PutObject",
        errorCode="AccessDenied",
        errorMessage="Access Denied",
        readOnly=False,
        sourceIPAddress="delivery.logs.amazonaws.com",
        userIdentity={"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"},
        requestParameters={"bucketName": "example-flow-logs", "key": f"AWSLogs/{ACCOUNT}/vpcflowlogs/one.log.gz"},
    )


def large(time: str) -> list[dict[str, Any]]:
    """Records whose object is so large that an attempt may end before it does: more than 1 MiB compressed."""
    return [event(time, additionalEventData={"token": secrets.token_hex(120_000)}) for _ in range(12)]


def log_object(records: list[dict[str, Any]]) -> bytes:
    """A log object."""
    return gzip.compress(json.dumps({"Records": records}).encode())


def key(name: str) -> str:
    """A log object's key."""
    return f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/11/20/{ACCOUNT}_CloudTrail_{REGION}_20261120T0000Z_{name}.json.gz"
