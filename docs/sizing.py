#!/usr/bin/env python3
"""The sizing tables of organization.md, with their arithmetic.

    docs/sizing.py write      # after a change here: puts them into organization.md
    docs/sizing.py check      # fails where they are stale
    docs/sizing.py 25000000   # the same tables for a number of events a day of yours
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path

GUIDE = Path(__file__).with_name("organization.md")
BEGIN, END = "<!-- docs/sizing.py writes from here -->\n", "<!-- to here -->\n"
DAY_S, DAYS_A_MONTH, HOURS_A_MONTH, GB = 86_400, 30, 730, 10**9

# Measured: see performance.md, and the larger of the two stores in mappings/README.md#figures.
EVENTS_A_CPU_SECOND = 129_000
INDEX_BYTES = 12.16e6 / 20_700
SERVER_EVENTS_A_CPU_SECOND = 1_600

# Assumed: how a trail delivers, and what a round trip takes.
DELIVERIES_A_DAY = 288
OBJECT_S = 0.3
BURST = 10
PEAK = 3

# Chosen.
MEMORY_MB = 512
RETENTION_DAYS = 90
COPIES = 2
SHARD_GB = 40
DOMAIN_EVENTS = 100_000_000
MOST_NODES = 8
GB_A_GB_OF_MEMORY = 30
BUSY = 0.5

# Given by AWS, and by metrics.md.
MB_A_VCPU = 1_769
METRICS, METRICS_A_PLACE = 20, 2
DISK_LEFT = 0.95 * 0.8
OCU_GB = 120
LEAST_OCU = 2

COLUMNS = {100_000: (10, 1), 1_000_000: (50, 1), 10_000_000: (200, 2), 100_000_000: (500, 3), 1_000_000_000: (1_000, 4)}
"""Events a day, and the accounts and regions that they are assumed to come from."""

PRICES = {
    "Lambda arm64, GB-second": 0.0000133334,
    "Lambda, request": 0.20e-6,
    "SQS, request": 0.40e-6,
    "S3 GET": 0.40e-6,
    "KMS, request": 3e-6,
    "CloudWatch, metric": 0.30,
    "t3.small.search, hour": 0.036,
    "r6g.large.search, hour": 0.167,
    "m6g.large.search, hour": 0.128,
    "gp3 of a domain, GB-month": 0.122,
    "OCU, hour": 0.24,
    "storage of a collection, GB-month": 0.024,
}


@dataclass(frozen=True)
class Instance:
    """A data node: its memory bounds its volume; sizes of a family are priced in proportion."""

    name: str
    vcpus: int
    memory_gb: int
    hour: float

    @property
    def volume_gb(self) -> int:
        """The volume that a node is given at most."""
        return self.memory_gb * GB_A_GB_OF_MEMORY


SMALL = Instance("t3.small.search", 2, 2, PRICES["t3.small.search, hour"])
R6G = [
    Instance(f"r6g.{size}.search", 2 * times, 16 * times, PRICES["r6g.large.search, hour"] * times)
    for size, times in (("large", 1), ("xlarge", 2), ("2xlarge", 4), ("4xlarge", 8))
]


class Size:
    """What so many events a day come to."""

    def __init__(self, events: int, accounts: int, regions: int) -> None:
        self.events, self.accounts, self.regions = events, accounts, regions
        self.objects = min(accounts * regions * DELIVERIES_A_DAY, events)
        self.records = events / self.objects
        self.object_s = OBJECT_S + self.records / (EVENTS_A_CPU_SECOND * min(1, MEMORY_MB / MB_A_VCPU))
        self.gb_seconds = self.objects * self.object_s * MEMORY_MB / 1_024
        self.concurrency = self.objects / DAY_S * self.object_s
        self.metrics = METRICS + METRICS_A_PLACE * accounts * regions
        self.day_gb = events * INDEX_BYTES / GB
        self.month_gb = self.day_gb * DAYS_A_MONTH
        self.kept_gb = self.day_gb * RETENTION_DAYS
        self.volume_gb = self.kept_gb * COPIES / DISK_LEFT
        self.domains = math.ceil(events / DOMAIN_EVENTS)
        self.shards = math.ceil(self.month_gb / self.domains / SHARD_GB)
        self.instance, self.nodes = self.data_nodes()
        self.managers = 3 if self.nodes > 2 else 0
        self.search_ocus = max(LEAST_OCU, COPIES * math.ceil(self.kept_gb / OCU_GB))

    def data_nodes(self) -> tuple[Instance, int]:
        """The smallest instance of which a few suffice for the volume and for the rate at its peak."""
        volume = self.volume_gb / self.domains
        rate = self.events / self.domains / DAY_S * PEAK * COPIES

        def count(instance: Instance) -> int:
            by_rate = rate / (SERVER_EVENTS_A_CPU_SECOND * BUSY) / instance.vcpus
            return max(2, math.ceil(volume / instance.volume_gb), math.ceil(by_rate))

        fitting = [each for each in R6G if count(each) <= MOST_NODES]
        instance = SMALL if count(SMALL) == 2 else fitting[0]
        return instance, count(instance)

    def ingest_usd(self) -> float:
        """A month of the function, its queue, its metrics, and what reading objects costs."""
        a_second, month = PRICES["Lambda arm64, GB-second"], self.objects * DAYS_A_MONTH
        queue = 3 * PRICES["SQS, request"]
        each = PRICES["Lambda, request"] + queue + PRICES["S3 GET"] + PRICES["KMS, request"]
        return self.gb_seconds * DAYS_A_MONTH * a_second + month * each + self.metrics * PRICES["CloudWatch, metric"]

    def instances_usd(self) -> float:
        """A month of all nodes of all domains."""
        managers = self.managers * PRICES["m6g.large.search, hour"]
        return self.domains * HOURS_A_MONTH * (self.nodes * self.instance.hour + managers)

    def volumes_usd(self) -> float:
        """A month of the volumes."""
        return self.volume_gb * PRICES["gp3 of a domain, GB-month"]

    def collection_usd(self) -> float:
        """A month of a collection with as little indexing as there can be."""
        ocus = (self.search_ocus + LEAST_OCU) * HOURS_A_MONTH * PRICES["OCU, hour"]
        return ocus + self.kept_gb * PRICES["storage of a collection, GB-month"]


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table, numbers to the right."""
    lines = [head, ["---:"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def number(value: float) -> str:
    """Whole numbers with their thousands apart, small ones with two digits that count."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def usd(value: float) -> str:
    """Dollars without cents, unless there are but few."""
    return f"{value:,.0f}" if value >= 1 else f"{value:.2f}"


def load(sizes: list[Size]) -> str:
    """What arrives, and what the function needs for it."""
    head = ["events a day", "accounts × regions", "objects a day", "events an object", "s an object", "GB-s a day"]
    head += ["concurrency, mean", f"concurrency, burst of {BURST}"]
    rows = [
        [number(size.events), f"{size.accounts:,} × {size.regions}", number(size.objects), number(size.records)]
        + [f"{size.object_s:.2f}", number(size.gb_seconds), number(size.concurrency)]
        + [number(max(1, math.ceil(size.concurrency * BURST)))]
        for size in sizes
    ]
    return table(head, rows)


def index(sizes: list[Size]) -> str:
    """What the index takes."""
    head = ["events a day", "GB a day", "GB a month", "domains", "`--shards`, each domain"]
    head += [f"GB of {RETENTION_DAYS} days", f"volumes in GB, {COPIES} copies"]
    rows = [
        [number(size.events), number(size.day_gb), number(size.month_gb), str(size.domains), str(size.shards)]
        + [number(size.kept_gb), number(size.volume_gb)]
        for size in sizes
    ]
    return table(head, rows)


def domain(sizes: list[Size]) -> str:
    """What it costs on Amazon OpenSearch Service."""
    head = ["events a day", "data nodes", "GB a node", "managers", "ingest, USD", "instances, USD", "volumes, USD"]
    head += ["USD a month"]
    rows = [
        [number(size.events), nodes(size), number(size.volume_gb / size.domains / size.nodes), managers(size)]
        + [usd(size.ingest_usd()), usd(size.instances_usd()), usd(size.volumes_usd())]
        + [usd(size.ingest_usd() + size.instances_usd() + size.volumes_usd())]
        for size in sizes
    ]
    return table(head, rows)


def nodes(size: Size) -> str:
    """The data nodes of all domains."""
    return f"{several(size)}{size.nodes} {size.instance.name.removesuffix('.search')}"


def managers(size: Size) -> str:
    """The dedicated cluster managers of all domains."""
    return f"{several(size)}{size.managers} m6g.large" if size.managers else "none"


def several(size: Size) -> str:
    """How many domains, where it is not one."""
    return f"{size.domains} × " if size.domains > 1 else ""


def collection(sizes: list[Size]) -> str:
    """What it costs at least on OpenSearch Serverless."""
    head = ["events a day", f"GB of {RETENTION_DAYS} days", "search OCUs", "indexing OCUs, least", "USD a month, least"]
    rows = [
        [number(size.events), number(size.kept_gb), number(size.search_ocus), str(LEAST_OCU)]
        + [usd(size.ingest_usd() + size.collection_usd())]
        for size in sizes
    ]
    return table(head, rows)


def prices() -> str:
    """The unit prices."""
    rows = [[name, f"{price:.10f}".rstrip("0")] for name, price in PRICES.items()]
    return table(["unit", "USD"], rows)


def tables(sizes: list[Size]) -> str:
    """All of it, as it stands in the guide."""
    parts = [
        ("What arrives", load),
        ("The index", index),
        ("On Amazon OpenSearch Service", domain),
        ("On OpenSearch Serverless", collection),
    ]
    return "".join(f"\n### {title}\n\n{make(sizes)}" for title, make in parts) + f"\n### Prices\n\n{prices()}\n"


def guide() -> str:
    """The guide with its tables as they should be."""
    before, rest = GUIDE.read_text().split(BEGIN)
    _, after = rest.split(END)
    sizes = [Size(events, *origin) for events, origin in COLUMNS.items()]
    return before + BEGIN + tables(sizes) + END + after


def main(arguments: list[str]) -> int:
    """Writes, checks, or prints the tables of one number."""
    if arguments == ["write"]:
        GUIDE.write_text(guide())
    elif arguments == ["check"]:
        if GUIDE.read_text() != guide():
            print("docs/organization.md is stale: run docs/sizing.py write")
            return 1
    elif len(arguments) == 1 and arguments[0].isdigit() and int(arguments[0]) > 0:
        events = int(arguments[0])
        origin = next((origin for most, origin in COLUMNS.items() if events <= most), (1_000, 4))
        print(tables([Size(events, *origin)]))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
