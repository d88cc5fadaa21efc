#!/usr/bin/env python3
"""Deploys trailsearch into the AWS account of the current credentials, with Terraform or with SAM. docs/deploy.md tells the rest.

Asks for what no option says, and offers what was answered the last time; `--yes` takes that, or the defaults, and asks nothing.

Commands:
  up        deploys, or changes and upgrades what is deployed
  rollback  deploys the package that ran before
  down      removes the deployment and leaves its data: buckets, cluster, key
  show      prints what `up` would run, and runs nothing
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import deployments
from deployments import ROOT, Deployment, Failure
from ways import WAYS, Sam, Terraform

NAME = re.compile(r"[a-z][a-z0-9-]{2,20}")


@dataclass(frozen=True)
class Question:
    """What is asked, and what counts where nobody says."""

    text: str
    default: str
    tools: tuple[str, ...] = ("terraform",)


BOTH = ("terraform", "sam")
QUESTIONS = {
    "region": Question("In which region?", os.environ.get("AWS_REGION", "us-east-1"), BOTH),
    "bucket": Question("Which existing bucket does CloudTrail write to? Empty makes a bucket and a trail", ""),
    "target": Question("Where do events go: new-domain, new-collection, or the https address of a cluster", "new-domain"),
    "secret": Question("Which secret (ARN) holds that cluster's user name and password? Empty for none", ""),
    "email": Question("Who gets the alarms by mail? Empty for nobody yet", "", BOTH),
    "retention_days": Question("For how many days are events kept?", "365", BOTH),
    "architecture": Question("On which processors does the function run: arm64 or x86_64", "arm64", BOTH),
}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS, nargs="?", default="up")
    parser.add_argument("--name", default="trailsearch", help="what everything is named after (%(default)s)")
    parser.add_argument("--with", dest="tool", choices=WAYS, help="as before; the first time, terraform")
    parser.add_argument("--package", type=Path, help="the function's zip, as of a release; without it, this checkout's is built")
    parser.add_argument("--variables", type=Path, help="a JSON file with further variables of infra/terraform")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    for name, question in QUESTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"{question.text} ({question.default or 'none'})")
    return parser.parse_args(arguments)


def main() -> int:
    """Entry point."""
    options = parse()
    try:
        COMMANDS[options.command](options)
        return 0
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def up(options: argparse.Namespace) -> None:
    """Deploys."""
    deployment = asked(options)
    deployment.add(package(options, deployment))
    deployment.write()
    way(deployment).up(options.yes)


def rollback(options: argparse.Namespace) -> None:
    """Deploys the package that ran before."""
    deployment = known(options)
    deployment.take_back()
    deployment.write()
    way(deployment).up(options.yes)


def down(options: argparse.Namespace) -> None:
    """Removes the deployment."""
    way(known(options)).down(options.yes)


def show(options: argparse.Namespace) -> None:
    """Prints what `up` would run."""
    deployment = asked(options)
    deployment.packages = deployment.packages or ["bootstrap.zip"]
    print(way(deployment).describe(), end="")
    for command in way(deployment).commands(options.yes):
        print(f"$ {shlex.join(command)}")


COMMANDS = {"up": up, "rollback": rollback, "down": down, "show": show}


def way(deployment: Deployment) -> Terraform | Sam:
    """What it is deployed with."""
    return WAYS[deployment.tool](deployment)


def known(options: argparse.Namespace) -> Deployment:
    """The deployment of that name, which has to be there."""
    deployment = deployments.find(options.name)
    if not deployment.exists:
        raise Failure(f"{deployment.folder} holds no deployment: it is made where `up` is run, or name it with --name")
    return deployment


def asked(options: argparse.Namespace) -> Deployment:
    """The deployment of that name, with all questions answered."""
    if not NAME.fullmatch(options.name):
        raise Failure("the name has 3 to 21 lower-case letters, digits and hyphens and begins with a letter")
    deployment = deployments.find(options.name)
    if options.tool and deployment.exists and options.tool != deployment.tool:
        raise Failure(f"{options.name} is deployed with {deployment.tool}: go on with that, or give another --name")
    deployment.tool = options.tool or deployment.tool
    if options.variables:
        deployment.variables = json.loads(options.variables.read_text())
    before, deployment.answers = deployment.answers, answers(options, deployment)
    if before and before["region"] != deployment.answers["region"]:
        raise Failure(f"{options.name} is in {before['region']} and stays there: give another --name to deploy elsewhere")
    return deployment


def answers(options: argparse.Namespace, deployment: Deployment) -> dict[str, str]:
    """An answer to each question: the option's, else the user's, else that of the last time, else the default."""
    found: dict[str, str] = {}
    for name, question in QUESTIONS.items():
        given, before = getattr(options, name), deployment.answers.get(name, question.default)
        fits = deployment.tool in question.tools
        if given and not fits:
            raise Failure(f"--{name} is for --with terraform: the template makes a bucket, a trail and a domain")
        asks = given is None and not options.yes and fits and (name != "secret" or found["target"].startswith("https://"))
        found[name] = ask(question, before) if asks else before if given is None else given
    return found


def ask(question: Question, default: str) -> str:
    """Asks in the terminal."""
    return input(f"{question.text} [{default}] ").strip() or default


def package(options: argparse.Namespace, deployment: Deployment) -> Path:
    """The package to deploy: the one that is named, else that of this checkout."""
    if options.package is None:
        architecture = deployment.answers["architecture"]
        command = [sys.executable, ROOT / "infra" / "package" / "package.py", "--only", architecture]
        if subprocess.run(command).returncode != 0:
            raise Failure("the package was not built, see above: mend that, or give one of a release with --package")
        return ROOT / "target" / "package" / f"bootstrap-{architecture}.zip"
    if not options.package.is_file():
        raise Failure(f"{options.package} is no file")
    return options.package


if __name__ == "__main__":
    sys.exit(main())
