"""Runs a function as its configuration says: the package's binary under AWS's runtime interface emulator, with the function's settings."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra" / "local"))

import poller  # noqa: E402  (their folder is found only now)
import processes  # noqa: E402

RIE = ROOT / "target" / "local" / "aws-lambda-rie"
HOST = "127.0.0.1"


class Function:
    """One environment of a function. AWS is at `aws`, asked in the name of `who`; what the configuration calls the cluster is at `cluster`."""

    def __init__(self, configuration: dict[str, Any], package: Path, folder: Path, aws: str, cluster: str, who: str):
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
        binary = folder / configuration["Handler"]
        binary.chmod(0o755)
        ports = processes.free_ports(2)
        self.url = f"http://{HOST}:{ports[0]}/2015-03-31/functions/function/invocations"
        self.log = folder / "function.log"
        self.one_at_a_time = threading.Lock()  # the emulator crashes on two
        addresses = ["--runtime-interface-emulator-address", f"{HOST}:{ports[0]}"]
        addresses += ["--runtime-api-address", f"{HOST}:{ports[1]}"]
        env = environment(configuration, aws, cluster, who)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([RIE, *addresses, binary], cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)
        if not processes.wait_until(lambda: poller.is_reachable(self.url), 20):
            raise RuntimeError("the Lambda emulator does not start")

    def invoke(self, event: Any) -> dict[str, Any]:
        """The function's answer; `poller.InvokeError` where it has failed."""
        with self.one_at_a_time:
            return poller.invoke(self.url, event)

    def close(self) -> None:
        """Ends it, and the binary below it."""
        for each in processes.children_of_session(self.process.pid):
            processes.send(each, 9)
        self.process.terminate()
        self.process.wait(10)


def environment(configuration: dict[str, Any], aws: str, cluster: str, who: str) -> dict[str, str]:
    """The settings that the configuration holds, but for where AWS and the cluster are here."""
    inherited = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    return {
        **inherited,
        **configuration["Environment"]["Variables"],
        "OPENSEARCH_ENDPOINT": cluster,
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": who,
        "AWS_SECRET_ACCESS_KEY": who,
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(configuration["Timeout"]),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
        "NO_PROXY": "127.0.0.1,localhost",
    }
