#!/usr/bin/env python3
"""Compares trailsearch's index with what OpenSearch's default dynamic mapping makes of the same events.

Indexes all records of a folder of CloudTrail log objects, as they are, into two indices of its own: with the default limit of
1,000 fields, and with the limit raised. Beside them stands an index (or several) that trailsearch filled from the same objects.
Prints what was rejected and why, the mapped fields, the time of indexing, and the store after a force merge to one segment.
"""
from __future__ import annotations

import argparse
import gzip
import json
import os
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BULK_BYTES = 4 << 20
BULK_EVENTS = 250
IN_FLIGHT = 4
HTTP_SECONDS = 900
RETRIES = 5
RAISED_LIMIT = 20_000
MERGE_WAIT_SECONDS = 300


class Server:
    """An OpenSearch server, addressed by its endpoint."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint.rstrip("/")

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> dict:
        """Sends a request and returns the parsed answer; an error ends the run and says what the server answered."""
        request = urllib.request.Request(f"{self.endpoint}/{path}", data=body or None, method=method, headers={"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=HTTP_SECONDS) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} /{path} answered {error.code}: {error.read()[:2000].decode(errors='replace')}") from error
        except OSError as error:
            raise SystemExit(f"{self.endpoint} cannot be reached or broke off: {error}") from error

    def create(self, index: str, field_limit: int | None) -> None:
        """Makes an empty index with one shard, no replica and the default mapping."""
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        if field_limit:
            settings["mapping.total_fields.limit"] = field_limit
        self.call("PUT", index, json.dumps({"settings": settings}).encode())

    def delete(self, index: str) -> None:
        """Removes an index, if it is there."""
        self.call("DELETE", f"{index}?ignore_unavailable=true")

    def bulk(self, index: str, lines: list) -> dict:
        """Posts action and document lines; the answer has one item per action, in their order."""
        return self.call("POST", f"{index}/_bulk", b"\n".join(lines) + b"\n", "application/x-ndjson")


def events(folder: Path):
    """(eventID, compact JSON) of all records of a folder, each id once."""
    seen = set()
    for file in sorted(folder.rglob("*.json.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            records = json.load(stream)["Records"]
        for record in records:
            if record["eventID"] not in seen:
                seen.add(record["eventID"])
                yield record["eventID"], json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def batches(all_events):
    """Lists of events that fit one bulk request."""
    batch, size = [], 0
    for event in all_events:
        if batch and (size + len(event[1]) > BULK_BYTES or len(batch) == BULK_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += len(event[1])
    if batch:
        yield batch


def reason(error: dict) -> str:
    """A rejection's cause, without the names in it, so that equal causes can be counted."""
    text = error.get("reason", "")
    if "Limit of total fields" in text:
        return "limit of total fields exceeded"
    cause = error.get("caused_by", {}).get("type")
    return f"{error.get('type')} ({cause})" if cause else str(error.get("type"))


def post(server: Server, index: str, batch: list) -> list:
    """Posts a batch, busy items again; returns the errors of those that were refused for good."""
    errors = []
    for attempt in range(RETRIES + 1):
        lines = [line for event_id, body in batch for line in (json.dumps({"create": {"_id": event_id}}).encode(), body)]
        items = [item["create"] for item in server.bulk(index, lines)["items"]]
        busy = [event for event, item in zip(batch, items) if item["status"] in (429, 503)]
        errors = errors + [item["error"] for item in items if item["status"] >= 400 and item["status"] not in (429, 503)]
        if not busy:
            return errors
        batch = busy
        time.sleep(2 ** attempt)
    return errors + [{"type": "still busy after all retries"}] * len(batch)


def fill(server: Server, index: str, folder: Path) -> dict:
    """Indexes a folder with several requests in flight; the seconds are those of the posting alone."""
    waiting, errors = list(batches(events(folder))), Counter()
    started = time.monotonic()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for refused in pool.map(lambda batch: post(server, index, batch), waiting):
            errors.update(reason(error) for error in refused)
    seconds = round(time.monotonic() - started, 1)
    return {"events": sum(map(len, waiting)), "rejected": sum(errors.values()), "seconds": seconds, "reasons": dict(errors)}


def count_fields(properties: dict) -> int:
    """Fields as index.mapping.total_fields.limit counts them: objects, leaves, multi-fields and aliases."""
    return sum(1 + count_fields(field.get("properties", {})) + len(field.get("fields", {})) for field in properties.values())


