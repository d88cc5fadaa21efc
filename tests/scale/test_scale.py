"""Questions about single things among many events: the answers are right, and how long the whole process takes.

Runs the release command line against OPENSEARCH_ENDPOINT: among 20,000 events, or with SOAK=1 among 1,000,000, where the times
must keep their limits too.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "mappings")]

from check_server import Server
from lives import ACCOUNTS, REGION, ROLES, Chain, Instance, Maker, Record

ENDPOINT = os.environ.get("OPENSEARCH_ENDPOINT")
SOAK = os.environ.get("SOAK", "0") != "0"
PREFIX = "scale-check"
SEED = 7
EVENTS = 1_000_000 if SOAK else 20_000
OBJECT = 20_000
"""Most records of an object."""
LIVES_SHARE = 0.1
"""Of the events, those that belong to lives; the others are ordinary traffic."""
CHAIN_EVERY = 4
"""Instances for each chain."""
QUESTIONS = {"who": 200, "history": 50, "trace": 50} if SOAK else {"who": 20, "history": 5, "trace": 5}
LIMITS_MS = {"who": (150, 500), "history": (1000, 1000), "trace": (1000, 1000)}
"""Median and 99th percentile of the whole process."""


def trailsearch(*arguments: str | Path) -> Any:
    """What a command of the release binary answers."""
    command = [ROOT / "target/release/trailsearch", *arguments, "--index-prefix", PREFIX, "--output", "json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def path_of(folder: Path, number: int) -> Path:
    """Where an object lies, as CloudTrail names it."""
    day = folder / f"AWSLogs/{ACCOUNTS[0]}/CloudTrail/{REGION}/2026/10/31"
    day.mkdir(parents=True, exist_ok=True)
    return day / f"{ACCOUNTS[0]}_CloudTrail_{REGION}_20261031T2355Z_{number:016}.json.gz"


def write_traffic(folder: Path, count: int) -> int:
    """Writes ordinary traffic; how many objects it takes."""
    numbers = range(-(-count // OBJECT))
    for number in numbers:
        records = min(OBJECT, count - number * OBJECT)
        command = [ROOT / "target/release/testkit", "load", path_of(folder, number)]
        command += ["--records", str(records), "--seed", str(number + 1)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return len(numbers)


def write_lives(folder: Path, records: list[Record], number: int) -> None:
    """Writes the records of all lives, mixed, as objects from this number on."""
    random.Random(SEED).shuffle(records)
    for start in range(0, len(records), OBJECT):
        body = json.dumps({"Records": records[start : start + OBJECT]}, separators=(",", ":"))
        path_of(folder, number + start // OBJECT).write_bytes(gzip.compress(body.encode(), 6))


def make_lives(count: int) -> tuple[list[Instance], list[Chain]]:
    """Lives with so many records or a few more."""
    maker, made = Maker(SEED), 0
    instances: list[Instance] = []
    chains: list[Chain] = []
    while made < count:
        instances.append(maker.instance())
        made += len(instances[-1].records)
        if len(instances) % CHAIN_EVERY == 0:
            chains.append(maker.chain())
            made += len(chains[-1].records)
    return instances, chains


@unittest.skipUnless(ENDPOINT or os.environ.get("LOCAL_STACK_REQUIRED"), "OPENSEARCH_ENDPOINT is not set: start the local stack with `make up`")
class Scale(unittest.TestCase):
    """The questions, put to one index."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.addClassCleanup(cls.clean)
        cls.clean()
        cls.instances, cls.chains = make_lives(int(EVENTS * LIVES_SHARE))
        records = [record for life in (*cls.instances, *cls.chains) for record in life.records]
        with tempfile.TemporaryDirectory() as folder:
            number = write_traffic(Path(folder), EVENTS - len(records))
            write_lives(Path(folder), records, number)
            began = time.monotonic()
            books = trailsearch("ingest", folder, "--setup")
        took = time.monotonic() - began
        print(f"\n{books['indexed']:,} events indexed in {took:.0f} s, {len(cls.instances):,} instances and {len(cls.chains):,} chains among them")
        if books["indexed"] != EVENTS:
            raise AssertionError(f"not every event is indexed: {books}")
        cls.settle()

    @classmethod
    def settle(cls) -> None:
        """Waits until the index is searchable and merges no more: what is asked of is a server at its usual work."""
        server = Server(ENDPOINT)
        server.call("POST", f"/{PREFIX}-*/_refresh")
        while server.must("GET", f"/{PREFIX}-*/_stats/merge")["_all"]["total"]["merges"]["current"]:
            time.sleep(1)

    @classmethod
    def clean(cls) -> None:
        """Removes what the test has made."""
        server = Server(ENDPOINT)
        for path in (f"{PREFIX}-*", f"_index_template/{PREFIX}", f"_component_template/{PREFIX}-*"):
            server.call("DELETE", f"/{path}")

    def ask(self, question: str, lives: Iterable[Any], given: Callable[[Any], str], check: Callable[[Any, Any], None]) -> None:
        """Puts a question about random lives, checks each answer, and prints how long the process took."""
        times = []
        for life in random.Random(SEED).sample(list(lives), QUESTIONS[question]):
            began = time.perf_counter()
            answer = trailsearch(question, given(life))
            times.append((time.perf_counter() - began) * 1000)
            check(life, answer)
        median, slow = statistics.median(times), statistics.quantiles(times, n=100, method="inclusive")[98]
        print(f"{question}: {len(times)} of {len(times)} right, median {median:.0f} ms, p99 {slow:.0f} ms, slowest {max(times):.0f} ms")
        if SOAK:
            self.assertLessEqual(median, LIMITS_MS[question][0])
            self.assertLessEqual(slow, LIMITS_MS[question][1])

    def test_who_launched_an_instance_and_changed_it_last(self) -> None:
        def check(life: Instance, answer: Any) -> None:
            found = (answer["created"]["eventID"], answer["last_change"]["eventID"])
            self.assertEqual(found, (life.created, life.last_change))

        self.ask("who", self.instances, lambda life: life.id, check)

    def test_the_history_of_an_instance_has_every_change(self) -> None:
        def check(life: Instance, answer: Any) -> None:
            self.assertEqual([event["eventID"] for event in answer["events"]], life.changes)

        self.ask("history", self.instances, lambda life: life.id, check)

    def test_a_chain_of_roles_leads_to_the_person(self) -> None:
        def check(chain: Chain, answer: Any) -> None:
            calls = [step["event"]["eventName"] for step in answer["chain"]]
            self.assertEqual((answer["origin"]["name"], calls.count("AssumeRole")), (chain.person, ROLES))

        self.ask("trace", self.chains, lambda chain: chain.key, check)


if __name__ == "__main__":
    unittest.main()
