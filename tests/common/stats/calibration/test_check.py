import numpy as np
import pytest

from common.errors import InputError
from common.stats.calibration import check


@pytest.mark.parametrize(
    ("p", "c", "says"),
    [
        ([], [], "non-empty"),
        ([[0.5, 0.5]], [[0, 1]], "flat list"),
        (0.5, 1, "flat list"),
        ([0.5, 1.0000001], [0, 1], r"probabilities must lie in \[0, 1\] without NaN, got 1.0000001"),
        ([0.5, -0.1], [0, 1], "probabilities must lie"),
        ([0.5, np.nan], [0, 1], "probabilities must lie"),
        (["high", "low"], [0, 1], "probabilities must be a regular array of numbers"),
        ([0.5, 0.5], [0, 1, 1], "2 probabilities but 3 outcomes"),
        ([0.5, 0.5], [0, 2], "outcomes must lie"),
        ([0.5, 0.5], [0, np.nan], "outcomes must lie"),
        ([0.5, 0.5], [0, 0.5], "outcomes must be 0 or 1"),
    ],
)
def test_bad_rows_are_refused_in_one_line(p, c, says):
    with pytest.raises(InputError, match=says) as error:
        check.with_outcomes(p, c)
    assert "\n" not in str(error.value)


def test_shares_pass_where_outcomes_may_be_shares_and_booleans_pass_as_outcomes():
    assert check.with_shares([0.2, 1], [0.5, 0])[1].tolist() == [0.5, 0]
    assert check.with_outcomes([0, 1], [True, False])[1].tolist() == [1, 0]


@pytest.mark.parametrize("c", [[0.0], [1.0, 1.0]])
def test_one_class_is_refused_where_two_are_needed(c):
    with pytest.raises(InputError, match="AUROC needs outcomes of both classes"):
        check.both_classes(np.array(c), "AUROC")


@pytest.mark.parametrize(("bins", "n"), [(0, 5), (-1, 5), (6, 5)])
def test_bins_that_rows_cannot_fill_are_refused(bins, n):
    with pytest.raises(InputError, match="got 5 questions"):
        check.enough_for(bins, n, "question")
    check.enough_for(5, 5)


@pytest.mark.parametrize(
    ("table", "keys", "says"),
    [
        ([], [], "table of questions"),
        ([[1.0], [1.0]], [0, 0], "at least two options"),
        ([[0.5, 0.5]], [0, 1], "give one key a question"),
        ([[0.5, 0.5]], [2], r"keys must lie in 0..1, got 2..2"),
        ([[0.5, 0.5]], [-1], "keys must lie"),
        ([[0.5, 0.5]], [0.5], "keys must be whole"),
        ([[0.5, np.nan]], [0], "must not be NaN"),
    ],
)
def test_bad_questions_are_refused_in_one_line(table, keys, says):
    with pytest.raises(InputError, match=says) as error:
        check.questions(table, keys, "option probabilities")
    assert "\n" not in str(error.value)
