"""Tests of the record generator: CloudTrail's names, the shapes of lists, sizes, and that a seed decides everything."""
import json
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "mappings"))

import apimodel
import compare_mappings
import generate
import leaves
import rank_leaves
import records
import values


def operation(service, name):
    return next(found for found in apimodel.operations(service) if found.name == name)


def paths(node, prefix="", depth=0):
    """All paths of a tree down to a small depth; lists are marked by []."""
    if depth > 8 or node.kind in ("scalar", "map"):
        return {prefix}
    inner = node.expand()
    if node.kind == "list":
        return paths(inner, prefix + "[]", depth + 1)
    below = (paths(child, f"{prefix}.{key}" if prefix else key, depth + 1) for key, child in inner.items())
    return {prefix}.union(*below)


class Names(unittest.TestCase):
    def test_only_the_first_letter_is_lowered(self):
        self.assertEqual(apimodel.lower_first("DBInstanceIdentifier"), "dBInstanceIdentifier")
        self.assertIn("dBInstanceIdentifier", operation("rds", "DeleteDBInstance").request().expand())

    def test_event_names_with_dates(self):
        self.assertEqual(operation("lambda", "CreateFunction").event_name, "CreateFunction20150331")
        self.assertEqual(operation("lambda", "UpdateFunctionCode").event_name, "UpdateFunctionCode20150331v2")
        self.assertEqual(operation("lambda", "CreateFunctionUrlConfig").event_name, "CreateFunctionUrlConfig")
        self.assertEqual(operation("cloudfront", "CreateDistribution").event_name, "CreateDistribution2020_05_31")
        self.assertEqual(operation("ec2", "RunInstances").event_name, "RunInstances")

    def test_event_sources(self):
        self.assertEqual(operation("cloudwatch", "DescribeAlarms").event_source, "monitoring.amazonaws.com")
        self.assertEqual(operation("ecr", "BatchGetImage").event_source, "ecr.amazonaws.com")

    def test_verbs_that_only_read(self):
        self.assertTrue(operation("ec2", "DescribeVpcs").read_only)
        self.assertFalse(operation("lambda", "CheckpointDurableExecution").read_only)

    def test_s3_names(self):
        self.assertEqual(set(operation("s3", "GetBucketAcl").request().expand()), {"bucketName", "x-amz-expected-bucket-owner", "acl"})
        self.assertNotIn("Body", operation("s3", "PutObject").request().expand())


class Ec2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.flow_logs = operation("ec2", "DescribeFlowLogs")

    def test_classic_requests_wrap_lists_in_items(self):
        found = paths(operation("ec2", "DescribeVpcs").request())
        self.assertLessEqual({"vpcSet.items[].vpcId", "filterSet.items[].name", "filterSet.items[].valueSet.items[].value"}, found)
        self.assertIn("instancesSet.items[].instanceId", paths(operation("ec2", "StartInstances").request()))

    def test_answers_wrap_lists_in_items(self):
        found = paths(operation("ec2", "DescribeInstances").response())
        self.assertIn("reservationSet.items[].instancesSet.items[].instanceId", found)

    def test_younger_requests_are_pascal_case_in_a_wrapper(self):
        found = paths(self.flow_logs.request())
        self.assertLessEqual({"DescribeFlowLogsRequest.FlowLogId[].content", "DescribeFlowLogsRequest.Filter[].Value[].content"}, found)

    def test_younger_lists_number_their_items(self):
        for seed in range(200):
            filler = records.Filler(random.Random(seed), values.Place("ec2", "request"), records.EVERYTHING)
            filled = filler.fill(self.flow_logs.request())["DescribeFlowLogsRequest"]
            ids = filled.get("FlowLogId") if filled else None
            if isinstance(ids, list) and len(ids) > 1:
                self.assertEqual([item["tag"] for item in ids], list(range(1, len(ids) + 1)))
                return
        self.fail("no list of two items in 200 tries")

    def test_empty_lists_lose_their_items(self):
        filler = records.Filler(random.Random(1), values.Place("ec2", "request"), records.EVERYTHING)
        self.assertEqual(filler._disguised("filterSet", {"items": []}, 3), {})
        self.assertEqual(filler._disguised("tagSet", {"item": []}, 3), "")


