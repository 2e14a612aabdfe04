import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import binned, options

MEASURES = [binned.ece, binned.rms_calibration_error, binned.equal_width_ece]
tied_rows = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), st.integers(0, 1)), min_size=10, max_size=40
)
any_rows = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=10, max_size=40)


def sample(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random(n)
    return p, (rng.random(n) < p**2).astype(float)


def test_equal_count_measures_equal_those_from_sklearns_quantile_curve():
    p, c = sample()
    right, mean_p = calibration_curve(c, p, n_bins=10, strategy="quantile")
    assert binned.ece(p, c) == pytest.approx(np.abs(right - mean_p).mean(), abs=1e-12)
    assert binned.rms_calibration_error(p, c) == pytest.approx(np.sqrt(np.mean((right - mean_p) ** 2)), abs=1e-12)
    curve = binned.reliability_curve(p, c)
    np.testing.assert_allclose(curve.mean_p, mean_p)
    np.testing.assert_allclose(curve.right, right)


@pytest.mark.parametrize("bins", [10, 15])
def test_equal_width_ece_equals_the_weighted_gaps_of_sklearns_uniform_curve(bins):
    p, c = sample()
    right, mean_p = calibration_curve(c, p, n_bins=bins, strategy="uniform")
    weight = np.histogram(p, bins=bins, range=(0, 1))[0] / len(p)
    assert binned.equal_width_ece(p, c, bins) == pytest.approx((weight * np.abs(right - mean_p)).sum(), abs=1e-12)


def test_an_edge_of_equal_width_bins_belongs_to_the_bin_above_and_one_to_the_last():
    for edge in np.arange(1, 10) / 10:
        assert binned.equal_width_ece([edge, edge + 0.05], [0, 1]) == pytest.approx(abs(2 * edge - 0.95) / 2)
    assert binned.equal_width_ece([0.95, 1], [1, 0]) == pytest.approx(0.475)


@settings(deadline=None)
@given(tied_rows, st.integers(1, 10), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_even_among_ties(pairs, bins, random):
    p, c = np.array(pairs).T
    shuffled = random.sample(range(len(p)), len(p))
    for measure in MEASURES:
        assert measure(p[shuffled], c[shuffled], bins) == pytest.approx(measure(p, c, bins), abs=1e-12)


@settings(deadline=None)
@given(tied_rows, st.integers(1, 10))
def test_bins_equal_plain_slices_once_ties_are_averaged_and_rows_repeated_to_divide(pairs, bins):
    p, c = np.array(sorted(pairs)).T
    averaged = np.array([c[p == value].mean() for value in p])
    slices = [np.repeat(x, bins).reshape(bins, -1).mean(axis=1) for x in (p, averaged)]
    assert binned.ece(p, c, bins) == pytest.approx(np.abs(slices[0] - slices[1]).mean(), abs=1e-12)


@settings(deadline=None)
@given(any_rows, st.integers(1, 10), st.integers(2, 4))
def test_repeating_all_rows_changes_nothing(pairs, bins, times):
    p, c = np.array(pairs).T
    for measure in MEASURES:
        repeated = measure(np.tile(p, times), np.tile(c, times), bins)
        assert repeated == pytest.approx(measure(p, c, bins), abs=1e-12)


@settings(deadline=None)
@given(any_rows, st.integers(1, 10))
def test_errors_lie_between_the_overall_gap_and_one_and_rms_is_the_larger(pairs, bins):
    p, c = np.array(pairs).T
    gap = abs(p.mean() - c.mean())
    assert gap - 1e-12 <= binned.ece(p, c, bins) <= binned.rms_calibration_error(p, c, bins) + 1e-12 <= 1 + 2e-12
    assert gap - 1e-12 <= binned.equal_width_ece(p, c, bins) <= 1 + 1e-12


@settings(deadline=None)
@given(any_rows, st.integers(1, 10))
def test_speaking_of_the_opposite_event_changes_no_equal_count_error(pairs, bins):
    p, c = np.array(pairs).T
    p = np.round(p, 6)  # 1 - p must not merge or split ties
    assert binned.ece(np.round(1 - p, 6), 1 - c, bins) == pytest.approx(binned.ece(p, c, bins), abs=1e-9)


@pytest.mark.parametrize("n_right", [0, 1, 7, 20])
def test_always_saying_the_base_rate_has_no_error(n_right):
    c = np.arange(20) < n_right
    for measure in MEASURES:
        assert measure(np.full(20, n_right / 20), c) == pytest.approx(0, abs=1e-12)


def test_certain_and_always_wrong_is_the_largest_error():
    c = np.arange(30) % 2
    for measure in MEASURES:
        assert measure(1 - c, c) == 1


def test_the_curves_intervals_are_wilsons_and_its_counts_equal():
    p, c = sample(200)
    curve = binned.reliability_curve(p, c)
    assert curve.count.tolist() == [20] * 10
    for right, low, high in zip(curve.right, curve.low, curve.high, strict=True):
        expected = intervals.wilson(round(right * 20), 20)
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_curve_of_rows_that_are_all_alike_repeats_one_point():
    curve = binned.reliability_curve(np.full(25, 0.8), np.arange(25) < 10)
    np.testing.assert_allclose(curve.mean_p, 0.8)
    np.testing.assert_allclose(curve.right, 0.4)
    assert curve.count.tolist() == [2.5] * 10
    assert ((curve.low >= 0) & (curve.low < 0.4) & (curve.high > 0.4) & (curve.high <= 1)).all()


def test_chart_and_ece_of_multiple_choice_rest_on_different_rows():
    rng = np.random.default_rng(1)
    table = rng.dirichlet([0.5] * 4, 500)
    keys = np.array([rng.choice(4, p=0.7 * row + 0.3 / 4) for row in table])
    chart = binned.reliability_curve(*options.all_options(table, keys))
    assert chart.count[0] == 200
    assert chart.mean_p.mean() == pytest.approx(0.25)
    assert chart.right.mean() == pytest.approx(0.25)
    top, all_of_them = options.top_label(table, keys), options.all_options(table, keys)
    assert binned.ece(*top) > 1.5 * binned.ece(*all_of_them)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: binned.ece([0.5] * 9, [1] * 9),
        lambda: binned.rms_calibration_error([0.5] * 4, [1] * 4, 5),
        lambda: binned.reliability_curve([0.5] * 9, [1] * 9),
        lambda: binned.ece([0.5] * 9, [1] * 9, 0),
        lambda: binned.equal_width_ece([0.5], [1], 0),
        lambda: binned.equal_width_ece([], []),
        lambda: binned.ece([0.5] * 10, [1] * 11),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad()
    assert "\n" not in str(error.value)
