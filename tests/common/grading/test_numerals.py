from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.grading.numerals import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11{,}111", Fraction(11111)),
        ("10 000", Fraction(10000)),
        ("1 1/2", Fraction(3, 2)),
        (r"-2\frac{3}{4}", Fraction(-11, 4)),
        (r"2 \frac34", Fraction(11, 4)),
        (r"0.\overline{3}", Fraction(1, 3)),
        (r"0.1\bar6", Fraction(1, 6)),
        ("0.(142857)", Fraction(1, 7)),
        ("0.1666...", Fraction(1, 6)),
        ("-0.333...", Fraction(-1, 3)),
        (r"30^\circ", Fraction(30)),
    ],
)
def test_mixed_repeating_and_grouped_numbers_have_their_exact_value(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["0,123", "12,34", "10 00", "1 2", r"2\frac{5}{4}", "3.14159...", "0.33...", ".", "1 1/0"]
)
def test_what_only_looks_like_such_a_number_is_none(text):
    assert number(text) is None


@given(st.integers(0, 99), st.integers(0, 999), st.integers(1, 999))
def test_a_repeating_decimal_is_the_fraction_that_it_comes_from(whole, start, period):
    value = number(rf"{whole}.{start}\overline{{{period}}}")
    digits = len(str(start)) + 30 * len(str(period))
    assert abs(value - Fraction(f"{whole}.{start}{str(period) * 30}")) < Fraction(2, 10**digits)


@given(st.integers(0, 99), st.integers(1, 98), st.integers(1, 99))
def test_a_mixed_number_is_a_sum_if_its_fraction_is_below_one(whole, above, below):
    expected = whole + Fraction(above, below) if above < below else None
    assert number(f"{whole} {above}/{below}") == number(rf"{whole}\frac{{{above}}}{{{below}}}") == expected
