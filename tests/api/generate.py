#!/usr/bin/env python3
"""Writes CloudTrail log objects with at least one realistic record for every operation of the AWS API.

The same seed gives the same records, whichever of them are asked for. See README.md beside this file.
"""
from __future__ import annotations

import argparse
import gzip
import heapq
import json
import random
import re
import time
from collections import Counter
from pathlib import Path

import apimodel
import values
from envelope import envelope, failure

ROOT = Path(__file__).resolve().parents[2]

# CloudTrail omits a part beyond this size, bytes of compact JSON:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
PART_BYTES = 100 * 1024
MAX_DEPTH = 9
LEAF_BUDGET = (3, 8, 15, 30, 60, 120)
BIG_SHARE = 0.08
BIG_BYTES = (20_000, 112_000)

# Leaves that are long in real records too, up to LONG_LEAF_BYTES; and members that callers seldom give: paging, HTTP headers.
LONG_LEAVES = re.compile("(?i)(body|definition|script|document|userdata|specification|description)$")
LONG_LEAF_BYTES = 40_000
SELDOM = re.compile(
    "(?i)(next)?token$|nexttoken|marker$|dryrun|max(results|items|records)|page(size|token)|clientrequesttoken"
    "|^(x-amz-|if-|content-|response-|range$|expires$|cache-control$)"
)
ERROR_SHARE = 0.10
ODD_SHARE = 0.01
FILLED_READS = 0.45
FILLED_WRITES = 0.9

# What an ordinary account's trail is full of, for --traffic; RARE other operations share the rest.
COMMON = (
    "sts:AssumeRole", "kms:Decrypt", "kms:GenerateDataKey", "s3:GetObject", "s3:PutObject", "s3:HeadObject", "s3:ListObjectsV2",
    "s3:GetBucketAcl", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeVolumes", "ec2:DescribeSubnets",
    "ec2:RunInstances", "ec2:TerminateInstances", "ec2:CreateTags", "ec2:CreateNetworkInterface", "ec2:DescribeLaunchTemplateVersions",
    "ec2:AuthorizeSecurityGroupIngress", "logs:CreateLogStream", "logs:DescribeLogGroups", "ssm:UpdateInstanceInformation",
    "ssm:GetParameter", "ssm:ListInstanceAssociations", "lambda:GetFunction", "lambda:CreateFunction", "lambda:Invoke",
    "dynamodb:DescribeTable", "dynamodb:GetItem", "iam:GetRole", "iam:ListRoles", "iam:CreateRole", "iam:AttachRolePolicy",
    "secretsmanager:GetSecretValue", "cloudwatch:DescribeAlarms", "elbv2:DescribeTargetHealth", "autoscaling:DescribeAutoScalingGroups",
    "ecs:DescribeTasks", "ecs:RunTask", "ecr:BatchGetImage", "eks:DescribeCluster", "rds:DescribeDBInstances", "sqs:GetQueueAttributes",
    "cloudformation:DescribeStacks", "cloudtrail:DescribeTrails", "config:PutEvaluations", "organizations:DescribeAccount",
)
COMMON_SHARE = 0.9
RARE = 100

# In traffic things come again: so many values has each leaf of a service, and so many callers the account.
POOL = 300
CALLERS = 80


