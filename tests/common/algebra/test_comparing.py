import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.algebra.comparing import comparable, equal

ANSWERS = [
    "5", r"5\text{ cm}", r"5\text{ m}", "5m", "x=5", "y=5", "1,2", r"\{2,1\}", "(1,2)", "[1,2]", "x=1,y=2", "1<x<2",
    r"(1,2)\cup(2,3)", r"\begin{pmatrix}1\\2\end{pmatrix}", r"x^2=4", r"\pm 2", "52_8", r"\emptyset", "y=3x", "2y=6x",
    r"\mathbb{R}", r"\sqrt{-4}", "2i", "x<5", "5>x", "3:4", r"\frac{1}{0}", "1 2",
]  # fmt: skip


@given(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS))
def test_the_order_of_two_answers_never_matters(left, right):
    assert equal(left, right) == equal(right, left)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_comparable_exactly_if_it_equals_itself(text):
    assert comparable(text) == equal(text, text)


def test_units_join_only_through_a_missing_one():
    assert equal("5", r"5\text{ cm}")
    assert equal("5", r"5\text{ m}")
    assert not equal(r"5\text{ cm}", r"5\text{ m}")
