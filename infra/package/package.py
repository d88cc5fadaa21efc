#!/usr/bin/env python3
"""Builds the function and the command line for both architectures into target/package, and says what is in them.

    bootstrap-arm64.zip, bootstrap-x86_64.zip       the function, for Lambda's runtime provided.al2023
    trailsearch-arm64.zip, trailsearch-x86_64.zip   the command line, for Linux
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
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parents[1]
OUT = ROOT / "target/package"
VENV = OUT / "venv"
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
PROGRAMS = {"bootstrap": "trailsearch-lambda", "trailsearch": "trailsearch-cli"}
"""The binaries, and the crate of each."""
MAX_FUNCTION_BYTES = 9_000_000
"""Of the function's zip: what is larger starts more slowly."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""


class Failure(Exception):
    """What to tell the user."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architectures", nargs="*", choices=[*TARGETS, []], help="only these (default: all)")
    architectures = parser.parse_args().architectures or list(TARGETS)
    try:
        install_tools()
        files = [file for architecture in architectures for file in package(architecture)] + [write_sbom()]
    except (Failure, subprocess.CalledProcessError) as failure:
        sys.exit(f"error: {failure}")
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (OUT / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")


def install_tools() -> None:
    """Makes the virtual environment, unless it is there; the copied requirements mark it as complete."""
    wanted, installed = SOURCE / "requirements.txt", VENV / "requirements.txt"
    if not (installed.exists() and installed.read_text() == wanted.read_text()):
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        pip = [VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", wanted], check=True)
        shutil.copy(wanted, installed)


def package(architecture: str) -> list[Path]:
    """Builds the programs for one architecture and packs each."""
    folder = build(architecture)
    return [pack(program, folder / program / "bootstrap", architecture) for program in PROGRAMS]


def pack(program: str, binary: Path, architecture: str) -> Path:
    """Packs a program, without a time or anything else that changes."""
    path = OUT / f"{program}-{architecture}.zip"
    info = zipfile.ZipInfo(program, EPOCH)
    info.external_attr = 0o100755 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, binary.read_bytes(), compresslevel=9)
    size = path.stat().st_size
    if program == "bootstrap" and size > MAX_FUNCTION_BYTES:
        raise Failure(f"{path.name} has {size:,} bytes, and may have {MAX_FUNCTION_BYTES:,}")
    print(f"{path.name}: {size:,} bytes", flush=True)
    return path


def build(architecture: str) -> Path:
    """The folder of the programs, each in a folder of its name; no path of this machine is in them."""
    target = TARGETS[architecture]
    add_target(target)
    home = os.environ.get("CARGO_HOME", Path.home() / ".cargo")
    remap = [f"--remap-path-prefix={ROOT}=/trailsearch", f"--remap-path-prefix={home}=/cargo"]
    env = {
        **os.environ,
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(remap),
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
    }
    folder = OUT / "lambda" / architecture
    packages = [argument for crate in PROGRAMS.values() for argument in ("--package", crate)]
    command = ["cargo", "lambda", "build", "--locked", "--profile", "dist", *packages]
    subprocess.run([*command, "--target", target, "--lambda-dir", folder], cwd=ROOT, env=env, check=True)
    return folder


def add_target(target: str) -> None:
    """Fetches Rust's standard library for a target, where rustup can."""
    libraries = subprocess.run(
        ["rustc", "--print", "target-libdir", "--target", target], cwd=ROOT, check=True, capture_output=True, text=True
    )
    if Path(libraries.stdout.strip()).is_dir():
        return
    if shutil.which("rustup") is None:
        raise Failure(f"Rust's standard library for {target} is missing: install it, or rustup (https://rustup.rs)")
    subprocess.run(["rustup", "target", "add", target], cwd=ROOT, check=True)


def write_sbom() -> Path:
    """Lists the crates in the function."""
    path = OUT / "sbom.cdx.json"
    subprocess.run([VENV / "bin/python", SOURCE / "sbom.py", path], check=True)
    return path


if __name__ == "__main__":
    main()
