"""What runs in the local stack: for each service its command, its addresses, and how to see that it is healthy."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import tools
from layout import ROOT, SOURCE, Layout

HOST = "127.0.0.1"
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
NO_PROXY = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
BUCKET = "trailsearch-logs"
QUEUE = "trailsearch"
DEAD_LETTER_QUEUE = "trailsearch-dlq"
FUNCTION = "trailsearch"
INHERITED = ("HOME", "LANG", "PATH", "TMPDIR", "USER")
"""What a service sees of the caller's environment: a proxy, a profile or a CA bundle there must not reach it."""

JVM_FLAGS = (
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.net.preferIPv4Stack=true",
    "-Dlog4j.shutdownHookEnabled=false",  # or the log would end before the nodes do
)


@dataclass(frozen=True)
class Options:
    """What the user may choose."""

    opensearch_version: str
    nodes: int
    heap: str
    bootstrap: Path
    lambda_env: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """One process of the stack."""

    name: str
    title: str
    command: list[str]
    env: dict[str, str]
    ports: list[str]
    is_healthy: Callable[[], bool]
    inputs: list[Path] = field(default_factory=list)
    """Files whose change calls for a restart."""
    start_s: int = 60
    stop_s: int = 5

    def fingerprint(self) -> str:
        """Differs when a running process no longer is what it should be."""
        stamps = [path.stat().st_mtime_ns for path in self.inputs]
        return hashlib.sha256(json.dumps([self.command, self.env, stamps]).encode()).hexdigest()

    def full_env(self) -> dict[str, str]:
        """The whole environment of the process."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**inherited, **NO_PROXY, **self.env}


def port_names(nodes: int) -> dict[str, list[str]]:
    """The names of the ports that each service listens on, the services in the order of their start."""
    numbers = range(1, nodes + 1)
    return {
        "moto": ["moto"],
        **{node_name(n): [f"opensearch-http-{n}", f"opensearch-transport-{n}"] for n in numbers},
        "lambda": ["lambda", "lambda-runtime-api"],
        "poller": [],
    }


def node_name(number: int) -> str:
    """The service that is this node of the cluster, counted from 1."""
    return "opensearch" if number == 1 else f"opensearch-{number}"


def address_port(name: str) -> str:
    """The name of the port at which a service answers, where it has one."""
    kind, _, number = name.partition("-")
    return f"opensearch-http-{number or 1}" if kind == "opensearch" else name


def moto(ports: dict[str, int]) -> Service:
    """S3, SQS and the rest of AWS. Its state is in memory only."""
    return Service(
        name="moto",
        title="moto (S3, SQS)",
        command=[str(tools.VENV / "bin" / "moto_server"), "-H", HOST, "-p", str(ports["moto"])],
        env={},
        ports=["moto"],
        is_healthy=lambda: get(ports["moto"], "/moto-api/")[0] == 200,
        inputs=[tools.VENV / "requirements.txt"],
    )


def opensearch(layout: Layout, options: Options, ports: dict[str, int]) -> list[Service]:
    """The nodes of the OpenSearch cluster, each a process of its own."""
    return [node(layout, options, ports, number) for number in range(1, options.nodes + 1)]


def node(layout: Layout, options: Options, ports: dict[str, int], number: int) -> Service:
    """One node. Each version and size of cluster has data of its own."""
    name, version = node_name(number), options.opensearch_version
    java = [str(tools.find_java(version)), f"-Xms{options.heap}", f"-Xmx{options.heap}", *JVM_FLAGS]
    program = ["-cp", f"{tools.jars(version)}/*", str(SOURCE / "Node.java")]
    data = layout.data / f"opensearch-{version}-nodes-{options.nodes}{name.removeprefix('opensearch')}"
    cluster = ",".join(str(ports[f"opensearch-transport-{n}"]) for n in range(1, options.nodes + 1))
    port = ports[f"opensearch-http-{number}"]
    return Service(
        name=name,
        title=f"OpenSearch {version.rpartition('.')[0]}, node {number}",
        command=[*java, *program, str(data), str(number), str(port), cluster],
        env={},
        ports=port_names(options.nodes)[name],
        is_healthy=lambda: is_node_healthy(port, options.nodes),
        inputs=[SOURCE / "Node.java"],
        start_s=120,
        stop_s=30,
    )


def function(options: Options, ports: dict[str, int]) -> Service:
    """The Lambda under AWS's runtime interface emulator."""
    addresses = ["--runtime-interface-emulator-address", f"{HOST}:{ports['lambda']}"]
    addresses += ["--runtime-api-address", f"{HOST}:{ports['lambda-runtime-api']}"]
    env = {
        **aws_env(ports),
        "OPENSEARCH_ENDPOINT": opensearch_url(ports),
        "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
    }
    return Service(
        name="lambda",
        title="the Lambda",
        command=[str(tools.RIE), *addresses, str(options.bootstrap)],
        env={**env, **dict(pair.split("=", 1) for pair in options.lambda_env)},
        ports=["lambda", "lambda-runtime-api"],
        is_healthy=lambda: is_listening(ports["lambda"]),
        inputs=[options.bootstrap],
    )


def poller(layout: Layout, ports: dict[str, int]) -> Service:
    """Carries messages from the queue to the Lambda, as an SQS event source mapping does."""
    log = layout.log_of("poller")
    return Service(
        name="poller",
        title="the queue's poller",
        command=[str(tools.python()), str(SOURCE / "poller.py"), QUEUE, lambda_url(ports)],
        env=aws_env(ports),
        ports=[],
        is_healthy=lambda: log.exists() and "polling" in log.read_text(),
        inputs=[SOURCE / "poller.py"],
        stop_s=10,
    )


def aws_env(ports: dict[str, int]) -> dict[str, str]:
    """How an AWS client reaches moto."""
    region = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    return {"AWS_ENDPOINT_URL": f"http://{HOST}:{ports['moto']}", **CREDENTIALS, **region}


def opensearch_url(ports: dict[str, int]) -> str:
    """The first node's address."""
    return f"http://{HOST}:{ports['opensearch-http-1']}"


def lambda_url(ports: dict[str, int]) -> str:
    """Where an event is posted to invoke the Lambda."""
    return f"http://{HOST}:{ports['lambda']}/2015-03-31/functions/function/invocations"


def is_node_healthy(port: int, nodes: int) -> bool:
    """Whether the node has joined the cluster and every primary shard is there, unless it is on a node that is not."""
    status, body = get(port, "/_cluster/health")
    if status != 200:
        return False
    health = json.loads(body)
    return health["number_of_nodes"] < nodes or health["status"] != "red"


def get(port: int, path: str) -> tuple[int, bytes]:
    """A plain GET on the loopback interface that no proxy setting can divert; status 0 when nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections; a request would already invoke the function."""
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except OSError:
        return False
    return True


def default_bootstrap() -> Path:
    """The Lambda's binary, LOCAL_BOOTSTRAP instead of the release build."""
    return ROOT / os.environ.get("LOCAL_BOOTSTRAP", "target/release/bootstrap")
