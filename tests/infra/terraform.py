"""Drives Terraform in a folder of its own, against a server that stands for AWS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra"))

import providers  # noqa: E402  (its folder is found only now)

MODULE = ROOT / "infra" / "terraform"
REGION = "us-east-1"
ACCOUNT = "123456789012"
UNCHANGED = 0
FLAGS = ("-input=false", "-no-color", "-parallelism=20")
DOMAIN = "module.trailsearch.module.domain[0].aws_opensearch_domain.this"
PATIENCE_SECONDS = 1800
"""For one command: the provider waits for minutes where something never comes."""

ROOT_MODULE = """
provider "aws" {
  region                      = "%(region)s"
  access_key                  = "terraform"
  secret_key                  = "terraform"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
}

variable "choices" {
  type = any
}

module "trailsearch" {
  source = "%(module)s"
%(arguments)s
}

output "all" {
  value = module.trailsearch
}
"""


class Failure(AssertionError):
    """A command that ended with an error; holds what it printed."""


class Terraform:
    """One root module that calls trailsearch's with some choices."""

    def __init__(self, folder: Path, aws: str, choices: dict[str, Any]) -> None:
        self.folder = folder
        self.aws = aws
        folder.mkdir(parents=True, exist_ok=True)
        self.choose(choices)

    def choose(self, choices: dict[str, Any]) -> None:
        """Writes the root module anew."""
        arguments = "\n".join(f"  {name} = var.choices.{name}" for name in choices)
        text = ROOT_MODULE % {"region": REGION, "module": MODULE, "arguments": arguments}
        (self.folder / "main.tf").write_text(text)
        (self.folder / "choices.auto.tfvars.json").write_text(json.dumps({"choices": choices}))

    def init(self) -> None:
        """Finds the provider: in a mirror where TF_CLI_CONFIG_FILE names one, else on the internet."""
        self.run("init", "-input=false", "-no-color")

    def apply(self) -> None:
        """Makes everything."""
        self.run("apply", "-auto-approve", *FLAGS)

    def adopt_domain(self, is_made: Callable[[], bool]) -> None:
        """Makes a new domain without the ten minutes that the provider lets pass before it looks for the first time: ends the provider once its
        request has been sent, and imports what that has made."""
        command = [providers.executable() or "terraform", "apply", *FLAGS, "-auto-approve", f"-target={DOMAIN.rpartition('.aws_')[0]}"]
        with open(self.folder / "adopt.log", "w") as log:
            apply = subprocess.Popen(command, cwd=self.folder, env=self.env(), stdout=log, stderr=log)
            while not is_made() and apply.poll() is None:
                time.sleep(0.5)
            for provider in children(apply.pid):
                os.kill(provider, signal.SIGKILL)
            apply.wait(60)
        self.run("import", "-input=false", "-no-color", DOMAIN, "trailsearch")

    def abandon_domain(self) -> None:
        """Leaves the domain to somebody else, since the provider would wait as long to see it gone."""
        self.run("state", "rm", DOMAIN)

    def destroy(self) -> None:
        """Removes everything."""
        self.run("destroy", "-auto-approve", *FLAGS)

    def is_unchanged(self) -> tuple[bool, str]:
        """Whether a second apply would change nothing, and what it would."""
        result = self.call("plan", "-detailed-exitcode", "-input=false", "-no-color")
        return result.returncode == UNCHANGED, result.stdout + result.stderr

    def plan_error(self) -> str:
        """What a plan that must fail says, on one line."""
        result = self.call("plan", "-input=false", "-no-color")
        if result.returncode == 0:
            raise Failure("the plan did not fail")
        return " ".join(result.stderr.replace("│", " ").split())

    def resources(self) -> dict[str, dict[str, Any]]:
        """The attributes of every resource there is, by address below the module."""
        state = json.loads(self.run("show", "-json"))
        modules = state.get("values", {}).get("root_module", {}).get("child_modules", [])
        found = [each for module in modules for each in below(module) if each["mode"] == "managed"]
        return {each["address"].removeprefix("module.trailsearch."): each["values"] for each in found}

    def outputs(self) -> dict[str, Any]:
        """What the module tells."""
        return json.loads(self.run("output", "-json", "all"))

    def run(self, *arguments: str) -> str:
        """Runs a command that has to succeed."""
        result = self.call(*arguments)
        if result.returncode != 0:
            raise Failure(f"terraform {arguments[0]} failed:\n{result.stdout[-2000:]}\n{result.stderr}")
        return result.stdout

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command."""
        command = [providers.executable() or "terraform", *arguments]
        out, errors = self.folder / f"{arguments[0]}.log", self.folder / f"{arguments[0]}.errors.log"
        with open(out, "w") as stdout, open(errors, "w") as stderr:
            streams = {"stdout": stdout, "stderr": stderr, "timeout": PATIENCE_SECONDS}
            status = subprocess.run(command, cwd=self.folder, env=self.env(), **streams).returncode
        return subprocess.CompletedProcess(command, status, out.read_text(), errors.read_text())

    def env(self) -> dict[str, str]:
        """The environment: AWS is at the address that was given."""
        local = {**providers.environment(), "NO_PROXY": "127.0.0.1,localhost"}
        return {**os.environ, **local, "AWS_ENDPOINT_URL": self.aws, "AWS_REGION": REGION}


def children(parent: int) -> list[int]:
    """The processes that a process has started: Terraform's providers."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()] + [
        int(pid)
        for task in Path(f"/proc/{parent}/task").iterdir()
        if task.name != str(parent)
        for pid in (task / "children").read_text().split()
    ]


def below(module: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a module and of those within."""
    inner = [each for child in module.get("child_modules", []) for each in below(child)]
    return module.get("resources", []) + inner
