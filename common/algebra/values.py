"""What an answer can stand for: a sympy expression, a sympy set, a word, or one of these."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from common.algebra.units import Unit

Expression = Any
"""A sympy expression; sympy has no types."""


@dataclass(frozen=True)
class Quantity:
    """A value with a unit."""

    value: Any
    unit: Unit


@dataclass(frozen=True)
class Numeral:
    """Digits in a base; as a question that asks for a base asks for these digits, equal to no other number."""

    digits: str
    base: Expression


@dataclass(frozen=True)
class Ordered:
    """A point, a vector or an interval: its brackets and its items in their order."""

    brackets: str
    items: tuple[Any, ...]


@dataclass(frozen=True)
class Collection:
    """Several answers, or a finite set: any order; `either` if "or" parts them."""

    items: tuple[Any, ...]
    either: bool = False


@dataclass(frozen=True)
class Table:
    """A matrix."""

    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True)
class Named:
    """A value with the name of what it is the value of, as in x = 5 or f(x) = x + 1."""

    name: str
    left: Expression
    value: Any


@dataclass(frozen=True)
class Relation:
    """``difference`` is "=", "<", "<=" or "!=" 0."""

    sign: str
    difference: Expression


def parts(value: Any) -> Iterator[Expression]:
    """Give the expressions that a value is made of."""
    if isinstance(value, sympy.Expr):
        yield value
    for name in ("items", "rows"):
        for item in getattr(value, name, ()):
            yield from parts(item) if not isinstance(item, tuple) else item
    for name in ("value", "difference"):
        if not isinstance(value, sympy.Basic) and hasattr(value, name):
            yield from parts(getattr(value, name))
