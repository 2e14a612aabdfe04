"""What was measured, item by item: the one shape that trainings write and that every table and figure reads.

`results` has one row for each arm, seed, step, kind of measurement and item:

    solve      1 where a problem of the solving set was answered right, else 0
    judge      the index that a greedy critique names for a judging item
    vote       the same by a vote of eight critiques
    own        1 where the problem of a judging item was answered right
    self-ref   the index named after reading the judge's own solution

Indices are -1 for "no error" and `MISSING` where none could be parsed. The base has step 0 of every training.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.arrays import Floats
from common.errors import InputError
from replications.prm_from_rl.items import SteppedSolution

MISSING = -2
BASE, OUTCOME, FORMAT, RANDOM, REJECTION = "base", "outcome", "format", "random", "rejection"
PRM, SHUFFLED = "PRM head", "PRM head, shuffled labels"
MODEL = "model"
"""The arm of a model that was measured as it is."""
SMALLER = "smaller model"
"""The arm of a smaller one of its family that judges the same items."""
ITEMS, RESULTS, POOLS, TRAINING, SETTINGS = (
    "items.parquet",
    "results.parquet",
    "pools.parquet",
    "training.parquet",
    "settings.json",
)
KEYS = ["arm", "seed", "step", "what"]

Key = tuple[str, int, int, str]


@dataclass(frozen=True)
class Study:
    """Items that were judged, what was said of them, and what else was measured."""

    items: list[SteppedSolution]
    values: dict[Key, Floats]
    """(arm, seed, step, kind of measurement) -> one value an item, NaN where nothing could be parsed."""
    pools: pd.DataFrame | None = None
    """Sampled solutions with their judgements; see `pools`."""
    training: pd.DataFrame | None = None
    """Learning curves: arm, seed, step and what `grpo` or `rejection` tells of a step."""
    settings: dict[str, Any] = field(default_factory=dict)
    cut_off: dict[str, float] = field(default_factory=dict)
    """Share of completions that ended at `max_tokens`, by what was sampled, where a model was measured."""

    def seeds(self, arm: str) -> list[int]:
        """Seeds of an arm, in order."""
        return sorted({key[1] for key in self.values if key[0] == arm})

    def steps(self, arm: str, seed: int, what: str = "judge") -> list[int]:
        """Steps at which something was measured in a run, in order; the base is step 0 of a training."""
        found = {key[2] for key in self.values if key[:2] == (arm, seed) and key[3] == what}
        started = arm in (OUTCOME, FORMAT, RANDOM, REJECTION) and (BASE, 0, 0, what) in self.values
        return sorted(found | {0}) if started and found else sorted(found)

    def value(self, arm: str, seed: int, step: int, what: str = "judge") -> Floats:
        """[N] of one measurement."""
        key = (arm, seed, step, what)
        return self.values[key] if step or key in self.values else self.values[BASE, 0, 0, what]

    def final(self, arm: str, what: str = "judge") -> list[Floats]:
        """The last measurement of every run of an arm: one [N] array a seed, none if the arm was not measured."""
        runs = [(seed, self.steps(arm, seed, what)) for seed in self.seeds(arm)]
        return [self.value(arm, seed, steps[-1], what) for seed, steps in runs if steps]


def read(folder: Path) -> Study:
    """A study from its folder.

    Raises:
        InputError: it is not there, or a file of it is missing.
    """
    if missing := [name for name in (ITEMS, RESULTS, SETTINGS) if not (folder / name).is_file()]:
        raise InputError(f"{folder} has no {', '.join(missing)}: run `make train-prm`, or give another folder")
    optional = {
        name: pd.read_parquet(folder / name) if (folder / name).is_file() else None for name in (POOLS, TRAINING)
    }
    return Study(
        read_items(folder / ITEMS),
        as_values(pd.read_parquet(folder / RESULTS)),
        optional[POOLS],
        optional[TRAINING],
        json.loads((folder / SETTINGS).read_text()),
    )


def as_values(results: pd.DataFrame) -> dict[Key, Floats]:
    """Long results as one array a measurement, in the order of the items."""
    found: dict[Key, Floats] = {}
    key: Any
    for key, part in results.groupby(KEYS, sort=False, observed=True):
        arm, seed, step, what = key
        values = part.sort_values("item")["value"].to_numpy(dtype=float)
        found[str(arm), int(seed), int(step), str(what)] = np.where(values == MISSING, np.nan, values)
    return found


def as_results(values: Mapping[Key, Sequence[float] | Floats]) -> pd.DataFrame:
    """The inverse of `as_values`, in few bytes."""
    parts = []
    for (arm, seed, step, what), row in values.items():
        numbers = np.nan_to_num(np.asarray(row, dtype=float), nan=MISSING).clip(MISSING, 127).astype(np.int8)
        parts.append(
            pd.DataFrame(
                {
                    "arm": arm,
                    "seed": np.int8(seed),
                    "step": np.int32(step),
                    "what": what,
                    "item": np.arange(len(numbers), dtype=np.int16),
                    "value": numbers,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).astype({"arm": "category", "what": "category"})


def write_items(items: Sequence[SteppedSolution], path: Path) -> None:
    """Judging items as one file."""
    pd.DataFrame([asdict(item) | {"steps": list(item.steps)} for item in items]).to_parquet(path, index=False)


def read_items(path: Path) -> list[SteppedSolution]:
    """Judging items from a file.

    Raises:
        InputError: an item without steps, or with a label beyond them.
    """
    rows = pd.read_parquet(path).to_dict("records")
    return [
        SteppedSolution(**{str(name): value for name, value in row.items()} | {"steps": tuple(row["steps"])})
        for row in rows
    ]
