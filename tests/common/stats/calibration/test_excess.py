import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import binned, excess, noise


def rows(n=400, gap=0.0, seed=0, digits=2):
    """Probabilities with ties, and outcomes that come true less often by `gap`."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.uniform(0.3, 1, n), digits)
    return p, (rng.random(n) < p - gap).astype(float)


def test_each_cell_is_measured_as_the_paper_does():
    cells = {"a": rows(), "b": rows(gap=0.2, seed=1)}
    found = excess.measure(cells, np.random.default_rng(0), resamples=10, redraws=20)
    for cell, (p, c) in cells.items():
        assert found.floors[cell].measured == binned.ece(p, c, 10)
        assert found.contrast({cell: 1}).value == found.floors[cell].measured - found.floors[cell].draws.mean()
    assert found.questions == 400


def test_a_resampled_error_is_the_error_of_the_resampled_rows():
    cells = {"a": rows(), "b": rows(gap=0.2, seed=1)}
    found = excess.measure(cells, np.random.default_rng(3), resamples=5, redraws=2)
    rng = np.random.default_rng(3)
    for p, c in cells.values():
        noise.noise_floor(binned.ece, p, c, rng, 2)
    drawn = [intervals.resample(400, 1, rng)[0] for _ in range(5)]
    for cell, (p, c) in cells.items():
        by_hand = np.array([binned.ece(p[i], c[i]) for i in drawn])
        np.testing.assert_allclose(found.spread[cell], by_hand - by_hand.mean(), atol=1e-12)


def test_cells_are_resampled_together_so_a_cell_never_differs_from_itself():
    found = excess.measure({"a": rows(), "b": rows(seed=1)}, np.random.default_rng(0), resamples=50, redraws=20)
    same = found.contrast({"a": 1}).interval(0.95)
    assert same[0] < same[1]
    np.testing.assert_allclose(found.spread["a"] - found.spread["a"], 0)
    nothing = found.contrast({"a": 0, "b": 0})
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)


def test_a_contrast_is_linear_and_its_interval_reaches_from_most_to_least_bias():
    found = excess.measure({"a": rows(), "b": rows(seed=1)}, np.random.default_rng(0), resamples=50, redraws=20)
    a, b, both = (found.contrast(w) for w in ({"a": 1}, {"b": 1}, {"a": 0.5, "b": -2}))
    assert both.value == pytest.approx(0.5 * a.value - 2 * b.value)
    spread = 0.5 * found.spread["a"] - 2 * found.spread["b"]
    low, high = np.quantile(spread, [0.05, 0.95], method="inverted_cdf")
    bias = {}
    for cell, floor in found.floors.items():
        largest = floor.measured + np.quantile(found.spread[cell], 0.95, method="inverted_cdf")
        bias[cell] = excess.least_bias(largest, floor.mean)
    least = 0.5 * a.value - 2 * (found.floors["b"].measured - bias["b"])
    most = 0.5 * (found.floors["a"].measured - bias["a"]) - 2 * b.value
    assert both.interval(0.9) == pytest.approx((least + low, most + high), abs=1e-12)


def folded_normal_mean(gap, s):
    """By integration, so that nothing of the code is used."""
    at = np.linspace(-9, 9, 20001)
    density = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    return np.sum(np.abs(gap + s * at) * density) * (at[1] - at[0])


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 0.3), st.floats(0.01, 0.1)), min_size=10, max_size=10))
def test_no_true_gaps_raise_a_measured_error_less_than_the_least_bias(bins):
    gaps, s = np.array(bins).T
    measured = np.mean([folded_normal_mean(*each) for each in bins])
    assert measured - gaps.mean() >= excess.least_bias(measured, np.sqrt(2 / np.pi) * s.mean()) - 1e-6


def test_gaps_as_wide_as_their_noise_raise_it_by_just_the_least_bias():
    s = np.linspace(0.02, 0.08, 10)
    for c in (0.0, 0.3, 1.0, 3.0):
        measured = np.mean([folded_normal_mean(c * each, each) for each in s])
        bias = excess.least_bias(measured, np.sqrt(2 / np.pi) * s.mean())
        assert bias == pytest.approx(measured - c * s.mean(), abs=1e-4 if c == 0 else 1e-6)


def test_the_least_bias_of_a_floor_of_zero_is_zero_and_below_the_floor_all_that_is_measured():
    assert excess.least_bias(0.2, 0.0) == 0
    assert excess.least_bias(0.02, 0.03) == 0.02


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.15])
def test_a_predictor_is_seldom_called_better_or_worse_calibrated_than_it_is(gap):
    below = above = 0
    for seed in range(80):
        rng = np.random.default_rng([8, seed])
        p = rng.uniform(0.3, 1, 300)
        c = (rng.random(300) < p - gap).astype(float)
        found = excess.measure({"a": (p, c)}, rng, resamples=100, redraws=50).contrast({"a": 1})
        below, above = below + (found.high < gap), above + (found.low > gap)
    assert max(below, above) <= 6  # 2 of 80 expected; centred on the excess, `below` is 15 at .05 and 40 at .15


def test_intervals_of_the_difference_of_two_calibrated_models_cover_zero():
    covered = 0
    for seed in range(60):
        rng = np.random.default_rng([7, seed])
        p = rng.uniform(0.25, 1, 300)
        truth = (rng.random(300) < p).astype(float)
        guess = np.clip(np.where(rng.random(300) < 0.5, p, p.mean()) + rng.normal(0, 1e-6, 300), 0, 1)
        found = excess.measure({"knows": (p, truth), "knows half": (guess, truth)}, rng, resamples=100, redraws=50)
        difference = found.contrast({"knows": 1, "knows half": -1})
        covered += difference.low <= 0 <= difference.high
    assert covered >= 53


def test_what_was_not_measured_is_named():
    found = excess.measure({("llama-7b", 5): rows()}, np.random.default_rng(0), resamples=5, redraws=2)
    with pytest.raises(InputError, match=r"no calibration error was measured of \('llama-7b', 0\)"):
        found.contrast({("llama-7b", 5): 1, ("llama-7b", 0): -1})


def test_cells_with_other_questions_are_refused():
    with pytest.raises(InputError, match=r"cells must answer the same questions, got \[300, 400\] of them"):
        excess.measure({"a": rows(400), "b": rows(300)}, np.random.default_rng(0), resamples=5, redraws=2)
    with pytest.raises(InputError, match=r"got \[\] of them"):
        excess.measure({}, np.random.default_rng(0), resamples=5, redraws=2)
