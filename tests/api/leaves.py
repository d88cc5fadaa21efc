"""Random leaves of records to search for, and how many records share each."""
from __future__ import annotations

import gzip
import heapq
import json
import random
from collections import Counter

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


# Names that only wrap a value: their parent's says what it is, as in trailsearch.
WRAPPERS = ("items", "value", "member", "content")


def leaf_name(path: tuple) -> str:
    """What a leaf goes by: its last name that says something, with a small first letter."""
    names = [name for name in path if name not in WRAPPERS] or [""]
    return names[-1][:1].lower() + names[-1][1:]


def match_keys(side: str, path: tuple, value: str) -> tuple:
    """What a search for a leaf may ask for: path and value, leaf name and value, value alone."""
    return (side, ".".join(path), value), (side, ("leaf", leaf_name(path)), value), (side, None, value)


def leaf_row(event_id: str, leaf: tuple, counts: Counter) -> dict:
    """A line of leaves.ndjson; the counts are numbers of records, each searched on the leaf's side only."""
    side, path, value = leaf
    by_path, by_leaf, by_value = (counts[key] for key in match_keys(*leaf))
    return {
        "eventID": event_id, "side": side, "path": ".".join(path), "keys": list(path), "leaf": leaf_name(path), "value": value,
        "recordsWithPath": by_path, "recordsWithLeaf": by_leaf, "recordsWithValue": by_value,
    }


def read_records(files: list):
    """All records of gzip log objects."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            yield from json.load(stream)["Records"]
