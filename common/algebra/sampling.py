"""Whether two expressions are equal: compared exactly where they are rational, to many digits at many points else.

Two expressions that agree to forty digits at every point where both are real agree everywhere, but for expressions
made to deceive; two that differ at one point are different. That needs no simplification, which is slow and finds
only some of the equalities. The points depend on the names of the unknowns alone, so an expression is evaluated once.
"""

import hashlib
from functools import lru_cache
from typing import Any

import sympy

_DIGITS = 50
_MAX_DIGITS = 400
_TOLERANCE = sympy.Float("1e-40", _DIGITS)
_ZERO = sympy.Float("1e-250", _DIGITS)
_RANGES = ((3, 24), (3, 24), (3, 24), (3, 24), (3, 24), (1, 3), (1, 3), (80, 150))
"""From where to where a coordinate lies, in sevenths."""
_WHOLE = 3
"""So many points more have whole coordinates."""
_SIGNED = frozenset((2, 3, 4, 5, 8))
"""Points with coordinates of either sign."""


def same_value(left: Any, right: Any) -> bool:
    """Say whether two expressions are equal, over the reals where both are defined; constants also if complex."""
    if left == right:
        return True
    if left.is_Rational and right.is_Rational:
        return False
    agreed = 0
    for a, b in zip(*_both(left, right), strict=True):
        if a is None or b is None:
            continue
        if not _close(a, b):
            return False
        agreed += 1
    return agreed >= min(2, len(_both(left, right)[0]))


def proportional(left: Any, right: Any) -> int:
    """Give the sign of the constant by which one expression is a multiple of the other, 0 if there is none."""
    ratios = [a / b for a, b in zip(*_both(left, right), strict=True) if a is not None and b is not None and b != 0]
    if len(ratios) < 2 or any(ratio == 0 or not _close(ratio, ratios[0]) for ratio in ratios):
        return 0
    return 1 if sympy.re(ratios[0]) > 0 else -1


def _both(left: Any, right: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    names = tuple(sorted((left.free_symbols | right.free_symbols), key=str))
    complexes = not names or left.has(sympy.I) or right.has(sympy.I)
    return values(left, names != (), complexes), values(right, names != (), complexes)


@lru_cache(maxsize=4096)
def values(expression: Any, sampled: bool, complexes: bool) -> tuple[Any, ...]:
    """Give an expression's values at the points; None where it has none, or none that is real."""
    points = range(len(_RANGES) + _WHOLE) if sampled else range(1)
    return tuple(_value(expression, point, complexes) for point in points)


def _value(expression: Any, point: int, complexes: bool) -> Any:
    place = {symbol: _coordinate(str(symbol), point) for symbol in expression.free_symbols}
    try:
        if place and not complexes and not _is_defined(expression, place):
            return None
        value = expression.xreplace(place)
        value = value if value.is_Rational else value.evalf(_DIGITS, maxn=_MAX_DIGITS)
    # what sympy raises where an expression has no value at a point, a pole say, or is none that it can evaluate
    except (ArithmeticError, AttributeError, NotImplementedError, RecursionError, TypeError, ValueError):
        return None
    if value.is_Rational:
        return value
    if not value.is_number or not value.is_finite or value.atoms(sympy.Symbol, sympy.Function):
        return None
    real, imaginary = value.as_real_imag()
    if abs(imaginary) <= _TOLERANCE * abs(real) or abs(imaginary) < _ZERO:
        return real
    return value if complexes else None


def _is_defined(expression: Any, place: dict[Any, Any]) -> bool:
    """Say whether no even root or logarithm of a negative number is taken on the way to a value."""
    radicands = [power.base for power in expression.atoms(sympy.Pow) if not power.exp.xreplace(place).is_integer]
    arguments = [logarithm.args[0] for logarithm in expression.atoms(sympy.log)]
    return not any(inner.xreplace(place).is_negative for inner in (*radicands, *arguments) if inner.free_symbols)


def _coordinate(name: str, point: int) -> Any:
    number = int.from_bytes(hashlib.sha256(f"{point} {name}".encode()).digest()[:8])
    sign = -1 if point in _SIGNED and number & 1 else 1
    if point >= len(_RANGES):
        return sign * sympy.Integer(2 + number // 2 % 8)
    low, high = _RANGES[point]
    return sign * sympy.Rational(low * 1000 + number // 2 % (1000 * (high - low) + 1), 7000)


def _close(a: Any, b: Any) -> bool:
    if a.is_Rational and b.is_Rational:
        return bool(a == b)
    size = max(abs(a), abs(b))
    return bool(size < _ZERO or abs(a - b) <= _TOLERANCE * size)
