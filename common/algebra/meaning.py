r"""What a tree stands for: a sympy expression, or one of the few other things that an answer can be.

Numbers are exact: a decimal is a fraction. Roots of odd degree are the real ones. ``e``, ``i`` and ``pi`` are the
constants. ``\log`` is to the base ten, ``\ln`` to the base e. A degree sign counts inside a trigonometric function
and is dropped elsewhere, as a percent sign is.
"""

from functools import reduce
from typing import Any

import sympy

from common.algebra.reading import Tree, UnreadableError
from common.algebra.regions import region
from common.algebra.units import read_unit
from common.algebra.values import Collection, Expression, Named, Numeral, Ordered, Quantity, Relation, Table

_CONSTANTS = {"e": sympy.E, "i": sympy.I, "pi": sympy.pi, "infty": sympy.oo}
_SETS = {"emptyset": sympy.S.EmptySet, "reals": sympy.S.Reals}
_FUNCTIONS = tuple(("symbol", name) for name in "fghpP")
"""Letters whose brackets hold an argument also where that is no unknown, as in f(2) = 5."""
_TRANSPOSED = (("symbol", "T"), ("symbol", "top"))
_TRIGONOMETRIC = frozenset(("sin", "cos", "tan", "cot", "sec", "csc"))
_ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "ln": "log"}
_MANY = {"max": sympy.Max, "min": sympy.Min, "gcd": sympy.gcd, "lcm": sympy.lcm}


def meaning(tree: Tree) -> Any:
    """Give what an answer stands for.

    Raises:
        UnreadableError: its parts do not go together.
    """
    if tree[0] in ("list", "either") or tree[:2] == ("bracket", r"\{"):
        items = tree[3:] if tree[0] == "bracket" else tree[1:]
        return Collection(tuple(meaning(item) for item in items), tree[0] == "either")
    if _has_sign(tree):
        return Collection((meaning(_signed(tree, "+", "-")), meaning(_signed(tree, "-", "+"))))
    return _MEANINGS.get(tree[0], scalar)(tree)


def scalar(tree: Tree) -> Expression:
    """Give the expression of a tree that stands for one number, known or not.

    Raises:
        UnreadableError: it stands for something else.
    """
    operator, *operands = tree
    if operator == "function":
        return _function(*operands)
    if operator not in _SCALARS:
        raise UnreadableError(f"{operator!r} is no number")
    return _SCALARS[operator](*operands)


def _has_sign(tree: Any) -> bool:
    return isinstance(tree, tuple) and (tree[:1] in (("pm",), ("mp",)) or any(map(_has_sign, tree)))


def _signed(tree: Any, pm: str, mp: str) -> Any:
    """Put + and - in the place of plus-minus and minus-plus."""
    if not isinstance(tree, tuple):
        return {"pm": pm, "mp": mp}.get(tree, tree)
    return tuple(_signed(part, pm, mp) for part in tree)


def _bracket(tree: Tree) -> Any:
    _, left, right, *items = tree
    values = tuple(meaning(item) for item in items)
    if left == r"\lfloor":
        return sympy.floor(scalar(items[0]))
    if left == r"\lceil":
        return sympy.ceiling(scalar(items[0]))
    if len(values) == 1 and (left, right) in (("(", ")"), ("[", "]")):
        return values[0]
    if left == r"\langle":
        return Ordered("()", values)
    return Ordered(left.replace("]", "(") + right.replace("[", ")"), values)  # ]1, 2[ is open


def _chain(tree: Tree) -> Any:
    parts, signs = tree[1::2], tree[2::2]
    if signs == ("in",):
        return meaning(parts[1])
    if set(signs) == {"="}:
        return _equation(parts[0], parts[-1])
    relations = tuple(map(_inequality, parts, signs, parts[1:]))
    return relations[0] if len(relations) == 1 else Collection(relations)


def _equation(left: Tree, right: Tree) -> Any:
    name = _name(left)
    if name is None:
        return Relation("=", scalar(left) - scalar(right))
    value = meaning(right)
    if isinstance(value, Collection):
        return Collection(tuple(Named(name, _unknown(name), item) for item in value.items))
    return Named(name, _unknown(name), value)


