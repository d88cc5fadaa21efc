"""The attribute RedriveAllowPolicy of queues, which moto refuses: kept here, and told with the others.

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
        """Moto's reply with the attribute added where all are asked for."""
        policy = self.kept.get(request.get("QueueUrl", ""))
        if operation != "GetQueueAttributes" or not policy or "All" not in request.get("AttributeNames", []):
            return body
        reply = json.loads(body)
        reply.setdefault("Attributes", {})[NAME] = policy
        return json.dumps(reply).encode()
