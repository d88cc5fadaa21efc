"""Two clusters asked as one: `--indices` with the name of a remote cluster, and one that is gone.

Takes a minute, 2 GB of memory and the release binaries; runs with SOAK=1 only.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

from nodes import BINARIES, Node
from stack import DEFAULT_OPENSEARCH

EVERYWHERE = "cloudtrail-*,*:cloudtrail-*"
ROLES = "cluster_manager,data,ingest,remote_cluster_client"


@unittest.skipUnless(os.environ.get("SOAK"), "runs with SOAK=1")
class Clusters(unittest.TestCase):
    """A day of three accounts: one of them in the near cluster, the others in the one that it knows as `eu`."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.near = Node(DEFAULT_OPENSEARCH, {"node.roles": ROLES})
        cls.addClassCleanup(cls.near.remove)
        cls.far = Node(DEFAULT_OPENSEARCH, {"node.roles": ROLES})
        cls.addClassCleanup(cls.far.remove)
        remote = {"cluster.remote.eu": {"seeds": [f"127.0.0.1:{cls.far.transport}"], "skip_unavailable": True}}
        status, reply = cls.near.ask("PUT", "/_cluster/settings", {"persistent": remote})
        assert status == 200, reply
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([BINARIES / "testkit", "story", folder], check=True, stdout=subprocess.DEVNULL)
            accounts = sorted((Path(folder) / "AWSLogs/o-exampleorgid").iterdir())
            for node, account in zip((cls.near, cls.far, cls.far), accounts, strict=True):
                run = node.trailsearch("ingest", str(account), "--setup")
                assert run.returncode == 0, run.stderr
                node.ask("POST", "/cloudtrail-*/_refresh")

    def ask(self, *question: str) -> tuple[Any, str]:
        """The near cluster's answer, and what was warned of."""
        run = self.near.trailsearch(*question, "--output", "json")
        return (json.loads(run.stdout) if run.stdout else None), run.stderr

    def accounts(self, *more: str) -> list[str]:
        """The accounts that a question is answered from."""
        answer, _ = self.ask("top", "recipientAccountId", *more)
        return sorted(count["values"][0] for count in answer["counts"])

    def test_one_question_goes_to_both_and_a_silent_one_is_told(self) -> None:
        self.assertEqual(self.accounts(), ["111122223333"])
        self.assertEqual(self.accounts("--indices", "eu:cloudtrail-*"), ["444455556666", "777788889999"])
        everywhere = self.accounts("--indices", EVERYWHERE)
        self.assertEqual(everywhere, ["111122223333", "444455556666", "777788889999"])
        types, _ = self.ask("top", "requestParameters.instanceType", "--indices", EVERYWHERE)
        self.assertGreater(len(types["counts"]), 0, "by a path that is no field")
        who, _ = self.ask("who", "i-0abc1234def567890", "--indices", EVERYWHERE)
        self.assertEqual(who["created"]["actor"]["name"], "alice")

        self.far.stop()
        answer, warning = self.ask("search", "eventName:*", "--indices", EVERYWHERE)
        self.assertGreater(answer["total"], 0)
        self.assertIn("not every cluster has answered", warning)


if __name__ == "__main__":
    unittest.main()