def _name(tree: Tree) -> str | None:
    """Give the name of x, of f(x), of (x, y) or of a word, None for any other tree."""
    if tree[0] in ("symbol", "word"):
        return str(tree[1])
    if tree[:3] == ("bracket", "(", ")") and all(item[0] == "symbol" for item in tree[3:]):
        return ",".join(item[1] for item in tree[3:])
    if tree[0] == "*" and tree[1][0] in ("symbol", "^") and tree[2][0] == "bracket":
        argument = str(tree[2]) if tree[1] in _FUNCTIONS else _name(tree[2])
        return None if argument is None else f"{tree[1]}({argument})"
    return None


def _unknown(name: str) -> Expression:
    return sympy.Symbol(name, real=True)


def _inequality(left: Tree, sign: str, right: Tree) -> Relation:
    difference = scalar(left) - scalar(right)
    if sign in (">", ">="):
        return Relation(sign.replace(">", "<"), -difference)
    if sign in ("=", "in"):
        raise UnreadableError("a chain of equations and inequalities")
    return Relation(sign, difference)


def _such_that(tree: Tree) -> Any:
    if tree[1][0] not in ("symbol", "chain"):
        raise UnreadableError("a set of what is no unknown")
    return meaning(tree[2])


def _sets(tree: Tree) -> Any:
    operator, left, right = tree[0], region(meaning(tree[1])), region(meaning(tree[2]))
    if left is None or right is None:
        raise UnreadableError("a union of what are no sets")
    if operator == "union":
        return sympy.Union(left, right)
    return sympy.Intersection(left, right) if operator == "meet" else sympy.Complement(left, right)


def _unit(tree: Tree) -> Any:
    unit, value = read_unit(tree[2]), meaning(tree[1])
    if not isinstance(value, sympy.Expr):
        raise UnreadableError("a unit of what is no number")
    return Quantity(value, unit) if unit else value


def _numeral(tree: Tree) -> Numeral:
    return Numeral(tree[1].lstrip("0") or "0", scalar(tree[2]))


def _symbol(name: str) -> Expression:
    if name in _SETS:
        raise UnreadableError("a set is no number")
    return _CONSTANTS[name] if name in _CONSTANTS else _unknown(name)


def _symbol_or_set(tree: Tree) -> Any:
    return _SETS[tree[1]] if tree[1] in _SETS else _symbol(tree[1])


def _matrix(tree: Tree) -> Any:
    rows = tuple(tuple(map(scalar, row)) for row in tree[1:])
    if len({len(row) for row in rows}) != 1:
        raise UnreadableError("rows of different lengths")
    return Table(rows)


def _determinant(tree: Tree) -> Expression:
    rows = _matrix(tree).rows
    if len(rows) != len(rows[0]):
        raise UnreadableError("a determinant that is not square")
    return sympy.Matrix(rows).det()


def _arithmetic(tree: Tree) -> Any:
    """Add and scale matrices; anything else is a number's arithmetic."""
    if not any(part[0] in ("matrix", "bracket", "*", "+", "-", "/", "symbol") for part in tree[1:]):
        return scalar(tree)
    operator, left, right = tree[0], *map(meaning, tree[1:])
    if operator in "+-" and isinstance(right, Table):
        sign = 1 if operator == "+" else -1
        if left == 0:
            return _scaled(right, sympy.Integer(sign))
        if isinstance(left, Table) and [*map(len, left.rows)] == [*map(len, right.rows)]:
            rows = zip(left.rows, right.rows, strict=True)
            return Table(tuple(tuple(a + sign * b for a, b in zip(*pair, strict=True)) for pair in rows))
    if operator == "*" and isinstance(left, sympy.Expr) and isinstance(right, Table):
        return _scaled(right, left)
    if operator in "*/" and isinstance(left, Table) and isinstance(right, sympy.Expr):
        return _scaled(left, right if operator == "*" else 1 / right)
    if isinstance(left, sympy.Expr) and isinstance(right, sympy.Expr):
        return _SCALARS[operator](tree[1], tree[2])
    raise UnreadableError(f"{operator!r} between what are no numbers")


