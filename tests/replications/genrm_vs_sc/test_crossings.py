import numpy as np
import pytest

from replications.genrm_vs_sc import crossings
from replications.genrm_vs_sc.compute import Comparison

SAMPLES, RESAMPLES, UNITS = 600, 400, 100


def twice(sc, verified, ratio=2.0):
    """Data and one resample of them: sizes 1, 2, 4, ... for both; verified is [S, V] with V = 1, 2, ..."""
    verified = np.array(verified, float)
    return Comparison(
        sc_sizes=2 ** np.arange(len(sc)),
        sc=np.array([sc] * 2, float),
        sizes=2 ** np.arange(len(verified)),
        n_verdicts=np.arange(1, verified.shape[1] + 1),
        verified=np.stack([verified] * 2),
        ratio=np.full(2, ratio),
    )


def test_both_sides_match_when_they_come_within_the_tolerance_of_the_peak():
    comparison = twice([0.5, 0.695, 0.7], [[0.5], [0.65], [0.692]])
    assert crossings.of_peak(comparison, 0.01, 9).value == pytest.approx(12 / 2)
    assert crossings.of_peak(comparison, 0.0, 9).value == np.inf


def test_the_largest_vote_is_matched_by_the_cheapest_cell_at_or_above_it():
    comparison = twice([0.5, 0.71, 0.7], [[0.5, 0.5], [0.65, 0.7], [0.7, 0.8]])
    assert crossings.of_largest_vote(comparison, 9).value == pytest.approx(2 * (1 + 2 * 2) / 4)


def test_a_cell_counts_from_its_own_cheapest_resample_unless_it_hardly_ever_reaches():
    draws = 1000
    rng = np.random.default_rng(0)
    factors = np.stack([rng.uniform(0.5, 0.6, draws + 1), rng.uniform(2, 3, draws + 1)], axis=1)[:, None]
    reaches = np.stack([np.arange(draws + 1) % 100 == 1, np.ones(draws + 1, bool)], axis=1)[:, None]  # 1 % of resamples
    found = crossings.smallest(reaches, factors, 50)
    assert found.value == factors[0, 0, 1]
    assert found.low == pytest.approx(2 + 0.025 / 2, abs=0.01)  # a quarter of alpha
    assert found.interval(0.98)[0] == pytest.approx(0.5, abs=0.01)
    assert found.high == pytest.approx(3 - 0.025, abs=0.01)


def test_a_cell_that_is_never_reached_leaves_the_lower_end_infinite():
    never = np.zeros((11, 1, 1), bool)
    found = crossings.smallest(never, np.ones((11, 1, 1)), 50)
    assert (found.value, found.low, found.high) == (np.inf, np.inf, np.inf)
    assert found.finest_p == pytest.approx(4 / 11)


def false_support(interval):
    """How often a factor is found above 1 by the low end of an `interval` where it is not.

    One cell is as good as the level it has to reach and costs as much as what it is held against, in truth: sample
    means of both are off by as much as their resamples are, and independent. Else there is a cell at twice the cost.
    """
    rng, found = np.random.default_rng(1), 0
    for _ in range(SAMPLES):
        truths = rng.standard_normal(2)
        margin, cost = np.concatenate([truths[:, None], truths[:, None] + rng.standard_normal((2, RESAMPLES))], axis=1)
        reaches = np.stack([margin >= 0, np.ones(RESAMPLES + 1, bool)], axis=1)
        factors = np.stack([1 + 0.1 * cost, np.full(RESAMPLES + 1, 2.0)], axis=1)
        found += interval(crossings.smallest(reaches[:, None], factors[:, None], UNITS), reaches, factors) > 1
    return found / SAMPLES


def test_a_factor_of_one_is_seldom_found_above_one_where_percentiles_do_so_often():
    assert false_support(lambda found, *_: found.low) < 0.05

    def percentile(found, reaches, factors):
        return np.quantile(np.where(reaches, factors, np.inf)[1:].min(axis=1), 0.025, method="inverted_cdf")

    assert false_support(percentile) > 0.08
