import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.algebra.reading import UnreadableError, read


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("12", ("number", "12")),
        (r"\frac12", ("/", ("number", "1"), ("number", "2"))),
        ("1 1/2", ("mixed", ("number", "1"), ("/", ("number", "1"), ("number", "2")))),
        (r"2\frac{5}{4}", ("*", ("number", "2"), ("/", ("number", "5"), ("number", "4")))),
        ("52_8", ("base", "52", ("number", "8"))),
        (r"0.1\overline{6}", ("repeating", "0.1", "6")),
        ("-x^2", ("-", ("number", "0"), ("^", ("symbol", "x"), ("number", "2")))),
        ("1, 2", ("list", ("number", "1"), ("number", "2"))),
        ("1 < x", ("chain", ("number", "1"), "<", ("symbol", "x"))),
        (r"\{\}", ("symbol", "emptyset")),
        ("(1, 2]", ("bracket", "(", "]", ("number", "1"), ("number", "2"))),
        (r"\begin{pmatrix}1\\ 2\end{pmatrix}", ("matrix", (("number", "1"),), (("number", "2"),))),
        (r"5\text{ m}/\text{s}", ("unit", ("number", "5"), " m / s")),
        ("||x|+1|", ("absolute", ("+", ("absolute", ("symbol", "x")), ("number", "1")))),
    ],
)
def test_an_answer_is_read_into_a_tree(text, tree):
    assert read(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 2",
        "2 +",
        "(1",
        "1)",
        "(1, 2}",
        r"\frac{1}",
        r"3\mathbb{Z}",
        r"\vec{v}",
        "x'",
        "1.2.3",
        r"\begin{pmatrix}1",
        r"\begin{pmatrix}1\end{bmatrix}",
        r"\begin{cases}1\end{cases}",
        r"x \approx 5",
        "5?",
    ],
)
def test_what_is_no_answer_from_first_to_last_is_refused(text):
    with pytest.raises(UnreadableError):
        read(text)


PIECES = [*"19xe^{}()[],.!-+=<|_: ", "\\\\", r"\frac", r"\sqrt", r"\{", r"\}", r"\text{m}", r"\begin{pmatrix}", r"\sin"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UnreadableError):
        assert isinstance(read(text), tuple)
