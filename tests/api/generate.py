#!/usr/bin/env python3
"""Writes CloudTrail log objects with at least one realistic record for every operation of the AWS API.

The same seed gives the same records, whichever of them are asked for. See README.md beside this file.
"""
from __future__ import annotations

import argparse
import gzip
import heapq
import random
import time
from collections import Counter
from itertools import chain
from pathlib import Path

import apimodel
from leaves import LeafPicker, read_records
from records import encoded, record
from traffic import in_month, repeated, traffic

ROOT = Path(__file__).resolve().parents[2]


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
    parser.add_argument("--real", type=Path, metavar="DIR", help="mix the traffic with the records of these log objects, and repetitions of them")
    parser.add_argument("--modelled", type=float, default=0.5, metavar="SHARE", help="what is left of the traffic then (default: %(default)s)")
    parser.add_argument("--service", default="", help="only this service, by botocore's name")
    parser.add_argument("--per-file", type=int, default=500, metavar="N", help="records per log object (default: %(default)s)")
    parser.add_argument("--leaves", type=int, default=1000, metavar="N", help="random leaves in leaves.ndjson (default: %(default)s)")
    parser.add_argument("--ops", action="store_true", help="list the operations and stop")
    return parser.parse_args()


def records(options: argparse.Namespace, everything: list, operations: list):
    """What the options ask for: an account's traffic, or one record per operation."""
    if options.traffic and options.real:
        real = [in_month(record) for record in read_records(sorted(options.real.rglob("*.json.gz")))]
        modelled = int(options.traffic * options.modelled)
        repeats = repeated(real, options.traffic - modelled - len(real), options.seed)
        return chain(real, repeats, traffic(everything, modelled, options.seed))
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
