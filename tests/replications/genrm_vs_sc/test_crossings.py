import numpy as np
import pytest

from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import compute, crossings
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


def resampled(margin, ratio, size):
    """Cells of 1 and of 2 solutions with a verification each, against one vote of `size`.

    The accuracy of the first is ahead of the vote's by a `margin` [R], the second always; `ratio` [R] is the price.
    """
    return Comparison(
        sc_sizes=np.array([size]),
        sc=np.zeros((len(margin), 1)),
        sizes=np.array([1, 2]),
        n_verdicts=np.array([1]),
        verified=np.stack([margin, np.ones(len(margin))], axis=1)[:, :, None],
        ratio=ratio,
    )


def test_a_cell_counts_from_its_own_cheapest_resample_unless_it_hardly_ever_reaches():
    rare = np.where(np.arange(1001) % 100 == 1, 1.0, -1.0)  # 1 % of the resamples
    ratio = np.random.default_rng(0).uniform(0.9, 1.1, 1001)
    found = crossings.of_largest_vote(resampled(rare, ratio, size=2), 50)
    assert found.value == 1 + ratio[0]
    quarter_of_alpha = 0.9 + 0.2 * 0.0125
    assert found.low == pytest.approx(1 + quarter_of_alpha, abs=0.002)
    assert found.interval(0.98)[0] == pytest.approx((1 + quarter_of_alpha) / 2, abs=0.002)
    assert found.high == pytest.approx(1 + 1.1 - 0.2 * 0.0125, abs=0.002)


def test_a_vote_that_is_never_reached_leaves_both_ends_infinite():
    never = twice([0.9], [[0.5]])
    found = crossings.of_largest_vote(never, 50)
    assert (found.value, found.low, found.high) == (np.inf, np.inf, np.inf)
    assert found.finest_p == pytest.approx(4 / 2)


def false(size, end):
    """How often an end of the interval, and that of percentiles, says what is not: truth is a factor of 1.

    The cell of one solution is just as good as the vote, in truth, and verification costs 1: sample means are off by as
    much as their resamples are, accuracy and price independently.
    """
    rng, found = np.random.default_rng(1), []
    for _ in range(SAMPLES):
        off = rng.standard_normal(2)
        margin, price = np.concatenate([off[:, None], off[:, None] + rng.standard_normal((2, RESAMPLES))], axis=1)
        comparison = resampled(margin, 1 + 0.1 * price, size)
        plain = from_resamples(compute.cost_to_reach(comparison, comparison.sc[:, -1]) / size, UNITS)
        careful = crossings.of_largest_vote(comparison, UNITS)
        found.append([one.low > 1 if end == "low" else one.high < 1 for one in (careful, plain)])
    return np.mean(found, axis=0)


@pytest.mark.parametrize(("size", "end"), [(2, "low"), (4, "high")])
def test_a_factor_of_one_is_seldom_found_on_either_side_where_percentiles_do_so_often(size, end):
    careful, plain = false(size, end)
    assert careful < 0.05
    assert plain > 0.08
