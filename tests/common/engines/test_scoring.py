from hypothesis import given
from hypothesis import strategies as st

from common.engines.scoring import runs


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(1, 8) | st.none(), st.integers(1, 90) | st.none())
def test_runs_hold_every_text_once_and_keep_their_bounds(lengths, rows, tokens):
    batches = runs(lengths, rows=rows, tokens=tokens)
    order = [index for batch in batches for index in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[index] for index in order] == sorted(lengths)
    for batch in batches:
        assert 0 < len(batch) <= (rows or 30)
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= (tokens or 900)


def test_runs_are_as_few_as_the_bounds_allow_for_equal_lengths():
    assert runs([3] * 7, rows=3) == [[0, 1, 2], [3, 4, 5], [6]]
    assert runs([3] * 7, tokens=12) == [[0, 1, 2, 3], [4, 5, 6]]
