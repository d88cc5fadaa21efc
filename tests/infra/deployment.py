"""One deployment of the module into an emulator of its own."""

from __future__ import annotations

import os
import shutil
import uuid
import zipfile
from pathlib import Path
from typing import Any

import surroundings
import terraform
from emulator import Emulator
from gateway import Invoke, untold

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "infra"


class Deployment:
    """What some choices make. `invoke` runs the function; a new domain is adopted, or waited for as everybody has to."""

    def __init__(self, name: str, choices: dict[str, Any], invoke: Invoke = untold, waits: bool = False) -> None:
        self.waits = waits
        self.folder = WORK / name.replace(" ", "-").replace(",", "")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.emulator = Emulator(invoke)
        self.ids = surroundings.make(self.emulator)
        self.choices = surroundings.filled({"package": str(package()), **choices}, self.ids)
        self.terraform = terraform.Terraform(self.folder, self.emulator.url, self.choices)

    @property
    def adopts_domain(self) -> bool:
        """Whether a new domain is adopted."""
        return "new_domain" in self.choices.get("target", {"new_domain": {}}) and not self.waits

    def apply(self) -> None:
        """Makes everything."""
        self.terraform.init()
        if self.adopts_domain:
            self.terraform.adopt_domain(self.has_domain)
        self.terraform.apply()

    def destroy(self) -> None:
        """Removes everything that Terraform has made."""
        if self.adopts_domain:
            self.terraform.abandon_domain()
        self.terraform.destroy()

    def has_domain(self) -> bool:
        """Whether there is a domain."""
        return bool(self.emulator.client("opensearch").list_domain_names()["DomainNames"])

    def configuration(self) -> dict[str, Any]:
        """The function as it is configured, with what stands beside it."""
        client, name = self.emulator.client("lambda"), self.choices.get("name", "trailsearch")
        concurrency = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        return {**client.get_function_configuration(FunctionName=name), "ReservedConcurrency": concurrency}

    def close(self) -> None:
        """Stops the emulator."""
        self.emulator.close()


def package() -> Path:
    """A zip of the function's release build, or of LOCAL_BOOTSTRAP; of nothing where neither is built, since only some tests run it."""
    path = WORK / "bootstrap.zip"
    WORK.mkdir(parents=True, exist_ok=True)
    binary = bootstrap()
    if not path.exists() or binary.exists() and binary.stat().st_mtime > path.stat().st_mtime:
        part = path.with_name(f"{uuid.uuid4()}.part")  # several tests may make it at once
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(binary, "bootstrap") if binary.exists() else archive.writestr("bootstrap", "not built")
        part.rename(path)
    return path


def bootstrap() -> Path:
    """The function's binary."""
    return ROOT / os.environ.get("LOCAL_BOOTSTRAP", "target/release/bootstrap")
