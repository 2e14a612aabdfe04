import time

import pytest

from common.grading.spelling import MAX_LENGTH, normalise


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
        (r"1 \\[4pt] 2", r"1 \\ 2"),
        (r"\dfrac12", r"\frac12"),
        (r"$\$18.90$", "18.90"),
        (r"5\mbox{ cm}", r"5\text{ cm}"),
        (r"11,\! 111", "11{,}111"),
        ("½", r"\frac{1}{2}"),
        ("√2", r"\sqrt{2}"),
        ("∛8", r"\sqrt[3]{8}"),
        ("x²", "x^{2}"),
        ("x₁₂", "x_{12}"),
        (r"\varnothing", r"\emptyset"),
        (r"\left( 1 \right.", "( 1"),
        (r"20^\circ\text{C}", r"20\text{celsius}"),
        (r"66\)", "66"),
        ("0.333...", "0.333..."),
    ],
)
def test_an_answer_is_written_in_its_plain_spelling(answer, plain):
    assert normalise(answer) == plain
    assert normalise(plain) == plain


@pytest.mark.parametrize(
    "piece",
    ["\\\\ ", "^ ", "{ ", r"\text{ ", "√", "⁰", "{,}", r"\!", ", ", "$", r"\$5", r"\rm ", "1,000 ", r"\frac{\text{"],
)
def test_the_longest_answer_of_one_piece_is_read_at_once(piece):
    text = piece * (4 * MAX_LENGTH // len(piece))
    start = time.process_time()
    normalise(text)
    assert time.process_time() - start < 1
