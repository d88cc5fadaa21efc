"""What moto does not tell of queues as SQS does: the attribute RedriveAllowPolicy, which it refuses, is kept here.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from __future__ import annotations

import json
from typing import Any

NAME = "RedriveAllowPolicy"


class Redrive:
    """The policies by the queue's address."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | None:
        """The reply to what is about this attribute alone; none for moto's."""
        url = request.get("QueueUrl", "")
        if operation == "SetQueueAttributes" and set(request["Attributes"]) == {NAME}:
            self.kept[url] = request["Attributes"][NAME]
            return {}
        if operation == "GetQueueAttributes" and request.get("AttributeNames") == [NAME]:
            return {"Attributes": {NAME: self.kept[url]} if self.kept.get(url) else {}}
        return None

    def amend(self, operation: str, request: dict[str, Any], body: bytes) -> bytes:
        """Moto's reply as SQS gives it: with that attribute where all are asked for, and the other without blanks."""
        reply = json.loads(body) if operation == "GetQueueAttributes" else {}
        attributes = reply.get("Attributes", {})
        if "RedrivePolicy" in attributes:
            attributes["RedrivePolicy"] = json.dumps(json.loads(attributes["RedrivePolicy"]), separators=(",", ":"))
        policy = self.kept.get(request.get("QueueUrl", ""))
        if policy and "All" in request.get("AttributeNames", []):
            attributes[NAME] = policy
        return json.dumps(reply).encode() if attributes else body
