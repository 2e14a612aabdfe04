import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from common import guards
from common.stats import intervals
from common.stats.estimates import Undefined

FOUND = intervals.mean([0.1, 0.4, 0.3])
NONE = Undefined("no answers")


@pytest.mark.parametrize(("mass", "testable"), [([0.5, 0.5], True), ([0.99, 0.01], True), ([0.99, 0.009], False)])
def test_labels_need_half_of_the_probability_on_average(mass, testable):
    assert (guards.said(FOUND, mass) is FOUND) == testable


def test_labels_that_are_not_said_are_named_with_their_share():
    reason = guards.said(FOUND, np.array([0.04, 0.05]), "the labels of MPI").reason
    assert reason.startswith("the labels of MPI hold 4.5% of the probability (at least 50% is needed)")


@pytest.mark.parametrize(
    ("right", "wrong", "testable"), [(10, 10, True), (9, 40, False), (40, 9, False), (0, 40, False)]
)
def test_ten_right_and_ten_wrong_answers_are_needed(right, wrong, testable):
    found = guards.both(FOUND, [True] * right + [False] * wrong)
    assert (found is FOUND) == testable
    if not testable:
        assert found.reason == f"{right} questions are right and {wrong} wrong: at least 10 of either are needed"


@pytest.mark.parametrize(("unread", "testable"), [(0, True), (126, True), (127, False), (405, False)])
def test_a_fifth_of_the_answers_may_be_unread(unread, testable):
    found = guards.read(FOUND, unread, 630)
    assert (found is FOUND) == testable
    if not testable:
        assert found.reason == f"{unread} of 630 answers were dropped or unread: at most 20% may be"


@pytest.mark.parametrize(("right", "testable"), [(82, False), (103, False), (104, True), (300, True)])
def test_where_there_is_something_to_lose_accuracy_is_clear_of_chance(right, testable):
    """Of 350 questions; the Wilson interval of 104 begins just above one quarter (proportion_confint agrees)."""
    low, _ = proportion_confint(right, 350, method="wilson")
    assert (low > 0.25) == testable
    found = guards.above_chance(FOUND, [True] * right + [False] * (350 - right), 0.25)
    assert (found is FOUND) == testable
    if not testable:
        assert found.reason.startswith(f"{right / 350:.1%} of 350 questions are right [{low:.1%}, ")
        assert found.reason.endswith("which guessing gets too (25%): at this floor there is nothing to lose")


def test_a_reason_that_stands_is_kept():
    assert guards.said(NONE, 0.0) is guards.both(NONE, []) is guards.read(NONE, 9, 10) is NONE
    assert guards.above_chance(NONE, [True], 0.5) is NONE


def test_a_warning_names_what_was_cut_off_and_how_much():
    assert guards.cut_off({"solutions": 0.1, "ratings": 0.64}) == [
        "64.0% of the ratings ended at max_tokens: how they go on is unknown, allow more (max_tokens in subjects.yaml)"
    ]
    assert guards.cut_off({}) == []
