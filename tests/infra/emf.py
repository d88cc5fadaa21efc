"""Reads CloudWatch's embedded metric format out of a log, as CloudWatch Logs does, and puts it into CloudWatch.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any


def lines(log: str) -> Iterator[dict[str, Any]]:
    """The lines of a log that hold metrics. The emulator puts its own text before none of them."""
    for line in log.splitlines():
        if line.startswith("{") and '"_aws"' in line:
            yield json.loads(line)


def data(line: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The namespace and the metric datum of each metric, once for each of its sets of dimensions."""
    time = datetime.fromtimestamp(line["_aws"]["Timestamp"] / 1000, timezone.utc)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            named = [{"Name": name, "Value": line[name]} for name in dimensions]
            for metric in directive["Metrics"]:
                value = line[metric["Name"]]
                yield (
                    directive["Namespace"],
                    {
                        "MetricName": metric["Name"],
                        "Unit": metric["Unit"],
                        "Dimensions": named,
                        "Timestamp": time,
                        "Values": value if isinstance(value, list) else [value],
                    },
                )


def put(cloudwatch, log: str) -> int:
    """Puts every metric of a log into CloudWatch; answers how many."""
    found = [each for line in lines(log) for each in data(line)]
    for namespace, datum in found:
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])
    return len(found)


def values(cloudwatch, alarm: dict[str, Any], seconds: int = 600) -> list[float]:
    """What an alarm's own namespace, metric, dimensions and statistic find in the last seconds."""
    now = datetime.now(timezone.utc).timestamp()
    reply = cloudwatch.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm["Dimensions"],
        StartTime=now - seconds,
        EndTime=now + 60,
        Period=60,
        Statistics=[alarm["Statistic"]],
    )
    return [point[alarm["Statistic"]] for point in reply["Datapoints"]]