def merged(server: Server, index: str) -> int:
    """Store bytes of the primaries, once each shard is one segment and the files of the old ones are gone.

    A commit and a reader hold old files; each round makes new ones, until two rounds see the same size.
    """
    server.call("POST", f"{index}/_forcemerge?max_num_segments=1")
    before, until = None, time.monotonic() + MERGE_WAIT_SECONDS
    while time.monotonic() < until:
        server.call("POST", f"{index}/_refresh")
        server.call("POST", f"{index}/_flush?force=true&wait_if_ongoing=true")
        time.sleep(3)
        stats = server.call("GET", f"{index}/_stats/store,segments")
        size, segments = (stats["_all"]["primaries"][name][key] for name, key in (("store", "size_in_bytes"), ("segments", "count")))
        if size == before and segments <= stats["_shards"]["successful"]:
            return size
        before = size
    raise SystemExit(f"the store of {index} still changes after {MERGE_WAIT_SECONDS} s: is somebody writing to it?")


def figures(server: Server, index: str) -> dict:
    """Documents, fields, codec and store of an index, or of all that a pattern names."""
    store = merged(server, index)
    mappings = server.call("GET", f"{index}/_mapping").values()
    settings = server.call("GET", f"{index}/_settings").values()
    if not mappings:
        raise SystemExit(f"there is no index {index}: ingest the same folder with trailsearch first, or leave --trailsearch out")
    return {
        "index": index, "indexed": server.call("GET", f"{index}/_count")["count"],
        "fields": max(count_fields(each["mappings"].get("properties", {})) for each in mappings),
        "codec": ", ".join(sorted({each["settings"]["index"].get("codec", "default") for each in settings})), "store_bytes": store,
    }


def measure(server: Server, index: str, folder: Path, field_limit: int | None, keep: bool) -> dict:
    """Fills an index of this name with the raw events, measures it, and deletes it unless it shall be kept."""
    server.delete(index)
    server.create(index, field_limit)
    try:
        filled = fill(server, index, folder)
        return {**filled, **figures(server, index)}
    finally:
        if not keep:
            server.delete(index)


def print_table(rows: dict) -> None:
    """One line per index, then the reasons of rejections."""
    columns = ("events", "indexed", "rejected", "fields", "seconds", "store MB", "bytes/event", "codec")
    print(f"{'':22}" + "".join(f"{column:>13}" for column in columns))
    for name, row in rows.items():
        cells = [row.get(key, "") for key in ("events", "indexed", "rejected", "fields", "seconds")]
        cells += [f"{row['store_bytes'] / 1e6:.2f}", f"{row['store_bytes'] / max(1, row['indexed']):.0f}", row["codec"]]
        print(f"{name:22}" + "".join(f"{cell:>13}" for cell in cells))
    for name, row in rows.items():
        for cause, count in sorted(row.get("reasons", {}).items(), key=lambda item: -item[1]):
            print(f"  {name}: {count} rejected, {cause}")


def ratios(rows: dict) -> dict:
    """trailsearch's store against the raised dynamic mapping's: in all, and per event that each of them holds."""
    ours, raised = rows["trailsearch"], rows["dynamic, raised"]
    each = [row["store_bytes"] / max(1, row["indexed"]) for row in (ours, raised)]
    return {"store": round(ours["store_bytes"] / raised["store_bytes"], 3), "store_per_event": round(each[0] / each[1], 3)}


def arguments() -> argparse.Namespace:
    """The command line, checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="log objects: *.json.gz with {\"Records\": [...]}, searched in all its folders")
    parser.add_argument("default_index", nargs="?", default="compare-dynamic-default", help="(default: %(default)s)")
    parser.add_argument("raised_index", nargs="?", default="compare-dynamic-raised", help="(default: %(default)s)")
    parser.add_argument("--trailsearch", metavar="INDEX", help="an index that trailsearch filled from the same folder; may hold a *")
    parser.add_argument("--limit", type=int, default=RAISED_LIMIT, help="the raised limit of fields (default: %(default)s)")
    parser.add_argument("--endpoint", default=os.environ.get("OPENSEARCH_ENDPOINT"), help="(default: OPENSEARCH_ENDPOINT)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--keep", action="store_true", help="do not delete the two indices afterwards")
    options = parser.parse_args()
    if not options.endpoint:
        parser.error("set OPENSEARCH_ENDPOINT or give --endpoint, such as http://127.0.0.1:9200")
    return options


def main() -> None:
    options = arguments()
    server = Server(options.endpoint)
    rows = {
        "dynamic, default": measure(server, options.default_index, options.folder, None, options.keep),
        "dynamic, raised": measure(server, options.raised_index, options.folder, options.limit, options.keep),
    }
    result = {"limit": options.limit, "indices": rows}
    if options.trailsearch:
        rows["trailsearch"] = figures(server, options.trailsearch)
        result["ratio"] = ratios(rows)
    print_table(rows)
    if "ratio" in result:
        print(f"trailsearch / dynamic, raised: {result['ratio']['store']} of the store, {result['ratio']['store_per_event']} per event")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
