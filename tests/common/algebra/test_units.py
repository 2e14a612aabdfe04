import pytest

from common.algebra.units import read_unit


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cm", "centimeters"),
        ("inches ^2", "square inches"),
        ("sq in", "in^2"),
        ("cubic feet", "ft^3"),
        ("feet cubed", "ft^3"),
        ("m/s", "meters per second"),
        ("mph", "miles per hour"),
        ("km/h", "kilometers per hour"),
        ("m/s^2", "m s^-2"),
        ("apples", "apple"),
        ("mL", "ml"),
        ("degrees", ""),
    ],
)
def test_spellings_of_a_unit_are_one(left, right):
    assert read_unit(left) == read_unit(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("cm", "m"), ("cm", "cm^2"), ("m/s", "m s"), ("m/s", "s/m"), ("km", "mi"), ("cents", "dollars"), ("cm", "")],
)
def test_different_units_are_different(left, right):
    assert read_unit(left) != read_unit(right)
