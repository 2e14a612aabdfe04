from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.stats.calibration.ties import groups

rows = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.integers(0, 1)), min_size=6, max_size=6)


@settings(deadline=None, max_examples=20)
@given(rows, st.sampled_from([1, 2, 3, 6]))
def test_a_bin_holds_what_it_holds_on_average_over_all_orders_of_the_tied_rows(pairs, bins):
    p, c = np.array(pairs).T
    orders = [order for order in permutations(range(6)) if (np.diff(p[list(order)]) >= 0).all()]
    averaged = np.mean([c[list(order)].reshape(bins, -1).sum(axis=1) for order in orders], axis=0)
    found = groups(p, c)
    count, right = found.sums(bins, found.count, found.right)
    np.testing.assert_allclose(count, 6 / bins)
    np.testing.assert_allclose(right, averaged, atol=1e-12)


def test_a_row_across_an_edge_is_shared_in_proportion():
    found = groups(np.array([0.1, 0.2, 0.9]), np.array([0.0, 1.0, 1.0]))
    assert found.sums(2, found.right)[0] == pytest.approx([0.5, 1.5])


@given(rows, st.integers(1, 6))
def test_no_row_is_lost_and_every_bin_has_the_same_count(pairs, bins):
    p, c = np.array(pairs).T
    found = groups(p, c)
    count, right, sum_p = found.sums(bins, found.count, found.right, found.count * found.p)
    np.testing.assert_allclose(count, len(p) / bins)
    assert right.sum() == pytest.approx(c.sum())
    assert sum_p.sum() == pytest.approx(p.sum())


def test_groups_without_rows_change_nothing():
    found = groups(np.array([0.1, 0.4, 0.4, 0.8]), np.array([1.0, 0, 1, 1]))
    padded = type(found)(
        np.array([0.0, 0.1, 0.3, 0.4, 0.8, 0.9]), np.array([0.0, 1, 0, 2, 1, 0]), np.array([0.0, 1, 0, 1, 1, 0])
    )
    np.testing.assert_array_equal(padded.sums(3, padded.right), found.sums(3, found.right))
