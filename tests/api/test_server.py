"""The whole AWS API on a real server: nothing is rejected, the fields stay as many, and every leaf is found.

Runs the release command line against OPENSEARCH_ENDPOINT with a sample of API_SAMPLE operations (default 2,000; `all`: each one).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "mappings")]

from check_server import Server, count

ENDPOINT = os.environ.get("OPENSEARCH_ENDPOINT")
SAMPLE = os.environ.get("API_SAMPLE", "2000")
LEAVES = 1000
PREFIX = "api-check"
INDEX = f"{PREFIX}-2026.11"
TRAILSEARCH = ROOT / "target/release/trailsearch"
RECORDS = ROOT / "target/api/check"
MAX_FIELDS = 400
# Searches in one request.
TOGETHER = 50
PART = {"request": "requestParameters", "response": "responseElements"}
# The server refuses longer queries; nobody types them (indices.query.query_string.max_query_length).
MAX_QUERY = 30_000
# What query_string reads as syntax, and the blank.
SYNTAX = re.compile(r'([-+=&|><!(){}\[\]^"~*?:\\/ ])')


def trailsearch(*arguments) -> dict:
    """What a command of the release binary answers."""
    command = [TRAILSEARCH, *arguments, "--index-prefix", PREFIX, "--output", "json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def generate() -> list:
    """Writes the records; the leaves to search for."""
    shutil.rmtree(RECORDS, ignore_errors=True)
    command = [sys.executable, HERE / "generate.py", "--out", RECORDS, "--leaves", str(LEAVES)]
    sample = [] if SAMPLE == "all" else ["--sample", SAMPLE]
    subprocess.run(command + sample, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in (RECORDS / "leaves.ndjson").read_text().splitlines()]


def promoted() -> dict:
    """The promoted leaf names of each side, as the template has them."""
    mapping = json.loads((ROOT / "mappings/rendered/opensearch/promoted.json").read_text())["template"]["mappings"]["properties"]
    fields = json.loads((ROOT / "mappings/rendered/opensearch/fields.json").read_text())["template"]["mappings"]["properties"]
    return {side: {**mapping.get(side, {}).get("properties", {}), **fields.get(side, {}).get("properties", {})} for side in PART}


def quoted(value: str) -> str:
    """A value as the search bar takes it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(leaf: dict) -> str:
    """A leaf's path as the search bar takes it."""
    return f"{PART[leaf['side']]}." + SYNTAX.sub(r"\\\1", leaf["path"])


def query(text: str, only=None) -> dict:
    """A search bar's query, among all records or in one alone."""
    found = {"query_string": {"query": text}}
    return {"bool": {"must": found, "filter": {"ids": {"values": [only]}}}} if only else found


@unittest.skipUnless(ENDPOINT or os.environ.get("LOCAL_STACK_REQUIRED"), "OPENSEARCH_ENDPOINT is not set: start the local stack with `make up`")
class WholeApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(ENDPOINT)
        cls.clean()
        cls.addClassCleanup(cls.clean)
        cls.leaves = generate()
        trailsearch("setup")
        cls.server.must("PUT", f"/{INDEX}")
        cls.fields_before = cls.fields()
        cls.books = trailsearch("ingest", RECORDS)
        cls.server.must("POST", f"/{INDEX}/_refresh")

    @classmethod
    def clean(cls):
        for index in cls.server.must("GET", f"/_cat/indices/{PREFIX}-*?format=json&h=index"):
            cls.server.must("DELETE", f"/{index['index']}")
        for kind, name in [("index", "")] + [("component", f"-{part}") for part in ("fields", "promoted", "settings")]:
            cls.server.call("DELETE", f"/_{kind}_template/{PREFIX}{name}")

    @classmethod
    def fields(cls) -> int:
        """The mapped fields, by the server's own counting rule."""
        return count(cls.server.must("GET", f"/{INDEX}/_mapping")[INDEX]["mappings"])

    def search(self, bodies: list) -> list:
        """The answers to many searches, in their order."""
        answers = []
        for start in range(0, len(bodies), TOGETHER):
            part = bodies[start : start + TOGETHER]
            lines = "".join(f"{{}}\n{json.dumps(body)}\n" for body in part)
            answers += self.server.must("POST", f"/{INDEX}/_msearch", lines)["responses"]
        for answer, body in zip(answers, bodies):
            self.assertNotIn("error", answer, str(answer)[:500] + str(body)[:500])
        return answers

    def test_every_record_is_indexed_whole_and_no_field_is_added(self):
        print(f"whole API: {self.books['records']} records, {self.fields_before} fields", file=sys.stderr)
        self.assertGreaterEqual(self.books["records"], 2000 if SAMPLE == "2000" else 19_000)
        self.assertEqual(self.books["indexed"], self.books["records"])
        self.assertEqual([self.books[name] for name in ("degraded", "dead_lettered", "failed")], [0, 0, 0])
        self.assertEqual(self.fields_before, self.fields())
        self.assertLessEqual(self.fields_before, MAX_FIELDS)

    def test_leaves_are_found_by_path_and_by_bare_value(self):
        self.assertGreaterEqual(len(self.leaves), 950)
        for how, field in (("path", lambda leaf: f"{escaped(leaf)}:"), ("value", lambda leaf: "")):
            queries = [field(leaf) + quoted(leaf["value"]) for leaf in self.leaves]
            typed = [(leaf, text) for leaf, text in zip(self.leaves, queries) if len(text) < MAX_QUERY]
            answers = self.search([{"size": 0, "query": query(text, leaf["eventID"])} for leaf, text in typed])
            found = {leaf["eventID"] for (leaf, _), answer in zip(typed, answers) if answer["hits"]["total"]["value"] == 1}
            print(f"whole API: {len(found)} of {len(self.leaves)} leaves found by {how}", file=sys.stderr)
            self.assert_explained([leaf for leaf in self.leaves if leaf["eventID"] not in found])

    def test_promoted_leaves_are_counted_right(self):
        names = promoted()
        leaves = [leaf for leaf in self.leaves if leaf["leaf"] in names[leaf["side"]]]
        bodies = [
            {"size": 0, "aggs": {"found": {"terms": {"field": f"{leaf['side']}.{leaf['leaf']}", "include": [leaf["value"]]}}}}
            for leaf in leaves
        ]
        counts = [sum(bucket["doc_count"] for bucket in answer["aggregations"]["found"]["buckets"]) for answer in self.search(bodies)]
        wrong = [leaf for leaf, found in zip(leaves, counts) if found != leaf["recordsWithLeaf"]]
        print(f"whole API: {len(leaves) - len(wrong)} of {len(leaves)} promoted values counted right", file=sys.stderr)
        self.assertGreater(len(leaves), 50)
        self.assert_explained(wrong)

    def assert_explained(self, leaves: list):
        """What cannot be found is listed in its record's own notes, by its path, one above it, or its promoted name."""
        for leaf in leaves:
            notes = self.server.must("GET", f"/{INDEX}/_doc/{leaf['eventID']}?_source=ingest")["_source"]["ingest"]
            listed = notes.get("truncated", []) + notes.get("redacted", [])
            path = f"{PART[leaf['side']]}.{leaf['path']}"
            names = [name for name in listed if path == name or path.startswith(f"{name}.") or name == f"{leaf['side']}.{leaf['leaf']}"]
            self.assertTrue(names, f"{path} is not found and not explained by {listed}: {leaf['value'][:200]!r}")


if __name__ == "__main__":
    unittest.main()
