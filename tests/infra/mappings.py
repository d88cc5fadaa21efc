"""Event source mappings: moto would take the queue's messages itself and lose them, since it has no function to run. So it hears of mappings that are switched off.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

import json

PATH = "/2015-03-31/event-source-mappings"


def amend(method: str, body: bytes) -> bytes:
    """The body of a request as moto may hear it."""
    return json.dumps({**json.loads(body), "Enabled": False}).encode() if method in ("POST", "PUT") else body


def answer(body: bytes) -> bytes:
    """The body of a reply as of mappings that are switched on."""
    return body.replace(b'"State": "Disabled"', b'"State": "Enabled"')
