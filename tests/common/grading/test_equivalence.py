import subprocess
import sys
from itertools import combinations

import math_verify
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.grading.equivalence import Counts, Judge, shared_judge
from common.grading.normal_form import normal_form
from common.grading.sandbox import DiedError, Sandbox, TimedOutError

SLOW = r"7^{\binom{30}{15}}"
"""Passes the screens, and has too many digits to be evaluated in time."""


@pytest.fixture(scope="module")
def judge():
    with Judge(Sandbox(time_limit=5.0)) as judge:
        yield judge


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1,000", "$1000.00"),
        (r"\frac12", "0.5"),
        (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt{3}}"),
        (r"\sqrt{8}", r"2\sqrt{2}"),
        ("x=5", "5"),
        ("x^2+2x+1", "(x+1)^2"),
        ("2x", r"x \cdot 2"),
        (r"\{1,2\}", "2, 1"),
        (r"5\text{ cm}", "5"),
        (r"x \le 5", r"(-\infty,5]"),
        (r"\text{Monday}", "monday"),
        ("(C)", r"\text{C}"),
        ("10%", r"10\%"),
        ("2^{10}", "1,024"),
        (r"\log_2 8", "3"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1.0\\2\end{pmatrix}"),
    ],
)
def test_the_same_answer_in_another_spelling_is_equivalent_in_both_orders(judge, left, right):
    assert judge.equivalent(left, right)
    assert judge.equivalent(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1000", "1001"),
        ("50%", "0.5"),
        ("0.333", "1/3"),
        (r"\sqrt{2}", "1.41421356"),
        ("[1,2]", "(1,2)"),
        ("x=5", "y=5"),
        ("x", "y"),
        ("x+1", "x+2"),
        ("listen", "silent"),
        ("A", "a"),
        ("10 am", "10 pm"),
        ("5 apples", "5"),
        ("9^9^9^9", "5"),
    ],
)
def test_different_answers_are_not_equivalent(judge, left, right):
    assert not judge.equivalent(left, right)
    assert not judge.equivalent(right, left)


@pytest.mark.parametrize("missing", [None, "", "  ", r"\boxed{}"])
def test_a_missing_answer_equals_nothing(judge, missing):
    assert not judge.equivalent(missing, "5")
    assert not judge.equivalent("5", missing)
    assert not judge.equivalent(missing, missing)


def test_verify_alone_is_not_symmetric_and_the_judge_is(judge):
    left, right = r"x \le 5", r"(-\infty,5]"
    parsed = [math_verify.parse(f"${text}$") for text in (left, right)]
    assert math_verify.verify(*parsed) != math_verify.verify(*reversed(parsed))
    assert judge.equivalent(left, right)
    assert judge.equivalent(right, left)


def test_the_judge_agrees_with_math_verify_itself_on_benign_pairs(judge):
    benign = [
        "3",
        "7/2",
        r"3\frac{1}{2}",
        r"\sqrt{12}",
        r"2\sqrt{3}",
        r"\pi",
        r"\frac{2\pi}{2}",
        "x+y",
        "y+x",
        "(x-1)(x+1)",
        "x^2-1",
        "(1,2)",
        "[0,1)",
        r"\{3\}",
        "y=3x",
        r"\sin(\pi/2)",
        "1",
        "2+3i",
        "3i+2",
    ]
    parsed = {text: math_verify.parse(f"${text}$") for text in benign}
    for left, right in combinations(benign, 2):
        expected = math_verify.verify(parsed[left], parsed[right]) or math_verify.verify(parsed[right], parsed[left])
        assert judge.equivalent(left, right) == expected, (left, right)


@given(st.integers(-99, 99), st.integers(-99, 99))
@settings(max_examples=25, deadline=None)
def test_a_sum_equals_its_value_and_only_its_value(judge, a, b):
    assert judge.equivalent(f"{a}+({b})", str(a + b))
    assert not judge.equivalent(f"{a}+({b})", str(a + b + 1))


def test_numbers_and_text_never_need_the_process():
    judge = Judge()
    assert judge.equivalent("1,000", "1e3")
    assert not judge.equivalent("yes", "no")
    assert not judge.equivalent("<script>", "5")
    assert judge.sandbox.pid is None
    assert judge.counts == Counts()


def test_a_slow_answer_times_out_alone_is_counted_once_and_equals_only_itself():
    with Judge(Sandbox(time_limit=0.5)) as judge:
        for other in ("2", "3", "x+1", r"\sqrt{2}"):
            assert not judge.equivalent(SLOW, other)
        assert judge.equivalent(SLOW, f"${SLOW}$")
        assert judge.counts == Counts(timed_out=1)
        assert judge.equivalent("x+1", "1+x")


class Scripted(Sandbox):
    """Answers by a table, so that each way a request can end is met."""

    def __init__(self, replies):
        super().__init__()
        self.replies = replies

    def ask(self, *texts):
        reply = self.replies[texts]
        if isinstance(reply, Exception):
            raise reply
        return reply


def test_each_way_of_not_being_settled_has_its_count():
    replies = {("x+1",): True, ("x+2",): DiedError(), ("x+3",): False, ("x+4",): True, ("x+1", "x+4"): TimedOutError()}
    judge = Judge(Scripted(replies))
    for other in ("x+2", "x+3", "x+4", "9^9^9", "7" * 10**6, "x+2", "9^9^9"):
        assert not judge.equivalent("x+1", other)
    assert not judge.equivalent("x+4", "x+1")
    assert judge.counts == Counts(compared=1, timed_out=1, died=1, unreadable=1, refused=2)


def test_decisions_outlive_the_process():
    with Judge() as judge:
        assert judge.equivalent("x+1", "1+x")
    assert judge.same(normal_form("x+1"), normal_form("1+x"))
    assert judge.sandbox.pid is None


def test_the_shared_judge_is_one_and_its_process_ends_with_the_interpreter():
    assert shared_judge() is shared_judge()
    program = (
        "import os; from common.grading import shared_judge\n"
        "judge = shared_judge(); assert judge.equivalent('x+1', '1+x'); print(judge.sandbox.pid)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip().isdigit()
    assert run.stderr == ""
