import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from common.algebra.meaning import scalar
from common.algebra.reading import read
from common.algebra.sampling import proportional, same_value


def value(text):
    return scalar(read(text))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\sqrt{5+2\sqrt{6}}", r"\sqrt2+\sqrt3"),
        (r"\sqrt{x}\sqrt{y}", r"\sqrt{xy}"),
        (r"\ln x^2", r"2\ln x"),
        ("(-1)^{n+2}", "(-1)^n"),
        (r"\sin^2 x + \cos^2 x", "1"),
        ("e^{-300}", r"\frac{1}{e^{300}}"),
    ],
)
def test_equal_expressions_are_found_equal(left, right):
    assert same_value(value(left), value(right))
    assert same_value(value(right), value(left))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\sqrt{x^2}", "x"),
        ("e^{-300}", "e^{-301}"),
        ("e^{-300}", "0"),
        (r"\sqrt{2}+10^{-30}", r"\sqrt{2}"),
        ("x", "y"),
        ("2i", "-2i"),
        ("x^2", "x^4"),
    ],
)
def test_different_expressions_are_found_different(left, right):
    assert not same_value(value(left), value(right))
    assert not same_value(value(right), value(left))


def test_nothing_is_equal_to_what_has_no_value():
    assert not same_value(sympy.zoo, sympy.Integer(1))
    assert not same_value(sympy.oo, -sympy.oo)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=4), st.lists(st.integers(-5, 5), min_size=1, max_size=4))
def test_polynomials_are_equal_if_their_coefficients_are(left, right):
    x = sympy.Symbol("x", real=True)
    a, b = sympy.Poly(left, x), sympy.Poly(right, x)
    assert same_value(a.as_expr(), sympy.horner(b.as_expr())) == (a == b)


def test_the_sign_of_a_constant_factor():
    assert proportional(value("2x+4"), value("x+2")) == 1
    assert proportional(value("2x+4"), value("-x-2")) == -1
    assert proportional(value("2x+4"), value("x+3")) == 0
    assert proportional(value("x"), value("0")) == 0
