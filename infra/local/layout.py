"""Where the local stack keeps its files, and what it remembers between two commands."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parent.parent
TOOLS = ROOT / "target" / "local"
"""Downloads, shared by all stacks of this checkout."""


class Failure(Exception):
    """Something the user has to do; its text is printed without a traceback."""


class Layout:
    """The files of one stack, below its home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.env = home / "env"
        self.state = home / "state.json"

    def make(self) -> None:
        """Makes the folders."""
        for folder in (TOOLS, self.data, self.log):
            folder.mkdir(parents=True, exist_ok=True)

    def log_of(self, service: str) -> Path:
        """A service's log."""
        return self.log / f"{service}.log"

    def read_state(self) -> dict[str, Any]:
        """`{"ports": {name: port}, "services": {name: process record}}`; empty at first."""
        try:
            return json.loads(self.state.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {"ports": {}, "services": {}}

    def write_state(self, state: dict[str, Any]) -> None:
        """Replaces the state in one step, so that a crash leaves the old one."""
        replace(self.state, json.dumps(state, indent=2) + "\n")


def replace(path: Path, text: str) -> None:
    """Writes a whole file in one step."""
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    part.rename(path)


@contextmanager
def locked() -> Iterator[None]:
    """Lets one command at a time change the stacks of this checkout; the others wait."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with open(TOOLS / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
