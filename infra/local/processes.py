"""Starts detached processes, finds them again, and stops them without ever hitting a stranger."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable

STATE_FIELD, START_TIME_FIELD = 0, 19
"""Positions in /proc/PID/stat after the command's name, see proc_pid_stat(5)."""


def identity(pid: int) -> str | None:
    """A name for a living process that a later owner of the same pid cannot have; None when it is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    if fields[STATE_FIELD] in "ZX":
        return None
    return f"{boot}:{fields[START_TIME_FIELD]}"


def start(command: list[str], env: dict[str, str], cwd: Path, log: Path) -> dict[str, Any]:
    """Starts a command in a session of its own and gives its record. The log of the run before is kept."""
    if log.exists():
        log.rename(log.with_suffix(".previous.log"))
    with open(log, "wb") as out:
        child = subprocess.Popen(
            command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    return {"pid": child.pid, "identity": identity(child.pid)}


def is_running(record: dict[str, Any] | None) -> bool:
    """Whether the process of this record, and not another with its pid, lives."""
    if record is None or record["identity"] is None:
        return False
    return identity(record["pid"]) == record["identity"]


def stop(record: dict[str, Any], grace_s: float) -> None:
    """Asks the process to end, and after the grace time kills what is left of its session."""
    if not is_running(record):
        return
    session = children_of_session(record["pid"])
    send(record, signal.SIGTERM)
    if not wait_until(lambda: not is_running(record), grace_s):
        send(record, signal.SIGKILL)
    for child in session:
        send(child, signal.SIGKILL)


def send(record: dict[str, Any], number: int) -> None:
    """Signals a process if it is still the one recorded."""
    if is_running(record):
        try:
            os.kill(record["pid"], number)
        except ProcessLookupError:
            pass


def children_of_session(leader: int) -> list[dict[str, Any]]:
    """The other processes of the leader's session, such as the function below the Lambda emulator."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == leader:
            continue
        try:
            same = os.getsid(int(entry.name)) == leader
        except OSError:
            continue
        if same:
            found.append({"pid": int(entry.name), "identity": identity(int(entry.name))})
    return found


def wait_until(condition: Callable[[], bool], timeout_s: float, pause_s: float = 0.1) -> bool:
    """Tries a condition until it holds or the time is over, and says whether it held."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
