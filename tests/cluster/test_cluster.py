"""A cluster that loses a node, restarts one, and is then gone for a minute, while new objects arrive: nothing is lost.

Takes five minutes, 4 GB of memory and the release binaries; runs with SOAK=1 only.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

from own_stack import NODES, ROOT, OwnStack, clock, wait_until

RECORDS = 300
"""In each object."""
PERIOD_S = 0.5
"""Between two objects."""
GONE_S = 60
PATIENCE_S = 300
"""For the queue to become empty, failed messages and their visibility timeout included."""


class Load(threading.Thread):
    """Puts one new object after the other into the bucket until it is ended."""

    def __init__(self, stack: OwnStack) -> None:
        super().__init__(daemon=True)
        self.stack = stack
        self.objects = 0
        self.events: list[str] = []
        self.ending = threading.Event()

    def run(self) -> None:
        s3 = self.stack.client("s3")
        while not self.ending.wait(PERIOD_S):
            body = self.make_object()
            folder = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/15"
            key = f"{folder}/111122223333_CloudTrail_us-east-1_20261015T0910Z_{self.objects:016}.json.gz"
            s3.put_object(Bucket=self.stack.env["LOCAL_BUCKET"], Key=key, Body=body)
            self.events += [record["eventID"] for record in json.loads(gzip.decompress(body))["Records"]]
            self.objects += 1

    def make_object(self) -> bytes:
        """An object of events that no other has."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.json.gz"
            command = [ROOT / "target/release/testkit", "load", path, "--records", str(RECORDS)]
            command += ["--seed", str(self.objects)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return path.read_bytes()

    def end(self) -> None:
        """Puts no more."""
        self.ending.set()
        self.join()


@unittest.skipUnless(os.environ.get("SOAK", "0") != "0", "takes five minutes: SOAK=1")
class ClusterTest(unittest.TestCase):
    """The incidents, one after the other, on one cluster."""

    def setUp(self) -> None:
        self.stack = OwnStack()
        self.addCleanup(self.stack.remove)
        self.say = clock()
        self.load = Load(self.stack)
        self.load.start()
        self.addCleanup(self.load.end)

    def test_nothing_is_lost_while_one_node_is_killed_and_another_restarted(self) -> None:
        for node, by in ((2, signal.SIGKILL), (3, signal.SIGTERM)):
            time.sleep(10)
            self.stack.wait_for_replicas()
            self.stack.end(node, by=by)
            self.say(f"node {node} has ended by {by.name}")
            time.sleep(10)
            self.stack.up()
            self.say(f"node {node} is back")
            self.stack.wait_for_replicas()
            self.say("every shard has its replica")
        self.check()

    def test_all_nodes_gone_for_a_minute_delay_the_work_and_lose_none_of_it(self) -> None:
        time.sleep(10)
        self.stack.wait_for_replicas()
        self.stack.end(*NODES, by=signal.SIGKILL)
        self.say("all nodes are killed")
        time.sleep(GONE_S)
        self.say("they are started again")
        self.stack.up()
        self.say("all nodes are back")
        self.check()
        self.assertTrue(self.stack.logged("object failed"), "work was redelivered")

    def check(self) -> None:
        """Ends the load, waits for the queue, and compares what is in the index with what was put."""
        time.sleep(5)
        self.load.end()
        wait_until(lambda: self.stack.messages("LOCAL_QUEUE_URL") == 0, PATIENCE_S)
        self.say("the queue is empty")
        if given_up := self.stack.messages("LOCAL_DLQ_URL"):
            self.stack.trailsearch("replay", "--queue", self.stack.env["LOCAL_DLQ_URL"])
            self.say(f"{given_up} messages that the queue gave up are replayed")
        found = Counter(self.stack.events())
        done, failed = self.stack.logged("object ingested"), self.stack.logged("object failed")
        retried, duplicate = (sum(line[name] for line in done + failed) for name in ("retried", "duplicate"))
        self.say(
            f"{self.load.objects} objects, {len(self.load.events)} records, {found.total()} documents; "
            f"{len(failed)} failed attempts at objects, {retried} documents sent again, {duplicate} there already"
        )
        put = Counter(self.load.events)
        self.assertEqual(((put - found).total(), (found - put).total()), (0, 0), "missing events, and others")


if __name__ == "__main__":
    unittest.main()