def _power(tree: Tree) -> Any:
    """Transpose a matrix; any other power is a number's."""
    if tree[1][0] not in ("matrix", "bracket") or tree[2] not in _TRANSPOSED:
        return scalar(tree)
    table = meaning(tree[1])
    return Table(tuple(zip(*table.rows, strict=True))) if isinstance(table, Table) else scalar(tree)


def _scaled(table: Table, factor: Expression) -> Table:
    return Table(tuple(tuple(factor * entry for entry in row) for row in table.rows))


def _word(tree: Tree) -> str:
    return " ".join(tree[1].casefold().split())


def _function(name: str, base: Tree | None, operand: Tree) -> Expression:
    if name in _MANY:
        items = operand[3:] if operand[0] == "bracket" else (operand,)
        return reduce(_MANY[name], map(scalar, items))
    argument = scalar(_in_radians(operand) if name in _TRIGONOMETRIC else operand)
    if name in ("log", "lg"):
        return sympy.log(argument, scalar(base) if base else 10)
    if base is not None:
        raise UnreadableError(f"an index of {name!r}")
    return getattr(sympy, _ALIASES.get(name, name))(argument)


def _function_power(function: Tree, power: Tree) -> Expression:
    _, name, base, operand = function
    if scalar(power) == -1:
        if name not in _TRIGONOMETRIC:
            raise UnreadableError("an inverse function")
        return getattr(sympy, f"a{name}")(scalar(operand))
    return _function(name, base, operand) ** scalar(power)


def _in_radians(tree: Any) -> Any:
    if not isinstance(tree, tuple):
        return tree
    if tree[0] == "degrees":
        return ("/", ("*", tree[1], ("symbol", "pi")), ("number", "180"))
    return tuple(map(_in_radians, tree))


def _group(left: str, right: str, *items: Tree) -> Expression:
    value = _bracket(("bracket", left, right, *items))
    if not isinstance(value, sympy.Expr):
        raise UnreadableError("a group that is no number")
    return value


def _root(radicand: Tree, degree: Tree) -> Expression:
    value, n = scalar(radicand), scalar(degree)
    if n.is_Integer and n % 2 and value.is_real is not False and not value.has(sympy.I):
        return sympy.sign(value) * sympy.Abs(value) ** (1 / n)
    return value ** (1 / n)


def _repeating(start: str, digits: str) -> Expression:
    places = len(start.partition(".")[2])
    period = sympy.Rational(int(digits), 10 ** len(digits) - 1)
    return sympy.Rational(start.rstrip(".")) + period / 10**places


def _quotient(above: Tree, below: Tree) -> Expression:
    denominator = scalar(below)
    if denominator == 0:
        raise UnreadableError("a division by zero")
    return scalar(above) / denominator


_SCALARS: dict[str, Any] = {
    "number": sympy.Rational,
    "symbol": _symbol,
    "+": lambda left, right: scalar(left) + scalar(right),
    "-": lambda left, right: scalar(left) - scalar(right),
    "*": lambda left, right: scalar(left) * scalar(right),
    "/": _quotient,
    "^": lambda base, power: scalar(base) ** scalar(power),
    "root": _root,
    "mixed": lambda whole, part: scalar(whole) + scalar(part),
    "repeating": _repeating,
    "function_power": _function_power,
    "factorial": lambda inner: sympy.factorial(scalar(inner)),
    "binomial": lambda above, below: sympy.binomial(scalar(above), scalar(below)),
    "absolute": lambda inner: sympy.Abs(scalar(inner)),
    "percent": lambda inner: scalar(inner),
    "degrees": lambda inner: scalar(inner),
    "bracket": _group,
    "determinant": lambda *rows: _determinant(("determinant", *rows)),
}

_MEANINGS: dict[str, Any] = {
    **dict.fromkeys("+-*/", _arithmetic),
    "^": _power,
    **dict.fromkeys(("union", "meet", "without"), _sets),
    "bracket": _bracket,
    "chain": _chain,
    "such_that": _such_that,
    "unit": _unit,
    "base": _numeral,
    "symbol": _symbol_or_set,
    "matrix": _matrix,
    "word": _word,
    "ratio": lambda tree: Ordered("::", tuple(map(meaning, tree[1:]))),
}
