import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from common.errors import InputError
from common.stats.calibration import smooth

rows = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30).map(
    lambda pairs: tuple(np.array(pairs).T)
)


def brute_force(p, c, bandwidth):
    """Sum of Gaussians at every mirror image of every probability, integrated by the midpoint rule."""
    t = (np.arange(2000) + 0.5) / 2000
    images = [sign * p + 2 * shift for sign in (1, -1) for shift in range(-2, 3)]
    smoothed = sum(
        ((c - p)[:, None] * stats.norm.pdf(t - image[:, None], scale=bandwidth)).sum(axis=0) for image in images
    )
    return np.abs(smoothed / len(p)).mean()


def low_discrepancy(n=2000):
    i = np.arange(n)
    return i * 0.6180339887498949 % 1, i * 0.4142135623730951 % 1


# relplot 1.0.3 (Apple, the authors' own package): smECE_sigma at 0.01, 0.03 and 0.1 with 20,000 mesh points, and
# the bandwidth that its smECE_sigma equals, by bisection. It reflects a grid of some 1,000 points about its
# end points, which loses mass next to 0 and 1: hence the looser tolerance where p reaches them with a residual.
RELPLOT = {
    "calibrated": (0.0176574706, 0.0046507126, 0.0025215647, 0.0137464700, 1e-3),
    "overconfident": (0.1269657292, 0.1253671106, 0.1210548601, 0.1190192728, 3e-3),
    "narrow": (0.1764456112, 0.1625552886, 0.0922375147, 0.0952755423, 1e-4),
}


@pytest.mark.parametrize("name", RELPLOT)
def test_values_equal_those_of_relplot(name):
    p, u = low_discrepancy()
    if name == "narrow":
        p, c = 0.4 + 0.2 * p, u < 0.9 * p
    else:
        c = u < (p if name == "calibrated" else 0.25 + 0.5 * p)
    *at, fixed, rtol = RELPLOT[name]
    assert [smooth.smooth_ece_at(p, c, width) for width in (0.01, 0.03, 0.1)] == pytest.approx(at, rel=rtol)
    assert smooth.smooth_ece(p, c) == pytest.approx(fixed, rel=rtol)


@pytest.mark.parametrize("bandwidth", [0.01, 0.05, 0.2, 0.8])
@pytest.mark.parametrize("decimals", [1, 12])
def test_values_equal_brute_force_also_with_mass_on_both_ends(bandwidth, decimals):
    rng = np.random.default_rng(0)
    p = np.round(rng.random(80), decimals)
    c = (rng.random(80) < p**2).astype(float)
    assert {0.0, 1.0} <= set(p) or decimals > 1
    assert smooth.smooth_ece_at(p, c, bandwidth) == pytest.approx(brute_force(p, c, bandwidth), rel=1e-3)


@pytest.mark.parametrize("power", [1, 3])
def test_smooth_ece_is_the_bandwidth_that_equals_its_error_by_brute_force(power):
    rng = np.random.default_rng(1)
    p = rng.random(100)
    c = (rng.random(100) < p**power).astype(float)
    found = smooth.smooth_ece(p, c)
    assert brute_force(p, c, found) == pytest.approx(found, rel=1e-3)


@settings(deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(case, random):
    p, c = case
    order = random.sample(range(len(p)), len(p))
    assert smooth.smooth_ece(p[order], c[order]) == pytest.approx(smooth.smooth_ece(p, c), abs=1e-8)


@settings(deadline=None)
@given(rows)
def test_it_lies_between_the_overall_gap_and_the_mean_residual(case):
    p, c = case
    gap, most = abs(np.mean(c - p)), np.abs(c - p).mean()
    assert gap - 1e-8 <= smooth.smooth_ece(p, c) <= most + 1e-4  # a fifth of a cell: the grid rings below that


@settings(deadline=None)
@given(rows)
def test_wider_kernels_average_more_away(case):
    errors = [smooth.smooth_ece_at(*case, width) for width in (0.002, 0.01, 0.05, 0.2, 1.0, 5.0)]
    assert (np.diff(errors) <= 1e-12).all()
    assert errors[-1] == pytest.approx(abs(np.mean(case[1] - case[0])), abs=1e-12)


@settings(deadline=None)
@given(rows)
def test_speaking_of_the_opposite_event_changes_nothing(case):
    p, c = case
    assert smooth.smooth_ece(1 - p, 1 - c) == pytest.approx(smooth.smooth_ece(p, c), abs=1e-7)


def test_residuals_that_cancel_at_their_own_probability_leave_nothing():
    assert smooth.smooth_ece([0.5] * 4 + [0, 1], [0, 1, 1, 0, 0, 1]) == 0
    assert smooth.smooth_ece(np.full(20, 0.15), np.arange(20) < 3) == pytest.approx(0, abs=1e-9)


def test_certain_and_always_wrong_is_the_largest_error():
    assert smooth.smooth_ece(np.ones(7), np.zeros(7)) == pytest.approx(1)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: smooth.smooth_ece([], []),
        lambda: smooth.smooth_ece([1.5], [1]),
        lambda: smooth.smooth_ece_at([0.5], [1], 0),
        lambda: smooth.smooth_ece_at([0.5], [1], np.nan),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad()
    assert "\n" not in str(error.value)
