import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from common.errors import InputError
from common.stats.calibration import options


def test_the_top_label_is_right_where_the_most_probable_option_is_the_key():
    rng = np.random.default_rng(0)
    table, keys = rng.dirichlet(np.ones(5), 300), rng.integers(0, 5, 300)
    p, c = options.top_label(table, keys)
    assert (p == np.sort(table, axis=1)[:, -1]).all()
    assert c.mean() == accuracy_score(keys, table.argmax(axis=1))


@given(st.permutations(range(4)), st.integers(0, 3))
def test_tied_top_options_share_the_credit_wherever_they_stand(order, key):
    row = np.array([0.4, 0.4, 0.1, 0.1])
    _, c = options.top_label([row[list(order)]], [order.index(key)])
    assert c.tolist() == [[0.5, 0.5, 0, 0][key]]


def test_all_options_are_listed_question_by_question():
    p, c = options.all_options([[0.2, 0.8], [0.7, 0.1]], [1, 1])
    assert p.tolist() == [0.2, 0.8, 0.7, 0.1]
    assert c.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("rows_of", [options.top_label, options.all_options])
@pytest.mark.parametrize(
    ("table", "keys", "says"),
    [
        ([[0.6, 0.6]], [0], "sum to 1.2"),
        ([[-0.1, 0.6]], [0], "must lie in"),
        ([[0.4, 0.6]], [2], "keys must lie"),
        ([[0.4, np.nan]], [1], "NaN"),
        ([0.4, 0.6], [1], "table"),
    ],
)
def test_bad_input_is_refused_in_one_line(rows_of, table, keys, says):
    with pytest.raises(InputError, match=says) as error:
        rows_of(table, keys)
    assert "\n" not in str(error.value)