def encoded(value) -> bytes:
    """Compact JSON in UTF-8, as in a log object."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Filler:
    """Fills the tree of one part with values until its leaf budget is spent."""

    def __init__(self, rng: random.Random, place: values.Place, budget: int, big: int = 0, pool: int = 0):
        """With a pool, each leaf takes one of so many values, the first ones most often; else nearly every value is new."""
        self.rng = rng
        self.place = place
        self.budget = budget
        self.big = big
        self.pool = pool

    def fill(self, node: apimodel.Node, depth: int = 0, seen: tuple = ()):
        """A value for a node; recursive shapes end after a few rounds, deep ones at MAX_DEPTH."""
        if node.kind == "scalar":
            return self._scalar(node)
        if node.shape is not None and getattr(node.shape, "is_document_type", False):
            return values.free_document(self.rng)
        name = node.shape.name if node.shape is not None else ""
        if depth >= MAX_DEPTH or seen.count(name) > 3:
            return {} if node.kind != "list" else []
        return getattr(self, f"_{node.kind}")(node, depth + 1, seen + (name,))

    def _scalar(self, node):
        self.budget -= 1
        if self.big and LONG_LEAVES.search(node.name):
            size, self.big = min(self.big, LONG_LEAF_BYTES), 0
            return values.long_text(self.rng, size)
        return values.scalar(self._dice(node.name), node.shape, node.name, self.place)

    def _dice(self, name) -> random.Random:
        if not self.pool:
            return self.rng
        return random.Random(f"{self.place.service}:{name}:{int(self.pool * self.rng.random() ** 3)}")

    def _struct(self, node, depth, seen):
        fields = node.expand()
        chosen = [key for key, field in fields.items() if self._wanted(key, field, node.required, depth)]
        if getattr(node.shape, "is_tagged_union", False) and fields:
            chosen = [self.rng.choice(list(fields))]
        found = {key: self.fill(fields[key], depth, seen) for key in chosen}
        return self._disguised(node.name, found, depth)

    def _wanted(self, key, field, required, depth) -> bool:
        """Whether a member is there; binary data is what services leave out of their events."""
        is_blob = getattr(field.shape, "type_name", "") == "blob"
        if key in required and not is_blob:
            return True
        likely = max(0.15, 0.75 - 0.1 * depth) * (0.2 if is_blob or SELDOM.match(key) else 1)
        return self.budget > 0 and self.rng.random() < likely

    def _disguised(self, name, found, depth):
        """Empty lists of EC2 lose their `items`, its empty wrappers are `""`; seldom `{"value": true}` is the bare value."""
        if found in ({"items": []}, {"item": []}):
            return {} if "items" in found else ""
        if depth > 1 and not found:
            return "" if name.endswith(("Request", "Response")) or self.rng.random() < ODD_SHARE else {}
        return found["value"] if list(found) == ["value"] and depth > 1 and self.rng.random() < 5 * ODD_SHARE else found

    def _list(self, node, depth, seen):
        count = self.rng.choices((0, 1, 2, 3), weights=(15, 45, 25, 15))[0]
        if self.budget <= 0:
            count = min(count, 1)
        item = node.expand()
        items = self._enough(lambda: self.fill(item, depth, seen), count)
        for position, made in enumerate(items):
            if node.number and isinstance(made, dict):
                made[node.number] = position + 1
        return items[0] if node.lone and len(items) == 1 else items

    def _enough(self, make, count):
        """`count` items, or as many as the wanted size takes where this part is to be a big one."""
        items, size, goal = [], 0, self.big
        self.big = 0
        while len(items) < count or (goal and size < goal and len(items) < 5000):
            self.budget = max(self.budget, 12) if goal else self.budget
            items.append(make())
            size += len(encoded(items[-1])) + 1 if goal else 0
        return items

    def _map(self, node, depth, seen):
        value = node.expand()
        keys = getattr(node.shape.key, "enum", None)
        pairs = self._enough(lambda: (self._key(keys), self.fill(value, depth, seen)), self.rng.randint(0, 3))
        found = dict(pairs) if keys else unique(pairs)
        if found and self.rng.random() < 0.1:
            key = next(iter(found))
            found[key.swapcase()] = found[key]
        return found

    def _key(self, keys):
        return self.rng.choice(keys) if keys else values.map_key(self.rng)


def unique(pairs: list) -> dict:
    """A map of all pairs; a key that is taken already gets a number."""
    found: dict = {}
    for key, value in pairs:
        found[f"{key} {len(found)}" if key in found else key] = value
    return found


def part(rng: random.Random, operation, side: str, pool: int):
    """requestParameters or responseElements of an operation; beyond PART_BYTES in the omitted form."""
    tree = operation.request() if side == "request" else operation.response()
    big = rng.randint(*BIG_BYTES) if not pool and rng.random() < BIG_SHARE else 0
    filled = Filler(rng, values.Place(operation.service, side), rng.choice(LEAF_BUDGET), big, pool).fill(tree)
    if operation.service == "s3" and side == "request":
        filled["Host"] = f"s3.{rng.choice(values.REGIONS)}.amazonaws.com"
    if operation.service == "ec2" and side == "response":
        filled = with_request_id(filled, f"{operation.name}Response", values.uuid(rng))
    return within_bound(filled, side) or None


def with_request_id(filled: dict, wrapper: str, request_id: str) -> dict:
    """EC2 repeats the request's id in its answers, within the wrapper where there is one."""
    if wrapper not in filled:
        return {**filled, "requestId": request_id}
    return {wrapper: {**(filled[wrapper] or {}), "requestId": request_id}}