class Records(unittest.TestCase):
    SERVICES = ("iam", "sts", "kms", "dynamodb", "lambda")

    def made(self, seed="7"):
        return [records.record(seed, each) for service in self.SERVICES for each in apimodel.operations(service)]

    def test_a_seed_decides_everything(self):
        self.assertEqual(self.made(), self.made())
        self.assertNotEqual(self.made(), self.made("8"))

    def test_sizes_ids_and_month(self):
        made = self.made()
        self.assertEqual(len({record["eventID"] for record in made}), len(made))
        for record in made:
            self.assertTrue(record["eventTime"].startswith("2026-11-"))
            self.assertLessEqual(len(records.encoded(record)), 256 * 1024)
            for part in ("requestParameters", "responseElements"):
                self.assertLessEqual(len(records.encoded(record[part])), records.PART_BYTES)
                self.assertIsInstance(record[part], (dict, type(None)))

    def test_failures_have_no_answer(self):
        failed = [record for record in self.made() if "errorCode" in record]
        self.assertTrue(failed)
        self.assertTrue(all(record["responseElements"] is None and record["errorMessage"] for record in failed))

    def test_parts_beyond_the_bound_are_omitted(self):
        size = records.PART_BYTES - len('{"a":""}')
        self.assertEqual(records.within_bound({"a": "x" * size}, "request"), {"a": "x" * size})
        omitted = records.within_bound({"a": "x" * (size + 1)}, "request")
        self.assertEqual(omitted, {"reason": "requestParameters too large", "omitted": True, "originalSize": records.PART_BYTES + 1})

    def test_a_leaf_keeps_its_way_of_writing_times(self):
        place, times = values.Place("kms", "response"), random.Random(3)
        kinds = [type(values.timestamp(times, "creationDate", place)) for _ in range(100)]
        self.assertGreater(max(kinds.count(kind) for kind in kinds), 90)

    def test_policies(self):
        plain = values.policy(random.Random(1), False)
        self.assertEqual(json.loads(plain)["Version"], "2012-10-17")
        self.assertTrue(values.policy(random.Random(1), True).startswith("%7B"))


class Samples(unittest.TestCase):
    def setUp(self):
        self.operations = [each for service in ("sts", "kms", "sqs") for each in apimodel.operations(service)]

    def test_every_service_is_in_and_shares_hold(self):
        chosen = generate.sample(self.operations, 30, "1")
        counts = {service: sum(each.service == service for each in chosen) for service in ("sts", "kms", "sqs")}
        self.assertEqual(len(chosen), 30)
        self.assertGreaterEqual(min(counts.values()), 1)
        self.assertGreater(counts["kms"], counts["sts"])

    def test_leaves_are_counted_by_record(self):
        made = {"requestParameters": {"a": [{"b": 1}, {"b": 1}], "c": None, "d": ""}, "responseElements": {"b": True}}
        found = list(leaves.record_leaves(made))
        self.assertEqual(found, [("request", ("a", "b"), "1"), ("request", ("a", "b"), "1"), ("response", ("b",), "true")])


class Ranking(unittest.TestCase):
    def test_names_within_wrappers_and_recursive_shapes(self):
        self.assertIn("instanceId", rank_leaves.leaf_names(operation("ec2", "GetConsoleScreenshot").request()))
        self.assertIn("attributeName", rank_leaves.leaf_names(operation("dynamodb", "CreateTable").request()))

    def test_useless_and_impossible_names(self):
        for name in ("nextToken", "maxResults", "clientToken", "dryRun", "requestId", "description", "_return", "x-amz-id-2", "a.b", "a/b"):
            self.assertTrue(rank_leaves.useless(name), name)
        for name in ("instanceId", "roleArn", "format1", "x-amz-acl"):
            self.assertFalse(rank_leaves.useless(name), name)

    def test_what_is_asked_for_is_in_and_the_bound_holds(self):
        counts = {f"thing{number}Id": rank_leaves.Count(number, number, 0, {"ec2"}) for number in range(1, 200)}
        for side in rank_leaves.PARTS:
            chosen = rank_leaves.choose(counts, side)
            self.assertEqual(len(chosen), rank_leaves.PLACES[side])
            self.assertLessEqual(set(rank_leaves.asked(side)), set(chosen))
        self.assertLessEqual(sum(rank_leaves.PLACES.values()), 200)


class Comparison(unittest.TestCase):
    def test_fields_are_counted_as_the_limit_counts_them(self):
        text = {"type": "text", "fields": {"keyword": {"type": "keyword"}}}
        self.assertEqual(compare_mappings.count_fields({"a": {"properties": {"b": text}}, "c": {"type": "long"}}), 4)

    def test_batches_are_bounded(self):
        sizes = [len(batch) for batch in compare_mappings.batches([(str(n), b"{}") for n in range(501)])]
        self.assertEqual(sizes, [250, 250, 1])
        big = b"x" * (compare_mappings.BULK_BYTES // 2 + 1)
        self.assertEqual([len(batch) for batch in compare_mappings.batches([("a", big), ("b", big)])], [1, 1])


if __name__ == "__main__":
    unittest.main()
