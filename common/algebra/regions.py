"""Intervals, their unions and inequalities as one thing: sets of real numbers."""

from typing import Any

import sympy

from common.algebra.sampling import same_value
from common.algebra.values import Collection, Named, Ordered, Relation

_RELATIONS = {"<": sympy.Lt, "<=": sympy.Le, "!=": sympy.Ne}


def region(value: Any) -> Any:
    """Give the set of reals that a value stands for, None if it is none."""
    if isinstance(value, sympy.Set):
        return value
    if isinstance(value, Ordered):
        return _interval(value)
    if isinstance(value, Relation):
        return _solutions(value)
    if isinstance(value, Named):
        return sympy.FiniteSet(value.value) if isinstance(value.value, sympy.Expr) else None
    if isinstance(value, Collection) and value.items:
        return _together(value)
    return None


def same_region(left: Any, right: Any) -> bool:
    """Say whether two sets of reals have the same pieces."""
    if left == right:
        return True
    pieces = [_pieces(left), _pieces(right)]
    if None in pieces or len(pieces[0]) != len(pieces[1]):
        return False
    pairs = zip(*pieces, strict=True)
    return all(a[2:] == b[2:] and same_value(a[0], b[0]) and same_value(a[1], b[1]) for a, b in pairs)


def _interval(value: Ordered) -> Any:
    if len(value.items) != 2 or value.brackets not in ("()", "(]", "[)", "[]"):
        return None
    if not all(isinstance(end, sympy.Expr) and end.is_extended_real for end in value.items):
        return None
    start, end = value.items
    if (start - end).is_positive:
        return None
    return sympy.Interval(start, end, value.brackets[0] == "(", value.brackets[1] == ")")


def _solutions(relation: Relation) -> Any:
    symbols = relation.difference.free_symbols
    if relation.sign == "=" or len(symbols) != 1:
        return None
    try:
        solutions = _RELATIONS[relation.sign](relation.difference, 0).as_set()
    except (NotImplementedError, TypeError, ValueError, AttributeError):  # sympy cannot solve it: no region
        return None
    return solutions if isinstance(solutions, sympy.Set) else None


def _together(value: Collection) -> Any:
    """Join what "or" parts; a list of inequalities, or a chain of them, holds all at once."""
    if all(isinstance(item, sympy.Expr) for item in value.items):
        return sympy.FiniteSet(*value.items)
    sets = [region(item) for item in value.items]
    if None in sets or _unknowns(value) > 1:
        return None
    whole = all(isinstance(item, Relation) for item in value.items) and not value.either
    return sympy.Intersection(*sets) if whole else sympy.Union(*sets)


def _unknowns(value: Collection) -> int:
    found = [item.difference.free_symbols for item in value.items if isinstance(item, Relation)]
    return len(set().union(*found))


def _pieces(found: Any) -> Any:
    """Give a set's intervals and points as (start, end, open at the start, open at the end); None if it has others."""
    pieces = []
    for piece in found.args if isinstance(found, sympy.Union) else (found,):
        if isinstance(piece, sympy.Interval):
            pieces.append((piece.start, piece.end, piece.left_open, piece.right_open))
        elif isinstance(piece, sympy.FiniteSet):
            pieces += [(point, point, sympy.false, sympy.false) for point in piece]
        else:
            return None
    try:
        pieces.sort(key=lambda piece: (float(piece[0]), float(piece[1])))
    except TypeError:  # ends that are unknowns have no order
        return None
    return pieces
