"""Wall times of what a new user types, measured in a fresh clone (`python -m benchmarks.wall_times`).

Clones the committed state into a temporary folder and times the README's commands there, in order;
writes benchmarks/results/wall_times.json, which the README's table is made from. Data come from
DATA_MIRROR, so downloads are not part of it; packages come from wherever pip finds them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common.errors import InputError
from common.files import write_whole
from common.paths import ROOT
from common.runs.provenance import machine

RESULT = ROOT / "benchmarks" / "results" / "wall_times.json"

WITHOUT_DATA = {"DATA_MIRROR": ""}
STEPS: list[tuple[str, list[str], dict[str, str]]] = [
    ("make setup", ["make", "setup"], {}),
    ("make replicate, no data and no network", ["make", "replicate"], WITHOUT_DATA),
    ("make replicate, data from a mirror", ["make", "replicate"], {}),
    ("make replicate again, nothing to do", ["make", "replicate"], {}),
    ("first figure: one run of the tour", ["make", "tour"], {}),
    ("make test", ["make", "test"], {}),
]


def measure(clone: Path) -> dict[str, float]:
    """Seconds of each step in a fresh clone."""
    seconds = {}
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    for name, command, environment in STEPS:
        print(f"{name} ...", flush=True)
        start = time.monotonic()
        subprocess.run(command, cwd=clone, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
        seconds[name] = round(time.monotonic() - start, 1)
        print(f"{name}: {seconds[name]} s", flush=True)
    return seconds


def main() -> int:
    """Measure and write the result."""
    if not os.environ.get("DATA_MIRROR"):
        raise InputError("set DATA_MIRROR: downloads would be timed instead of the project")
    os.environ["DATA_MIRROR"] = str(Path(os.environ["DATA_MIRROR"]).absolute())
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(Path(folder) / "clone")
    here = machine()
    name = f"{here['cores']} cores, {here['memory_gib']:.0f} GiB, no GPU" if not here["gpus"] else here["gpus"][0]
    write_whole(RESULT, json.dumps({"machine": name, "cpu": here["cpu"], "seconds": seconds}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
