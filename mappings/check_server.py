#!/usr/bin/env python3
"""Proves the rendered templates on a real OpenSearch server.

Installs them under a prefix of its own, indexes documents of its own, and checks that

- the mapping has as many fields as were rendered, before and after, and the server's limit is the schema's;
- values of every JSON type in a field of every type are indexed or rejected as accepts.json says;
- immense values reject nothing;
- paths and bare values of the variable parts are found, where documented;
- each ECS alias answers as its target does, in search and in aggregation;
- the Dashboards index pattern has the fields that the server has, and agrees with it on what can be counted.

    python3 mappings/check_server.py [--endpoint http://127.0.0.1:9200]
"""
from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PREFIX = "schema-check"
INDEX = f"{PREFIX}-2026.11"
HTTP_SECONDS = 60

# A field of each type, in which accepts.json's values are tried.
FIELD_OF = {
    "keyword": "eventName", "text": "errorMessage", "date": "eventTime", "ip": "sourceIPAddress", "boolean": "readOnly",
    "long": "additional.bytesTransferredIn", "double": "insightDetails.insightContext.statistics.insightDuration",
    "flat_object": "requestParameters", "stored": "ingest.full", "object": "userIdentity",
}

# Text beyond what a term can hold, in bytes: 33 KB, 33 KB of two-byte characters, 200 KB of words.
IMMENSE = ("x" * 33_000, "é" * 16_500, "y " * 100_000)

EVENT = {
    "@timestamp": "2026-11-03T09:14:27Z", "eventTime": "2026-11-03T09:14:27Z", "eventID": "3f1c7a52-6d0e-4b7a-9a55-0c2c5e1f8d11",
    "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "awsRegion": "eu-central-1", "requestID": "5d1b6f2c",
    "recipientAccountId": "111122223333", "sourceIPAddress": "203.0.113.64", "userAgent": "aws-cli/2.31.0",
    "errorCode": "AccessDenied", "errorMessage": "You are not authorized to do this", "outcome": "failure",
    "userIdentity": {"principalId": "AIDAEXAMPLE", "sessionContext": {"webIdFederationData": {"attributes": {"aud.x": "claim-one"}}}},
    "requestParameters": {"instanceType": "t3.micro", "set": {"items": [{"size": "small one"}, {"size": 7}]}, "k.dot": "dotted", "a b": "blank"},
    "additionalEventData": {"MFAUsed": "No"}, "additional": {"MFAUsed": "No", "bytesTransferredOut": "1048576"},
    "timeWindow": {"windowStart": "2026-11-03T09:10:00Z", "windowEnd": "2026-11-03T09:15:00Z"},
    "actor": {"name": "alice"}, "resource": {"id": ["i-0abc1234567890def"]}, "unmapped": {"userIdentity": {"newThing": "novel"}},
    "ingest": {"time": "2026-11-03T09:21:40Z", "full": {"additionalEventData.x-amz-id-2": "hidden"}},
}
SERVICE_EVENT = {"@timestamp": "2026-11-03T10:00:00Z", "eventName": "Other", "sourceIPAddress": "config.amazonaws.com"}

# What a search bar sends, and whether it finds EVENT.
SEARCHES = {
    'requestParameters.instanceType:"t3.micro"': True, 'requestParameters.set.items.size:"small one"': True,
    "requestParameters.set.items.size:7": True, "requestParameters.k.dot:dotted": True, 'requestParameters.a\\ b:"blank"': True,
    '"t3.micro"': True, "t3*": True, '"small one"': True, "novel": True, "unmapped.userIdentity.newThing:novel": True,
    '"claim-one"': True, "authorized": True, "i-0abc1234567890def": True, "203.0.113.64": True, 'sourceIPAddress:"203.0.113.0/24"': True,
    "sourceIPAddress.keyword:203*": True, "additional.bytesTransferredOut:>1000000": True, "eventTime:[2026-11-03 TO 2026-11-04]": True,
    "hidden": False, "sourceIPAddress.keyword:config*": False, "requestParameters.instanceType:large": False,
}


class Server:
    """An OpenSearch server, addressed by its endpoint."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint.rstrip("/")

    def call(self, method: str, path: str, body=None) -> tuple[int, dict]:
        """The status and the parsed answer of a request; a body that is text already is sent as it is."""
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(self.endpoint + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=HTTP_SECONDS) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def must(self, method: str, path: str, body=None) -> dict:
        """The answer of a request that must succeed."""
        status, answer = self.call(method, path, body)
        if status >= 300:
            raise SystemExit(f"{method} {path} answered {status}: {json.dumps(answer)[:1000]}")
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default=os.environ.get("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9200"))
    server = Server(parser.parse_args().endpoint)
    version = server.must("GET", "/")["version"]["number"]
    mistakes = []
    for flavor in ("serverless", "opensearch"):
        clean(server)
        try:
            fields = install(server, flavor)
            mistakes += [f"{flavor}: {mistake}" for mistake in check(server, fields)]
        finally:
            clean(server)
    if mistakes:
        sys.exit(f"schema wrong on OpenSearch {version}:\n  " + "\n  ".join(mistakes))
    print(f"schema ok on OpenSearch {version}: {fields} fields, {len(SEARCHES)} searches, {len(aliases())} aliases")


def check(server: Server, fields: int) -> list[str]:
    """Everything that is not as documented."""
    mistakes = check_count(server, fields, "new index")
    mistakes += check_values(server) + check_immense(server)
    for document in (EVENT, SERVICE_EVENT):
        server.must("POST", f"/{INDEX}/_doc?refresh=true", document)
    mistakes += check_searches(server) + check_aliases(server) + check_index_pattern(server)
    return mistakes + check_count(server, fields, "index after hostile values")


def clean(server: Server) -> None:
    """Removes what this script made; what is not there is no error."""
    server.call("DELETE", f"/{INDEX}")
    server.call("DELETE", f"/_index_template/{PREFIX}")
    for component in ("settings", "fields", "promoted"):
        server.call("DELETE", f"/_component_template/{PREFIX}-{component}")


def install(server: Server, flavor: str) -> int:
    """Installs a flavor's templates, makes the index, and returns how many fields were rendered."""
    bodies = {file.stem: body(file) for file in (HERE / "rendered" / flavor).glob("*.json")}
    template = bodies.pop("index-template")
    for name, component in bodies.items():
        server.must("PUT", f"/_component_template/{PREFIX}-{name}", component)
    server.must("PUT", f"/_index_template/{PREFIX}", template | {"priority": 1000})
    server.must("PUT", f"/{INDEX}")
    mappings = [bodies[name]["template"]["mappings"] for name in ("fields", "promoted")]
    # request and response stand in both components.
    return sum(map(count, mappings)) - len(mappings[1]["properties"])


