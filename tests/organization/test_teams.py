"""The roles of docs/organization.md on a real node with the security plugin: a team sees its accounts and nothing else.

Takes two minutes, 1 GB of memory and the release binaries; runs with SOAK=1 only.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from typing import Any

import guide
from nodes import BINARIES, SecureNode

OWN, FOREIGN = "111122223333", "444455556666"
OWN_INSTANCE = "i-0abc1234def567890"
INDICES = "cloudtrail-*"
NOTHING = 3
"""The exit code of a question that finds nothing."""


@unittest.skipUnless(os.environ.get("SOAK"), "runs with SOAK=1")
class Teams(unittest.TestCase):
    """A day of three accounts; alice is of the team that has one of them, bob sees the same with fewer fields."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.node = SecureNode()
        cls.addClassCleanup(cls.node.remove)
        for method, path, body in guide.requests():
            status, reply = cls.node.ask(method, path, body)
            assert status in (200, 201), (path, reply)
        for user, team in (("alice", "payments"), ("bob", "support"), ("ingester", "ingester"), ("carol", "audit")):
            cls.node.add_user(user, team)
        cls.node.add_user("operator", "admin")
        cls.node.add_user("dave", "payments", "audit")
        cls.node.add_user("erin", FOREIGN)
        cls.ingest()

    @classmethod
    def ingest(cls) -> None:
        """Installs the template as an operator, and writes as the function does."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([BINARIES / "testkit", "story", folder], check=True, stdout=subprocess.DEVNULL)
            for user, command in (("operator", ["setup"]), ("ingester", ["ingest", folder])):
                run = cls.node.trailsearch_as(user, *command)
                assert run.returncode == 0, run.stderr
        cls.node.ask("POST", f"/{INDICES}/_refresh")

    def search(self, user: str, body: Any) -> Any:
        """The reply to a search."""
        status, reply = self.node.ask("POST", f"/{INDICES}/_search", body, user)
        self.assertEqual(status, 200, reply)
        return reply

    def count(self, user: str, query: str) -> int:
        """How many events a query finds."""
        body = {"size": 0, "track_total_hits": True, "query": {"query_string": {"query": query}}}
        return self.search(user, body)["hits"]["total"]["value"]

    def values(self, user: str, field: str) -> list[str]:
        """The values of a field, by an aggregation."""
        reply = self.search(user, {"size": 0, "aggs": {"found": {"terms": {"field": field}}}})
        return [bucket["key"] for bucket in reply["aggregations"]["found"]["buckets"]]

    def answer(self, user: str, *question: str) -> Any:
        """What the command line answers; None where it finds nothing."""
        run = self.node.trailsearch_as(user, *question, "--output", "json")
        self.assertIn(run.returncode, (0, NOTHING), run.stderr)
        return json.loads(run.stdout) if run.returncode == 0 else None

    def test_a_team_sees_its_account_in_searches_aggregations_and_answers(self) -> None:
        self.assertEqual(len(self.values("carol", "recipientAccountId")), 3)
        for field in ("recipientAccountId", "cloud.account.id"):
            self.assertEqual(self.values("alice", field), [OWN])
        self.assertEqual(self.count("alice", "*"), self.count("carol", f"recipientAccountId:{OWN} OR accountId:{OWN}"))
        self.assertGreater(self.count("alice", "eventCategory:Aggregated"), 0, "they have no recipientAccountId")
        self.assertEqual(self.count("alice", f"recipientAccountId:{FOREIGN}"), 0)
        self.assertEqual(self.answer("alice", "who", OWN_INSTANCE)["created"]["actor"]["name"], "alice")
        self.assertIsNone(self.answer("alice", "search", "--account", FOREIGN))

    def test_groups_named_by_accounts_and_several_roles(self) -> None:
        self.assertEqual(self.values("erin", "recipientAccountId"), [FOREIGN])
        both = self.values("dave", "recipientAccountId")
        self.assertEqual(both, [OWN], "a role with a query holds beside one without")

    def test_a_foreign_event_is_not_found_by_its_id(self) -> None:
        foreign = {"size": 1, "query": {"term": {"recipientAccountId": FOREIGN}}}
        hit = self.search("carol", foreign)["hits"]["hits"][0]
        index, event = hit["_index"], hit["_id"]
        self.assertIsNotNone(self.answer("carol", "explain", event))
        self.assertIsNone(self.answer("alice", "explain", event))
        self.assertFalse(self.node.ask("GET", f"/{index}/_doc/{event}", user="alice")[1]["found"])
        _, many = self.node.ask("POST", "/_mget", {"docs": [{"_index": index, "_id": event}]}, "alice")
        self.assertFalse(many["docs"][0]["found"])

    def test_fields_that_are_left_out_show_nowhere(self) -> None:
        for query in (
            "requestParameters.instanceType:t3.micro",
            "request.instanceType:*",
            "t3.micro",
            "sourceIPAddress:203.0.113.24",
            "sourceIPAddress.keyword:203.0.113.24",
            "source.ip:203.0.113.24",
        ):
            self.assertGreater(self.count("alice", query), 0, query)
            self.assertEqual(self.count("bob", query), 0, query)
        for field in ("request.instanceType", "sourceIPAddress", "source.ip", "source.address"):
            self.assertEqual(self.values("bob", field), [], field)
        created = {"query": {"term": {"eventName": "RunInstances"}}, "docvalue_fields": ["source.ip"]}
        self.assertNotIn("203.0.113.24", json.dumps(self.search("bob", created)))
        self.assertIn("203.0.113.24", json.dumps(self.search("alice", created)))

    def test_a_masked_field_is_counted_without_being_shown(self) -> None:
        plain, masked = (self.values(user, "userIdentity.accessKeyId") for user in ("alice", "bob"))
        self.assertEqual(len(plain), len(masked))
        self.assertTrue(set(plain).isdisjoint(masked) and all(len(value) == 64 for value in masked), masked)

    def test_readers_do_not_write_and_the_writer_does_not_read(self) -> None:
        index = "/cloudtrail-2026.11"
        for user in ("alice", "carol"):
            self.assertEqual(self.node.ask("PUT", f"{index}/_create/x", {}, user)[0], 403)
            self.assertEqual(self.node.ask("DELETE", index, user=user)[0], 403)
        self.assertEqual(self.node.ask("POST", f"/{INDICES}/_search", {}, "ingester")[0], 403)
        self.assertEqual(self.node.ask("DELETE", index, user="ingester")[0], 403)
        self.assertEqual(self.node.ask("POST", "/other/_doc", {}, "ingester")[0], 403)


if __name__ == "__main__":
    unittest.main()
