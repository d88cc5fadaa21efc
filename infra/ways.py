"""The two ways to deploy: what each of them runs."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import providers
from deployments import ROOT, Deployment, Failure  # finds the next two

import layout  # noqa: I001
import tools

MODULE = ROOT / "infra" / "terraform"
TEMPLATE = ROOT / "infra" / "template.yaml"
REQUIREMENTS = ROOT / "infra" / "requirements.txt"
VENV = layout.TOOLS / "infra-venv"
CODE_URI = "../target/package/bootstrap-arm64.zip"
"""The package as the template names it."""

DATA = ("aws_kms_", "aws_s3_", "module.log_bucket", "module.access_bucket", "module.domain", "module.collection")
"""What the addresses begin with of resources that hold data, or without which it cannot be read."""
NEW_TARGETS = {"new-domain": "new_domain", "new-collection": "new_collection"}


class Terraform:
    """Deploys with the module: a root module in the deployment's folder calls it, and the state is kept there too."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.answers = deployment.answers

    def up(self, yes: bool) -> None:
        """Brings everything to what the answers say."""
        commands = self.commands(yes)
        (self.deployment.folder / "main.tf.json").write_text(self.describe())
        print(f"{self.deployment.folder} keeps this deployment's state: back it up, or add a backend there", flush=True)
        run(commands, self.deployment.folder)

    def down(self, yes: bool) -> None:
        """Removes the deployment. Terraform forgets what holds data, so that it stays."""
        held = [address for address in self.addresses() if holds_data(address)]
        print("These stay, with all data:", *(f"  {address}" for address in held), sep="\n")
        if not yes and input("Remove everything else? [no] ").strip().lower() not in ("y", "yes"):
            raise Failure("nothing is removed")
        forget = [[self.executable(), "state", "rm", *held]] if held else []
        run([*forget, [self.executable(), "destroy", "-auto-approve", "-input=false"]], self.deployment.folder)

    def commands(self, yes: bool) -> list[list[str]]:
        """What `up` runs."""
        apply = ["apply", *(["-auto-approve", "-input=false"] if yes else [])]
        return [[self.executable(), "init", "-input=false"], [self.executable(), *apply]]

    def describe(self) -> str:
        """The root module, in Terraform's JSON syntax."""
        emulated = {"s3_use_path_style": True, "skip_credentials_validation": True, "skip_metadata_api_check": True}
        provider = {"region": self.answers["region"], **(emulated if "AWS_ENDPOINT_URL" in os.environ else {})}
        source = os.path.relpath(MODULE, self.deployment.folder)
        module = {
            "provider": {"aws": provider},
            "module": {"trailsearch": {"source": source, **self.variables()}},
            "output": {"trailsearch": {"value": "${module.trailsearch}"}},
        }
        return json.dumps(module, indent=2) + "\n"

    def variables(self) -> dict[str, Any]:
        """The variables of the module. Those of the user's file win."""
        answers = self.answers
        variables: dict[str, Any] = {
            "name": self.deployment.name,
            "package": f"${{path.module}}/{self.deployment.package.name}",
            "function": {"architecture": answers["architecture"]},
            "target": self.target(),
            "setup": {"retention_days": int(answers["retention_days"])},
            "alarms": {"emails": [answers["email"]] if answers["email"] else []},
        }
        if answers["bucket"]:
            variables |= {"log_bucket": {"create": False, "name": answers["bucket"]}, "trail": {"create": False}}
        return {**variables, **self.deployment.variables}

    def target(self) -> dict[str, Any]:
        """Where events go."""
        target = self.answers["target"]
        if target.startswith("https://"):
            return {"endpoint": {"url": target, "secret_arn": self.answers["secret"] or None}}
        if target not in NEW_TARGETS:
            raise Failure(f"the target is {', '.join(NEW_TARGETS)} or an https address, not {target!r}")
        return {NEW_TARGETS[target]: {}}

    def addresses(self) -> list[str]:
        """What Terraform has made."""
        command = [self.executable(), "state", "list"]
        result = subprocess.run(command, cwd=self.deployment.folder, env=environment(), capture_output=True, text=True)
        return result.stdout.splitlines()

    def executable(self) -> str:
        """Terraform."""
        found = providers.executable()
        if found is None:
            raise Failure("terraform is not installed: put it on the PATH, name it in TERRAFORM, or deploy --with sam")
        return found


class Sam:
    """Deploys the template: the state is the stack. Its data stays when it is deleted, as the template says."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.answers = deployment.answers
        if deployment.variables:
            raise Failure("--variables are the Terraform module's: deploy --with terraform")

    @property
    def template(self) -> Path:
        """The template with this deployment's package."""
        return self.deployment.folder / "template.yaml"

    def up(self, yes: bool) -> None:
        """Brings the stack to what the answers say."""
        self.template.write_text(TEMPLATE.read_text().replace(CODE_URI, self.deployment.package.name))
        run(self.commands(yes), self.deployment.folder)

    def down(self, yes: bool) -> None:
        """Deletes the stack."""
        command = [self.executable(), "delete", *self.stack()]
        run([[*command, "--no-prompts"] if yes else command], self.deployment.folder)

    def commands(self, yes: bool) -> list[list[str]]:
        """What `up` runs."""
        parameters = {
            "Name": self.deployment.name,
            "Architecture": self.answers["architecture"],
            "RetentionDays": self.answers["retention_days"],
            "AlarmEmail": self.answers["email"],
            "CodeVersion": self.deployment.package.stem.removeprefix("bootstrap-"),
        }
        command = [self.executable(), "deploy", "--template-file", self.template.name, *self.stack(), "--resolve-s3"]
        command += ["--capabilities", "CAPABILITY_NAMED_IAM", "--no-fail-on-empty-changeset"]
        command += ["--no-confirm-changeset" if yes else "--confirm-changeset", "--parameter-overrides"]
        return [command + [f"{name}={value}" for name, value in parameters.items() if value]]

    def describe(self) -> str:
        """The template has everything; nothing is to be said beside it."""
        return ""

    def stack(self) -> list[str]:
        """Which stack, where."""
        return ["--stack-name", self.deployment.name, "--region", self.answers["region"]]

    def executable(self) -> str:
        """SAM's command line, fetched unless it is installed."""
        found = shutil.which("sam")
        if found is None:
            tools.make_tools(VENV, REQUIREMENTS, "the SAM command line")
        return found or str(VENV / "bin" / "sam")


WAYS = {"terraform": Terraform, "sam": Sam}


def holds_data(address: str) -> bool:
    """Whether a resource stays."""
    return address.removeprefix("module.trailsearch.").startswith(DATA) and ".data." not in address


def run(commands: list[list[str]], folder: Path) -> None:
    """Runs commands until one fails."""
    for command in commands:
        print(f"$ {shlex.join(command)}", flush=True)
        if subprocess.run(command, cwd=folder, env=environment()).returncode != 0:
            raise Failure(f"`{Path(command[0]).name} {command[1]}` failed, see above")


def environment() -> dict[str, str]:
    """The environment of Terraform and SAM."""
    return {**os.environ, **providers.environment(), "SAM_CLI_TELEMETRY": "0"}