def body(file: Path) -> dict:
    return json.loads(file.read_text().replace("{prefix}", PREFIX))


def count(mapping: dict) -> int:
    """The counting rule of README.md."""
    below = [field for key in ("properties", "fields") for field in mapping.get(key, {}).values()]
    return sum(1 + count(field) for field in below)


def check_count(server: Server, fields: int, when: str) -> list[str]:
    found = count(server.must("GET", f"/{INDEX}/_mapping")[INDEX]["mappings"])
    return [] if found == fields else [f"{when}: {found} fields, {fields} were rendered"]


def check_values(server: Server) -> list[str]:
    mistakes = []
    for row in json.loads((HERE / "accepts.json").read_text()):
        for verdict in ("indexed", "rejected"):
            for value in row.get(verdict, []):
                status = put_value(server, row["type"], value)
                if (status < 300) != (verdict == "indexed"):
                    mistakes.append(f"{row['type']} {json.dumps(value)}: answered {status}, should be {verdict}")
    return mistakes


def put_value(server: Server, field_type: str, value) -> int:
    """Indexes a document with one value in the field of a type."""
    for segment in reversed(FIELD_OF[field_type].split(".")):
        value = {segment: value}
    return server.call("POST", f"/{INDEX}/_doc", value)[0]


def check_immense(server: Server) -> list[str]:
    types = [name for name in FIELD_OF if name not in ("boolean", "flat_object", "object")]
    tried = [(name, text, put_value(server, name, text)) for name in types for text in IMMENSE]
    return [f"{name} with {len(text.encode())} bytes: answered {status}" for name, text, status in tried if status >= 300]


def found(server: Server, query: str) -> bool:
    """Whether the search bar's query finds EVENT among the two events."""
    search = {"query": {"bool": {"must": {"query_string": {"query": query, "analyze_wildcard": True}},
                                 "filter": {"exists": {"field": "@timestamp"}}}}}
    hits = server.must("POST", f"/{INDEX}/_search", search)["hits"]["hits"]
    return any(hit["_source"]["eventName"] == EVENT["eventName"] for hit in hits)


def check_searches(server: Server) -> list[str]:
    wrong = [query for query, expected in SEARCHES.items() if found(server, query) != expected]
    return [f"{query} does not {'' if SEARCHES[query] else 'not '}find the event" for query in wrong]


def aliases() -> dict[str, str]:
    """Each alias of the rendered mapping, with its target."""
    fields = body(HERE / "rendered/opensearch/fields.json")["template"]["mappings"]
    return {path: field["path"] for path, field in leaves(fields) if field.get("type") == "alias"}


def leaves(mapping: dict, prefix: str = ""):
    for name, field in mapping.get("properties", {}).items():
        yield prefix + name, field
        yield from leaves(field, f"{prefix}{name}.")


def check_aliases(server: Server) -> list[str]:
    return [f"{alias} answers otherwise than {target}" for alias, target in aliases().items()
            if answers(server, alias) != answers(server, target) or not answers(server, alias)["documents"]]


def answers(server: Server, field: str) -> dict:
    """Which documents a field's search finds, and what its aggregation answers."""
    hits = server.must("POST", f"/{INDEX}/_search", {"query": {"exists": {"field": field}}, "size": 1000})["hits"]["hits"]
    status, terms = server.call("POST", f"/{INDEX}/_search", {"size": 0, "aggs": {"a": {"terms": {"field": field, "size": 1000}}}})
    return {"documents": sorted(hit["_id"] for hit in hits), "status": status, "terms": terms.get("aggregations")}


def check_index_pattern(server: Server) -> list[str]:
    pattern = json.loads((HERE / "rendered/dashboards.ndjson").read_text().splitlines()[0])
    listed = {field["name"]: field for field in json.loads(pattern["attributes"]["fields"]) if not field["name"].startswith("_")}
    caps = server.must("GET", f"/{INDEX}/_field_caps?fields=*")["fields"]
    # 2.x lists a part of each flat_object, with a name that ends in a dot.
    known = {name: kinds for name, kinds in caps.items() if not name.startswith("_") and not name.endswith(".") and "object" not in kinds}
    mistakes = [f"the index pattern lists {name}, which the server does not know" for name in listed.keys() - known.keys()]
    mistakes += [f"the index pattern lacks {name}" for name in known.keys() - listed.keys()]
    for name in listed.keys() & known.keys():
        (kind, caps), = known[name].items()
        # The server calls a flat_object countable, and answers garbage.
        if kind != "flat_object" and caps["aggregatable"] != listed[name]["aggregatable"]:
            mistakes.append(f"the index pattern is wrong on whether {name} can be counted")
    return mistakes


if __name__ == "__main__":
    main()
