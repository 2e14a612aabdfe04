import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from common.errors import InputError
from common.stats import tests

ratings = st.lists(st.integers(1, 5), min_size=10, max_size=60)
pairs = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=15, max_size=60)


def histogram(values, low, high):
    return np.bincount(np.asarray(values) - low, minlength=high - low + 1)


@given(ratings, ratings)
def test_mann_whitney_and_its_histogram_variant_equal_scipy(x, y):
    expected = 1.0 if len({*x, *y}) == 1 else stats.mannwhitneyu(x, y, method="asymptotic").pvalue
    assert tests.mann_whitney(x, y) == pytest.approx(expected)
    assert tests.mann_whitney_counts(histogram(x, 1, 5), histogram(y, 1, 5)) == pytest.approx(expected)


@given(pairs)
def test_paired_wilcoxon_and_its_histogram_variant_equal_scipy(xy):
    x, y = np.array(xy).T
    expected = 1.0 if (x == y).all() else stats.wilcoxon(x, y, method="asymptotic").pvalue
    assert tests.paired_wilcoxon(x, y) == pytest.approx(expected)
    assert tests.paired_wilcoxon_counts(histogram(x - y, -4, 4)) == pytest.approx(expected)


def test_histogram_variants_work_on_many_at_once():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 9, (2, 3, 4, 5))
    together = tests.mann_whitney_counts(x, y)
    assert together.shape == (3, 4)
    assert together[2, 1] == tests.mann_whitney_counts(x[2, 1], y[2, 1])


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_mcnemar_equals_statsmodels(outcomes):
    a, b = np.array(outcomes).T
    table = [[(a & b).sum(), (a & ~b).sum()], [(~a & b).sum(), (~a & ~b).sum()]]
    expected = 1.0 if (a == b).all() else statsmodels_mcnemar(table, exact=True).pvalue
    assert tests.mcnemar(a, b) == pytest.approx(expected)


def test_five_wins_to_none_are_not_yet_significant():
    assert tests.mcnemar([1] * 5 + [0] * 3, [0] * 8) == pytest.approx(0.0625)


@settings(max_examples=25)  # statsmodels takes 60 ms a call
@given(st.integers(1, 12).flatmap(lambda m: st.lists(st.tuples(*[st.floats(0, 1)] * m), min_size=1, max_size=4)))
def test_holm_equals_statsmodels_row_by_row(p):
    expected = [multipletests(row, method="holm")[1] for row in p]
    assert tests.holm(p) == pytest.approx(np.array(expected))


def test_holm_of_nothing_is_nothing():
    assert tests.holm([]).size == 0


@pytest.mark.parametrize(
    "bad",
    [
        lambda: tests.mann_whitney([], [1, 2]),
        lambda: tests.mann_whitney([1, np.nan], [1, 2]),
        lambda: tests.paired_wilcoxon([1, 2], [1]),
        lambda: tests.mcnemar([True], [True, False]),
        lambda: tests.holm([0.1, 1.2]),
        lambda: tests.holm([np.nan]),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad()
    assert "\n" not in str(error.value)
