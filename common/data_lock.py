"""Is data/ what data.dvc locks? The last step of `make data` (`python -m common.data_lock`).

DVC would quietly lock whatever is there; here the lock is only ever compared, and data that agree are
put into DVC's cache, so that `dvc push` has them.
"""

import json
import subprocess
import sys

from common.paths import ROOT


def main() -> int:
    """Compare; exit code 2 if data/ is something else than data.dvc says."""
    command = [sys.executable, "-m", "dvc", "data", "status", "--json"]
    told = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    if any("data/" in paths for paths in told.get("uncommitted", {}).values()):
        print("error: data/ is not what data.dvc locks: remove what does not belong there", file=sys.stderr)
        return 2
    if "data/" in told.get("not_in_cache", []):
        commit = [sys.executable, "-m", "dvc", "commit", "--quiet", "--force", "data.dvc"]
        return subprocess.run(commit, cwd=ROOT, check=False).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
