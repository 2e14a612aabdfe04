import itertools

import numpy as np
import pytest

from common.stats import tests
from replications.self_assessment import shifts
from replications.self_assessment.shifts import PAIRS, Ratings


@pytest.fixture
def data():
    """Ratings of 2 models, 5 traits, 6 conditions, 12 items, a few missing."""
    rng = np.random.default_rng(0)
    values = rng.integers(1, 6, (2, 5, 6, 12)).astype(float)
    values[rng.random(values.shape) < 0.1] = np.nan
    return Ratings(values)


ONES = np.ones((1, 5, 12))


def cells():
    return itertools.product(range(2), range(5), range(6))


def pair(data, m, t, p):
    first, second = (shifts.CONDITIONS.index(condition) for condition in PAIRS[p])
    return data.values[m, t, first], data.values[m, t, second]


def test_rank_tests_equal_scipy_cell_by_cell(data):
    unpaired, paired = shifts.mann_whitney_p(data, ONES), shifts.wilcoxon_p(data, ONES)
    for m, t, p in cells():
        a, b = pair(data, m, t, p)
        answered = ~np.isnan(a) & ~np.isnan(b)
        assert unpaired[0, m, t, p] == pytest.approx(tests.mann_whitney(a[~np.isnan(a)], b[~np.isnan(b)]))
        assert paired[0, m, t, p] == pytest.approx(tests.paired_wilcoxon(a[answered], b[answered]))


def test_weights_are_the_same_as_repeating_items(data):
    weights = np.random.default_rng(1).multinomial(12, np.full(12, 1 / 12), size=(1, 5)).astype(float)
    repeated = np.stack([np.repeat(data.values[:, t], weights[0, t].astype(int), axis=-1) for t in range(5)], axis=1)

    def kept(data, weights):
        return shifts.share_equal(data.differences, weights)

    for statistic in (shifts.mann_whitney_p, shifts.wilcoxon_p, shifts.shift, kept):
        assert statistic(data, weights) == pytest.approx(statistic(Ratings(repeated), ONES))


def test_the_noise_floor_is_what_swapping_answers_at_random_gives(data):
    a, b = pair(data, 0, 0, 0)
    d = (a - b)[~np.isnan(a - b)]
    swaps = np.array(list(itertools.product([-1, 1], repeat=len(d))))
    floor = abs(d.mean()) - shifts.shift(data, ONES)[0, 0, 0, 0]
    assert floor == pytest.approx(np.abs((swaps * d).mean(1)).mean(), rel=0.05)


def test_share_equal_counts_items_answered_in_both(data):
    a, b = (np.concatenate(x) for x in zip(*(pair(data, 1, t, 3) for t in range(5)), strict=True))
    answered = ~np.isnan(a) & ~np.isnan(b)
    assert shifts.share_equal(data.differences, ONES)[0, 1, 3] == pytest.approx((a == b)[answered].mean())


def test_holm_runs_over_the_thirty_tests_of_a_model():
    p = np.full((1, 2, 5, 6), 0.04)
    p[0, 0, 0, 0] = 0.001
    assert shifts.significant(p, 0.05, correct=False).all()
    corrected = shifts.significant(p, 0.05, correct=True)
    assert corrected.sum() == 1
    assert corrected[0, 0, 0, 0]


def test_a_stable_respondent_shows_no_shift_and_a_label_locked_one_does():
    """Two made-up respondents: one answers by content under every prompt, one always says the first label."""
    rng = np.random.default_rng(0)
    content = rng.integers(1, 6, (1, 5, 1, 60)).astype(float)
    stable = shifts.Ratings(np.broadcast_to(content, (1, 5, 6, 60)))
    locked = shifts.Ratings(np.broadcast_to(np.array([5, 5, 5, 1, 1, 1.0])[:, None], (1, 5, 6, 60)))
    ones = np.ones((1, 5, 60))
    assert np.abs(shifts.shift(stable, ones)).max() == 0
    assert shifts.share_equal(stable.differences, ones).min() == 1
    assert shifts.share_equal(locked.differences, ones)[0, 0].tolist() == [1, 1, 1, 0, 0, 0]
    assert (shifts.wilcoxon_p(stable, ones) == 1).all()


def test_one_answer_to_everything_is_no_evidence():
    same = shifts.Ratings(np.full((1, 5, 6, 60), 4.0))
    assert (shifts.mann_whitney_p(same, np.ones((1, 5, 60))) == 1).all()
