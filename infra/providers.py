"""Where Terraform and its AWS provider are found.

Terraform is TERRAFORM, else the one on the PATH. The provider comes from where TF_CLI_CONFIG_FILE says; where that names no file, from a mirror among the system's optional
software (a folder below /opt that is laid out as Terraform's mirrors are), and without one from the internet.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path

INFRA = Path(__file__).resolve().parent
WORK = INFRA.parent / "target" / "infra"
CACHE = WORK / "plugins"
OPTIONAL = Path("/opt")


def executable() -> str | None:
    """Terraform; none where there is none."""
    return shutil.which(os.environ.get("TERRAFORM", "terraform"))


def mirror() -> Path | None:
    """A folder of providers on this machine."""
    found = sorted(OPTIONAL.glob("*/*/hashicorp/aws"))
    return found[-1].parents[2] if found else None


def environment() -> dict[str, str]:
    """What a Terraform command needs to find the provider, and to ask nobody for news. What comes from the internet is fetched once."""
    quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    folder = mirror()
    if Path(os.environ.get("TF_CLI_CONFIG_FILE", "")).is_file():
        return quiet
    if folder is not None:
        return {**quiet, "TF_CLI_CONFIG_FILE": str(config(folder))}
    CACHE.mkdir(parents=True, exist_ok=True)
    return {**quiet, "TF_PLUGIN_CACHE_DIR": str(CACHE), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}


def config(folder: Path) -> Path:
    """Terraform's own configuration, with a mirror."""
    path = WORK / "terraformrc"
    text = f'provider_installation {{\n  filesystem_mirror {{ path = "{folder}" }}\n}}\n'
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return path


@functools.cache
def missing() -> str | None:
    """Why nothing can be validated or applied here; none where it can."""
    terraform = executable()
    if terraform is None:
        return "terraform is not installed: put it on the PATH or name it in TERRAFORM"
    env = {**os.environ, **environment(), "TF_DATA_DIR": str(WORK / "module")}
    command = [terraform, f"-chdir={INFRA / 'terraform'}", "init", "-backend=false", "-input=false", "-no-color"]
    WORK.mkdir(parents=True, exist_ok=True)
    with open(WORK / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several at once would write the same files
        result = subprocess.run(command, env=env, capture_output=True, text=True)
    if result.returncode == 0:
        return None
    return f"terraform finds no AWS provider, give it a mirror by TF_CLI_CONFIG_FILE or the internet: {result.stderr}"
