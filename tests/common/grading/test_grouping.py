import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from common.errors import InputError
from common.grading.equivalence import Judge
from common.grading.grouping import grade, group_answers
from common.grading.sandbox import Sandbox

POOL = [
    "1/2", "0.5", r"\frac{1}{2}", "$0.50", "3", "x=3", "y=3", "2+1", r"\sqrt{8}", r"2\sqrt{2}", r"\{1,2\}", "2,1",
    "red", "Red.", "(A)", "A", "9^9^9", "9^9^{9}", "x+1", "1+x", None, "", "50%", "50",
]  # fmt: skip

answers_lists = st.lists(st.sampled_from(POOL), max_size=12)


@pytest.fixture(scope="module")
def judge():
    with Judge(Sandbox(time_limit=10.0)) as judge:
        yield judge


def same_class(classes):
    """Give the relation that class numbers stand for; nothing is in a class with the invalid."""
    classes = np.asarray(classes)
    return (classes[:, None] == classes[None, :]) & (classes[:, None] >= 0)


def test_spellings_of_one_answer_share_a_class_numbered_by_first_appearance(judge):
    answers = ["0.5", None, "3", r"\frac12", "", "x=3", "blue", "50\\%", "1/2"]
    assert group_answers(answers, judge).tolist() == [0, -1, 1, 0, -1, 1, 2, 3, 0]


def test_no_answers_make_no_classes(judge):
    classes = group_answers([], judge)
    assert classes.shape == (0,)
    assert classes.dtype == np.int64
    assert group_answers([None, " "], judge).tolist() == [-1, -1]


def test_classes_are_closed_under_transitivity(judge):
    assert not judge.equivalent("x=3", "y=3")
    assert group_answers(["x=3", "y=3"], judge).tolist() == [0, 1]
    assert group_answers(["x=3", "y=3", "3"], judge).tolist() == [0, 0, 0]


@given(answers_lists.filter(len))
@settings(max_examples=60, deadline=None)
def test_classes_are_the_connected_components_of_pairwise_equivalence(judge, answers):
    edges = np.array([[judge.equivalent(a, b) for b in answers] for a in answers])
    assert (edges == edges.T).all()
    components = connected_components(edges)[1]
    valid = np.array([judge.form(answer) is not None for answer in answers], dtype=bool)
    assert (same_class(group_answers(answers, judge)) == same_class(np.where(valid, components, -1))).all()


@given(answers_lists, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_answers_does_not_change_the_classes(judge, answers, random):
    order = list(range(len(answers)))
    random.shuffle(order)
    shuffled = same_class(group_answers([answers[i] for i in order], judge))
    assert (shuffled == same_class(group_answers(answers, judge))[np.ix_(order, order)]).all()


@given(answers_lists, st.sampled_from([answer for answer in POOL if answer]))
@settings(max_examples=60, deadline=None)
def test_a_class_is_correct_exactly_if_a_member_is_equivalent_to_the_target(judge, answers, target):
    classes, correct = group_answers(answers, judge), grade(answers, target, judge)
    for number in range(-1, max(classes, default=-1) + 1):
        members = [answer for answer, own in zip(answers, classes, strict=True) if own == number]
        expected = number >= 0 and any(judge.equivalent(member, target) for member in members)
        assert set(correct[classes == number]) <= {expected}


def test_grades_are_booleans_one_an_answer(judge):
    correct = grade(["42", "042", None, "41", "$42.00", "forty-two"], "42", judge)
    assert correct.dtype == np.bool_
    assert correct.tolist() == [True, True, False, False, True, False]


def test_hostile_answers_are_graded_wrong_and_counted():
    bombs = ["9^9^9^9", "{" * 1000, "7" * 10**6, r"7^{\binom{30}{15}}"]
    with Judge(Sandbox(time_limit=0.5)) as judge:
        assert grade([*bombs, "x+1"], "1+x", judge).tolist() == [False, False, False, False, True]
        assert (judge.counts.refused, judge.counts.timed_out) == (3, 1)


def test_an_empty_target_is_refused(judge):
    with pytest.raises(InputError, match="give the reference answer"):
        grade(["5"], " ", judge)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=256))
def test_numbers_group_as_their_values_and_need_no_process(numbers):
    judge = Judge()
    answers = [(f"{n:,}", f"{n}.0", f"\\boxed{{{n}}}", f"{2 * n}/2")[i % 4] for i, n in enumerate(numbers)]
    classes = group_answers(answers, judge)
    assert (same_class(classes) == (np.subtract.outer(numbers, numbers) == 0)).all()
    assert judge.sandbox.pid is None


def test_without_a_judge_the_shared_one_decides():
    assert group_answers(["1", "1.0"]).tolist() == [0, 0]
    assert grade(["1", "2"], "1").tolist() == [True, False]
