"""Four-option questions: `option_scores` and `logprobs` of the hf engine, and lm-evaluation-harness on the same model.

Its ``hf`` model gets one `loglikelihood` request an option, as its multiple-choice tasks do. It then runs each prompt
once (one-token continuations share the logits), with the batch size that was fastest of a few. Each of our calls is by
an engine that has seen nothing before.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines import clock, setting
from benchmarks.engines.clock import MismatchError, Spent, Way
from benchmarks.engines.harness import VERSION, Harness
from common.engines.hf import HFEngine

SHOTS = [0, 5]
BATCH_SIZES = [4, 8, 16, 64]
TRIED = 64
"""Questions on which batch sizes are tried."""
TOLERANCE = 1e-4
DEEP = 1e-3
"""The same for a model of thirty layers."""
THEIRS = f"lm-eval {VERSION}, hf"


def measure(folder: Path, threads: int, count: int, repeats: int) -> dict[str, Any]:
    """Both at 0 and at 5 shots."""
    with Harness(folder, threads) as harness:
        return {f"{shots} shots": _at(shots, folder, harness, count, repeats, setting.OPTIONS) for shots in SHOTS}


def real(folder: Path, threads: int, count: int, repeats: int, options: list[str]) -> dict[str, Any]:
    """Both at 5 shots on a model that is not the benchmark's own."""
    with Harness(folder, threads) as harness:
        return {"5 shots": _at(5, folder, harness, count, repeats, options, 8, DEEP)}


def _at(
    shots: int,
    folder: Path,
    harness: Harness,
    count: int,
    repeats: int,
    options: list[str],
    tried: int = TRIED,
    tolerance: float = TOLERANCE,
) -> dict[str, Any]:
    prompts = setting.prompts(count, shots)
    batch_size = _fastest(harness, prompts[:tried], options)
    ways: dict[str, Way] = {
        "option_scores": lambda: _option_scores(folder, prompts, options),
        "logprobs": lambda: _logprobs(folder, prompts, options),
        THEIRS: lambda: harness.score(prompts, options, batch_size),
    }
    agreement = check({name: way().result for name, way in ways.items()}, tolerance)
    spent = clock.in_turns(ways, repeats)
    return {
        "questions": count,
        "lm_eval_batch_size": batch_size,
        "agreement": agreement,
        "cost": clock.summary(spent),
        "ratios": {f"lm-eval / {name}": clock.ratio(spent[THEIRS], spent[name]) for name in ways if name != THEIRS},
    }


def check(scored: Mapping[str, np.ndarray], tolerance: float = TOLERANCE) -> dict[str, float]:
    """Hold all ways' [N, K] log-probabilities against the harness's.

    Returns:
        The largest difference, and the common accuracy against made-up answers.

    Raises:
        MismatchError: they differ by more than the tolerance, or choose other options.
    """
    theirs = scored[THEIRS]
    answers = np.random.default_rng(setting.SEED).integers(theirs.shape[1], size=len(theirs))
    accuracies = {name: float((ours.argmax(axis=1) == answers).mean()) for name, ours in scored.items()}
    largest = max(float(np.abs(ours - theirs).max()) for ours in scored.values())
    if not largest <= tolerance or len(set(accuracies.values())) > 1:
        raise MismatchError(f"log-probabilities differ by up to {largest}, accuracies are {accuracies}")
    return {"largest_difference": clock.significant(largest), "accuracy": accuracies[THEIRS]}


def _fastest(harness: Harness, prompts: list[str], options: list[str]) -> int:
    harness.score(prompts[: BATCH_SIZES[0]], options, BATCH_SIZES[0])
    sizes = [size for size in BATCH_SIZES if size <= len(prompts)]
    return min(sizes, key=lambda size: harness.score(prompts, options, size).wall)


def _option_scores(folder: Path, prompts: list[str], options: list[str]) -> Spent:
    engine = HFEngine(folder, device="cpu")
    spent = clock.timed(lambda: engine.option_scores(prompts, options))
    return Spent(spent.wall, spent.cpu, np.log(spent.result.probabilities * spent.result.mass[:, None]))


def _logprobs(folder: Path, prompts: list[str], options: list[str]) -> Spent:
    engine = HFEngine(folder, device="cpu")
    spent = clock.timed(lambda: engine.logprobs(prompts, [options] * len(prompts)))
    return Spent(spent.wall, spent.cpu, np.stack(spent.result))
