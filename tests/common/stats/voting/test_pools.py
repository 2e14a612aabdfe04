import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.stats.voting import pools


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5).filter(any), min_size=1, max_size=20))
def test_each_pool_meets_the_estimator_without_its_absent_slots_and_keeps_its_place(rows):
    mask = np.array(rows)
    values = np.where(mask, np.arange(mask.size).reshape(mask.shape), np.nan)
    got = pools.over_pools(lambda v: np.stack([v.sum(1), v.max(1)], axis=1), (2,), mask, values)
    np.testing.assert_array_equal(got, np.stack([np.nansum(values, 1), np.nanmax(values, 1)], axis=1))


def test_more_problems_than_one_block_holds_come_back_in_order():
    values = np.arange(2 * (pools.MOST_ROWS + 7), dtype=float).reshape(-1, 2)
    blocks = []

    def first(v):
        blocks.append(len(v))
        return v[:, :1]

    got = pools.over_pools(first, (1,), np.ones(values.shape, bool), values)
    np.testing.assert_array_equal(got, values[:, :1])
    assert max(blocks) <= pools.MOST_ROWS


def test_sums_by_leaves_negative_groups_out():
    group, value = np.array([[0, 2, -1], [1, 1, -5]]), np.array([[1.0, 2, 4], [8, 16, 32]])
    np.testing.assert_array_equal(pools.sums_by(group, 3, value), [[1, 0, 2], [0, 24, 0]])


@pytest.mark.parametrize("values", [[1.5], [np.nan], [np.inf], ["x"], [None], [[1], [1, 2]], [2.0**60]])
def test_what_is_not_whole_is_refused(values):
    with pytest.raises(InputError, match="labels must be"):
        pools.whole(values, "labels")


def test_whole_numbers_stored_as_floats_are_whole():
    assert pools.whole([1.0, -2.0], "labels").tolist() == [1, -2]
