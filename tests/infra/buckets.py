"""Bucket policies with conditions, at which moto does not look: it would take what is denied without TLS for denied at all. So it hears of what they allow only.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
"""

from __future__ import annotations

import json
from typing import Any


class Policies:
    """The policies as they were put, by the bucket's path."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def amend(self, method: str, path: str, query: str, body: bytes) -> bytes:
        """The body of a request as moto may hear it."""
        if not is_policy(query) or method != "PUT":
            return body
        self.kept[path] = body
        return json.dumps(allowed(json.loads(body))).encode()

    def answer(self, method: str, path: str, query: str, body: bytes) -> bytes:
        """The body of a reply: the policy as it was put."""
        return self.kept.get(path, body) if is_policy(query) and method == "GET" else body


def is_policy(query: str) -> bool:
    """Whether a request is about a bucket's policy."""
    return query.split("=")[0] == "policy"


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
