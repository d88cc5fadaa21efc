"""The module's defaults, from an object in the bucket that Terraform made to the index and to the alarms, by the function that Terraform configured.

It needs Terraform, the function's release build and the local stack's OpenSearch (OPENSEARCH_ENDPOINT).
"""

import json
import os
import re
import secrets
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timezone

import accesses
import emf
import events
import policy
import template
from deployment import Deployment, bootstrap, package
from expectations import check, function_policy
from gateway import Gateway
from runner import Function, poller
from terraform import ACCOUNT, MODULE, REGION, ROOT, providers

PREFIX = f"infra-{secrets.token_hex(4)}"
CLUSTER = os.environ.get("OPENSEARCH_ENDPOINT", "")
ACCESS_PREFIX = f"access-{PREFIX}"
TODAY = datetime.now(timezone.utc)
MONTH = TODAY.strftime("%Y.%m")
NOW = TODAY.strftime("%Y-%m-%dT%H:%M:%SZ")
DELIVERY = "svc:delivery.logs.amazonaws.com"

CHOICES = {"function": {"index_prefix": PREFIX}, "access_logs": {"index_prefix": ACCESS_PREFIX}}
"""The defaults, but for indices of one's own."""

NOT_CALLED_HERE = {
    "WriteLog": "Lambda writes the log, which the emulator prints",
    "WriteTraces": "Lambda sends traces, and the emulator runs no daemon for them",
}
"""Statements that no recorded call uses, and why."""

CONFLICTS = {
    "2025.08": {"requestParameters": {"type": "long"}},  # takes minimal documents only
    "2025.07": {"eventName": {"type": "long"}},  # takes no document at all
}


def missing():
    """Why nothing can be run here; none where it can."""
    if not bootstrap().exists():
        return f"the function is not built: {bootstrap()} is missing, run `make build`"
    return providers.missing() or (None if CLUSTER else "OPENSEARCH_ENDPOINT is not set: start the local stack with `make up`")


