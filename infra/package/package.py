#!/usr/bin/env python3
"""Builds the function for both architectures into target/package, and says what is in it.

    bootstrap-arm64.zip, bootstrap-x86_64.zip   for Lambda's runtime provided.al2023; the same sources give the same bytes
    sbom.cdx.json                               every crate that is in them (CycloneDX 1.6)
    SHA256SUMS                                  of all of these
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
MAX_ZIP_BYTES = 9_000_000
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
        files = [package(architecture) for architecture in architectures] + [write_sbom()]
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


def package(architecture: str) -> Path:
    """Builds the function for one architecture and packs it."""
    binary = build(architecture)
    path = OUT / f"bootstrap-{architecture}.zip"
    info = zipfile.ZipInfo("bootstrap", EPOCH)
    info.external_attr = 0o100755 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, binary.read_bytes(), compresslevel=9)
    if path.stat().st_size > MAX_ZIP_BYTES:
        raise Failure(f"{path.name} has {path.stat().st_size:,} bytes, and may have {MAX_ZIP_BYTES:,}")
    print(f"{path.name}: {path.stat().st_size:,} bytes", flush=True)
    return path


def build(architecture: str) -> Path:
    """The function's binary; no path of this machine is in it."""
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
    command = ["cargo", "lambda", "build", "--locked", "--profile", "dist", "--package", "trailsearch-lambda"]
    subprocess.run([*command, "--target", target, "--lambda-dir", folder], cwd=ROOT, env=env, check=True)
    return folder / "bootstrap/bootstrap"


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
