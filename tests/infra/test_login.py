"""A cluster with a login: the function reads it from Secrets Manager, and asks the cluster in that name.

It needs the function's release build, the local stack's OpenSearch (OPENSEARCH_ENDPOINT), and no Terraform.
"""

import os
import unittest

import surroundings
from deployment import WORK, bootstrap, package
from emulator import Emulator
from gateway import Gateway
from runner import Function, poller

CLUSTER = os.environ.get("OPENSEARCH_ENDPOINT", "")
EVENT = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "existing-logs"}, "object": {"key": "a.json.gz"}}}]}


@unittest.skipUnless(bootstrap().exists() and CLUSTER, "needs `make build`, and OPENSEARCH_ENDPOINT of `make up`")
class Login(unittest.TestCase):
    def test_the_login_of_the_secret_is_sent(self):
        emulator, cluster = Emulator(), Gateway(CLUSTER.rpartition("/")[2])
        self.addCleanup(emulator.close)
        self.addCleanup(cluster.close)
        secret = surroundings.make(emulator)["SECRET"]
        function = self.function({"OPENSEARCH_AUTH": "basic", "OPENSEARCH_SECRET_ID": secret}, emulator, cluster)
        with self.assertRaisesRegex(poller.InvokeError, "MissingTemplate"):
            function.invoke(EVENT)
        self.assertIn("/_index_template/infra-login", [call.path for call in cluster.by(surroundings.LOGIN)])
        [read] = [call for call in emulator.gateway.by("function") if call.service == "secretsmanager"]
        self.assertEqual((read.target, read.json()), ("GetSecretValue", {"SecretId": secret}))
        self.assertNotIn("not a secret", function.log.read_text())

    def function(self, settings, emulator, cluster):
        """The function with some settings."""
        variables = {"TRAILSEARCH_INDEX_PREFIX": "infra-login", "TRAILSEARCH_LOG": "trace", **settings}
        configuration = {"FunctionName": "login", "Handler": "bootstrap", "Timeout": 60, "MemorySize": 512}
        configuration["Environment"] = {"Variables": variables}
        made = Function(configuration, package(), WORK / "login", emulator.url, cluster.url, "function")
        self.addCleanup(made.close)
        return made


if __name__ == "__main__":
    unittest.main()
