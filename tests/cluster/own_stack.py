"""A local stack of the test's own: three OpenSearch nodes that may be killed, and a queue that feeds the function."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra/local"))

import processes
from layout import Layout

NODES = (1, 2, 3)
INDICES = "cloudtrail-*"
PAGE = 5000
LEAVE_S = 60
"""What a node may need to close."""


class OwnStack:
    """Three nodes of 512 MB each, with shards on all of them and a replica of each."""

    def __init__(self) -> None:
        self.layout = Layout(Path(tempfile.mkdtemp(prefix="trailsearch-cluster-")))
        self.up()
        lines = [shlex.split(line)[1] for line in self.layout.env.read_text().splitlines()]
        self.env = dict(line.split("=", 1) for line in lines)
        self.trailsearch("setup", "--shards", str(len(NODES)), "--replicas", "1")

    def command(self, *arguments: str) -> None:
        """Runs a command of the local stack."""
        command = [ROOT / "infra/local/stack.py", "--home", self.layout.home, *arguments]
        subprocess.run(command, env={**os.environ, "OPENSEARCH_HEAP": "512m"}, check=True, stdout=subprocess.DEVNULL)

    def trailsearch(self, *arguments: str) -> None:
        """Runs the command line."""
        command = [ROOT / "target/release/trailsearch", *arguments]
        subprocess.run(command, env={**os.environ, **self.env}, check=True, stdout=subprocess.DEVNULL)

    def up(self) -> None:
        """Starts what does not run."""
        self.command("--nodes", str(len(NODES)), "up")

    def remove(self) -> None:
        """Stops everything and leaves nothing behind."""
        self.command("down")
        shutil.rmtree(self.layout.home)

    def end(self, *nodes: int, by: signal.Signals) -> None:
        """Sends nodes a signal that ends them, and waits until they are gone."""
        services = self.layout.read_state()["services"]
        records = [services["opensearch" if node == 1 else f"opensearch-{node}"] for node in nodes]
        for record in records:
            processes.send(record, by)
        if not processes.wait_until(lambda: not any(map(processes.is_running, records)), LEAVE_S):
            raise TimeoutError(f"nodes {nodes} do not end")

    def wait_for_replicas(self) -> None:
        """Waits until every shard has its replica."""
        health = self.ask("/_cluster/health?wait_for_status=green&timeout=120s")
        if health["timed_out"] or health["number_of_nodes"] != len(NODES):
            raise TimeoutError(f"the cluster does not recover: {health}")

    def client(self, service: str) -> Any:
        """A client of moto."""
        names = {"endpoint_url": "AWS_ENDPOINT_URL", "region_name": "AWS_REGION"}
        names |= {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}
        return boto3.client(service, **{name: self.env[variable] for name, variable in names.items()})

    def messages(self, queue: str) -> int:
        """Messages in a queue, those under way included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=self.env[queue], AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def ask(self, path: str, body: Any = None) -> Any:
        """What the cluster answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.env["OPENSEARCH_ENDPOINT"] + path, data=data, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=150) as reply:
            return json.load(reply)

    def events(self) -> Iterator[str]:
        """The `eventID` of each document."""
        self.ask(f"/{INDICES}/_refresh")
        page = self.ask(f"/{INDICES}/_search?scroll=1m", {"size": PAGE, "_source": ["eventID"], "sort": ["_doc"]})
        while page["hits"]["hits"]:
            yield from (hit["_source"]["eventID"] for hit in page["hits"]["hits"])
            page = self.ask("/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})

    def logged(self, message: str) -> list[dict[str, Any]]:
        """The lines of the function's log with this message."""
        lines = self.layout.log_of("lambda").read_text(errors="replace").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if line.get("message") == message]


def wait_until(condition: Callable[[], bool], patience_s: float) -> None:
    """Waits for a condition."""
    if not processes.wait_until(condition, patience_s, pause_s=1):
        raise TimeoutError(f"still not so after {patience_s} s")


def clock() -> Callable[[str], None]:
    """Prints what happens, and when."""
    began = time.monotonic()
    return lambda text: print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)
