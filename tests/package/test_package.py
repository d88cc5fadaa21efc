"""What `make package` has built: zips that Lambda takes, programs that run there, and a list of all that is in them.

With SOAK=1 everything is built a second time, elsewhere, and must have the same bytes. Needs the Python of target/package/venv.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
import zipfile
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "infra/package/package.py"
OUT = ROOT / "target/package"
SBOM = OUT / "sbom.cdx.json"
SUMS = OUT / "SHA256SUMS"
CARGO_HOME = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
SOAK = os.environ.get("SOAK", "0") != "0"
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""What Linux calls Lambda's architectures."""
ELF_MACHINES = {"arm64": "AArch64", "x86_64": "Advanced Micro Devices X86-64"}
"""What readelf calls them."""
CRATES = {"bootstrap": "trailsearch-lambda", "trailsearch": "trailsearch-cli"}
MAX_FUNCTION_BYTES = 9_000_000
GLIBC = (2, 34)
"""Amazon Linux 2023's, which is under provided.al2023."""
LIBRARIES = re.compile(r"(lib(c|m|dl|rt|pthread|gcc_s)|ld-linux-.*)\.so\.\d")
"""What Amazon Linux has and a program may load."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]


def programs() -> list[tuple[str, str]]:
    """Each program that is packed, and its architecture."""
    names = [re.fullmatch(r"(\w+?)-(\w+)\.zip", path.name) for path in sorted(OUT.glob("*.zip"))]
    return [(name[1], name[2]) for name in names if name]


def path_of(program: str, architecture: str) -> Path:
    """Where a program's zip is."""
    return OUT / f"{program}-{architecture}.zip"


def run(*command: str | Path, **options: Any) -> str:
    """What a command prints."""
    env = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def emulator(architecture: str) -> list[str] | None:
    """What must stand before a program so that it runs here; `None` where that is not installed."""
    machine = MACHINES[architecture]
    if machine == platform.machine():
        return []
    found = shutil.which(f"qemu-{machine}-static") or shutil.which(f"qemu-{machine}")
    libraries = Path(f"/usr/{machine}-linux-gnu")
    return [found, "-L", str(libraries)] if found and libraries.is_dir() else None


def unpack(program: str, architecture: str, folder: Path) -> Path:
    """Unpacks a program so that it can be run."""
    with zipfile.ZipFile(path_of(program, architecture)) as archive:
        file = Path(archive.extract(program, folder / architecture))
    file.chmod(0o755)
    return file


class Zips(unittest.TestCase):
    """The files."""

    def test_function_is_there_for_both_architectures(self) -> None:
        built = {architecture for program, architecture in programs() if program == "bootstrap"}
        self.assertTrue(built)
        if missing := set(MACHINES) - built:
            self.skipTest(f"no package for {', '.join(missing)} was built: `make package` builds both")

    def test_function_is_small(self) -> None:
        for zip in OUT.glob("bootstrap-*.zip"):
            size = zip.stat().st_size
            print(f"\n{zip.name}: {size:,} bytes", end="")
            self.assertLessEqual(size, MAX_FUNCTION_BYTES, zip.name)

    def test_each_holds_one_executable_without_a_time(self) -> None:
        for program, architecture in programs():
            with self.subTest(program=program, architecture=architecture):
                with zipfile.ZipFile(path_of(program, architecture)) as archive:
                    (info,) = archive.infolist()
                self.assertEqual(info.filename, program)
                self.assertEqual(info.external_attr >> 16, 0o100755)
                self.assertEqual(info.date_time, EARLIEST)

    def test_checksums_are_those_of_all_files(self) -> None:
        listed = dict(reversed(line.split("  ")) for line in SUMS.read_text().splitlines())
        files = [*OUT.glob("*.zip"), SBOM]
        self.assertEqual(listed, {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files})


