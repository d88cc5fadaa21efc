"""One form for the policies that may be written in several."""

from __future__ import annotations

import json
from typing import Any


def canonical(policy: str | dict[str, Any]) -> dict[str, Any]:
    """A policy's statements by their Sid, each list sorted and each single value a list."""
    parsed = json.loads(policy) if isinstance(policy, str) else policy
    return {each["Sid"]: {name: element(value) for name, value in each.items()} for each in parsed["Statement"]}


def element(value: Any) -> Any:
    """An element of a statement, down to its texts."""
    if isinstance(value, dict):
        return {name: element(inner) for name, inner in value.items()}
    return sorted(value) if isinstance(value, list) else [value]
