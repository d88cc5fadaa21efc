"""CloudTrail's log objects, made up."""

from __future__ import annotations

import gzip
import json
import secrets
import uuid
from datetime import datetime
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


def access_line(time: datetime, requester: str, status: int) -> str:
    """A line of an S3 server access log: a write of flow logs."""
    error = "AccessDenied" if status == 403 else "-"
    return (
        f"0f1e2d3c4b5a69788796a5b4c3d2e1f0 example-flow-logs [{time:%d/%b/%Y:%H:%M:%S +0000}] 203.0.113.24 {requester} "
        f"{secrets.token_hex(8).upper()} REST.PUT.OBJECT AWSLogs/one.log.gz \"PUT /AWSLogs/one.log.gz HTTP/1.1\" {status} {error} "
        "243 - 41 12 \"-\" \"-\" - k3Jr9vQ0+/= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader "
        "example-flow-logs.s3.eu-central-1.amazonaws.com TLSv1.3 - - eu-central-1\n"
    )


def access_key(time: datetime) -> str:
    """An access log's key, below the prefix of the bucket that is made for them."""
    return f"access/example-flow-logs/{time:%Y-%m-%d-%H-%M-%S}-8C2A7F31D09B4E65"


def large(time: str) -> list[dict[str, Any]]:
    """Records whose object is so large that an attempt may end before it does: more than 1 MiB compressed."""
    return [event(time, additionalEventData={"token": secrets.token_hex(120_000)}) for _ in range(12)]


def log_object(records: list[dict[str, Any]]) -> bytes:
    """A log object."""
    return gzip.compress(json.dumps({"Records": records}).encode())


def key(name: str) -> str:
    """A log object's key."""
    return f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/11/20/{ACCOUNT}_CloudTrail_{REGION}_20261120T0000Z_{name}.json.gz"