def within_bound(filled, side: str):
    """The part itself, or what CloudTrail writes in place of one that is too large."""
    size = len(encoded(filled))
    if size <= PART_BYTES:
        return filled
    name = "requestParameters" if side == "request" else "responseElements"
    return {"reason": f"{name} too large", "omitted": True, "originalSize": size}


def record(seed: str, operation, pool: int = 0) -> dict:
    """One record; the seed and the operation's name decide every byte of it. With a pool, values come again: see Filler."""
    rng = random.Random(f"{seed}:{operation.service}:{operation.name}")
    made = envelope(rng, operation, random.Random(int(CALLERS * rng.random() ** 3)) if pool else rng)
    made["requestParameters"] = part(rng, operation, "request", pool)
    if rng.random() < ERROR_SHARE:
        made.update(failure(rng, operation))
    elif rng.random() < (FILLED_READS if operation.read_only else FILLED_WRITES):
        made["responseElements"] = part(rng, operation, "response", pool)
    return made


def sample(operations: list, size: int, seed: str) -> list:
    """`size` operations, stratified: one of each service first, then by the services' shares."""
    rng = random.Random(f"{seed}:sample")
    shuffled = rng.sample(operations, len(operations))
    totals, taken, ranked = Counter(o.service for o in operations), Counter(), []
    for order, operation in enumerate(shuffled):
        ranked.append((taken[operation.service] / totals[operation.service], order, operation))
        taken[operation.service] += 1
    chosen = {id(item[2]) for item in heapq.nsmallest(size, ranked, key=lambda item: item[:2])}
    return [operation for operation in operations if id(operation) in chosen]


def traffic(operations: list, count: int, seed: str):
    """`count` records as an account's trail would have them: the same callers, operations and values come again."""
    rng = random.Random(f"{seed}:traffic")
    names = {f"{operation.service}:{operation.name}": operation for operation in operations}
    common = [names[name] for name in COMMON if name in names]
    weights = [1 / (rank + 3) for rank in range(len(common))]
    rare = rng.sample(operations, min(RARE, len(operations)))
    for number in range(count):
        usual = common and rng.random() < COMMON_SHARE
        operation = rng.choices(common, weights)[0] if usual else rng.choice(rare)
        yield record(f"{seed}:traffic:{number}", operation, POOL)


def leaves(value, path: tuple = ()):
    """(path, value as written) of every leaf that can be searched: no nulls, no empty strings; list positions are no path."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, path + (key,))
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, path)
    elif value is not None and value != "" and path:
        yield path, value if isinstance(value, str) else json.dumps(value)


def record_leaves(made: dict):
    """(side, path, value) of all leaves of a record's two parts."""
    for side, name in (("request", "requestParameters"), ("response", "responseElements")):
        for path, value in leaves(made[name]):
            yield side, path, value


class LeafPicker:
    """A random sample of leaves, at most one per record, and how many records share what was picked."""

    def __init__(self, size: int, seed: str):
        self.size = size
        self.rng = random.Random(f"{seed}:leaves")
        self.heap: list = []

    def offer(self, made: dict) -> None:
        """Lets a record take part in the draw with one of its leaves."""
        found = list(record_leaves(made))
        if not found or not self.size:
            return
        entry = (self.rng.random(), made["eventID"], self.rng.choice(found))
        keep = heapq.heappush if len(self.heap) < self.size else heapq.heappushpop
        keep(self.heap, entry)

    def counted(self, files: list) -> list:
        """The picked leaves as rows of leaves.ndjson, counted over all records of the files."""
        wanted = {key for _, _, leaf in self.heap for key in match_keys(*leaf)}
        counts: Counter = Counter()
        for made in read_records(files):
            counts.update({key for leaf in record_leaves(made) for key in match_keys(*leaf)} & wanted)
        return [leaf_row(event_id, leaf, counts) for _, event_id, leaf in sorted(self.heap)]


