"""What the store on disk costs and gains: `CachedEngine` with an empty store, with a full one, and the bare engine.

Opening the store is part of the time. Full and empty ones are read by engines that have seen nothing before.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.engines import clock, setting
from benchmarks.engines.clock import MismatchError, Spent, Way
from common.engines import Completion, Engine, OptionScores, Sampling
from common.engines.cached import CachedEngine
from common.engines.hf import HFEngine
from common.store import Store

SAMPLED = 32
SAMPLING = Sampling(n=16, max_tokens=64)
TOLERANCE = 1e-4

Result = OptionScores | list[list[Completion]]
Work = Callable[[Engine], Result]


def measure(folder: Path, count: int, repeats: int) -> dict[str, Any]:
    """Sampling and option scores."""
    questions, scored = setting.prompts(min(SAMPLED, count), 0), setting.prompts(count, 5)
    works: dict[str, Work] = {
        f"{SAMPLING.n} samples for {len(questions)} questions": lambda engine: engine.sample(questions, SAMPLING),
        f"option scores of {count} questions, 5 shots": lambda engine: engine.option_scores(scored, setting.OPTIONS),
    }
    return {name: at(folder, work, repeats) for name, work in works.items()}


def at(folder: Path, work: Work, repeats: int) -> dict[str, Any]:
    """One kind of work."""
    with TemporaryDirectory() as temporary:
        full = Path(temporary) / "full.sqlite"
        numbers = iter(range(1000))
        ways: dict[str, Way] = {
            "bare": lambda: _bare(folder, work),
            "empty store": lambda: _stored(folder, work, Path(temporary) / f"{next(numbers)}.sqlite"),
            "full store": lambda: _stored(folder, work, full),
        }
        _stored(folder, work, full)
        agreement = check({name: way().result for name, way in ways.items()})
        spent = clock.in_turns(ways, repeats)
    return {
        "agreement": agreement,
        "cost": clock.summary(spent),
        "ratios": {
            "empty store / bare": clock.ratio(spent["empty store"], spent["bare"]),
            "bare / full store": clock.ratio(spent["bare"], spent["full store"]),
        },
    }


def check(results: dict[str, Result]) -> dict[str, float]:
    """Hold what came through stores against the bare engine's.

    Raises:
        MismatchError: they differ by more than `TOLERANCE`.
    """
    found = {name: _numbers(result) for name, result in results.items()}
    largest = max(float(np.abs(some - found["bare"]).max()) for some in found.values())
    if not largest <= TOLERANCE:
        raise MismatchError(f"numbers through the store differ by up to {largest}")
    return {"largest_difference": clock.significant(largest)}


def _numbers(result: Result) -> np.ndarray:
    if isinstance(result, OptionScores):
        return result.probabilities
    return np.concatenate([completion.logprobs for several in result for completion in several])


def _bare(folder: Path, work: Work) -> Spent:
    engine = HFEngine(folder, device="cpu")
    return clock.timed(lambda: work(engine))


def _stored(folder: Path, work: Work, path: Path) -> Spent:
    engine = HFEngine(folder, device="cpu")

    def run() -> Result:
        store = Store(path)
        try:
            return work(CachedEngine(engine, store))
        finally:
            store.close()

    return clock.timed(run)
