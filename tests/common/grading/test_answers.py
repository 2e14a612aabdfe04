"""Answers as people, models and benchmark files write them: which are the same, in both orders and in votes."""

import pytest

from common.grading.equivalence import Judge
from common.grading.grouping import group_answers
from common.grading.sandbox import Sandbox
from tests.common.grading.answer_pairs import DIFFERENT, SAME


def cases(table):
    return [pytest.param(*pair, id=f"{kind}: {pair[0]} | {pair[1]}") for kind, pairs in table.items() for pair in pairs]


@pytest.fixture(scope="module")
def judge():
    with Judge(Sandbox(time_limit=10.0)) as judge:
        yield judge


@pytest.mark.parametrize(("left", "right"), cases(SAME))
def test_the_same_answer_is_the_same_in_both_orders_and_in_a_vote(judge, left, right):
    assert judge.equivalent(left, right)
    assert judge.equivalent(right, left)
    assert group_answers([left, right, left], judge).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("left", "right"), cases(DIFFERENT))
def test_different_answers_are_different_in_both_orders_and_in_a_vote(judge, left, right):
    assert not judge.equivalent(left, right)
    assert not judge.equivalent(right, left)
    assert group_answers([left, right, left], judge).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "answer",
    sorted({answer for table in (SAME, DIFFERENT) for pairs in table.values() for pair in pairs for answer in pair}),
)
def test_an_answer_is_itself_with_spaces_around_its_signs(judge, answer):
    assert judge.equivalent(answer, answer)
    assert judge.equivalent(answer, f"  ${answer}$ " if "$" not in answer else answer)
