#!/usr/bin/env python3
"""Deploys trailsearch into the AWS account of the current credentials, with Terraform or with SAM.

Asks for what no option says; `--yes` takes the defaults instead and asks nothing. Further variables of the module
(infra/terraform/variables*.tf) stand in a JSON file that `--variables` names.

Commands:
  up      deploys, or changes and upgrades what is deployed
  down    removes the deployment and leaves its data: buckets, cluster, key
  show    prints the commands that `up` would run, and runs none
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import providers

ROOT = Path(__file__).resolve().parent.parent
MODULE = ROOT / "infra" / "terraform"
TEMPLATE = ROOT / "infra" / "template.yaml"
PACKAGE = ROOT / "target" / "package" / "bootstrap-arm64.zip"
SAM = ROOT / "target" / "local" / "infra-venv" / "bin" / "sam"

DATA = ("aws_kms_key.", "aws_kms_alias.", "module.log_bucket", "aws_s3_bucket", "module.domain", "module.collection")
"""What the addresses of resources begin with that hold data, or without which data cannot be read."""

QUESTIONS = {
    "name": ("What is everything named after?", "trailsearch"),
    "region": ("In which region?", os.environ.get("AWS_REGION", "us-east-1")),
    "bucket": ("Which existing bucket does CloudTrail write to? Empty makes a bucket and a trail", ""),
    "target": ("Where do events go: new-domain, new-collection, or the https address of a cluster", "new-domain"),
    "secret": ("Which secret of Secrets Manager holds that cluster's user name and password? Empty for none", ""),
    "email": ("Who gets the alarms by mail? Empty for nobody yet", ""),
    "retention_days": ("For how many days are events kept?", "365"),
}


class Failure(Exception):
    """Something the user has to do; its text is printed without a traceback."""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["up", "down", "show"], nargs="?", default="up")
    parser.add_argument("--with", dest="tool", choices=["terraform", "sam"], default="terraform")
    parser.add_argument("--package", type=Path, default=PACKAGE, help="the function's zip (%(default)s)")
    parser.add_argument("--variables", type=Path, help="a JSON file with further variables of the Terraform module")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    for name, (question, default) in QUESTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"{question} ({default or 'none'})".replace("%", "%%"))
    return parser.parse_args(arguments)


def answers(options: argparse.Namespace) -> dict[str, str]:
    """An answer to each question: the option's, else the user's, else the default."""
    found = {}
    for name, (question, default) in QUESTIONS.items():
        given = getattr(options, name)
        if name == "secret" and not found["target"].startswith("https://"):
            given = ""
        asks = given is None and not options.yes and options.command != "down"
        found[name] = (ask(question, default) if asks else given) if given is not None or asks else default
    return found


def ask(question: str, default: str) -> str:
    """Asks in the terminal."""
    return input(f"{question} [{default}] ").strip() or default


def module_variables(options: argparse.Namespace, chosen: dict[str, str]) -> dict[str, Any]:
    """The variables of the Terraform module."""
    variables: dict[str, Any] = {
        "name": chosen["name"],
        "package": str(options.package.resolve()),
        "target": target(chosen),
        "setup": {"retention_days": int(chosen["retention_days"])},
        "alarms": {"emails": [chosen["email"]] if chosen["email"] else []},
    }
    if chosen["bucket"]:
        variables |= {"log_bucket": {"create": False, "name": chosen["bucket"]}, "trail": {"create": False}}
    if options.variables:
        variables |= json.loads(options.variables.read_text())
    return variables


def target(chosen: dict[str, str]) -> dict[str, Any]:
    """Where events go, as the module takes it."""
    if chosen["target"].startswith("https://"):
        return {"endpoint": {"url": chosen["target"], "secret_arn": chosen["secret"] or None}}
    kinds = {"new-domain": "new_domain", "new-collection": "new_collection"}
    if chosen["target"] not in kinds:
        raise Failure(f"the target is {', '.join(kinds)} or an https address, not {chosen['target']!r}")
    return {kinds[chosen["target"]]: {}}


def root_module(chosen: dict[str, str], variables: dict[str, Any]) -> dict[str, Any]:
    """A root module in Terraform's JSON syntax."""
    emulated = {"s3_use_path_style": True, "skip_credentials_validation": True, "skip_metadata_api_check": True}
    provider = {"region": chosen["region"], **(emulated if "AWS_ENDPOINT_URL" in os.environ else {})}
    return {
        "provider": {"aws": provider},
        "module": {"trailsearch": {"source": os.path.relpath(MODULE, folder(chosen)), **variables}},
        "output": {"trailsearch": {"value": "${module.trailsearch}"}},
    }


def folder(chosen: dict[str, str]) -> Path:
    """Where the root module of a deployment is kept, and its state."""
    return Path(os.environ.get("DEPLOYMENTS", ROOT / "deployments")).resolve() / chosen["name"]


