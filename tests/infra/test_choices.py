"""The module's choices, applied to an emulator: what they make, that a second apply changes nothing, and that they leave nothing."""

import os
import unittest
from concurrent.futures import ThreadPoolExecutor

from combinations import COMBINATIONS, QUICK, WRONG
from deployment import Deployment
from expectations import check
from terraform import providers


@unittest.skipIf(providers.missing(), providers.missing())
class Choices(unittest.TestCase):
    maxDiff = None

    def test_combinations(self):
        """Most of an apply is waiting, so several go on at once."""
        names = list(COMBINATIONS) if "SOAK" in os.environ else QUICK
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(self.attempt, names))
        for name, error in zip(names, results):
            with self.subTest(name):
                if error is not None:
                    raise error

    def attempt(self, name):
        """One combination from its making to its end; the error where there was one."""
        made = Deployment(name, removable(COMBINATIONS[name]))
        try:
            made.apply()
            check(self, made)
            unchanged, plan = made.terraform.is_unchanged()
            self.assertTrue(unchanged, plan[-4000:])
            self.empty_buckets(made)
            made.destroy()
            self.assertEqual(made.terraform.resources(), {})
            self.assertEqual(made.emulator.client("lambda").list_functions()["Functions"], [])
        except BaseException as error:
            return error
        finally:
            made.close()

    def empty_buckets(self, made):
        """What the checks have put into buckets: Terraform deletes none that holds anything."""
        s3 = made.emulator.client("s3")
        for bucket in s3.list_buckets()["Buckets"]:
            found = s3.list_object_versions(Bucket=bucket["Name"])
            for each in found.get("Versions", []):
                s3.delete_object(Bucket=bucket["Name"], Key=each["Key"], VersionId=each["VersionId"])


@unittest.skipIf(providers.missing(), providers.missing())
class WrongChoices(unittest.TestCase):
    def test_they_are_refused_with_what_is_allowed(self):
        with ThreadPoolExecutor(2) as pool:
            refusals = list(pool.map(self.refusal, range(len(WRONG))))
        for said, (_, messages) in zip(refusals, WRONG):
            for message in messages:
                with self.subTest(message):
                    self.assertTrue(message in said, f"not said: {message}")

    def refusal(self, number):
        """What is said of wrong choices."""
        made = Deployment(f"wrong {number}", WRONG[number][0])
        try:
            made.terraform.init()
            return made.terraform.plan_error()
        finally:
            made.close()


def removable(choices):
    """Choices whose access logs go with their bucket: the emulator delivers some until the last."""
    return {**choices, "access_logs": {"force_destroy": True, **choices.get("access_logs", {})}}


if __name__ == "__main__":
    unittest.main()
