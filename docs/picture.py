#!/usr/bin/env python3
"""Renders docs/terminal.svg: what the command line really answers about the demo's day.

    make demo                                   # the day in an index
    . target/local/env && python3 docs/picture.py

Needs `rich`, which it installs into target/local/picture where it is missing. Commands run on a terminal of their own, so that
they answer as they do to people.
"""
from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "target" / "local" / "picture"
PROGRAM = Path(os.environ.get("TRAILSEARCH", ROOT / "target" / "release" / "trailsearch"))
RICH = "rich==14.2.0"
WIDTH = 206

COMMANDS = [
    ["who", "i-0abc1234def567890"],
    ["history", "rtb-0d15ea5e123456789"],
    ["top", "actor.name", "--changes", "--limit", "5"],
    ["errors", "--limit", "4"],
    ["delivery", "--until", "2026-11-20", "--at-least", "30"],
]


def main() -> None:
    if Path(sys.prefix) != TOOLS:
        return run_with_rich()
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))
    for number, command in enumerate(COMMANDS):
        if number:
            console.print()
        line = " ".join(["$ trailsearch", *command])
        console.print(Text(line, style="bold green"))
        console.print(Text.from_ansi(answer(command)), no_wrap=True, overflow="ellipsis")
    picture = console.export_svg(title="trailsearch", unique_id="terminal")
    # Whoever looks at the picture is to fetch nothing from elsewhere: the font is the viewer's own.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")
    (ROOT / "docs" / "terminal.svg").write_text(picture)


def run_with_rich() -> None:
    """Starts this script again where `rich` is."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        venv.create(TOOLS, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", RICH], check=True)
    subprocess.run([python, __file__], check=True)


def answer(command: list[str]) -> str:
    """What the program writes to a terminal."""
    ours, its = pty.openpty()
    with subprocess.Popen([PROGRAM, *command], stdout=its, stderr=its) as process:
        os.close(its)
        text = b"".join(iter(lambda: read(ours), b""))
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}: {text.decode()}")
    return text.decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # The program has closed its end.
        return b""


if __name__ == "__main__":
    main()
