"""Whether two answers are the same: one symmetric relation over all that an answer can stand for."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy

from common.algebra.meaning import meaning
from common.algebra.reading import UnreadableError, read
from common.algebra.regions import region, same_region
from common.algebra.sampling import proportional, same_value, values
from common.algebra.values import Collection, Named, Numeral, Ordered, Quantity, Relation, Table, parts


@lru_cache(maxsize=4096)
def understood(text: str) -> Any:
    """Give what an answer stands for; None if it cannot be read whole."""
    try:
        return meaning(read(text))
    except (UnreadableError, RecursionError):
        return None


def comparable(text: str) -> bool:
    """Say whether an answer can be read and evaluated; a bomb goes off here, once, and not in each of its pairs."""
    value = understood(text)
    if value is None:
        return False
    for part in parts(value):
        if part.has(sympy.nan, sympy.zoo):
            return False
        for complexes in (False, True):
            values(part, bool(part.free_symbols), complexes)
    return True


def equal(left: str, right: str) -> bool:
    """Say whether two answers are the same."""
    a, b = understood(left), understood(right)
    return a is not None and b is not None and same(a, b)


def same(a: Any, b: Any) -> bool:
    """Say whether two answers stand for the same; symmetric, and not transitive: 5 is 5 cm and 5 m."""
    a, b = _bare(a), _bare(b)
    for kind, compare in _COMPARISONS:
        if isinstance(a, kind):
            return bool(compare(a, b))
        if isinstance(b, kind):
            return bool(compare(b, a))
    if isinstance(a, sympy.Expr) and isinstance(b, sympy.Expr):
        return same_value(a, b)
    return bool(a == b)


def _bare(value: Any) -> Any:
    """Take the braces off a single value."""
    while isinstance(value, Collection) and len(value.items) == 1 and not isinstance(value.items[0], sympy.Set):
        value = value.items[0]
    return value


def _same_named(a: Named, b: Any) -> bool:
    """Compare x = 5 with y = 5 by name and with 5 by value, and y = 3x with another equation as lines."""
    if isinstance(b, Named):
        return (a.name == b.name and same(a.value, b.value)) or _same_lines(a, b)
    if isinstance(b, Relation):
        return b.sign == "=" and _same_lines(a, b)
    return same(a.value, b)


def _same_lines(a: Named, b: Any) -> bool:
    left, right = map(_difference, (a, b))
    return left is not None and right is not None and proportional(left, right) != 0


def _difference(equation: Any) -> Any:
    if isinstance(equation, Relation):
        return equation.difference
    return equation.left - equation.value if isinstance(equation.value, sympy.Expr) else None


def _same_relation(a: Relation, b: Any) -> bool:
    if isinstance(b, Relation):
        factor = proportional(a.difference, b.difference) if a.sign == b.sign else 0
        if factor:
            return factor > 0 or a.sign in ("=", "!=")
        if a.difference.free_symbols != b.difference.free_symbols:
            return False
    if a.sign == "=":
        return _same_roots(a, b)
    return _same_region(a, b)


def _same_roots(a: Relation, b: Any) -> bool:
    """Compare an equation in one unknown with the list of its roots."""
    symbols = a.difference.free_symbols
    if isinstance(b, Relation) or len(symbols) != 1 or not isinstance(b, Collection):
        return False
    try:
        roots = sympy.solveset(a.difference, *symbols)
    except (NotImplementedError, ValueError, TypeError):  # sympy cannot solve it: not known to be equal
        return False
    return isinstance(roots, sympy.FiniteSet) and same(Collection(tuple(roots)), b)


def _same_region(a: Any, b: Any) -> bool:
    """Compare sets of reals; two conditions on differently named unknowns are different."""
    unknowns = [set().union(*(part.free_symbols for part in parts(value))) for value in (a, b)]
    if all(unknowns) and unknowns[0] != unknowns[1]:
        return False
    left, right = region(a), region(b)
    return left is not None and right is not None and same_region(left, right)


def _same_collection(a: Collection, b: Any) -> bool:
    left = _distinct(_flat(a))
    if len(left) == 1 and not isinstance(b, Collection | sympy.Set):
        return same(left[0], b)
    if isinstance(b, Collection):
        right = _distinct(_flat(b))
        if len(left) == len(right) and _each_in(left, right) and _each_in(right, left):
            return True
    if isinstance(b, Relation) and b.sign == "=":
        return _same_roots(b, a)
    if isinstance(b, Ordered) and _is_named(a):
        return same(_in_order_of_names(a), b)
    return _is_region(a, b) and _same_region(a, b)


def _is_region(a: Collection, b: Any) -> bool:
    """Say whether a list may stand for a set of reals: inequalities, or whatever stands beside such a set."""
    return (isinstance(b, sympy.Set) and len(a.items) > 1) or all(isinstance(item, Relation) for item in a.items)


def _flat(value: Collection) -> list[Any]:
    return [part for item in value.items for part in (_flat(item) if isinstance(item, Collection) else [item])]


def _distinct(items: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not _each_in([item], found):
            found.append(item)
    return found


def _each_in(items: Sequence[Any], others: Sequence[Any]) -> bool:
    return all(any(same(item, other) for other in others) for item in items)


def _is_named(value: Collection) -> bool:
    names = {item.name for item in value.items if isinstance(item, Named)}
    return len(names) == len(value.items)


def _in_order_of_names(value: Collection) -> Ordered:
    return Ordered("()", tuple(item.value for item in sorted(value.items, key=lambda item: item.name)))


def _same_ordered(a: Ordered, b: Any) -> bool:
    if isinstance(b, Ordered):
        if a.brackets != b.brackets or len(a.items) != len(b.items):
            return False
        return all(map(same, a.items, b.items))
    return isinstance(b, sympy.Set) and _same_region(a, b)


def _same_quantity(a: Quantity, b: Any) -> bool:
    """Compare values, and units where both have one; the m of 5m may be metres set as an unknown."""
    if isinstance(b, Quantity):
        return a.unit == b.unit and same(a.value, b.value)
    if not isinstance(b, sympy.Expr):
        return False
    unknown = sympy.Mul(*(sympy.Symbol(name, real=True) ** power for name, power in a.unit))
    return same(a.value, b) or same(a.value * unknown, b)


def _same_table(a: Table, b: Any) -> bool:
    if not isinstance(b, Table) or [*map(len, a.rows)] != [*map(len, b.rows)]:
        return False
    return all(map(same, (entry for row in a.rows for entry in row), (entry for row in b.rows for entry in row)))


def _same_numeral(a: Numeral, b: Any) -> bool:
    return bool(a == b)


_COMPARISONS: tuple[tuple[Any, Any], ...] = (
    (Named, _same_named),
    (Collection, _same_collection),
    (Relation, _same_relation),
    (Quantity, _same_quantity),
    (Ordered, _same_ordered),
    (Table, _same_table),
    (Numeral, _same_numeral),
    (sympy.Set, _same_region),
)
