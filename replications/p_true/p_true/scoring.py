"""How well scores of samples tell right from wrong, with intervals: questions are resampled, comparisons paired.

Rows are frames indexed by question with `right` and scores in [0, 1]. A comparison is about the questions that both
sides judged: where a model had no readable sample, neither side counts. Every method gives an estimate, or says why
there is none.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.arrays import Floats
from common.stats.calibration import estimates, resampling, scores
from common.stats.calibration.resampling import Forecasts, forecasts
from common.stats.estimates import Estimate, Found, attempt


def stated(rows: pd.DataFrame, score: str = "p_true") -> Forecasts:
    """A score and what happened, by question.

    Raises:
        InputError: fewer than two questions.
    """
    return forecasts(rows[score].to_numpy(), rows["right"].to_numpy(), rows.index.to_numpy())


def common(a: pd.DataFrame, b: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both sides on the questions that both have."""
    shared = a.index.intersection(b.index)
    return a.loc[shared], b.loc[shared]


@dataclass(frozen=True, slots=True)
class Scoring:
    """Measures with bootstrap intervals; every one starts from the same seed, so none depends on the others."""

    resamples: int
    seed: int

    def auroc(self, rows: pd.DataFrame, score: str = "p_true") -> Found:
        """AUROC of a score."""
        return attempt(lambda: estimates.auroc(stated(rows, score), self._rng(), self.resamples))

    def auroc_gain(self, a: pd.DataFrame, b: pd.DataFrame, score: str = "p_true") -> Found:
        """AUROC of P(True) on rows a less that of `score` on rows b."""

        def gain() -> Estimate:
            first, second = common(a, b)
            return estimates.auroc_difference(stated(first), stated(second, score), self._rng(), self.resamples)

        return attempt(gain)

    def brier(self, rows: pd.DataFrame) -> Found:
        """Brier score of P(True)."""
        return attempt(lambda: estimates.brier(stated(rows), self._rng(), self.resamples))

    def brier_gain(self, a: pd.DataFrame, b: pd.DataFrame) -> Found:
        """Brier score of P(True) on rows a less that on rows b: negative where a is better."""

        def gain() -> Estimate:
            first, second = common(a, b)
            return estimates.brier_difference(stated(first), stated(second), self._rng(), self.resamples)

        return attempt(gain)

    def brier_beyond_base_rate(self, rows: pd.DataFrame) -> Found:
        """Brier score of P(True) less b (1 - b), that of always saying the share b of right samples."""

        return attempt(lambda: beyond_base_rate(stated(rows), self._rng(), self.resamples))

    def conditional_gain(self, rows: pd.DataFrame) -> Found:
        """Share right of the samples with P(True) > 0.5 less share right of all."""
        return attempt(lambda: estimates.conditional_accuracy_gain(stated(rows), self._rng(), self.resamples))

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


def beyond_base_rate(of: Forecasts, rng: np.random.Generator, resamples: int) -> Estimate:
    """Brier score less b (1 - b), that of always saying the share b of right answers: that of each resample."""
    columns = np.stack(of.sums(scores.squared_errors(of.p, of.c), of.c, np.ones_like(of.p)), axis=1)

    def beyond(counts: Floats) -> Floats:
        squared, right, n = (counts @ columns).T
        base = right / n
        return np.asarray(squared / n - base * (1 - base))

    return resampling.bootstrap(beyond, of, rng, resamples)
