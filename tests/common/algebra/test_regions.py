import pytest
import sympy

from common.algebra.meaning import meaning
from common.algebra.reading import read
from common.algebra.regions import region, same_region


def reals(text):
    return region(meaning(read(text)))


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("(1, 2]", sympy.Interval.Lopen(1, 2)),
        ("x < 5", sympy.Interval.open(-sympy.oo, 5)),
        ("1 < x < 2", sympy.Interval.open(1, 2)),
        (r"x < 1 \lor x > 2", sympy.Union(sympy.Interval.open(-sympy.oo, 1), sympy.Interval.open(2, sympy.oo))),
        (r"\mathbb{R}", sympy.S.Reals),
        ("|x| < 3", sympy.Interval.open(-3, 3)),
    ],
)
def test_intervals_and_inequalities_are_sets_of_reals(text, interval):
    assert same_region(reals(text), interval)


@pytest.mark.parametrize("text", ["(1, 2, 3)", "(2, 1)", "x < y", "2x = 5", "5", "x < 1, y < 2"])
def test_what_is_no_set_of_reals_has_none(text):
    assert reals(text) is None


@pytest.mark.parametrize(("left", "right"), [("(1,2)", "[1,2]"), ("(1,2)", "(1,3)"), ("x < 5", r"x \le 5")])
def test_different_ends_are_different_sets(left, right):
    assert not same_region(reals(left), reals(right))
