import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.datasets.splits import cut, of_train


@given(st.lists(st.integers(0, 500), max_size=300))
def test_each_text_is_in_one_split_and_in_it_once(rows):
    parts = [cut(rows, str, split) for split in ("taught", "dev", "test")]
    assert sorted(row for part in parts for row in part) == sorted(set(rows))


@pytest.mark.parametrize(("split", "share"), [("taught", 60), ("dev", 10), ("test", 30)])
def test_shares(split, share):
    assert len(cut(range(100), str, split)) == share


def test_a_split_is_the_same_each_time_and_in_no_order_of_the_file():
    dev = cut(range(1000), str, "dev")
    assert dev == cut(range(1000), str, "dev")
    assert dev != sorted(dev)


def test_every_tenth_row_to_train_on_is_for_dev():
    dev, taught = of_train(range(25), "dev"), of_train(range(25), "taught")
    assert dev == [0, 10, 20]
    assert sorted(dev + taught) == list(range(25))
