from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.grading.normal_form import MAX_DEPTH, MAX_LENGTH, Kind, normal_form, parse_number


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        *(
            (spelling, Fraction(1000))
            for spelling in ("1,000", "1000", "1000.0", "$1,000", r"\$1000", "1{,}000", "1e3")
        ),
        *((spelling, Fraction(42)) for spelling in ("42", "042", "+42", " 42. ", "42^\\circ", r"\boxed{42}", "$42$")),
        *((spelling, Fraction(50)) for spelling in ("50%", r"50\%", r"$50\%$", r"\text{50}", "**50**")),
        *(
            (spelling, Fraction(-3, 4))
            for spelling in ("-3/4", r"-\frac{3}{4}", r"\dfrac{-3}{4}", "−0.75", r"-\frac34")
        ),
        (r"1.5 \times 10^{3}", Fraction(1500)),
        ("2 × 10^-3", Fraction(1, 500)),
        ("-$5", Fraction(-5)),
        (".5", Fraction(1, 2)),
    ],
)
def test_the_usual_spellings_of_a_number_have_its_exact_value(spelling, value):
    assert parse_number(spelling) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "1/0",
        r"\frac{1}{0}",
        "1,00",
        "1,0000",
        "12,345,6",
        "3 4",
        "1e9999",
        "0x10",
        "٣",
        "nan",
        "inf",
        "5!",
        "1_000",
    ],
)
def test_anything_else_is_not_a_number(text):
    assert parse_number(text) is None


def test_a_number_is_exact():
    assert parse_number("0.333") != parse_number("1/3")
    assert parse_number("9" * 300) == Fraction(10**300 - 1)


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_formatting_does_not_change_a_whole_number(number):
    sign, size = ("-" if number < 0 else ""), abs(number)
    spellings = [
        str(number),
        f"{number:,}",
        f"{number}.00",
        f"{sign}00{size}",
        f"{sign}${size:,}",
        f"\\boxed{{{number}}}",
        f"$\\frac{{{3 * number}}}{{3}}$",
        f"{number}%",
        f"{2 * number}/2",
    ]
    assert {normal_form(spelling) for spelling in spellings} == {(Kind.NUMBER, str(number))}


@given(st.fractions(max_denominator=10**6))
def test_a_fraction_equals_itself_however_expanded(value):
    assert parse_number(f"{7 * value.numerator}/{7 * value.denominator}") == value


@given(st.integers(), st.integers())
def test_different_numbers_have_different_forms(a, b):
    assert (normal_form(str(a)) == normal_form(f"{b}.0")) == (a == b)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Monday", r"\text{monday}."), ("(A)", "A"), (r"$\text{(B)}$", "B"), ("red  and blue", "Red and blue")],
)
def test_the_same_words_have_the_same_form(left, right):
    assert normal_form(left) == normal_form(right)
    assert normal_form(left).kind is Kind.TEXT


@pytest.mark.parametrize(
    "text",
    [
        "listen",
        "5 apples",
        "10 am",
        r"11:30\text{ p.m.}",
        "<script>alert(1)</script>",
        "__import__('os').system('ls')",
        "x",
        "$5 or $6",
    ],
)
def test_words_and_code_are_text(text):
    assert normal_form(text).kind is Kind.TEXT


def test_the_case_of_a_single_letter_counts():
    assert normal_form("A") != normal_form("a")


@pytest.mark.parametrize(
    "text",
    [
        "x=5",
        r"\sqrt{2}",
        "[0,1)",
        "e^{x^2}",
        "x^4+x^3+x^2+1",
        "x^4y^3z^2",
        "2^{2^n}+1",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"5\text{ cm}",
        "5!",
    ],
)
def test_algebra_and_latex_are_maths(text):
    assert normal_form(text).kind is Kind.MATHS


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9^9",
        "9**9**9",
        "9^{9^{9}}",
        "9^(9^9)",
        "(((9)^{9})^9)^9",
        "x^{x^{x^x}}",
        "2^{99999}",
        "99999!",
        "5!!!",
        "1" * 60 + "x",
        "{" * 9 + "1",
        "}{1",
        "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1),
        r"\int_0^1 x^2",
        r"\sum_{n=1}^{9} n",
        "1+" * MAX_LENGTH + "1",
        "7" * 1_000_000,
        "word " * 200_000,
    ],
)
def test_what_is_too_long_too_deep_or_too_large_is_refused(text):
    assert normal_form(text).kind is Kind.REFUSED


@pytest.mark.parametrize("text", [None, "", "  \n", "$ $", r"\boxed{}", r"\text{ }"])
def test_a_missing_or_empty_answer_has_no_form(text):
    assert normal_form(text) is None


PIECES = [*"19xy^{}()[]$%.,! -*/=", "\\", r"\frac", r"\boxed", r"\text", "the"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example(r"\\$")
def test_a_form_of_maths_or_text_is_its_own_form(text):
    form = normal_form(text)
    assert form is None or normal_form(form.text) == form


@given(st.text(max_size=2 * MAX_LENGTH))
def test_any_string_has_a_form_or_none(text):
    form = normal_form(text)
    assert form is None or form.text