def ask(method, path, body=None):
    """A request to the cluster, past the recording; none where there is no such thing."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{CLUSTER}{path}", data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


@unittest.skipIf(missing(), missing())
class Default(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(cls.forget)
        cls.cluster = Gateway(CLUSTER.rpartition("/")[2])
        cls.addClassCleanup(cls.cluster.close)
        cls.function = None
        cls.made = Deployment("default", CHOICES, cls.invoke, waits="SOAK" in os.environ)
        cls.addClassCleanup(cls.made.close)
        cls.addClassCleanup(lambda: cls.function and cls.function.close())
        cls.made.apply()
        check(cls("test_indexed"), cls.made)
        cls.made.emulator.client("sqs").purge_queue(QueueUrl=cls.output("queue_url"))
        cls.ingest()

    @classmethod
    def invoke(cls, name, event):
        """Runs the function as it is configured when it is first invoked, which set-up does."""
        if cls.function is None:
            configuration, folder = cls.made.configuration(), cls.made.folder / "function"
            cls.function = Function(configuration, package(), folder, cls.made.emulator.url, cls.cluster.url, "function")
        try:
            return False, json.dumps(cls.function.invoke(json.loads(event))).encode()
        except poller.InvokeError as error:
            return True, json.dumps({"errorMessage": str(error)}).encode()

    @classmethod
    def ingest(cls):
        """Puts objects into the bucket and lets the queue's messages come to the function."""
        for month, properties in CONFLICTS.items():
            ask("PUT", f"/{PREFIX}-{month}", {"mappings": {"properties": properties}})
        now = [events.event(NOW), events.event(NOW), events.denied_delivery(NOW)]
        objects = {
            "now": now,
            "degraded": [events.event("2025-08-20T08:00:00Z")],
            "dead": [events.event("2025-07-20T08:00:00Z")],
            "large": events.large(NOW),
        }
        s3 = cls.made.emulator.client("s3")
        for name, records in objects.items():
            s3.put_object(Bucket=cls.output("log_bucket"), Key=events.key(name), Body=events.log_object(records))
        lines = events.access_line(TODAY, DELIVERY, 403) + events.access_line(TODAY, DELIVERY, 200)
        s3.put_object(Bucket=cls.output("access_bucket"), Key=events.access_key(TODAY), Body=lines.encode())
        mapping = poller.Poller("trailsearch", cls.function.url)
        mapping.sqs = cls.made.emulator.client("sqs", "function")
        while cls.messages()["ApproximateNumberOfMessages"] != "0":
            mapping.poll()
        ask("POST", f"/*{PREFIX}-*/_refresh")
        cls.log = cls.function.log.read_text("utf-8", "replace")

    @classmethod
    def messages(cls):
        """The queue's attributes. The emulator delivers access logs of its own, also of what the function reads and writes."""
        sqs = cls.made.emulator.client("sqs")
        return sqs.get_queue_attributes(QueueUrl=cls.output("queue_url"), AttributeNames=["All"])["Attributes"]

    @classmethod
    def forget(cls):
        """Removes what is in the cluster."""
        for index in ask("GET", f"/*{PREFIX}-*/_settings") or {}:
            ask("DELETE", f"/{index}")
        ask("DELETE", f"/_index_template/*{PREFIX}")
        for each in (ask("GET", f"/_component_template/*{PREFIX}-*") or {}).get("component_templates", []):
            ask("DELETE", f"/_component_template/{each['name']}")

    @classmethod
    def output(cls, name):
        """One of the module's outputs."""
        return cls.made.terraform.outputs()[name]

    def alarm(self, name):
        """An alarm as it was made."""
        reply = self.made.emulator.client("cloudwatch").describe_alarms(AlarmNames=[f"trailsearch-{name}"])
        return reply["MetricAlarms"][0]

    def test_unchanged(self):
        unchanged, plan = self.made.terraform.is_unchanged()
        self.assertTrue(unchanged, plan[-4000:])

    def test_set_up(self):
        result = json.loads(self.output("setup_result"))
        self.assertEqual((result["action"], result["index_template"], result["state"]), ("create", PREFIX, "created"))
        self.assertIsNotNone(ask("GET", f"/_index_template/{PREFIX}"))

    def test_indexed(self):
        found = ask("GET", f"/{PREFIX}-{MONTH}/_count")
        self.assertEqual(found["count"], 15)
        found = ask("GET", f"/{ACCESS_PREFIX}-{MONTH}/_count?q=httpStatus:403")
        self.assertEqual(found["count"], 1)
        found = ask("GET", f"/{PREFIX}-*/_count?q=ingest.error:*")
        self.assertEqual(found["count"], 1)
        # Others wait by now: the requests of these tests are logged too.
        self.assertEqual(self.messages()["ApproximateNumberOfMessagesNotVisible"], "0")

    def test_dead_letters_are_kept_encrypted(self):
        s3 = self.made.emulator.client("s3")
        bucket, _, prefix = self.output("state_uri").removeprefix("s3://").partition("/")
        [letter] = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/dead-letters/")["Contents"]
        head = s3.head_object(Bucket=bucket, Key=letter["Key"])
        self.assertEqual(head["ServerSideEncryption"], "aws:kms")

    def test_metrics_raise_the_alarms(self):
        cloudwatch = self.made.emulator.client("cloudwatch")
        self.assertGreater(emf.put(cloudwatch, self.log), 0)
        expected = {"dead-letters": 1, "silent": 4, "failed-records": 0, "unreadable": 0}
        expected["delivery-denied"] = 2  # one of an event, one of an access log
        expected["degraded"] = 1 + self.cut_lines()
        for name, value in expected.items():
            with self.subTest(name):
                alarm = self.alarm(name)
                self.assertEqual(sum(emf.values(cloudwatch, alarm)), value)
                over = value > alarm["Threshold"]
                self.assertEqual(over, name in ("degraded", "dead-letters", "delivery-denied", "silent"))

    def cut_lines(self):
        """How many lines of access logs the emulator has delivered, which all lack fields."""
        return ask("GET", f"/{ACCESS_PREFIX}-*/_count?q=ingest.error:*")["count"]

    def test_each_call_is_allowed_and_each_statement_used(self):
        allowed = function_policy(self.made)
        asked = self.accesses()
        used = set()
        for access in sorted(asked, key=str):
            sids = policy.allowing(allowed, access)
            self.assertTrue(sids, f"no statement allows {access}")
            used.update(sids)
        self.assertEqual(set(policy.statements(allowed)) - used, set(NOT_CALLED_HERE))

    def accesses(self):
        """What the recorded calls ask IAM for."""
        key = self.made.terraform.resources()["aws_kms_key.this[0]"]["arn"]
        encrypted = {bucket["Name"]: key for bucket in self.made.emulator.client("s3").list_buckets()["Buckets"]}
        calls = self.made.emulator.gateway.by("function")
        asked = [each for call in calls for each in accesses.of_aws(call, REGION, ACCOUNT, encrypted)]
        domain = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/trailsearch"
        asked += [accesses.of_domain(call, domain) for call in self.cluster.by("function")]
        self.assertIn("es:ESHttpPost", {access.action for access in asked})
        unique = {(access.action, access.resource): access for access in asked}
        return list(unique.values())

    def test_each_statement_says_why(self):
        for path in MODULE.rglob("*.tf"):
            lines = path.read_text().splitlines()
            for number, line in enumerate(lines):
                if re.match(r'\s*(statement|dynamic "statement") {', line):
                    self.assertRegex(lines[number - 1], r"^\s*# ", f"{path}:{number + 1}")

    def test_the_template_makes_the_same(self):
        resources = json.loads(json.dumps(self.made.terraform.resources()).replace(ACCESS_PREFIX, "s3-access").replace(PREFIX, "cloudtrail"))
        mine, theirs = template.of_terraform(resources), template.of_template(ROOT / "infra" / "template.yaml")
        self.assertEqual(set(theirs), set(mine))
        for name, properties in mine.items():
            with self.subTest(name):
                self.assertEqual(theirs[name], properties)


if __name__ == "__main__":
    unittest.main()
