"""A moto of one's own behind a gateway."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import boto3
from gateway import HOST, Gateway, Invoke, untold

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra" / "local"))

import processes  # noqa: E402  (its folder is found only now)

REGION = "us-east-1"


class Emulator:
    """AWS as far as moto knows it. `invoke` runs functions."""

    def __init__(self, invoke: Invoke = untold, region: str = REGION) -> None:
        self.region = region
        [port] = processes.free_ports(1)
        command = [str(Path(sys.executable).with_name("moto_server")), "-H", HOST, "-p", str(port)]
        self.moto = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not processes.wait_until(lambda: answers(f"http://{HOST}:{port}/moto-api/"), 60):
            self.moto.kill()
            raise RuntimeError("moto does not start")
        self.gateway = Gateway(f"{HOST}:{port}", invoke)

    @property
    def url(self) -> str:
        """The address of all of AWS."""
        return self.gateway.url

    def client(self, service: str, who: str = "test"):
        """A client that signs with `who` as its access key."""
        keys = {"aws_access_key_id": who, "aws_secret_access_key": who}
        return boto3.client(service, endpoint_url=self.url, region_name=self.region, **keys)

    def close(self) -> None:
        """Stops everything."""
        self.gateway.close()
        self.moto.kill()  # it keeps nothing
        self.moto.wait()


def answers(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2):
            return True
    except OSError:
        return False
