#!/usr/bin/env python3
"""Proves the rendered saved objects of Dashboards, as far as that goes without Dashboards.

Their structure: ids are unique, references and links resolve, the JSON inside of strings parses. On a real OpenSearch server: the
demo's day is ingested under a prefix of its own, and every saved search and visualization is asked as Dashboards would ask, with its
query and its aggregations. Each must name only fields that are there and can be counted, and find what stands beside it in
mappings/dashboards/.

    python3 mappings/check_dashboards.py [--endpoint http://127.0.0.1:9200] [--show]
"""
from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from check_server import HERE, Server
from trial import EXPECTED, ingested, query_string, run

PREFIX = "dashboards-check"
DAY = {"gte": "2026-11-20T00:00:00Z", "lt": "2026-11-21T00:00:00Z"}
VERSIONS = {"index-pattern": "7.6.0", "search": "7.9.3", "visualization": "7.10.0", "dashboard": "7.9.3"}

# What Dashboards calls an aggregation's interval, and what it sends for a range of one day.
INTERVALS = {"d": {"calendar_interval": "1d"}, "auto": {"fixed_interval": "30m"}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default=os.environ.get("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9200"))
    parser.add_argument("--show", action="store_true", help="print what is found, as it is written in mappings/dashboards/")
    options = parser.parse_args()
    server = Server(options.endpoint)
    objects = [json.loads(line) for line in (HERE / "rendered/dashboards.ndjson").read_text().splitlines()]
    mistakes = check_structure(objects)
    with tempfile.TemporaryDirectory() as folder:
        run("testkit", "story", folder)
        with ingested(server, PREFIX, Path(folder)):
            panels = [Panel(server, objects[0], item) for item in objects if item["type"] in ("search", "visualization")]
            tried = [panel for panel in panels if panel.is_asked]
            mistakes += [f"{panel.id}: {mistake}" for panel in tried for mistake in panel.mistakes(options.show)]
    if mistakes:
        sys.exit("dashboards wrong:\n  " + "\n  ".join(mistakes))
    print(f"dashboards ok: {len(tried)} searches and charts find what they should")


# Structure

def check_structure(objects: list[dict]) -> list[str]:
    """What an import would let pass, and a page would break on."""
    keys = [(item["type"], item["id"]) for item in objects]
    mistakes = [f"{key} is there twice" for key in set(keys) if keys.count(key) > 1]
    for item in objects:
        mistakes += [f"{item['id']}: {mistake}" for mistake in object_mistakes(item, set(keys))]
    found = {item["id"] for item in objects if item["type"] in ("search", "visualization") and not is_text(item)}
    return mistakes + [f"{name}: is expected to find something and is not there" for name in EXPECTED["dashboards"].keys() - found]


def object_mistakes(item: dict, keys: set) -> list[str]:
    mistakes = [f"refers to {ref}, which is not there" for ref in item["references"] if (ref["type"], ref["id"]) not in keys]
    if item["migrationVersion"] != {item["type"]: VERSIONS[item["type"]]}:
        mistakes.append(f"has the migration version {item['migrationVersion']}")
    names = {ref["name"] for ref in item["references"]}
    inner = {name: parsed(text) for name, text in strings(item["attributes"])}
    mistakes += [f"its {name} is no JSON" for name, value in inner.items() if value is None]
    used = [source.get("indexRefName") for source in inner.values() if isinstance(source, dict)]
    used += [panel["panelRefName"] for panel in inner.get("panelsJSON") or []]
    mistakes += [f"uses the reference {name}, which it does not have" for name in used if name and name not in names]
    links = re.findall(r"#/view/([\w-]+)", json.dumps(item))
    return mistakes + [f"links to {link}, which is not there" for link in links if ("dashboard", link) not in keys]


