"""The oracle of a move: what every quick run finds, before and after, number by number.

``python -m tests.oracle BEFORE AFTER`` compares two folders of runs, `<paper>/.../results.json` each, both made on one
machine with the same settings: metrics, tables, and each claim's verdict, estimate, interval, n, p and method must be
equal to the byte. `tests/oracle_map.yaml` maps folders and claim ids of the time before to those of the time after,
where they have moved. Exit code 1 and one line a difference otherwise.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

MAP = Path(__file__).with_name("oracle_map.yaml")
JUDGED = ("verdict", "estimate", "low", "high", "n", "p", "method")


def findings(results: Mapping[str, Any], ids: Mapping[str, str | None]) -> dict[str, str]:
    """What a run found, by name, each as JSON text; claims under their new ids, those without a new one left out."""
    found = {f"metrics.{name}": value for name, value in results["metrics"].items()}
    found |= {f"tables.{name}": rows for name, rows in results["tables"].items()}
    for claim in results["claims"]:
        if new := ids.get(claim["id"], claim["id"]):
            found[f"claims.{new}"] = {key: claim[key] for key in JUDGED}
    texts = {name: json.dumps(value) for name, value in found.items()}
    for old, new in ids.items():
        texts = {name: text.replace(f'"{old}"', f'"{new}"') for name, text in texts.items()}
    return texts


def differences(before: Path, after: Path, moved: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """One line for everything that is not as it was."""
    folders = moved.get("folders", {})
    runs = sorted(file.relative_to(before).parent for file in before.rglob("results.json"))
    if not runs:
        yield f"{before}: no results.json below"
    for run in runs:
        file = after / folders.get(str(run), str(run)) / "results.json"
        if not file.is_file():
            yield f"{run}: no run in {file.parent}"
            continue
        ids = moved.get(run.parts[0], {})
        old = findings(json.loads((before / run / "results.json").read_text()), ids)
        new = findings(json.loads(file.read_text()), {})
        for name in old:
            if name not in new:
                yield f"{run}: {name} is gone"
            elif old[name] != new[name]:
                yield f"{run}: {name} was {old[name]:.200}, is {new[name]:.200}"


def main() -> int:
    """Compare; 0 if all is as it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    options = parser.parse_args()
    moved = yaml.safe_load(MAP.read_text()) if MAP.is_file() else {}
    found = list(differences(options.before, options.after, moved))
    print("\n".join(found) or "everything is as it was")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
