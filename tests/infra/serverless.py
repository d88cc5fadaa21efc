"""Policies of OpenSearch Serverless: kept, told and forgotten.

Moto has none for access and lifecycle, takes one of a network for one of encryption, and cannot delete those of encryption.

https://docs.aws.amazon.com/opensearch-service/latest/ServerlessAPIReference/API_Operations.html
"""

from __future__ import annotations

import json
from typing import Any

KINDS = {
    "AccessPolicy": "accessPolicyDetail",
    "LifecyclePolicy": "lifecyclePolicyDetail",
    "SecurityPolicy": "securityPolicyDetail",
}
NOT_FOUND = 400, {"__type": "ResourceNotFoundException", "message": "there is no such policy"}


class Policies:
    """The policies by kind, type and name."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.gone: set[tuple[str, str, str]] = set()
        self.version = 0

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """The status and the reply; none for moto's."""
        if operation == "BatchGetLifecyclePolicy":
            return self.batch(request["identifiers"])
        verb, kind = split(operation)
        key = (kind, request.get("type", ""), request.get("name", ""))
        if key[:2] == ("SecurityPolicy", "encryption"):
            return self.encryption(verb, key)
        return self.other(verb, key, request) if kind in KINDS else None

    def encryption(self, verb: str, key: tuple[str, str, str]) -> tuple[int, dict[str, Any]] | None:
        """The reply about a policy of encryption that is deleted."""
        if verb == "Delete":
            self.gone.add(key)
            return 200, {}
        return NOT_FOUND if verb == "Get" and key in self.gone else None

    def other(self, verb: str, key: tuple[str, str, str], request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The reply about a policy that moto is not asked for."""
        if verb in ("Create", "Update"):
            self.kept[key] = self.detail(request)
        if key not in self.kept:
            return NOT_FOUND
        detail = self.kept.pop(key) if verb == "Delete" else self.kept[key]
        return 200, {} if verb == "Delete" else {KINDS[key[0]]: detail}

    def batch(self, identifiers: list[dict[str, str]]) -> tuple[int, dict[str, Any]]:
        """Several lifecycle policies at once."""
        keys = [("LifecyclePolicy", each["type"], each["name"]) for each in identifiers]
        missing = [{"type": key[1], "name": key[2], "errorCode": "NOT_FOUND"} for key in keys if key not in self.kept]
        found = [self.kept[key] for key in keys if key in self.kept]
        return 200, {"lifecyclePolicyDetails": found, "lifecyclePolicyErrorDetails": missing}

    def detail(self, request: dict[str, Any]) -> dict[str, Any]:
        """A policy as it is told."""
        self.version += 1
        policy = json.loads(request["policy"])
        return {
            "name": request["name"],
            "type": request["type"],
            "policy": policy,
            "policyVersion": f"version{self.version:032d}",
            **({"description": request["description"]} if "description" in request else {}),
        }


def split(operation: str) -> tuple[str, str]:
    """`CreateAccessPolicy` into its verb and its kind."""
    for verb in ("Create", "Update", "Delete", "Get"):
        if operation.startswith(verb):
            return verb, operation.removeprefix(verb)
    return "", operation
