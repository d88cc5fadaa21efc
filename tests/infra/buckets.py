"""What moto misreads of buckets.

Of policies, it does not look at conditions, and would take what is denied without TLS for denied at all: so it hears of what they
allow only. Of notifications, it does not tell that EventBridge has them.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

from __future__ import annotations

import json
import re
from typing import Any


EVENT_BRIDGE = b"<EventBridgeConfiguration"
END = re.compile(rb"(?:/>|</NotificationConfiguration>)\s*$")


class Buckets:
    """By their paths: the policies as they were put, and who tells EventBridge."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.event_bridge: set[str] = set()

    def amend(self, method: str, path: str, query: str, body: bytes) -> bytes:
        """The body of a request as moto may hear it."""
        if is_about("notification", query) and method == "PUT":
            (self.event_bridge.add if EVENT_BRIDGE in body else self.event_bridge.discard)(path)
        if not is_about("policy", query) or method != "PUT":
            return body
        self.kept[path] = body
        return json.dumps(allowed(json.loads(body))).encode()

    def answer(self, method: str, path: str, query: str, body: bytes) -> bytes:
        """The body of a reply: the policy as it was put, the notifications with EventBridge."""
        if is_about("notification", query) and path in self.event_bridge and EVENT_BRIDGE not in body:
            opened = b">" if body.rstrip().endswith(b"/>") else b""
            return END.sub(opened + EVENT_BRIDGE + b"/></NotificationConfiguration>", body)
        return self.kept.get(path, body) if is_about("policy", query) and method == "GET" else body


def is_about(part: str, query: str) -> bool:
    """Which part of a bucket a request is about."""
    return query.split("=")[0] == part


def allowed(policy: dict[str, Any]) -> dict[str, Any]:
    """What a policy allows, whatever the conditions."""
    statements = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    return {**policy, "Statement": [unconditional(each) for each in statements]}


def unconditional(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement without conditions. Where access logs may go, moto knows the very prefix or everything."""
    kept = {name: value for name, value in statement.items() if name != "Condition"}
    if statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}:
        kept["Resource"] = statement["Resource"].partition("/")[0] + "/*"
    return kept
