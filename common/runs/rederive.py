"""Re-derive published results about real models from their recordings, or compute them anew, and compare.

The rule of comparison: the same verdicts, counts and words, and numbers within `TOLERANCE`, since processors round
differently.
"""

import json
import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

from common.errors import InputError
from common.paths import OUTPUTS
from common.runs.cells import Cell, load
from common.runs.execute import RunError, execute
from common.runs.provenance import relative

TOLERANCE = 1e-6
SHOWN = 5
"""Differences of a cell that are printed."""
APART = ("recordings",)
"""What a run that computes anew has not."""


def chosen(names: Sequence[str]) -> list[Cell]:
    """Published cells on real models: all, or those of the given names or papers.

    Raises:
        InputError: no such cell has one of the names.
    """
    every = [cell for cell in load().values() if cell.subject.route == "model" and cell.published]
    if unknown := [name for name in names if all(name not in (cell.name, cell.paper) for cell in every)]:
        known = ", ".join(cell.name for cell in every) or "none yet"
        raise InputError(f"no published cell on a real model is called {unknown[0]!r}: there are {known}")
    return [cell for cell in every if not names or {cell.name, cell.paper} & set(names)]


def rederive(cells: Sequence[Cell], live: bool) -> None:
    """Run each cell as it was published, compare, and say how long it took. Nothing is published.

    Args:
        cells: published ones; those whose data are not here are named and left out.
        live: ask the models anew, instead of reading recordings.

    Raises:
        RunError: a result differs, or a run failed.
    """
    differ, began, done = [], time.monotonic(), 0
    for cell in cells:
        if cell.missing:
            print(f"{cell.name}: published in {relative(cell.results)}; its data are not here ({cell.missing[0]})")
            continue
        out = OUTPUTS / cell.place.with_name(f"{cell.place.name}-{'live' if live else 'rederived'}")
        started = time.monotonic()
        execute(cell.notebook, cell.parameters("full"), out, recordings="live" if live else "")
        found = list(differences(cell.published, json.loads((out / "results.json").read_text())))
        verdicts = len((cell.published or {})["claims"])
        how = f"{len(found)} differences" if found else f"{verdicts} verdicts and all numbers the same"
        print(f"{cell.name}: {how} ({time.monotonic() - started:.0f} s)", flush=True)
        for one in found[:SHOWN]:
            print(f"  {one}")
        differ += [cell.name] if found else []
        done += 1
    print(f"{done} of {len(cells)} cells in {time.monotonic() - began:.0f} s")
    if differ:
        raise RunError(f"{len(differ)} of {done} cells differ from what is published: {', '.join(differ)}", 1)


def differences(published: Any, found: Any, where: str = "") -> Iterator[str]:
    """Where two results differ, one line each."""
    if isinstance(published, dict) and isinstance(found, dict):
        for name in sorted({*published, *found} - ({*APART} if not where else set())):
            yield from differences(published.get(name), found.get(name), f"{where}/{name}")
    elif isinstance(published, list) and isinstance(found, list) and len(published) == len(found):
        for place, pair in enumerate(zip(published, found, strict=True)):
            yield from differences(*pair, f"{where}/{place}")
    elif not _same(published, found):
        yield f"{where}: published {published!r:.60}, now {found!r:.60}"


def _same(published: Any, found: Any) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (published, found))
    if numbers and float in (type(published), type(found)):
        return math.isclose(published, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(published == found) and isinstance(published, bool) == isinstance(found, bool)
