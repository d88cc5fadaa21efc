"""Writes the CycloneDX list of the crates that programs are made of: `sbom.py FILE CRATE...`, the crates of the programs.

Names, versions, licences and dependencies are those of `cargo metadata` for the targets, checksums those of Cargo.lock.
See <https://cyclonedx.org/docs/1.6/json/>.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu")


def main() -> None:
    """Entry point."""
    path, programs = Path(sys.argv[1]), sys.argv[2:]
    packages, edges = linked(programs)
    text = make_outputter(bom(programs, packages, edges), OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    if mistakes := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"error: the list of crates is no CycloneDX: {mistakes}")
    # What changes from run to run is of no use: the same sources give the same bytes.
    plain = json.loads(text)
    plain["metadata"].pop("timestamp", None)
    plain["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(plain['components']))}"
    path.write_text(json.dumps(plain, indent=2) + "\n")
    print(f"{path.name}: {len(plain['components'])} crates")


def linked(programs: list[str]) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """The packages that the programs link, by id, and on which each depends."""
    packages: dict[str, Any] = {}
    edges: dict[str, set[str]] = {}
    for target in TARGETS:
        data = json.loads(cargo("metadata", "--format-version", "1", "--filter-platform", target))
        # `metadata` has the features of the whole workspace, `tree` those of the programs alone.
        chosen = [argument for program in programs for argument in ("--package", program)]
        tree = cargo("tree", *chosen, "--target", target, "--edges", "normal", "--prefix", "none")
        names = {tuple(line.split()[:2]) for line in tree.splitlines()}
        found = {one["id"]: one for one in data["packages"] if (one["name"], f"v{one['version']}") in names}
        packages |= found
        for node in data["resolve"]["nodes"]:
            needs = {dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])}
            if node["id"] in found:
                edges.setdefault(node["id"], set()).update(needs & set(found))
    return packages, edges


def cargo(command: str, *arguments: str) -> str:
    """What cargo prints."""
    run = ["cargo", command, "--locked", *arguments]
    return subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def bom(programs: list[str], packages: dict[str, Any], edges: dict[str, set[str]]) -> Bom:
    """The list, with what depends on what."""
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in locked}
    components = {id: component(package, checksums) for id, package in packages.items()}
    roots = [one for one in components.values() if one.name in programs]
    for root in roots:
        root.type = ComponentType.APPLICATION
    made = Bom(components=components.values())
    made.metadata.component = Component(
        type=ComponentType.APPLICATION, name="trailsearch", version=roots[0].version, bom_ref="trailsearch"
    )
    made.register_dependency(made.metadata.component, roots)
    for id, needs in edges.items():
        made.register_dependency(components[id], [components[need] for need in needs])
    return made


def component(package: dict[str, Any], checksums: dict[tuple[str, str], str | None]) -> Component:
    """A crate."""
    name, version = package["name"], package["version"]
    url = PackageURL("cargo", name=name, version=version)
    checksum = checksums[name, version]
    licenses = LicenseFactory()
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        purl=url,
        bom_ref=url.to_string(),
        licenses=[licenses.make_from_string(package["license"].replace("/", " OR "))] if package["license"] else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


if __name__ == "__main__":
    main()