def match_keys(side: str, path: tuple, value: str) -> tuple:
    """What a search for a leaf may ask for: path and value, leaf name and value, value alone."""
    return (side, ".".join(path), value), (side, ("leaf", path[-1]), value), (side, None, value)


def leaf_row(event_id: str, leaf: tuple, counts: Counter) -> dict:
    """A line of leaves.ndjson; the counts are numbers of records, each searched on the leaf's side only."""
    side, path, value = leaf
    by_path, by_leaf, by_value = (counts[key] for key in match_keys(*leaf))
    return {
        "eventID": event_id, "side": side, "path": ".".join(path), "keys": list(path), "leaf": path[-1], "value": value,
        "recordsWithPath": by_path, "recordsWithLeaf": by_leaf, "recordsWithValue": by_value,
    }


def read_records(files: list):
    """All records of gzip log objects."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            yield from json.load(stream)["Records"]


def write_object(folder: Path, number: int, records: list) -> Path:
    """One log object, named as CloudTrail names them; the bytes depend on the records alone."""
    file = folder / f"111122223333_CloudTrail_us-east-1_20261130T2355Z_api{number:013d}.json.gz"
    body = b'{"Records":[' + b",".join(encoded(made) for made in records) + b"]}"
    file.write_bytes(gzip.compress(body, 6, mtime=0))
    return file


def write_all(records, folder: Path, per_file: int, picker: LeafPicker) -> tuple:
    """Writes the records as log objects; returns the files, the number of records and their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*_api*.json.gz"):
        old.unlink()
    files, batch, total = [], [], Counter()
    for made in records:
        picker.offer(made)
        batch.append(made)
        total.update(records=1, bytes=len(encoded(made)))
        if len(batch) == per_file:
            files.append(write_object(folder, len(files), batch))
            batch = []
    if batch:
        files.append(write_object(folder, len(files), batch))
    return files, total["records"], total["bytes"]


def print_operations(operations: list) -> None:
    """Service, operation, eventSource, eventName and read or write, tab-separated."""
    for operation in operations:
        kind = "read" if operation.read_only else "write"
        print(operation.service, operation.name, operation.event_source, operation.event_name, kind, sep="\t")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "target/api/records", help="output folder (default: %(default)s)")
    parser.add_argument("--seed", default="1", help="decides every value (default: %(default)s)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N operations, stratified over the services")
    parser.add_argument("--traffic", type=int, metavar="N", help="instead, N records in the mix of an ordinary account")
    parser.add_argument("--service", default="", help="only this service, by botocore's name")
    parser.add_argument("--per-file", type=int, default=500, metavar="N", help="records per log object (default: %(default)s)")
    parser.add_argument("--leaves", type=int, default=1000, metavar="N", help="random leaves in leaves.ndjson (default: %(default)s)")
    parser.add_argument("--ops", action="store_true", help="list the operations and stop")
    return parser.parse_args()


def records(options: argparse.Namespace, everything: list, operations: list):
    """What the options ask for: an account's traffic, or one record per operation."""
    if options.traffic:
        return traffic(everything, options.traffic, options.seed)
    return (record(options.seed, operation) for operation in operations)


def main() -> None:
    options = arguments()
    started = time.monotonic()
    everything = list(apimodel.operations(options.service))
    operations = sample(everything, options.sample, options.seed) if options.sample else everything
    if options.ops:
        return print_operations(operations)
    picker = LeafPicker(options.leaves, options.seed)
    files, count, size = write_all(records(options, everything, operations), options.out, options.per_file, picker)
    rows = picker.counted(files)
    with (options.out / "leaves.ndjson").open("wb") as stream:
        stream.writelines(encoded(row) + b"\n" for row in rows)
    print(f"{count} records, {size / 1e6:.1f} MB of JSON, {len(files)} objects, {len(rows)} leaves, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
