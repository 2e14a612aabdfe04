"""DVC's own command line, run in the repository."""

import subprocess
import sys

from common.errors import InputError
from common.paths import ROOT

FOOTER = "Having any troubles?"
"""How the line starts that DVC puts under an error of which it knows nothing."""


def dvc(*arguments: str) -> str:
    """What one of its commands printed.

    Raises:
        InputError: it failed; its own last words say why.
    """
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith(FOOTER)]
        said = [line for line in lines if line.startswith("ERROR: ")] or lines or [f"exit code {done.returncode}"]
        raise InputError(f"dvc {arguments[0]}: {said[-1].removeprefix('ERROR: ').strip()}")
    return done.stdout
