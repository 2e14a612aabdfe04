"""`python -m benchmarks.verdicts [KIND ...]`: simulate, count, and write benchmarks/results/verdicts.json."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.verdicts import rates, studies, worlds
from common.errors import InputError
from common.files import write_whole

RESULTS = Path(__file__).parent.parent / "results" / "verdicts.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verdicts", description="How often is a verdict wrong?")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="kinds of rule (default: all)")
    parser.add_argument("--boundary", type=int, default=1000, help="studies at the boundary of a rule")
    parser.add_argument("--beyond", type=int, default=300, help="studies at each truth beyond it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes, one core each")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the rates go; kinds not asked for stay in it")
    options = parser.parse_args(arguments)
    try:
        chosen = worlds.of(options.kinds)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    wanted = {one: studies.blocks(one, options.boundary, options.beyond, options.seed) for one in chosen}
    studies.simulate([block for blocks in wanted.values() for block in blocks], options.jobs, studies.KEPT)
    found = {
        (one.kind, one.shape): rates.rates(one, studies.table(one, blocks, studies.KEPT))
        for one, blocks in wanted.items()
    }
    before = json.loads(options.out.read_text()) if options.kinds and options.out.is_file() else []
    kept = {(row["kind"], row["shape"]): row for row in before} | found
    order = {(one.kind, one.shape): None for one in worlds.every()}
    write_whole(options.out, json.dumps([kept[key] for key in order if key in kept], indent=1) + "\n")
    for row in found.values():
        at = row["boundary"]
        print(
            f"{row['kind']}, {row['shape']}: false support {at['supported']:.3f} ± {at['supported_se']:.3f}, "
            f"false contradiction {at['contradicted']:.3f}, covered {at.get('covered', float('nan')):.3f}; "
            + ", ".join(f"power {one['supported']:.2f} at {one['truth']:g}" for one in row["beyond"])
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
