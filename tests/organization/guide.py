"""The requests that docs/organization.md shows, so that what is tested is what people read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[2] / "docs/organization.md"


def requests() -> list[tuple[str, str, Any]]:
    """Method, path and body of each block that begins with `PUT /…`."""
    blocks = re.findall(r"^```json\n(PUT) (/\S+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    return [(method, path, json.loads(body)) for method, path, body in blocks]