def strings(attributes: dict):
    """The members that hold JSON in a string."""
    for name, value in attributes.items():
        if isinstance(value, dict):
            yield from strings(value)
        elif name.endswith(("JSON", "visState", "fieldFormatMap")) or name == "fields":
            yield name, value


def parsed(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return None


def is_text(item: dict) -> bool:
    return item["type"] == "visualization" and json.loads(item["attributes"]["visState"])["type"] == "markdown"


# Searches and charts

class Panel:
    """A saved search or a visualization, asked over the demo's day."""

    def __init__(self, server: Server, pattern: dict, item: dict):
        self.server, self.id, self.attributes = server, item["id"], item["attributes"]
        self.pattern = json.loads(pattern["attributes"]["fields"])
        self.is_asked = not is_text(item)
        self.query = json.loads(self.attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]["query"]
        self.aggs = json.loads(self.attributes["visState"])["aggs"] if "visState" in self.attributes else []
        self.expected = EXPECTED["dashboards"].get(self.id)

    def mistakes(self, show: bool) -> list[str]:
        if self.expected is None:
            return ["nothing says what it finds"]
        mistakes = self.field_mistakes()
        status, answer = self.server.call("POST", f"/{PREFIX}-*/_search", self.body())
        if status != 200:
            return mistakes + [f"is answered {status}: {json.dumps(answer)[:500]}"]
        found = self.found(answer)
        if show:
            print(f"{self.id}: {json.dumps(found)}")
        wrong = [key for key in found if key != "first" and found[key] != self.expected[key]]
        wrong += ["first"] if not begin_with(found["first"], self.expected["first"]) else []
        return mistakes + [f"{key} is {json.dumps(found[key])}, should be {json.dumps(self.expected[key])}" for key in wrong]

    def field_mistakes(self) -> list[str]:
        """Fields of queries that the index does not have, and fields of aggregations that it cannot count."""
        caps = self.server.must("GET", f"/{PREFIX}-*/_field_caps?fields=*")["fields"]
        queries = [self.query] + [entry["input"]["query"] for agg in self.aggs for entry in agg["params"].get("filters", [])]
        unknown = {name for query in queries for name in query_fields(query) if not is_known(name, caps)}
        counted = {agg["params"]["field"] for agg in self.aggs if "field" in agg["params"]}
        kinds = {name: caps.get(name, {}) for name in counted}
        fixed = [name for name, kind in kinds.items() if "flat_object" in kind or not any(c["aggregatable"] for c in kind.values())]
        return [f"{name} is no field" for name in unknown] + [f"{name} cannot be counted" for name in fixed]

    def body(self) -> dict:
        """The request that Dashboards sends, over the day and with what stands in the search bar."""
        queries = [query_string(query) for query in (self.query, self.expected["bar"])]
        body = {"track_total_hits": True, "query": {"bool": {"filter": [*queries, {"range": {"@timestamp": DAY}}]}}}
        if self.aggs:
            return body | {"size": 0, "aggs": aggregations(self.aggs)}
        dates = [{"field": field["name"], "format": "date_time"} for field in self.pattern if field["type"] == "date"]
        (field, order), = self.attributes["sort"]
        return body | {"size": 500, "sort": [{field: {"order": order, "unmapped_type": "boolean"}}], "docvalue_fields": dates,
                       "stored_fields": ["*"], "_source": {"excludes": []}, "highlight": {"fields": {"*": {}}}}

    def found(self, answer: dict) -> dict:
        """What the answer shows, in the form of `expect`."""
        hits = answer["hits"]
        if not self.aggs:
            return {"hits": hits["total"]["value"], "first": lines(hits["hits"], self.attributes["columns"])}
        rows = table(self.aggs, answer["aggregations"] | {"doc_count": hits["total"]["value"]})
        return {"hits": hits["total"]["value"], "rows": len(rows), "first": rows}


def lines(hits: list[dict], columns: list[str]) -> list[list]:
    """The rows of a search. Events of one moment, of which the server may put any first, are in the order of their cells."""
    moments = itertools.groupby(hits, key=lambda hit: hit["sort"])
    return [row for _, moment in moments for row in sorted([cell(hit["_source"], column) for column in columns] for hit in moment)]


def begin_with(rows: list[list], expected: list[list]) -> bool:
    return len(rows) >= len(expected) and all(row[:len(cells)] == cells for row, cells in zip(rows, expected))


def query_fields(query: str) -> list[str]:
    """The names before a colon, what is quoted or escaped left out."""
    return re.findall(r"([\w@.*-]+):", re.sub(r'\\.|"(\\.|[^"\\])*"', " ", query))


def is_known(name: str, caps: dict) -> bool:
    above = [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)]
    return name in caps or any("flat_object" in caps.get(path, {}) for path in above)


