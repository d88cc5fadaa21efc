"""The deployment guide, followed as far as the emulator carries: each of its commands is run."""

import base64
import hashlib
import json
import shutil
import unittest
import zipfile

import guide
import surroundings
from deployment import WORK
from emulator import Emulator
from terraform import REGION, ROOT, providers

FIRST = "make deploy"
UNASKED = 'make deploy ARGUMENTS="--region eu-central-1 --email alice@example.com --yes"'
SHOW = "python3 infra/deploy.py show --yes"
SAM = 'make deploy ARGUMENTS="--with sam --region eu-central-1 --email alice@example.com --yes"'
OUTPUT = "terraform -chdir=deployments/trailsearch output"
VARIABLES = 'make deploy ARGUMENTS="--variables choices.json --yes"'
ELSEWHERE = 'make deploy ARGUMENTS="--name search --bucket org-trail --target new-collection --yes"'
UPGRADE = 'make deploy ARGUMENTS="--package bootstrap-arm64.zip --yes"'
ROLLBACK = 'make deploy ARGUMENTS="rollback --yes"'
REMOVAL = 'make deploy ARGUMENTS="down --yes"'
RUN = {FIRST, UNASKED, SHOW, SAM, OUTPUT, VARIABLES, ELSEWHERE, UPGRADE, ROLLBACK, REMOVAL}

CLUSTER = "https://search.example.com"
"""Where events go: Terraform waits ten minutes for a domain, however soon the emulator has it."""

VENV = ROOT / "target" / "local" / "infra-venv"


class Guide:
    """What following the guide needs."""

    def reader(self, name, region=REGION):
        """A reader with an emulator, an old package and a new one."""
        folder = WORK / f"guide-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        emulator = Emulator(region=region)
        self.addCleanup(emulator.close)
        for version in ("old", "bootstrap-arm64"):
            with zipfile.ZipFile(folder / f"{version}.zip", "w") as archive:
                archive.writestr("bootstrap", version)
        (folder / "choices.json").write_text(guide.blocks("json")[0])
        return guide.Reader(emulator, folder)

    def assert_runs(self, reader, package, name="trailsearch"):
        """The function runs a package."""
        digest = hashlib.sha256((reader.folder / package).read_bytes()).digest()
        function = reader.emulator.client("lambda").get_function_configuration(FunctionName=name)
        self.assertEqual(function["CodeSha256"], base64.b64encode(digest).decode())

    def emails(self, reader):
        """Who gets the alarms."""
        return [each["Endpoint"] for each in reader.emulator.client("sns").list_subscriptions()["Subscriptions"]]

    def alarms(self, reader):
        """The alarms' names."""
        return [each["AlarmName"] for each in reader.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]]

    def buckets(self, reader, name):
        """What the deployment's buckets are for."""
        names = [each["Name"] for each in reader.emulator.client("s3").list_buckets()["Buckets"]]
        return sorted(each.split("-")[1] for each in names if each.startswith(f"{name}-"))


class Commands(unittest.TestCase):
    maxDiff = None

    def test_every_command_is_run(self):
        self.assertEqual(set(guide.commands()), RUN)


@unittest.skipIf(providers.missing(), providers.missing())
class Unasked(Guide, unittest.TestCase):
    def test_deployed_changed_upgraded_rolled_back_and_removed(self):
        reader = self.reader("unasked", "eu-central-1")
        old = f"--package {reader.folder}/old.zip"
        shown = reader.run(SHOW)
        self.assertIn("new_domain", shown)
        reader.run(UNASKED, f"{old} --target {CLUSTER}")
        self.assert_runs(reader, "old.zip")
        self.assertIn("alarm_topic_arn", reader.run(OUTPUT))
        self.assertEqual(self.emails(reader), ["alice@example.com"])

        reader.run(VARIABLES, old)
        self.assertIn("trailsearch-silent-111122223333-eu-central-1", self.alarms(reader))
        reader.run(UPGRADE)
        self.assert_runs(reader, "bootstrap-arm64.zip")
        reader.run(ROLLBACK)
        self.assert_runs(reader, "old.zip")

        left = reader.run(REMOVAL)
        self.assertIn("module.trailsearch.module.log_bucket[0].aws_s3_bucket.this", left)
        self.assertEqual(reader.emulator.client("lambda").list_functions()["Functions"], [])
        self.assertEqual(self.buckets(reader, "trailsearch"), ["access", "logs", "state"])


@unittest.skipIf(providers.missing(), providers.missing())
class Asked(Guide, unittest.TestCase):
    def test_asked(self):
        reader = self.reader("asked")
        answers = ["", "", CLUSTER, "", "bob@example.com", "90", "", "yes"]
        reader.run(FIRST, f"--package {reader.folder}/old.zip", "\n".join(answers) + "\n")
        self.assertEqual(self.emails(reader), ["bob@example.com"])
        kept = json.loads((reader.folder / "deployments" / "trailsearch" / "deployment.json").read_text())
        self.assertEqual((kept["answers"]["retention_days"], kept["answers"]["target"]), ("90", CLUSTER))


@unittest.skipIf(providers.missing(), providers.missing())
class Elsewhere(Guide, unittest.TestCase):
    def test_existing_bucket_and_new_collection(self):
        reader = self.reader("elsewhere")
        reader.emulator.client("s3").create_bucket(Bucket="org-trail")
        reader.run(ELSEWHERE, f"--package {reader.folder}/old.zip")
        told = reader.emulator.client("s3").get_bucket_notification_configuration(Bucket="org-trail")
        self.assertEqual(len(told["QueueConfigurations"]), 1)
        self.assertEqual(self.buckets(reader, "search"), ["access", "state"])


@unittest.skipUnless((VENV / "bin" / "sam").exists(), "SAM is not installed: run infra/check.py")
class Sam(Guide, unittest.TestCase):
    def test_sam(self):
        reader = self.reader("sam", "eu-central-1")
        reader.emulator.client("s3").create_bucket(
            Bucket=surroundings.STATE, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        reader.tools = reader.folder / "tools"
        reader.tools.mkdir()
        (reader.tools / "sam").write_text(f'#!/bin/sh\nexec {VENV}/bin/python {ROOT}/tests/infra/sam.py "$@"\n')
        (reader.tools / "sam").chmod(0o755)
        reader.run(SAM, f"--package {reader.folder}/old.zip")
        packaged = (reader.folder / "deployments" / "trailsearch" / "packaged.yaml").read_text()
        self.assertIn(f"CodeUri: s3://{surroundings.STATE}/", packaged)
        reader.run(REMOVAL)


if __name__ == "__main__":
    unittest.main()