def terraform_commands(options: argparse.Namespace) -> list[list[str]]:
    """What brings a deployment to what its root module says."""
    terraform = providers.executable()
    if terraform is None:
        raise Failure("terraform is not installed: put it on the PATH, name it in TERRAFORM, or deploy --with sam")
    apply = ["apply", "-input=false" if options.yes else "-input=true"] + (["-auto-approve"] if options.yes else [])
    return [[terraform, "init", "-input=false"], [terraform, *apply]]


def sam_commands(options: argparse.Namespace, chosen: dict[str, str]) -> list[list[str]]:
    """What deploys the template."""
    if chosen["bucket"] or chosen["target"] != "new-domain" or options.variables:
        raise Failure("the SAM template makes a bucket, a trail and a domain: anything else is for --with terraform")
    sam = shutil.which("sam") or str(SAM)
    parameters = {
        "Name": chosen["name"],
        "RetentionDays": chosen["retention_days"],
        "AlarmEmail": chosen["email"],
        "CodeVersion": str(int(options.package.stat().st_mtime)) if options.package.exists() else "1",
    }
    overrides = [f"{name}={value}" for name, value in parameters.items() if value]
    command = [sam, "deploy", "--template-file", str(TEMPLATE), "--stack-name", chosen["name"], "--region", chosen["region"]]
    command += ["--resolve-s3", "--capabilities", "CAPABILITY_NAMED_IAM", "--no-fail-on-empty-changeset"]
    command += ["--no-confirm-changeset" if options.yes else "--confirm-changeset"]
    return [[*command, "--parameter-overrides", *overrides]]


def up(options: argparse.Namespace, chosen: dict[str, str]) -> None:
    """Deploys."""
    if not options.package.exists():
        raise Failure(f"{options.package} is missing: build it with `make package`, or give --package")
    if options.tool == "sam":
        return run(sam_commands(options, chosen), ROOT)
    write(chosen, root_module(chosen, module_variables(options, chosen)))
    return run(terraform_commands(options), folder(chosen))


def write(chosen: dict[str, str], module: dict[str, Any]) -> None:
    """Writes the root module; its folder keeps the state too."""
    folder(chosen).mkdir(parents=True, exist_ok=True)
    (folder(chosen) / "main.tf.json").write_text(json.dumps(module, indent=2) + "\n")
    print(f"{folder(chosen)} keeps this deployment's state: back it up, or add a backend there", flush=True)


def down(options: argparse.Namespace, chosen: dict[str, str]) -> None:
    """Removes the deployment. What holds data is forgotten by Terraform and stays; the SAM template retains it by itself."""
    if options.tool == "sam":
        sam = shutil.which("sam") or str(SAM)
        command = [sam, "delete", "--stack-name", chosen["name"], "--region", chosen["region"]]
        return run([[*command, "--no-prompts"] if options.yes else command], ROOT)
    if not (folder(chosen) / "main.tf.json").exists():
        raise Failure(f"{folder(chosen)} holds no deployment")
    terraform = providers.executable() or "terraform"
    held = [address for address in addresses(terraform, folder(chosen)) if holds_data(address)]
    if held:
        run([[terraform, "state", "rm", *held]], folder(chosen))
    run([[terraform, "destroy", *(["-auto-approve", "-input=false"] if options.yes else [])]], folder(chosen))
    print("left, with all data:\n" + "\n".join(f"  {address}" for address in held))
    return None


def addresses(terraform: str, where: Path) -> list[str]:
    """What Terraform has made."""
    command = [terraform, "state", "list"]
    result = subprocess.run(command, cwd=where, env={**os.environ, **providers.environment()}, capture_output=True, text=True)
    return result.stdout.splitlines()


def holds_data(address: str) -> bool:
    """Whether a resource is left."""
    return address.removeprefix("module.trailsearch.").startswith(DATA) and ".data." not in address


def run(commands: list[list[str]], where: Path) -> None:
    """Runs commands until one fails."""
    env = {**os.environ, **providers.environment(), "SAM_CLI_TELEMETRY": "0"}
    for command in commands:
        print(f"$ {shlex.join(command)}", flush=True)
        if subprocess.run(command, cwd=where, env=env).returncode != 0:
            raise Failure(f"`{shlex.join(command[:2])}` failed, see above")


def show(options: argparse.Namespace, chosen: dict[str, str]) -> None:
    """Prints what `up` would run."""
    if options.tool == "terraform":
        print(json.dumps(root_module(chosen, module_variables(options, chosen)), indent=2))
    commands = sam_commands(options, chosen) if options.tool == "sam" else terraform_commands(options)
    for command in commands:
        print(f"$ {shlex.join(command)}")


def main() -> int:
    """Entry point."""
    options = parse()
    try:
        {"up": up, "down": down, "show": show}[options.command](options, answers(options))
        return 0
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
