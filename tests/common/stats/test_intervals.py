import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from common.errors import InputError
from common.stats import intervals


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportions_equal_statsmodels(case):
    k, n = case
    for ours, theirs in ((intervals.wilson, "wilson"), (intervals.exact, "beta")):
        low, high = proportion_confint(k, n, method=theirs)
        estimate = ours(k, n)
        assert estimate.value == k / n
        assert (estimate.low, estimate.high) == pytest.approx(
            (np.nan_to_num(low), np.nan_to_num(high, nan=1)), abs=1e-7
        )


def test_mean_without_clusters_is_the_t_interval():
    x = np.random.default_rng(0).normal(size=30)
    theirs = stats.ttest_1samp(x, 0).confidence_interval(0.9)
    assert intervals.mean(x).interval(0.9) == pytest.approx((theirs.low, theirs.high))


def test_mean_of_identical_answers_in_a_cluster_counts_the_cluster_once():
    x = np.random.default_rng(1).normal(size=20)
    once, repeated = intervals.mean(x), intervals.mean(np.repeat(x, 7), clusters=np.repeat(np.arange(20), 7))
    assert repeated.n == 20
    assert repeated.interval(0.95) == pytest.approx(once.interval(0.95))


def test_clustered_mean_equals_statsmodels_cluster_robust_ols():
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    groups = rng.integers(0, 12, size=90)
    x = rng.normal(size=90) + groups
    robust = sm.OLS(x, np.ones(90)).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    half = intervals.mean(x, groups).high - x.mean()
    factor = np.sqrt(12 / 11) * stats.t.ppf(0.975, 11)
    assert half == pytest.approx(float(robust.bse[0]) * factor)


def test_bootstrap_of_a_mean_agrees_with_scipy_within_monte_carlo_error():
    x = np.random.default_rng(3).exponential(size=80)
    ours = intervals.bootstrap(lambda i: float(x[i].mean()), 80, np.random.default_rng(4), 9999)
    theirs = stats.bootstrap((x,), np.mean, method="percentile", n_resamples=9999, rng=np.random.default_rng(5))
    assert ours.value == pytest.approx(x.mean())
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.02)


def test_bootstrap_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(300):
        x = rng.normal(size=60)
        estimate = intervals.bootstrap(lambda i, x=x: float(x[i].mean()), 60, rng, 300)
        hits += estimate.low <= 0 <= estimate.high
    assert 0.89 < hits / 300 < 0.99


def test_resampling_keeps_strata_and_repeats_with_the_seed():
    strata = np.array([0] * 5 + [1] * 3)
    draws = intervals.resample(8, 50, np.random.default_rng(7), strata)
    assert (strata[draws] == strata).all()
    assert (draws == intervals.resample(8, 50, np.random.default_rng(7), strata)).all()


def test_paired_bootstrap_is_the_bootstrap_of_the_difference():
    rng = np.random.default_rng(8)
    a = rng.normal(size=40)
    b = a + 0.1  # perfectly correlated: no uncertainty is left in the difference
    estimate = intervals.paired_bootstrap(a, b, rng)
    assert estimate.interval(0.99) == pytest.approx((-0.1, -0.1))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.floats(1e-6, 1 - 1e-6))
def test_percentiles_are_order_statistics_as_numpy_has_them(draws, level):
    estimate = intervals.from_draws(0.0, draws, 9, "test")
    ends = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    assert estimate.interval(level) == tuple(ends)


def test_bounds_reach_from_the_least_to_the_most_and_beyond_by_the_spread():
    spread = [-0.2, -0.1, 0.0, 0.1, 0.3]
    estimate = intervals.from_bounds(2.0, 1.0, 4.0, spread, 5, "test")
    assert (estimate.value, estimate.n, estimate.method) == (2.0, 5, "test")
    assert estimate.interval(0.95) == pytest.approx((0.8, 4.3))
    assert estimate.finest_p == 2 / 6
    assert estimate.p_beyond(1.0, 1.0) == 1.0


def test_a_crossing_that_never_happens_makes_the_interval_open():
    estimate = intervals.from_draws(8.0, [4.0] * 50 + [8.0] * 40 + [np.inf] * 10, n=100, method="test")
    assert estimate.interval(0.9) == (4.0, np.inf)
    assert estimate.interval(0.5) == (4.0, 8.0)


@given(st.floats(-2, 2))
def test_p_beyond_inverts_the_t_test(margin):
    x = np.array([0.3, -0.1, 0.8, 0.5, -0.4, 0.9])
    assert intervals.mean(x).p_beyond(margin, margin) == pytest.approx(stats.ttest_1samp(x, margin).pvalue, abs=3e-6)


def test_p_beyond_of_an_exact_count_is_all_or_nothing():
    count = intervals.recount(3, n=4)
    assert count.p_beyond(3, 3) == 1.0
    assert count.p_beyond(4, 4) == 0.0
    assert count.interval(0.5) == (3, 3)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: intervals.wilson(3, 2),
        lambda: intervals.exact(-1, 5),
        lambda: intervals.wilson(0, 0),
        lambda: intervals.mean([]),
        lambda: intervals.mean([1.0, np.nan]),
        lambda: intervals.mean([1.0, 2.0], clusters=["q", "q"]),
        lambda: intervals.mean([1.0, 2.0], clusters=["q"]),
        lambda: intervals.resample(1, 10, np.random.default_rng(0)),
        lambda: intervals.resample(4, 10, np.random.default_rng(0), strata=[1]),
        lambda: intervals.from_draws(0, [], 1, "none"),
        lambda: intervals.from_draws(0, [np.nan], 1, "nan"),
        lambda: intervals.paired_bootstrap([1.0, 2.0], [1.0], np.random.default_rng(0)),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad()
    assert "\n" not in str(error.value)
