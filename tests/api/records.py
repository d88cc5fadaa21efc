"""Records of AWS API operations: the two variable parts, filled along the operation's model."""
from __future__ import annotations

import json
import random
import re
from typing import NamedTuple

import apimodel
import values
from envelope import envelope, failure

# CloudTrail omits a part beyond this size, bytes of compact JSON:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
PART_BYTES = 100 * 1024
MAX_DEPTH = 9
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


def encoded(value) -> bytes:
    """Compact JSON in UTF-8, as in a log object."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Profile(NamedTuple):
    """How full records are: leaves of a part, how many of the optional members are given, the shares of big parts and of calls with
    an answer, and how many values each leaf takes."""

    leaf_budgets: tuple
    optional: float
    big_parts: float
    answered_reads: float
    answered_writes: float
    pool: int


# Every field of every operation has its turn; nearly every value is new.
EVERYTHING = Profile(leaf_budgets=(3, 8, 15, 30, 60, 120), optional=1, big_parts=0.08, answered_reads=0.45, answered_writes=0.9, pool=0)


class Filler:
    """Fills the tree of one part with values until its leaf budget is spent."""

    def __init__(self, rng: random.Random, place: values.Place, profile: Profile, big: int = 0):
        """With a pool, each leaf takes one of so many values, the first ones most often; else nearly every value is new."""
        self.rng = rng
        self.place = place
        self.budget = rng.choice(profile.leaf_budgets)
        self.optional = profile.optional
        self.pool = profile.pool
        self.big = big

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
        likely = self.optional * max(0.15, 0.75 - 0.1 * depth) * (0.2 if is_blob or SELDOM.match(key) else 1)
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


def part(rng: random.Random, operation, side: str, profile: Profile):
    """requestParameters or responseElements of an operation; beyond PART_BYTES in the omitted form."""
    tree = operation.request() if side == "request" else operation.response()
    big = rng.randint(*BIG_BYTES) if rng.random() < profile.big_parts else 0
    filled = Filler(rng, values.Place(operation.service, side), profile, big).fill(tree)
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


def parts(rng: random.Random, operation, profile: Profile) -> dict:
    """What differs from operation to operation: the two parts, or the error of a refused call."""
    made = {"requestParameters": part(rng, operation, "request", profile)}
    if rng.random() < ERROR_SHARE:
        return made | failure(rng, operation)
    if rng.random() < (profile.answered_reads if operation.read_only else profile.answered_writes):
        made["responseElements"] = part(rng, operation, "response", profile)
    return made


def record(seed: str, operation) -> dict:
    """One record; the seed and the operation's name decide every byte of it."""
    rng = random.Random(f"{seed}:{operation.service}:{operation.name}")
    return envelope(rng, operation, rng) | parts(rng, operation, EVERYTHING)
