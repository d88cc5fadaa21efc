#!/usr/bin/env python3
"""Proves the rendered monitors on a real OpenSearch server, which needs no Alerting plugin for it.

Each case of mappings/monitors/ is ingested as a log file of its own. Then the monitor's search is asked over that file's events, as the
plugin would ask it now, and the trigger's script is run on the answer: it must fire where the case says so, and nowhere else.

    python3 mappings/check_monitors.py [--endpoint http://127.0.0.1:9200]
"""
from __future__ import annotations

import argparse
import copy
import json
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

from check_server import HERE, Server
from trial import EXPECTED, ingested

PREFIX = "monitors-check"
HOUR_SECONDS = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default=os.environ.get("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9200"))
    server = Server(parser.parse_args().endpoint)
    monitors = {file.stem: json.loads(file.read_text()) for file in (HERE / "rendered/monitors").glob("*.json")}
    mistakes = [f"{name}.json is of no monitor, remove it" for name in monitors.keys() - EXPECTED["monitors"].keys()]
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        files = {(name, number): Path(folder) / f"{name}-{number}.json"
                 for name, cases in EXPECTED["monitors"].items() for number in range(len(cases))}
        for (name, number), file in files.items():
            file.write_text(json.dumps({"Records": records(EXPECTED["monitors"][name][number])}))
        with ingested(server, PREFIX, Path(folder)):
            for (name, number), file in files.items():
                case, fired = EXPECTED["monitors"][name][number], fires(server, monitors[name], file)
                tried += 1
                if fired != case["alerts"]:
                    mistakes.append(f"{name}: {case['what']}: {'fires' if fired else 'does not fire'}")
    if mistakes:
        sys.exit("monitors wrong:\n  " + "\n  ".join(mistakes))
    print(f"monitors ok: {len(monitors)} monitors, {tried} cases")


def records(case: dict) -> list:
    """The records of a case, each at its time and with an id of its own."""
    moments = [time.time() - hours * HOUR_SECONDS - number for hours in case["hours_ago"] for number in range(case["times"])]
    return [record(case, moment) for moment in moments]


def record(case: dict, moment: float):
    made = copy.deepcopy(case["record"])
    if isinstance(made, dict):
        event_time = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
        made |= {"eventVersion": "1.11", "eventID": str(uuid.uuid4()), "eventTime": event_time}
        for path, value in case["change"].items():
            change(made, path.split("."), value)
    return made


def change(record: dict, path: list[str], value) -> None:
    """Sets a member; null removes it."""
    *above, name = path
    for segment in above:
        record = record.setdefault(segment, {})
    if value is None:
        record.pop(name, None)
    else:
        record[name] = value


def fires(server: Server, monitor: dict, file: Path) -> bool:
    """Whether the monitor, run now over the events of one file, fires."""
    (search,), (trigger,) = monitor["inputs"], monitor["triggers"]
    text = json.dumps(search["search"]["query"]).replace("{{period_end}}", str(int(time.time() * 1000)))
    body = json.loads(text)
    body["query"] = {"bool": {"filter": [body["query"], {"term": {"ingest.object": str(file)}}]}}
    answer = server.must("POST", f"/{PREFIX}-*/_search", body)
    source = trigger["query_level_trigger"]["condition"]["script"]["source"]
    script = {"source": f"def ctx = params.ctx; return {source}", "params": {"ctx": {"results": [answer]}}}
    return server.must("POST", "/_scripts/painless/_execute", {"script": script})["result"] == "true"


if __name__ == "__main__":
    main()
