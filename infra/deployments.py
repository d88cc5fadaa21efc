"""What is remembered of a deployment: the answers, and the packages that it has run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "infra" / "local"))

from layout import Failure  # noqa: E402  (its folder is found only now)

KEPT_PACKAGES = 5


@dataclass
class Deployment:
    """One deployment. Its folder keeps this record, the packages, and with Terraform the root module and the state."""

    name: str
    tool: str = "terraform"
    answers: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    """Further variables of the Terraform module."""
    packages: list[str] = field(default_factory=list)
    """File names, the one that runs last."""

    @property
    def folder(self) -> Path:
        """Below DEPLOYMENTS, by default deployments/ of this checkout."""
        return Path(os.environ.get("DEPLOYMENTS", ROOT / "deployments")).resolve() / self.name

    @property
    def package(self) -> Path:
        """The package that runs."""
        return self.folder / self.packages[-1]

    @property
    def exists(self) -> bool:
        """Whether it was ever written."""
        return record(self.folder).exists()

    def write(self) -> None:
        """Remembers it, and forgets packages that are older than a few."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.packages[:-KEPT_PACKAGES]:
            (self.folder / old).unlink(missing_ok=True)
        self.packages = self.packages[-KEPT_PACKAGES:]
        record(self.folder).write_text(json.dumps(asdict(self), indent=2) + "\n")

    def add(self, package: Path) -> None:
        """Takes a copy of a package as the one to run."""
        name = f"bootstrap-{hashlib.sha256(package.read_bytes()).hexdigest()[:12]}.zip"
        self.folder.mkdir(parents=True, exist_ok=True)
        if package.resolve() != self.folder / name:
            shutil.copy(package, self.folder / name)
        self.packages = [each for each in self.packages if each != name] + [name]

    def take_back(self) -> None:
        """Makes the package before the one to run."""
        if len(self.packages) < 2:
            raise Failure(f"no earlier package is in {self.folder}: give one to `up` with --package")
        self.packages.pop()


def find(name: str) -> Deployment:
    """A deployment as it is remembered; a new one where there is none."""
    deployment = Deployment(name)
    if deployment.exists:
        return Deployment(**json.loads(record(deployment.folder).read_text()))
    return deployment


def record(folder: Path) -> Path:
    """The file that remembers."""
    return folder / "deployment.json"
