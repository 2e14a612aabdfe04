"""Wall and processor time of ways to do the same, called in turns.

A ratio is the median over the repeats' own ratios: what slows the machine down for a while slows both halves of one.
"""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Spent:
    """Seconds of one call by the wall clock and by the processor (all threads of the process), and what it gave."""

    wall: float
    cpu: float
    result: Any = None

    def per(self, count: int) -> "Spent":
        """Seconds for one of so many; the result is dropped."""
        return Spent(self.wall / count, self.cpu / count)


Way = Callable[[], Spent]


class MismatchError(RuntimeError):
    """Two ways to do the same gave different numbers, so that their times mean nothing."""


def timed(call: Callable[[], Any]) -> Spent:
    """Call it; what was garbage before is collected first."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, result)


def in_turns(ways: Mapping[str, Way], repeats: int) -> dict[str, list[Spent]]:
    """Times of each way, `repeats` of them; the order is reversed every second time."""
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for repeat in range(repeats):
        for name in list(ways)[:: -1 if repeat % 2 else 1]:
            once = ways[name]()
            spent[name].append(Spent(once.wall, once.cpu))
    return spent


def summary(spent: Mapping[str, list[Spent]]) -> dict[str, dict[str, float]]:
    """Median seconds of each way."""
    return {
        name: {
            "wall_s": significant(median(one.wall for one in several)),
            "cpu_s": significant(median(one.cpu for one in several)),
        }
        for name, several in spent.items()
    }


def ratio(theirs: list[Spent], ours: list[Spent]) -> dict[str, float]:
    """How many times as long they take as we do: the median over repeats, and the range of those by the wall clock."""
    wall = [their.wall / our.wall for their, our in zip(theirs, ours, strict=True)]
    cpu = [their.cpu / our.cpu for their, our in zip(theirs, ours, strict=True)]
    found = {"wall": median(wall), "lowest": min(wall), "highest": max(wall), "cpu": median(cpu)}
    return {name: significant(value) for name, value in found.items()}


def significant(value: float) -> float:
    """Round to four significant digits."""
    return float(f"{value:.4g}")
