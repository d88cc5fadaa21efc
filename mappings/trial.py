"""Indexes log files under a prefix of their own, by the real binary, for the checks that search them."""
from __future__ import annotations

import contextlib
import json
import os
import subprocess
from pathlib import Path

from check_server import HERE, Server

RELEASE = HERE.parent / "target" / "release"
EXPECTED = json.loads((HERE / "rendered/expected.json").read_text())


def run(binary: str, *arguments: str) -> str:
    """What a release binary of the project says; it must succeed."""
    done = subprocess.run([RELEASE / binary, *arguments], env=os.environ, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{binary} {' '.join(arguments)} failed (is `make build` done?):\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def ingested(server: Server, prefix: str, folder: Path):
    """The log files of a folder, searchable as `<prefix>-*` as long as this lasts; gives the prefix."""
    own = ("--endpoint", server.endpoint, "--index-prefix", prefix)
    clean(server, prefix)
    try:
        run("trailsearch", "ingest", str(folder), "--setup", *own)
        server.must("POST", f"/{prefix}-*/_refresh")
        yield prefix
    finally:
        clean(server, prefix)


def clean(server: Server, prefix: str) -> None:
    """Removes what `trailsearch` made under a prefix; what is not there is no error."""
    for path in (f"{prefix}-*", f"_index_template/{prefix}", f"_component_template/{prefix}-*"):
        server.call("DELETE", f"/{path}")


def query_string(query: str) -> dict:
    """A query as Dashboards sends it to the server: an empty one means everything."""
    return {"query_string": {"query": query, "analyze_wildcard": True}} if query else {"match_all": {}}