class Programs(unittest.TestCase):
    """What is in the zips."""

    files: dict[tuple[str, str], Path]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.files = {found: unpack(*found, Path(folder.name)) for found in programs()}

    def test_they_are_for_their_machine(self) -> None:
        for (program, architecture), file in self.files.items():
            with self.subTest(program=program, architecture=architecture):
                self.assertRegex(run("readelf", "--file-header", file), rf"Machine: +{ELF_MACHINES[architecture]}\n")

    def test_they_find_their_libraries_on_amazon_linux(self) -> None:
        for (program, architecture), file in self.files.items():
            with self.subTest(program=program, architecture=architecture):
                for library in re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "--wide", "--dynamic", file)):
                    self.assertRegex(library, LIBRARIES)
                versions = re.findall(r"GLIBC_(\d+)\.(\d+)", run("readelf", "--wide", "--version-info", file))
                self.assertLessEqual(max(((int(major), int(minor)) for major, minor in versions), default=(0, 0)), GLIBC)

    def test_they_tell_their_version(self) -> None:
        missing = {architecture for _, architecture in self.files if emulator(architecture) is None}
        for (program, architecture), file in self.files.items():
            with self.subTest(program=program, architecture=architecture):
                if architecture not in missing:
                    said = run(*emulator(architecture), file, "--version", timeout=60)
                    self.assertRegex(said, rf"^trailsearch(-lambda)? {re.escape(VERSION)}\n$")
        if missing:
            self.skipTest(f"nothing here runs programs for {missing}: install qemu-user-static and libc6-arm64-cross or libc6-amd64-cross")

    def test_no_path_of_this_machine_is_in_them(self) -> None:
        for (program, architecture), file in self.files.items():
            with self.subTest(program=program, architecture=architecture):
                for path in (ROOT, CARGO_HOME):
                    self.assertNotIn(str(path).encode(), file.read_bytes())

    def test_crates_whose_names_are_in_them_are_listed(self) -> None:
        listed = {f"{crate['name']}-{crate['version']}".encode() for crate in components()}
        for (program, architecture), file in self.files.items():
            with self.subTest(program=program, architecture=architecture):
                named = set(re.findall(rb"/registry/src/[^/]+/([\w.+-]+)/", file.read_bytes()))
                self.assertGreater(len(named), 50)
                self.assertLessEqual(named, listed)


def components() -> list[dict[str, Any]]:
    """The crates that are listed."""
    return json.loads(SBOM.read_text())["components"]


def linked() -> set[tuple[str, str]]:
    """Name and version of each crate that the programs are made of."""
    found: set[tuple[str, str]] = set()
    for program, architecture in programs():
        target = ("--target", f"{MACHINES[architecture]}-unknown-linux-gnu", "--edges", "normal", "--prefix", "none")
        tree = run("cargo", "tree", "--locked", "--package", CRATES[program], *target)
        found |= {(name, version.removeprefix("v")) for name, version, *_ in map(str.split, tree.splitlines())}
    return found


class Sbom(unittest.TestCase):
    """The list of crates."""

    def test_it_is_cyclonedx(self) -> None:
        self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_6).validate_str(SBOM.read_text()))

    def test_it_tells_the_version(self) -> None:
        root = json.loads(SBOM.read_text())["metadata"]["component"]
        self.assertEqual((root["name"], root["version"]), ("trailsearch", VERSION))

    def test_it_has_each_crate_that_is_linked_and_no_other(self) -> None:
        self.assertEqual({(crate["name"], crate["version"]) for crate in components()}, linked())

    def test_checksums_are_those_of_the_lock(self) -> None:
        locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
        wanted = {(crate["name"], crate["version"]): crate.get("checksum") for crate in locked}
        for crate in components():
            checksum = wanted[crate["name"], crate["version"]]
            hashes = [entry["content"] for entry in crate.get("hashes", [])]
            self.assertEqual(hashes, [checksum] if checksum else [], crate["name"])


@unittest.skipUnless(SOAK, "building again takes ten minutes: SOAK=1")
class Reproducible(unittest.TestCase):
    """The same sources in another folder, with another folder of crates."""

    def test_same_sources_give_the_same_bytes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root, crates = Path(folder) / "sources", Path(folder) / "crates"
            self.copy_sources(root)
            crates.symlink_to(CARGO_HOME)
            packed = {program for program, _ in programs()}
            command = [sys.executable, root / SCRIPT, "--available", *(["--command-line"] if "trailsearch" in packed else [])]
            subprocess.run(command, env={**os.environ, "CARGO_HOME": str(crates)}, check=True)
            self.assertEqual((root / "target/package/SHA256SUMS").read_text(), SUMS.read_text())

    def copy_sources(self, folder: Path) -> None:
        """Copies whatever git knows, or would."""
        files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        for name in filter(None, files):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


if __name__ == "__main__":
    unittest.main()