def cell(source: dict, column: str) -> str:
    """A value of an event as text; many are joined."""
    values = [source]
    for name in column.split("."):
        values = [value[name] for value in flat(values) if isinstance(value, dict) and value.get(name) is not None]
    return ", ".join(value if isinstance(value, str) else json.dumps(value) for value in flat(values))


def flat(values: list) -> list:
    return [item for value in values for item in (flat(value) if isinstance(value, list) else [value])]


# Aggregations, as Dashboards makes them of a visualization's state

def aggregations(aggs: list[dict]) -> dict:
    """The measures in the groups, the first group outermost."""
    measures = {agg["id"]: measure(agg) for agg in aggs if agg["schema"] == "metric" and agg["type"] != "count"}
    first = {"1": measures["1"]} if "1" in measures else {}
    body = measures
    for agg in reversed([agg for agg in aggs if agg["schema"] != "metric"]):
        body = {agg["id"]: group(agg, bool(first)) | ({"aggs": first | body} if body or first else {})}
    return body


def measure(agg: dict) -> dict:
    return {agg["type"]: {"field": agg["params"]["field"]}}


def group(agg: dict, by_measure: bool) -> dict:
    kind, params = agg["type"], agg["params"]
    if kind == "filters":
        return {"filters": {"filters": {entry["label"]: query_string(entry["input"]["query"]) for entry in params["filters"]}}}
    if kind == "date_histogram":
        return {kind: {"field": params["field"], "time_zone": "UTC", "min_doc_count": 1} | INTERVALS[params["interval"]]}
    order = {params["orderBy"] if by_measure else "_count": params["order"]}
    return {"terms": {"field": params["field"], "size": params["size"], "order": order}}


def table(aggs: list[dict], answer: dict) -> list[list]:
    """The rows that a chart shows: the keys of its groups, then its measures; of a timeline, its series."""
    groups = [agg for agg in aggs if agg["schema"] != "metric"]
    measures = [agg for agg in aggs if agg["schema"] == "metric"]
    rows = list(leaves(groups, measures, answer))
    return series(rows) if groups and groups[0]["type"] == "date_histogram" else rows


def leaves(groups: list[dict], measures: list[dict], bucket: dict):
    if not groups:
        yield [value(agg, bucket) for agg in measures]
        return
    buckets = bucket[groups[0]["id"]]["buckets"]
    named = buckets.items() if isinstance(buckets, dict) else [(b.get("key_as_string", b["key"]), b) for b in buckets]
    for key, inner in named:
        for row in leaves(groups[1:], measures, inner):
            yield [key, *row]


def value(agg: dict, bucket: dict):
    if agg["type"] == "count":
        return bucket["doc_count"]
    result = bucket[agg["id"]]
    return result.get("value_as_string", result["value"])


def series(rows: list[list]) -> list[list]:
    """A timeline's rows summed up over the time, the largest first."""
    sums: dict[tuple, int] = {}
    for _, *keys, count in rows:
        sums[tuple(keys)] = sums.get(tuple(keys), 0) + count
    return [[*keys, count] for keys, count in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]


if __name__ == "__main__":
    main()
