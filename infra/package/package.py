#!/usr/bin/env python3
"""Builds the function for both architectures into target/package, and says what is in it.

    bootstrap-arm64.zip, bootstrap-x86_64.zip       the function, for Lambda's runtime provided.al2023
    trailsearch-arm64.zip, trailsearch-x86_64.zip   the command line, for Linux (with --command-line)
    sbom.cdx.json                                   every crate that is in them (CycloneDX 1.6)
    SHA256SUMS                                      of all of these; the same sources give the same bytes
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parents[1]
sys.path.insert(0, str(SOURCE.parent / "local"))

import tools  # noqa: E402  (its folder is found only now)
from layout import Failure  # noqa: E402

OUT = ROOT / "target/package"
VENV = OUT / "venv"
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
FUNCTION = {"bootstrap": "trailsearch-lambda"}
"""The function's binary, and its crate."""
COMMAND_LINE = {"trailsearch": "trailsearch-cli"}
"""The command line's binary, and its crate."""
MAX_FUNCTION_BYTES = 9_000_000
"""Of the function's zip: what is larger starts more slowly."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""


def main() -> None:
    """Entry point."""
    arguments = parse()
    programs = FUNCTION | (COMMAND_LINE if arguments.command_line else {})
    try:
        tools.make_tools(VENV, SOURCE / "requirements.txt", "cargo-lambda, Zig and CycloneDX's library")
        for stale in OUT.glob("*.zip"):
            stale.unlink()
        zips = [package(*program, one) for one in architectures(arguments) for program in programs.items()]
        files = [*zips, write_sbom(programs.values())]
    except (Failure, subprocess.CalledProcessError) as failure:
        sys.exit(f"error: {failure}")
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (OUT / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")


def parse() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command-line", action="store_true", help="pack the command line too")
    parser.add_argument("--only", choices=TARGETS, help="one architecture (default: all)")
    parser.add_argument("--available", action="store_true", help="leave out what cannot be built here, and say so")
    return parser.parse_args()


def architectures(arguments: argparse.Namespace) -> list[str]:
    """Those that are asked for and can be built."""
    wanted = [arguments.only] if arguments.only else [*TARGETS]
    missing = [one for one in wanted if not can_build(one)]
    advice = "Rust's standard library for it is missing: install it by rustup (https://rustup.rs)"
    if missing and not arguments.available:
        raise Failure(f"{', '.join(missing)}: {advice}")
    for one in missing:
        print(f"{one} is NOT BUILT: {advice}")
    return [one for one in wanted if one not in missing]


def package(program: str, crate: str, architecture: str) -> Path:
    """Builds a program for an architecture and packs it, without a time or anything else that changes."""
    binary = build(program, crate, architecture)
    path = OUT / f"{program}-{architecture}.zip"
    info = zipfile.ZipInfo(program, EPOCH)
    info.external_attr = 0o100755 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, binary.read_bytes(), compresslevel=9)
    size = path.stat().st_size
    if program in FUNCTION and size > MAX_FUNCTION_BYTES:
        raise Failure(f"{path.name} has {size:,} bytes, and may have {MAX_FUNCTION_BYTES:,}")
    print(f"{path.name}: {size:,} bytes", flush=True)
    return path


def build(program: str, crate: str, architecture: str) -> Path:
    """The program, built by itself so that no other one's features are in it; no path of this machine is in it either."""
    home = os.environ.get("CARGO_HOME", Path.home() / ".cargo")
    remap = [f"--remap-path-prefix={ROOT}=/trailsearch", f"--remap-path-prefix={home}=/cargo"]
    env = {
        **os.environ,
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(remap),
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
    }
    folder = OUT / "lambda" / architecture
    command = ["cargo", "lambda", "build", "--locked", "--profile", "dist", "--package", crate]
    subprocess.run([*command, "--target", TARGETS[architecture], "--lambda-dir", folder], cwd=ROOT, env=env, check=True)
    return folder / program / "bootstrap"


def can_build(architecture: str) -> bool:
    """Whether Rust's standard library is there, or rustup can fetch it."""
    target = TARGETS[architecture]
    command = ["rustc", "--print", "target-libdir", "--target", target]
    libraries = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    if Path(libraries).is_dir():
        return True
    return bool(shutil.which("rustup")) and subprocess.run(["rustup", "target", "add", target], cwd=ROOT).returncode == 0


def write_sbom(crates: Iterable[str]) -> Path:
    """Lists what the programs of these crates are made of."""
    path = OUT / "sbom.cdx.json"
    subprocess.run([VENV / "bin/python", SOURCE / "sbom.py", path, *crates], check=True)
    return path


if __name__ == "__main__":
    main()
