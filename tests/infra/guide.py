"""The commands of the deployment guide, and what runs them here."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from emulator import Emulator
from terraform import ROOT, providers

GUIDE = ROOT / "docs" / "deploy.md"
PATIENCE_SECONDS = 600


def blocks(language: str) -> list[str]:
    """The guide's blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every command of the guide."""
    return [line for block in blocks("sh") for line in block.splitlines()]


@dataclass
class Reader:
    """Somebody who follows the guide with an emulator for AWS. Files that the guide names are in `folder`, tools of his own in `tools`."""

    emulator: Emulator
    folder: Path
    tools: Path | None = None

    def run(self, command: str, more: str = "", answers: str = "") -> str:
        """What a command of the guide printed; `more` are arguments for what the emulator does not carry."""
        words = [self.placed(word) for word in shlex.split(command)]
        if words[:2] == ["make", "deploy"]:
            said = words[2].partition("=")[2] if len(words) > 2 else ""
            words = ["make", "deploy", f"ARGUMENTS={said} {more}"]
        streams = {"stdin": terminal(answers), "capture_output": True, "text": True}
        result = subprocess.run(words, cwd=ROOT, env=self.env(), timeout=PATIENCE_SECONDS, **streams)
        if result.returncode != 0:
            raise AssertionError(f"{command} {more} failed:\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}")
        return result.stdout

    def placed(self, word: str) -> str:
        """A word in which the files of the guide are those of this reader."""
        for name in ("deployments/", "bootstrap-arm64.zip", "choices.json"):
            word = word.replace(name, f"{self.folder}/{name}")
        return word

    def env(self) -> dict[str, str]:
        """The environment: credentials, and AWS at the emulator."""
        path = os.environ["PATH"] if self.tools is None else f"{self.tools}:{os.environ['PATH']}"
        aws = {"AWS_ENDPOINT_URL": self.emulator.url, "AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "reader"}
        local = {"NO_PROXY": "127.0.0.1,localhost", "DEPLOYMENTS": f"{self.folder}/deployments"}
        return {**os.environ, **providers.environment(), **aws, **local, "PATH": path}


def terminal(answers: str) -> int:
    """A terminal at which somebody has typed; a pipe would be read up by whoever asks first."""
    typed, read = pty.openpty()
    os.write(typed, answers.encode())
    return read
