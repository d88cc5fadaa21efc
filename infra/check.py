#!/usr/bin/env python3
"""Checks everything below infra/: Terraform's format and types, CloudFormation's rules, and checkov's policies.

Nothing is done where nothing has changed since all was right. Where Terraform or its provider is missing (see providers.py), its checks are left out, and said to be.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INFRA = Path(__file__).resolve().parent
ROOT = INFRA.parent
sys.path.insert(0, str(INFRA / "local"))

import providers
import tools  # noqa: E402  (its folder is found only now)
from layout import TOOLS, Failure  # noqa: E402

VENV = TOOLS / "infra-venv"
REQUIREMENTS = INFRA / "requirements.txt"
MODULE = INFRA / "terraform"
TEMPLATE = INFRA / "template.yaml"
PASSED = ROOT / "target" / "infra" / "passed"
CHECKED = ("*.tf", "*.yaml", "*.py", "requirements.txt", ".checkov.yaml")


def main() -> int:
    """Entry point."""
    try:
        return run()
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1


def run() -> int:
    """Runs every check; remembers that all were right."""
    mark = fingerprint(providers.executable())
    if PASSED.exists() and PASSED.read_text() == mark:
        print("infra: nothing has changed since the last checks")
        return 0
    tools.make_tools(VENV, REQUIREMENTS, "cfn-lint, the SAM command line and checkov")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = [name for name in pool.map(failure, commands()) if name]
    if providers.missing():
        print(f"infra: Terraform's files are not validated: {providers.missing()}")
    if failed:
        print(f"infra: failed: {', '.join(failed)}")
        return 1
    if not providers.missing():
        PASSED.parent.mkdir(parents=True, exist_ok=True)
        PASSED.write_text(mark)
    return 0


def commands() -> list[tuple[str, list[str], dict[str, str]]]:
    """The checks: name, command, and what is added to the environment."""
    tool = lambda name: str(VENV / "bin" / name)  # noqa: E731
    data = {**providers.environment(), "TF_DATA_DIR": str(providers.WORK / "module")}
    in_module = [providers.executable() or "terraform", f"-chdir={MODULE}"]
    own = [
        ("terraform fmt", [*in_module, "fmt", "-check", "-diff", "-recursive"], data),
        ("terraform validate", [*in_module, "validate", "-no-color"], data),
    ]
    quiet = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1", "LOG_LEVEL": "ERROR"}
    checkov = [tool("checkov"), "--skip-download", "--quiet", "--compact", "--config-file", str(INFRA / ".checkov.yaml")]
    return ([] if providers.missing() else own) + [
        ("cfn-lint", [tool("cfn-lint"), "--include-checks", "I", "--", str(TEMPLATE)], {}),
        ("sam validate", [tool("sam"), "validate", "--lint", "--template", str(TEMPLATE)], quiet),
        ("checkov (Terraform)", [*checkov, "--framework", "terraform", "--directory", str(MODULE)], quiet),
        ("checkov (SAM)", [*checkov, "--framework", "cloudformation", "--file", str(TEMPLATE)], quiet),
    ]


def failure(check: tuple[str, list[str], dict[str, str]]) -> str | None:
    """Runs one check, and shows what it printed only if it fails; gives its name then."""
    (name, command, env), began = check, time.monotonic()
    result = subprocess.run(command, env={**os.environ, **env}, cwd=ROOT, capture_output=True, text=True)
    ok = result.returncode == 0
    print(f"{name}: {'ok' if ok else 'failed'} after {time.monotonic() - began:.1f} s", flush=True)
    if ok:
        return None
    print(result.stdout + result.stderr)
    return name


def fingerprint(terraform: str | None) -> str:
    """Differs when anything that is checked, or what it is checked with, has changed."""
    digest = hashlib.sha256(str(terraform).encode())
    for path in sorted(path for pattern in CHECKED for path in INFRA.rglob(pattern)):
        digest.update(path.relative_to(INFRA).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
