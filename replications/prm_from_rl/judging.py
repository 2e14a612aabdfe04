"""Judging steps and scoring the judges: predictions, ProcessBench's F1 with its two accuracies, floors, intervals.

A prediction is an index, -1 for "no error", NaN where the judge's answer could not be parsed, which is wrong for either
half. F1 is the harmonic mean of the two accuracies, 0 if both are 0.
"""

import statistics
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from common.arrays import Floats
from common.engines import Completion, Engine
from common.stats import first_error
from common.stats.estimates import Estimate
from common.stats.resamples import from_resamples, resample_weights
from replications.prm_from_rl.items import SteppedSolution
from replications.prm_from_rl.prompts import Format


def solve(engine: Engine, form: Format, problems: Sequence[str]) -> list[Completion]:
    """One greedy solution of each problem."""
    return [drawn[0] for drawn in engine.sample([form.solve(problem) for problem in problems], form.greedy)]


def judge(engine: Engine, form: Format, items: Sequence[SteppedSolution], own: Sequence[str] | None = None) -> Floats:
    """[N] greedy predictions; with `own`, one solution an item, the judge reads that first."""
    return predictions(form, critiques(engine, form, items, own))


def critiques(
    engine: Engine, form: Format, items: Sequence[SteppedSolution], own: Sequence[str] | None = None
) -> list[Completion]:
    """One greedy critique of each item."""
    shown = own if own is not None else [""] * len(items)
    prompts = [form.critique(item, text) for item, text in zip(items, shown, strict=True)]
    return [drawn[0] for drawn in engine.sample(prompts, form.greedy)]


def predictions(form: Format, said: Sequence[Completion]) -> Floats:
    """[N] predictions of critiques."""
    return as_predictions([form.parse(one.text) for one in said])


def judge_by_vote(engine: Engine, form: Format, items: Sequence[SteppedSolution]) -> Floats:
    """[N] predictions: the most frequent index among those parsed of several critiques, the first seen of a tie."""
    drawn = engine.sample([form.critique(item, "") for item in items], form.voting)
    return as_predictions([modal([form.parse(one.text) for one in several]) for several in drawn])


def modal(said: Sequence[int | None]) -> int | None:
    """The most frequent index, the first seen of a tie; None where all are."""
    parsed = [index for index in said if index is not None]
    return statistics.mode(parsed) if parsed else None


def as_predictions(said: Sequence[int | None]) -> Floats:
    """Indices as numbers, NaN for None."""
    return np.array([np.nan if index is None else index for index in said], dtype=float)


def best_constant(labels: ArrayLike) -> int:
    """The most frequent index of a first error."""
    truth = np.asarray(labels)
    return int(np.bincount(truth[truth >= 0]).argmax())


def outcome_only(items: Sequence[SteppedSolution]) -> Floats:
    """[N] predictions of a judge who knows which answers are right, and nothing of the steps."""
    right = np.array([item.answer_right for item in items])
    return np.where(right, -1.0, best_constant([item.label for item in items]))


def uniform_floor(items: Sequence[SteppedSolution]) -> float:
    """F1 expected of a judge who draws from -1 and all indices: harmonic mean of the expected accuracies."""
    chance = np.array([1 / (len(item.steps) + 1) for item in items])
    wrong = np.array([item.label != -1 for item in items])
    return float(f1(chance[wrong].mean(), chance[~wrong].mean()))


def floors(items: Sequence[SteppedSolution]) -> pd.DataFrame:
    """What judges without skill in steps would score on these items."""
    labels = np.array([item.label for item in items])
    only = first_error.scores(labels, outcome_only(items))
    constant = float((labels[labels >= 0] == best_constant(labels)).mean())
    return pd.DataFrame(
        [
            ("uniform guess", uniform_floor(items), np.nan, np.nan),
            ("always the same index", 0.0, constant, 0.0),
            ("blind mix of -1 and one index", first_error.blind_floor(labels), np.nan, np.nan),
            ("perfect on answers, one index", only.f1, only.error_accuracy, only.correct_accuracy),
        ],
        columns=["floor", "f1", "error_accuracy", "correct_accuracy"],
    )


def f1(error: ArrayLike, correct: ArrayLike) -> Floats:
    """Harmonic mean of two accuracies of any shape, 0 where both are 0."""
    a, b = np.asarray(error, dtype=float), np.asarray(correct, dtype=float)
    total = a + b
    found: Floats = np.divide(2 * a * b, total, out=np.zeros_like(total), where=total > 0)
    return found


class Resampled:
    """Scores of judges of the same items in bootstrap resamples of their problems.

    Args:
        items: what was judged; items of one problem stay together.
        rng: source of the resamples.
        resamples: how many; row 0 of every result is the data themselves.
    """

    def __init__(self, items: Sequence[SteppedSolution], rng: np.random.Generator, resamples: int) -> None:
        self.labels = np.array([item.label for item in items])
        problems, self.problem = np.unique([item.problem for item in items], return_inverse=True)
        self.n = len(problems)
        self.weights = resample_weights(self.n, resamples, rng)

    def accuracies(self, predictions: ArrayLike) -> tuple[Floats, Floats]:
        """[R + 1] accuracy on wrong and on right solutions; 0 where a resample has none."""
        hit = np.asarray(predictions, dtype=float) == self.labels
        wrong = self.labels != -1
        return self._share(hit, wrong), self._share(hit, ~wrong)

    def f1(self, predictions: ArrayLike) -> Floats:
        """[R + 1] F1 of one judge."""
        return f1(*self.accuracies(predictions))

    def estimate(self, draws: Floats) -> Estimate:
        """A statistic of the data (row 0) with its percentile interval over problems."""
        return from_resamples(draws, self.n, "problem")

    def sums(self, values: ArrayLike) -> Floats:
        """[R + 1] sums of one value an item over the resampled problems."""
        by_problem = np.bincount(self.problem, np.asarray(values, dtype=float), self.n)
        return np.asarray(self.weights @ by_problem, dtype=float)

    def _share(self, hit: np.ndarray, among: np.ndarray) -> Floats:
        found, total = self.sums(hit & among), self.sums(among)
        return np.divide(found, total, out=np.zeros_like(found), where=total > 0)


def score_table(judges: Mapping[str, Sequence[Floats]], resampled: Resampled) -> pd.DataFrame:
    """Scores of judges, each the mean over its runs, with 95 % intervals over problems.

    Args:
        judges: name -> predictions [N], one array a run.
        resampled: the items' resamples.
    """
    rows = []
    for name, runs in judges.items():
        error, correct = np.swapaxes([resampled.accuracies(predictions) for predictions in runs], 0, 1)
        found = {"f1": f1(error, correct), "error_accuracy": error, "correct_accuracy": correct}
        row: dict[str, object] = {"judge": name, "runs": len(runs)}
        for column, draws in found.items():  # [runs, R + 1]
            row |= resampled.estimate(draws.mean(axis=0)).columns(column)
        rows.append(row | {"unparseable": float(np.mean([np.isnan(predictions).mean() for predictions in runs]))})
    return pd.DataFrame(rows)
