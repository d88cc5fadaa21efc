"""Which statements of a policy allow a call: the part of IAM's evaluation that the function's policy uses.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Access:
    """One action on one resource, with what IAM knows of the request."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The statements by their Sid."""
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def allowing(policy: dict[str, Any], access: Access) -> list[str]:
    """The Sids of the statements that allow it."""
    return [sid for sid, statement in statements(policy).items() if allows(statement, access)]


def allows(statement: dict[str, Any], access: Access) -> bool:
    """Whether one statement allows it."""
    if statement["Effect"] != "Allow" or "NotAction" in statement or "NotResource" in statement:
        return False
    action = any(matches(pattern.lower(), access.action.lower()) for pattern in listed(statement["Action"]))
    resource = any(matches(pattern, access.resource) for pattern in listed(statement["Resource"]))
    return action and resource and all(holds(*each, access.context) for each in conditions(statement))


def conditions(statement: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """The operator, the key and the values of each condition."""
    found = statement.get("Condition", {})
    return [(operator, key, listed(values)) for operator, keys in found.items() for key, values in keys.items()]


def holds(operator: str, key: str, values: list[str], context: dict[str, str]) -> bool:
    """Whether a condition holds. An operator that is not known here never does."""
    if key not in context:
        return False
    if operator == "StringEquals":
        return context[key] in values
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return any(matches(value, context[key]) for value in values)
    return False


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern of `*` and `?`."""
    parts = [".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern)]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def listed(value: str | list[str]) -> list[str]:
    """A policy's element, which may be one text or several."""
    return [value] if isinstance(value, str) else value
