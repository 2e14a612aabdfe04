import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from common.errors import InputError
from common.stats.calibration import scores

rows = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), st.integers(0, 1)), min_size=10, max_size=40
).map(lambda pairs: tuple(np.array(pairs).T))


def both(case):
    return 0 < case[1].mean() < 1


def total(parts):
    return parts.reliability - parts.resolution + parts.uncertainty + parts.within_variance - parts.within_covariance


@settings(deadline=None, max_examples=50)
@given(rows.filter(both))
def test_scores_equal_sklearns_and_auroc_equals_mann_whitneys_u(case):
    p, c = case
    assert scores.brier(p, c) == pytest.approx(metrics.brier_score_loss(c, p), abs=1e-12)
    clipped = np.clip(p, 1e-7, 1 - 1e-7)
    assert scores.log_score(p, c) == pytest.approx(metrics.log_loss(c, clipped), abs=1e-9)
    u = stats.mannwhitneyu(p[c == 1], p[c == 0]).statistic
    assert scores.auroc(p, c) == pytest.approx(u / (c.sum() * (1 - c).sum()), abs=1e-12)


def test_the_log_score_of_certainty_is_bounded_by_the_clip():
    assert scores.log_score([0.0], [1]) == pytest.approx(np.log(1e7))
    assert scores.log_score([1.0], [1]) == pytest.approx(1e-7)


@settings(deadline=None, max_examples=50)
@given(rows, st.integers(1, 10))
def test_the_parts_of_the_brier_score_sum_to_it_with_and_without_bins(case, bins):
    p, c = case
    assert total(scores.brier_decomposition(p, c)) == pytest.approx(scores.brier(p, c), abs=1e-12)
    assert total(scores.brier_decomposition(p, c, bins)) == pytest.approx(scores.brier(p, c), abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(rows, st.randoms(use_true_random=False), st.integers(1, 10))
def test_the_parts_do_not_depend_on_the_order_of_rows(case, random, bins):
    p, c = case
    order = random.sample(range(len(p)), len(p))
    for b in (None, bins):
        parts, shuffled = (scores.brier_decomposition(*x, b) for x in ((p, c), (p[order], c[order])))
        for name in parts.__slots__:
            assert getattr(shuffled, name) == pytest.approx(getattr(parts, name), abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(rows)
def test_groups_of_equal_probability_leave_nothing_within(case):
    parts = scores.brier_decomposition(*case)
    assert parts.within_variance == pytest.approx(0, abs=1e-12)
    assert parts.within_covariance == pytest.approx(0, abs=1e-12)


def test_each_part_equals_its_definition_bin_by_bin():
    rng = np.random.default_rng(0)
    p = np.sort(rng.random(60))
    c = (rng.random(60) < 0.2 + 0.6 * p).astype(float)
    in_bins = [(p[i : i + 12], c[i : i + 12]) for i in range(0, 60, 12)]
    parts = scores.brier_decomposition(p, c, 5)
    assert parts.reliability == pytest.approx(np.mean([(f.mean() - o.mean()) ** 2 for f, o in in_bins]))
    assert parts.resolution == pytest.approx(np.var([o.mean() for _, o in in_bins]))
    assert parts.uncertainty == pytest.approx(np.var(c))
    assert parts.within_variance == pytest.approx(np.mean([np.var(f) for f, _ in in_bins]))
    assert parts.within_covariance == pytest.approx(2 * np.mean([np.cov(f, o, ddof=0)[0, 1] for f, o in in_bins]))


def test_always_saying_the_base_rate_scores_the_reference_and_has_no_skill():
    c = np.arange(25) < 4
    assert scores.base_rate_brier(c) == pytest.approx(0.16 * 0.84)
    assert scores.brier(np.full(25, 0.16), c) == pytest.approx(scores.base_rate_brier(c))
    assert scores.brier_skill(np.full(25, 0.16), c) == pytest.approx(0)
    assert scores.brier_skill(c, c) == 1


def test_a_rare_event_makes_saying_never_look_good_but_not_skilled():
    c = np.arange(100) < 2
    assert scores.brier(np.zeros(100), c) == pytest.approx(0.02)
    assert scores.brier_skill(np.zeros(100), c) < 0


def test_conditional_accuracy_is_that_of_the_rows_strictly_above_the_threshold():
    p, c = [0.9, 0.6, 0.5, 0.4], [1, 0, 1, 1]
    assert scores.conditional_accuracy(p, c) == scores.ConditionalAccuracy(base=0.75, above=0.5, n=4, n_above=2)
    assert scores.conditional_accuracy(p, c, 0.9) == scores.ConditionalAccuracy(0.75, None, 4, 0)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: scores.auroc([0.2, 0.4], [1, 1]),
        lambda: scores.brier_skill([0.2, 0.4], [0, 0]),
        lambda: scores.brier([0.2], [0.5]),
        lambda: scores.brier([], []),
        lambda: scores.base_rate_brier([0.5]),
        lambda: scores.log_score([np.nan], [1]),
        lambda: scores.conditional_accuracy([0.2], [1, 0]),
        lambda: scores.brier_decomposition([0.2], [1], 2),
        lambda: scores.brier_decomposition([0.2], [1], 0),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad()
    assert "\n" not in str(error.value)
