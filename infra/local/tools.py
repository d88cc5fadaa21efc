"""Finds and fetches what the stack is made of: a JDK, OpenSearch's jars, moto, and AWS's Lambda emulator."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from layout import SOURCE, TOOLS, Failure

SAM_CLI = "aws-sam-cli==1.170.0"
RIE_ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
VENV = TOOLS / "venv"
RIE = TOOLS / "aws-lambda-rie"


def python() -> Path:
    """The interpreter that has moto and boto3."""
    return VENV / "bin" / "python"


def jars(version: str) -> Path:
    """The folder of OpenSearch's jars."""
    return TOOLS / f"opensearch-{version}" / "lib"


def install(version: str) -> None:
    """Fetches whatever is not there yet."""
    if platform.system() != "Linux":
        raise Failure("the local stack needs Linux; elsewhere use `docker compose -f infra/local/compose.yaml up`")
    java = find_java(version)
    if not jars(version).is_dir():
        fetch_jars(version, java)
    if not is_venv_current():
        make_venv()
    if not RIE.exists():
        fetch_rie()


def fetch_jars(version: str, java: Path) -> None:
    """Copies the jars from Maven; the folder appears under its name only when complete."""
    if shutil.which("mvn") is None:
        raise Failure("maven is missing: install it (Debian: `apt-get install maven`) and run this again")
    part = jars(version).with_name("lib.part")
    shutil.rmtree(part, ignore_errors=True)
    run(
        f"fetching OpenSearch {version} from Maven Central",
        ["mvn", "-B", "-q", "-f", str(SOURCE / "pom.xml"), f"-Dopensearch.version={version}"]
        + ["dependency:copy-dependencies", f"-DoutputDirectory={part}"],
        {} if shutil.which("java") else {"JAVA_HOME": str(java.parent.parent)},
    )
    part.rename(jars(version))


def is_venv_current() -> bool:
    """Whether the virtual environment was made for these very requirements."""
    return is_made_for(VENV, requirements())


def is_made_for(venv: Path, needed: Path) -> bool:
    """Whether a virtual environment holds what a file of requirements asks for."""
    installed = venv / "requirements.txt"
    return installed.exists() and installed.read_text() == needed.read_text()


def requirements() -> Path:
    """The pinned Python packages."""
    return SOURCE / "requirements.txt"


def make_venv() -> None:
    """Makes the virtual environment with moto and boto3."""
    make_tools(VENV, requirements(), "moto and boto3")


def make_tools(venv: Path, needed: Path, what: str) -> None:
    """Makes a virtual environment unless it is there; the copied requirements mark it as complete."""
    if is_made_for(venv, needed):
        return
    try:
        import ensurepip  # noqa: F401  (Debian ships venv without it)
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Failure(
            f"python's venv is missing: install it (Debian: `apt-get install python{version}-venv`)"
        ) from None
    run("making a Python environment", [sys.executable, "-m", "venv", "--clear", str(venv)])
    run(f"fetching {what} from PyPI", [*pip(venv), "install", "-r", str(needed)])
    shutil.copy(needed, venv / "requirements.txt")


def fetch_rie() -> None:
    """Takes AWS's runtime interface emulator out of the SAM command line's wheel."""
    machine = platform.machine()
    if machine not in RIE_ARCHITECTURES:
        raise Failure(f"AWS's Lambda emulator exists for {sorted(RIE_ARCHITECTURES)}, not for {machine}")
    folder = TOOLS / "sam-cli"
    run(
        "fetching AWS's Lambda emulator from PyPI",
        [*pip(), "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder), SAM_CLI],
    )
    member = f"samcli/local/rapid/aws-lambda-rie-{RIE_ARCHITECTURES[machine]}"
    part = RIE.with_suffix(".part")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        part.write_bytes(wheel.read(member))
    part.chmod(0o755)
    part.rename(RIE)
    shutil.rmtree(folder)


def pip(venv: Path = VENV) -> list[str]:
    """A virtual environment's own pip, quiet."""
    return [str(venv / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]


def run(what: str, command: list[str], env: dict[str, str] | None = None) -> None:
    """Runs a download, and shows what it printed only if it fails."""
    print(f"{what} ...", end=" ", flush=True)
    began = time.monotonic()
    result = subprocess.run(
        command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode != 0:
        print(f"failed\n{result.stdout}")
        raise Failure(f"{what} failed: `{' '.join(command)}` ended with {result.returncode}")
    print(f"done in {time.monotonic() - began:.1f} s")


def find_java(opensearch_version: str) -> Path:
    """The `java` of JAVA_HOME if it is new enough, else of the oldest JDK that is."""
    needed = 21 if int(opensearch_version.split(".")[0]) >= 3 else 17
    found = [(java_version(home), home) for home in java_homes()]
    fitting = [(version, home) for version, home in found if version >= needed]
    if not fitting:
        seen = ", ".join(f"{version} in {home}" for version, home in found if version) or "none"
        raise Failure(
            f"OpenSearch {opensearch_version} needs a JDK {needed} or newer; found {seen}. "
            f"Install one (Debian: `apt-get install openjdk-{needed}-jdk-headless`, or Temurin) or set JAVA_HOME to it"
        )
    homes = [home for _, home in sorted(fitting)]
    named = Path(os.environ.get("JAVA_HOME", ""))
    return (named if named in homes else homes[0]) / "bin" / "java"


def java_homes() -> Iterator[Path]:
    """Every folder that may hold a JDK: JAVA_HOME, the system's usual places, and that of the `java` on the PATH."""
    if "JAVA_HOME" in os.environ:
        yield Path(os.environ["JAVA_HOME"])
    for parent in (Path("/usr/lib/jvm"), Path("/opt/java"), Path.home() / ".sdkman/candidates/java"):
        if parent.is_dir():
            yield from sorted(parent.iterdir())
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve().parent.parent


def java_version(home: Path) -> int:
    """The major version of a JDK (its compiler included), 0 when the folder holds none."""
    if not (home / "bin" / "javac").exists():
        return 0
    try:
        release = (home / "release").read_text()
    except OSError:
        return 0
    match = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return int(match.group(1)) if match else 0
