"""Is data/ what data.dvc locks? The last step of `make data` (`python -m common.data_lock`).

DVC would quietly lock whatever is there; here the lock is only ever compared, and data that agree are
put into DVC's cache, so that `dvc push` has them.
"""

import json
import subprocess
import sys

from common.paths import ROOT


def states() -> set[str]:
    """What `dvc status` says of data/: nothing, or words such as "modified", "deleted", "not in cache"."""
    told = subprocess.run(
        ["dvc", "status", "--json", "data.dvc"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    entries = json.loads(told).get("data.dvc", [])
    return {state for entry in entries for state in entry.get("changed outs", {}).values()}


def main() -> int:
    """Compare; exit code 2 if data/ is something else than data.dvc says."""
    found = states()
    if found - {"not in cache"}:
        print("error: data/ is not what data.dvc locks: remove what does not belong there", file=sys.stderr)
        return 2
    if found:
        return subprocess.run(["dvc", "commit", "--quiet", "--force", "data.dvc"], cwd=ROOT, check=False).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
