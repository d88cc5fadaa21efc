"""Brings the services of a stack up, keeps book of their processes, and takes them down."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from pathlib import Path

import processes
import services
import tools
from layout import ROOT, SOURCE, Failure, Layout, replace
from services import Options, Service

FIRST_PORT = 19200


class Stack:
    """The stack of one home folder."""

    def __init__(self, layout: Layout, options: Options) -> None:
        self.layout = layout
        self.options = options
        self.state = layout.read_state()

    def up(self) -> None:
        """Brings every service to what the options ask for; does nothing where that is so already."""
        began = time.monotonic()
        self.layout.make()
        self.assign_ports()
        base, function = self.base(), self.function()
        kept = [service for service in base if self.is_current(service)]
        # Never one without the other: a batch must not be in flight while the Lambda is replaced.
        kept += function if all(self.is_current(service) for service in function) else []
        self.stop_all_but(kept)
        self.start(base)
        self.write_env(self.make_resources())
        self.start(function)
        if not function:
            missing = shown(self.options.bootstrap)
            print(f"the Lambda is not started: {missing} is missing; run `make build`, then `make up`")
        print(f"the local stack is up after {time.monotonic() - began:.1f} s: . {shown(self.layout.env)}")

    def base(self) -> list[Service]:
        """The services that need nothing built."""
        return [services.moto(self.ports), *services.opensearch(self.layout, self.options, self.ports)]

    def function(self) -> list[Service]:
        """The Lambda and what feeds it; nothing before the Lambda's binary is built."""
        if not self.options.bootstrap.exists():
            return []
        return [services.function(self.options, self.ports), services.poller(self.layout, self.ports)]

    @property
    def ports(self) -> dict[str, int]:
        """Port numbers by name."""
        return self.state["ports"]

    def running(self, name: str) -> bool:
        """Whether the process that `up` has started lives."""
        return processes.is_running(self.state["services"].get(name))

    def names(self) -> list[str]:
        """Every service that is wanted or was started, nodes of a larger cluster too, in the order of their start."""
        first, *rest = services.port_names(self.options.nodes)
        return [first, *(name for name in self.state["services"] if name not in (first, *rest)), *rest]

    def assign_ports(self) -> None:
        """Gives a free port to each name that has none, or whose service is down and port was taken meanwhile."""
        for service, names in services.port_names(self.options.nodes).items():
            for name in names:
                known = self.ports.get(name)
                if known is None or (not self.running(service) and not processes.is_free(known)):
                    self.ports[name] = self.next_port()
        self.layout.write_state(self.state)

    def next_port(self) -> int:
        """The first port that is neither taken nor promised."""
        port = FIRST_PORT
        while port in self.ports.values() or not processes.is_free(port):
            port += 1
        return port

    def is_current(self, service: Service) -> bool:
        """Whether the service runs as it should. A busy one gets the time of a start to answer."""
        record = self.state["services"].get(service.name)
        if not processes.is_running(record) or record["fingerprint"] != service.fingerprint():
            return False
        return processes.wait_until(service.is_healthy, service.start_s)

    def stop_all_but(self, kept: list[Service]) -> None:
        """Stops services in the reverse order of their start, so that a batch in flight is finished first."""
        names = [service.name for service in kept]
        for name in reversed(self.names()):
            if name not in names and name in self.state["services"]:
                self.stop(name)

    def stop(self, name: str) -> None:
        """Stops one service and forgets it."""
        record = self.state["services"][name]
        if self.running(name):
            print(f"stopping {record['title']} ...", end=" ", flush=True)
            began = time.monotonic()
            processes.stop(record, record["stop_s"])
            print(f"stopped in {time.monotonic() - began:.1f} s")
        del self.state["services"][name]
        self.layout.write_state(self.state)

    def start(self, wanted: list[Service]) -> None:
        """Starts together those that do not run, then waits for each."""
        started = [service for service in wanted if not self.running(service.name)]
        began = time.monotonic()
        for service in started:
            self.launch(service)
        for service in started:
            print(f"starting {service.title} ...", end=" ", flush=True)
            self.wait_for(service)
            print(f"ready in {time.monotonic() - began:.1f} s")

    def launch(self, service: Service) -> None:
        """Starts one process and writes down which."""
        record = processes.start(
            service.command, service.full_env(), self.layout.home, self.layout.log_of(service.name)
        )
        record.update(title=service.title, fingerprint=service.fingerprint(), stop_s=service.stop_s)
        self.state["services"][service.name] = record
        self.layout.write_state(self.state)

    def wait_for(self, service: Service) -> None:
        """Waits until the service is healthy, or fails with the end of its log."""
        ended = processes.wait_until(lambda: service.is_healthy() or not self.running(service.name), service.start_s)
        if not ended or not self.running(service.name):
            log = self.layout.log_of(service.name)
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            reason = "ended at once" if ended else f"is not healthy after {service.start_s} s"
            raise Failure(f"{service.title} {reason}; the end of {shown(log)}:\n{tail}")

    def make_resources(self) -> dict[str, str]:
        """Makes bucket and queues where they are missing, and gives the queues' addresses."""
        command = [str(tools.python()), str(SOURCE / "resources.py")]
        command += [services.BUCKET, services.QUEUE, services.DEAD_LETTER_QUEUE]
        env = services.moto(self.ports).full_env()
        result = subprocess.run(command, env={**env, **services.aws_env(self.ports)}, stdout=subprocess.PIPE)
        if result.returncode != 0:
            raise Failure("the bucket and the queues could not be made in moto, see above")
        return json.loads(result.stdout)

    def write_env(self, queues: dict[str, str]) -> None:
        """Writes the addresses as shell lines."""
        values = {
            "OPENSEARCH_ENDPOINT": services.opensearch_url(self.ports),
            **services.aws_env(self.ports),
            "LOCAL_BUCKET": services.BUCKET,
            "LOCAL_QUEUE_URL": queues["queue"],
            "LOCAL_DLQ_URL": queues["dead_letter_queue"],
            "LOCAL_LAMBDA_URL": services.lambda_url(self.ports),
            **services.NO_PROXY,
        }
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in values.items()]
        replace(self.layout.env, "".join(lines))

    def down(self) -> None:
        """Stops everything; data and port numbers are kept."""
        if not self.state["services"]:
            print("nothing runs")
            return
        self.stop_all_but([])
        self.layout.env.unlink(missing_ok=True)

    def status(self) -> bool:
        """Prints a line per service and says whether all run."""
        for name in self.names():
            record = self.state["services"].get(name)
            state = f"running, pid {record['pid']}" if self.running(name) else "not running"
            print(f"{name:<12} {state:<22} {self.address(name)}".rstrip())
        return all(self.running(name) for name in self.names())

    def address(self, name: str) -> str:
        """Where a service answers, empty when it has no address."""
        port = self.ports.get(services.address_port(name))
        return f"http://{services.HOST}:{port}" if port else ""

    def logs(self) -> None:
        """Follows all logs; does not return."""
        logs = sorted(str(log) for log in self.layout.log.glob("*.log") if ".previous" not in log.suffixes)
        if not logs:
            raise Failure("there are no logs yet; run `make up` first")
        os.execvp("tail", ["tail", "-n", "20", "-F", *logs])


def shown(path: Path) -> str:
    """A path as people read it: relative to the repository if it is inside."""
    return str(path.relative_to(ROOT)) if ROOT in path.parents else str(path)
