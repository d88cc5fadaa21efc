"""Stands for SAM's command line, whose CloudFormation no emulator here carries: has `sam deploy` read its arguments, and runs `sam package` in its place.

Run by the interpreter that has SAM.
"""

import subprocess
import sys
from pathlib import Path

from samcli.commands.delete.command import cli as delete
from samcli.commands.deploy.command import cli as deploy

BUCKET = "existing-state"
PARAMETERS = {"deploy": deploy, "delete": delete}


def main() -> int:
    """Entry point."""
    command, *arguments = sys.argv[1:]
    read = PARAMETERS[command].make_context(command, [*arguments]).params  # takes its list apart
    if command == "delete":
        return 0
    region = arguments[arguments.index("--region") + 1]
    sam = str(Path(sys.executable).with_name("sam"))
    package = ["package", "--s3-bucket", BUCKET, "--template-file", read["template_file"]]
    return subprocess.run([sam, *package, "--region", region, "--output-template-file", "packaged.yaml"]).returncode


if __name__ == "__main__":
    sys.exit(main())
