"""What published cells on real models cost: ``python -m benchmarks.real_cells NAME ...`` adds the figures of full runs
to benchmarks/results/real_cells.json. Of a cell that was interrupted, `--earlier` has the minutes before its last run.

Seconds and machine are those that the run noted in `outputs/`; what it recorded, from its recordings. Take the run that
asked the model: one that only reads back costs seconds.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.files import write_whole
from common.paths import OUTPUTS, ROOT
from common.recordings import parts
from common.recordings.recording import Recording
from common.runs.cells import Cell
from common.runs.replicate import chosen

RESULTS = ROOT / "benchmarks" / "results" / "real_cells.json"


def cost(cell: Cell, outputs: Path = OUTPUTS, earlier: float = 0.0) -> dict[str, Any]:
    """Figures of a cell's full run; `earlier`: minutes of runs of it that were interrupted.

    Raises:
        InputError: it has not run here, or has no recording.
    """
    record = (outputs / cell.place).with_name(f"{cell.place.name}-full") / "provenance.json"
    if not record.is_file():
        raise InputError(f"{cell.name}: no full run here: `python -m common.runs cells {cell.name} --size full`")
    run, recording = json.loads(record.read_text()), Recording(cell.recording)
    rows = [row for name in recording.meta["parts"] for row in parts.read(recording.folder / name)]
    kinds = Counter(row["kind"] for row in rows)
    return {
        "minutes": round(earlier + run["wall_seconds"] / 60, 1),
        "completions": kinds["sample"],
        "tokens": sum(len(row["token_ids"]) for row in rows if row["kind"] == "sample"),
        "prompts_scored": kinds["options"] + kinds["logprobs"],
        "bytes": sum(file.stat().st_size for file in recording.folder.glob("*.parquet")),
        "machine": f"{run['machine']['cpu']}, {run['machine']['cores']} cores",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_cells", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME", help="cells on real models")
    parser.add_argument("--earlier", type=float, default=0.0, help="minutes of interrupted runs before the last one")
    given = parser.parse_args(arguments)
    try:
        found = {cell.name: cost(cell, earlier=given.earlier) for cell in chosen(given.names)}
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    before = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    write_whole(RESULTS, json.dumps(before | found, indent=1) + "\n")
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
