import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import estimates, scores
from common.stats.calibration.resampling import bootstrap

RESAMPLES = 60


def predictor(seed, n_questions=40, most_rows=4):
    """Ties, questions with different numbers of rows, and rows of one question that go together."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(np.repeat(np.arange(n_questions), rng.integers(1, most_rows + 1, n_questions)))
    p = np.round(np.clip(rng.random(n_questions)[rows] + rng.normal(0, 0.1, len(rows)), 0, 1), 1)
    return p, (rng.random(len(rows)) < p).astype(float), rows


def drawn_rows(questions, seed):
    n = questions.max() + 1
    for drawn in intervals.resample(n, RESAMPLES, np.random.default_rng(seed)):
        yield np.concatenate([np.flatnonzero(questions == q) for q in drawn])


def gain(p, c):
    found = scores.conditional_accuracy(p, c)
    return found.above - found.base


SINGLE = [
    (estimates.brier, lambda p, c: metrics.brier_score_loss(c, p)),
    (estimates.log_score, lambda p, c: metrics.log_loss(c, np.clip(p, 1e-7, 1 - 1e-7))),
    (estimates.auroc, lambda p, c: metrics.roc_auc_score(c, p)),
    (estimates.conditional_accuracy_gain, gain),
]
PAIRED = [
    (estimates.brier_difference, lambda p, c: metrics.brier_score_loss(c, p)),
    (estimates.auroc_difference, lambda p, c: metrics.roc_auc_score(c, p)),
]


def assert_same(estimate, value, draws):
    expected = intervals.from_draws(value, draws, 40, "")
    assert estimate.n == 40
    assert estimate.value == pytest.approx(value, abs=1e-12)
    for level in (0.5, 0.9, 0.95):
        assert estimate.interval(level) == pytest.approx(expected.interval(level), abs=1e-12)


@pytest.mark.parametrize(("estimator", "statistic"), SINGLE)
def test_estimates_equal_the_statistic_on_the_rows_of_every_resample(estimator, statistic):
    p, c, questions = predictor(0)
    estimate = estimator(estimates.forecasts(p, c, questions), np.random.default_rng(1), RESAMPLES)
    draws = [statistic(p[rows], c[rows]) for rows in drawn_rows(questions, 1)]
    assert_same(estimate, statistic(p, c), draws)


@pytest.mark.parametrize(("estimator", "statistic"), PAIRED)
def test_differences_equal_the_difference_on_the_rows_of_every_resample_though_rows_differ(estimator, statistic):
    a, b = predictor(2), predictor(3)
    assert len(a[0]) != len(b[0])
    forecasts = [estimates.forecasts(*x) for x in (a, b)]
    estimate = estimator(*forecasts, np.random.default_rng(4), RESAMPLES)
    values = [[statistic(p[rows], c[rows]) for rows in drawn_rows(questions, 4)] for p, c, questions in (a, b)]
    assert_same(estimate, statistic(*a[:2]) - statistic(*b[:2]), np.subtract(*values))


@pytest.mark.parametrize(("estimator", "_"), PAIRED)
def test_a_predictor_does_not_differ_from_itself(estimator, _):
    a = estimates.forecasts(*predictor(5))
    assert estimator(a, a, np.random.default_rng(0), RESAMPLES).interval(0.99) == (0, 0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 3), min_size=40, max_size=40))
def test_auroc_of_counted_questions_equals_that_of_repeated_rows(seed, counts):
    p, c, questions = predictor(seed)
    repeated = np.repeat(np.arange(len(p)), np.array(counts)[questions])
    area = estimates._auroc(estimates.forecasts(p, c, questions))(np.array([counts], float))[0]
    if len(set(c[repeated])) < 2:
        assert np.isnan(area)
    else:
        assert area == pytest.approx(metrics.roc_auc_score(c[repeated], p[repeated]), abs=1e-12)


def test_resamples_without_a_right_answer_are_left_out_of_the_auroc():
    p, c = np.linspace(0, 1, 30), np.arange(30) == 20
    estimate = estimates.auroc(estimates.forecasts(p, c), np.random.default_rng(6), 300)
    assert "undefined and left out" in estimate.method
    assert estimate.value == pytest.approx(20 / 29)
    assert 0 < estimate.low < estimate.value < estimate.high < 1


def test_repeating_every_row_within_its_question_leaves_the_interval_as_wide():
    p, c, _ = predictor(7, 40, 1)
    once = estimates.forecasts(p, c, np.arange(40))
    thrice = estimates.forecasts(np.repeat(p, 3), np.repeat(c, 3), np.repeat(np.arange(40), 3))
    for estimator, _ in SINGLE:
        one, three = (estimator(x, np.random.default_rng(8), RESAMPLES) for x in (once, thrice))
        assert three.interval(0.9) == pytest.approx(one.interval(0.9), abs=1e-12)


def test_auroc_intervals_cover_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(9)
    hits = 0
    for _ in range(200):
        c = np.arange(100) % 2
        p = 1 / (1 + np.exp(-rng.normal(c, 1)))
        estimate = estimates.auroc(estimates.forecasts(p, c), rng, 300)
        hits += estimate.low <= 0.7602499389 <= estimate.high  # Phi(1 / sqrt 2)
    assert 0.88 < hits / 200 <= 0.99


def test_the_same_seed_gives_the_same_interval():
    of = estimates.forecasts(*predictor(13))
    for estimator, _ in SINGLE:
        one, two = (estimator(of, np.random.default_rng(14), RESAMPLES).interval(0.95) for _ in range(2))
        assert one == two


@pytest.mark.parametrize(
    "bad",
    [
        lambda rng: estimates.auroc(estimates.forecasts([0.2, 0.4], [1, 1]), rng),
        lambda rng: estimates.conditional_accuracy_gain(estimates.forecasts([0.2, 0.5], [1, 0]), rng),
        lambda rng: estimates.brier_difference(
            estimates.forecasts([0.2, 0.5], [1, 0]), estimates.forecasts([0.2, 0.5, 0.1], [1, 0, 0]), rng
        ),
        lambda rng: estimates.auroc_difference(
            estimates.forecasts([0.2, 0.5], [1, 0]), estimates.forecasts([0.2, 0.5], [1, 1]), rng
        ),
        lambda rng: estimates.brier(estimates.forecasts([0.2, 0.5], [1, 0]), rng, 0),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad(np.random.default_rng(0))
    assert "\n" not in str(error.value)


def test_an_estimate_undefined_on_the_data_is_refused():
    of = estimates.forecasts([0.2, 0.5], [1, 0])
    with pytest.raises(InputError, match="undefined"):
        bootstrap(lambda counts: np.full(len(counts), np.nan), of, np.random.default_rng(0), 5)
