r"""From tokens to a tree, by recursive descent; a text that is not an answer from first to last token is refused.

A tree is a tuple of an operator's name and its operands, which are trees or strings: ``2x+1`` is
``("+", ("*", ("number", "2"), ("symbol", "x")), ("number", "1"))``. Nothing is evaluated here.
"""

from collections.abc import Collection
from typing import Any

from common.algebra.tokens import FUNCTIONS, Token, tokens

Tree = tuple[Any, ...]

RELATIONS = {
    "=": "=", "<": "<", ">": ">", r"\lt": "<", r"\gt": ">", r"\le": "<=", r"\ge": ">=", r"\ne": "!=", r"\in": "in",
}  # fmt: skip
_SUMS = {"+": "+", "-": "-", r"\pm": "pm", r"\mp": "mp", r"\cup": "union", r"\cap": "meet", r"\setminus": "without"}
_PRODUCTS = {"*": "*", r"\cdot": "*", r"\times": "*", "/": "/", r"\div": "/", r"\ast": "*"}
_CLOSING = {"(": ")]", "[": ")][", "]": ")][", r"\{": (r"\}", "|"), r"\lfloor": (r"\rfloor",), r"\lceil": (r"\rceil",),
            r"\langle": (r"\rangle",)}  # fmt: skip
_MATRICES = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array", "vmatrix"}
_LETTERS = {r"\imath": "i", r"\ell": "l", r"\infin": "infty"}
_GREEK = set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega infty ell emptyset top".split()
)
_END = Token("end", "")


class UnreadableError(ValueError):
    """The text is no answer that can be read whole."""


def read(text: str) -> Tree:
    """Read an answer whole.

    Raises:
        UnreadableError: it cannot be.
    """
    reader = _Reader(tokens(text))
    tree = reader.listing()
    if reader.next != _END:
        raise UnreadableError(f"{reader.next.text!r} is left over")
    return tree


class _Reader:
    """The tokens, and how far they have been read."""

    def __init__(self, found: list[Token]) -> None:
        self.found = [*found, _END]
        self.at = 0
        self.bars = 0
        self.closing: Collection[str] = ()

    @property
    def next(self) -> Token:
        return self.found[self.at]

    def peek(self, ahead: int = 1) -> Token:
        return self.found[min(self.at + ahead, len(self.found) - 1)]

    def take(self) -> Token:
        token = self.next
        if token == _END:
            raise UnreadableError("the text ends too early")
        self.at += 1
        return token

    def skip(self, *signs: str) -> bool:
        if self.next.kind in ("sign", "command") and self.next.text in signs:
            self.at += 1
            return True
        return False

    def need(self, *signs: str) -> None:
        if not self.skip(*signs):
            raise UnreadableError(f"{self.next.text!r} stands where {signs[0]!r} should")

    def listing(self) -> Tree:
        """Read what commas, semicolons, "and" and "or" separate."""
        items, either = [self.relation()], False
        if self.skip(":"):
            return ("ratio", items[0], self.relation())
        while self.next.text in (",", ";", r"\lor", r"\land"):
            while self.next.text in (",", ";", r"\lor", r"\land"):
                either |= self.take().text == r"\lor"
            items.append(self.relation())
        return items[0] if len(items) == 1 else ("either" if either else "list", *items)

    def relation(self) -> Tree:
        """Read a chain of relations: ``1 < x < 2`` is ("chain", 1, "<", x, "<", 2)."""
        chain: list[Any] = [self.sum()]
        while self.next.kind != "words" and self.next.text in RELATIONS:
            chain += [RELATIONS[self.take().text], self.sum()]
        return chain[0] if len(chain) == 1 else ("chain", *chain)

    def sum(self) -> Tree:
        tree = self.signed_product()
        while self.next.kind != "words" and _SUMS.get(self.next.text):
            tree = (_SUMS[self.take().text], tree, self.product())
        return tree

    def signed_product(self) -> Tree:
        for sign, name in (("-", "-"), (r"\pm", "pm"), (r"\mp", "mp")):
            if self.skip(sign):
                return (name, ("number", "0"), self.signed_product())
        self.skip("+")
        return self.product()

    def product(self) -> Tree:
        tree = self.factor()
        while True:
            operator = _PRODUCTS.get(self.next.text) if self.next.kind != "words" else None
            if operator:
                self.take()
                tree = (operator, tree, self.factor())
            elif self.next.kind == "words":
                tree = ("unit", tree, self.unit())
            elif self.starts_factor():
                tree = ("*", tree, self.factor())
            else:
                return tree

    def starts_factor(self) -> bool:
        """Say whether a factor follows that no sign joins: ``2x``, but not the two numbers of ``1 2``."""
        kind, text = self.next
        if text in self.closing:
            return False
        if kind == "sign":
            return text in "([{" or (text == "|" and self.bars == 0)
        if kind == "number":
            return self.found[self.at - 1].kind != "number"
        if kind == "command":
            return text[1:] in _GREEK | FUNCTIONS or text in _CLOSING or text in _LETTERS or text in _COMMANDS
        return kind == "name" or (kind == "frame" and text.startswith(r"\begin"))

    def unit(self) -> str:
        r"""Read the words of a unit and the powers and slashes between them, as in ``\text{m}/\text{s}^2``."""
        parts = []
        while self.next.kind == "words":
            parts.append(self.take().text)
            if self.skip("^"):
                parts.append("^" + self.plain_number())
            if self.next == Token("sign", "/") and self.peek().kind == "words":
                parts.append(self.take().text)
        return " ".join(parts)

    def plain_number(self) -> str:
        braced = self.skip("{")
        sign = "-" if self.skip("-") else ""
        if self.next.kind != "number":
            raise UnreadableError("a unit's power is no number")
        number = sign + self.take().text
        if braced:
            self.need("}")
        return number

    def factor(self) -> Tree:
        if self.skip("-"):
            return ("-", ("number", "0"), self.factor())
        if self.skip("+"):
            return self.factor()
        return self.powers(self.atom())

    def powers(self, tree: Tree) -> Tree:
        """Read what stands behind an atom: powers, factorials, signs of degree and percent."""
        while True:
            if self.next.text == "*" and self.peek().text == "*":
                self.at += 2
                tree = ("^", tree, self.factor())
            elif self.skip("^"):
                tree = ("degrees", tree) if self.degree_sign() else ("^", tree, self.script())
            elif tree[:3] == ("bracket", "(", ")") and tree[3][0] == "number" and self.skip("_"):
                tree = ("base", tree[3][1], self.script())
            elif self.skip("!"):
                tree = ("factorial", tree)
            elif self.skip("%"):
                tree = ("percent", tree)
            elif self.skip(r"\degree"):
                tree = ("degrees", tree)
            elif self.next == Token("sign", "'"):
                raise UnreadableError("a derivative is no value")
            else:
                return tree

    def degree_sign(self) -> bool:
        if self.next.text == "{" and self.peek().text == r"\circ" and self.peek(2).text == "}":
            self.at += 3
            return True
        return self.skip(r"\circ")

    def script(self) -> Tree:
        r"""Read a power, an index or the argument of ``\frac``: a group in braces, or the one next sign or digit."""
        if self.skip("{"):
            if self.skip("}"):
                return ("symbol", "emptyset")
            tree = self.listing()
            if self.skip(r"\choose"):
                tree = ("binomial", tree, self.listing())
            self.need("}")
            return tree
        if self.skip("-"):
            return ("-", ("number", "0"), self.script())
        return self.atom()

    def argument(self) -> Tree:
        r"""Read an argument; of a number without braces only the first digit, as in ``\frac12``."""
        kind, text = self.next
        if kind == "number" and len(text) > 1:
            self.found[self.at : self.at + 1] = [Token("number", text[0]), Token("number", text[1:])]
        return self.script()

    def atom(self) -> Tree:
        kind, text = self.take()
        if kind == "number":
            return self.numeral(text)
        if kind == "name":
            return self.symbol(text)
        if kind == "frame":
            return self.matrix(text)
        if kind == "words":
            return self.symbol(text.strip()) if len(text.strip()) == 1 else ("word", text.strip())
        if text == "{":
            self.at -= 1
            return self.script()
        if text == "|":
            return self.absolute("|")
        if text in _CLOSING:
            return self.bracketed(text)
        if text[1:] in FUNCTIONS:
            return self.function(text[1:])
        if text in _COMMANDS:
            return _COMMANDS[text](self)
        name = _LETTERS.get(text, text[1:])
        if kind == "command" and name in _GREEK | set(_LETTERS.values()):
            return self.symbol(name)
        raise UnreadableError(f"{text!r} is not known")

    def numeral(self, text: str) -> Tree:
        r"""Read a number and what belongs to it: a repeating part, a base, the fraction of a mixed number."""
        if self.next.text in (r"\overline", r"\bar") and "." in text:
            self.take()
            return ("repeating", text, self.digits())
        if self.next == Token("sign", "."):
            if self.peek().text in (r"\overline", r"\bar"):
                self.at += 2
                return ("repeating", text + ".", self.digits())
            raise UnreadableError("a full stop inside")
        if self.skip("_"):
            return ("base", text, self.script())
        number = ("number", text)
        if text.isdigit():
            start = self.at
            part = self.proper_fraction()
            if part is not None:
                return ("mixed", number, part)
            self.at = start
        return number

    def digits(self) -> str:
        braced = self.skip("{")
        digits = self.take()
        if digits.kind != "number" or not digits.text.isdigit():
            raise UnreadableError("what repeats are no digits")
        if braced:
            self.need("}")
        return digits.text

    def proper_fraction(self) -> Tree | None:
        r"""Read the fraction of a mixed number, 1 1/2 or ``1\frac{1}{2}``; any other fraction is a factor."""
        if self.next == Token("command", r"\frac"):
            self.take()
            above, below = self.argument(), self.argument()
        elif self.next.kind == self.peek(2).kind == "number" and self.peek() == Token("sign", "/"):
            above, below = ("number", self.next.text), ("number", self.peek(2).text)
            self.at += 3
        else:
            return None
        whole = all(part[0] == "number" and part[1].isdigit() for part in (above, below))
        return ("/", above, below) if whole and int(above[1]) < int(below[1]) else None

    def symbol(self, name: str) -> Tree:
        if self.skip("_"):
            return ("symbol", f"{name}_{self.script()}")
        return ("symbol", name)

    def bracketed(self, left: str) -> Tree:
        """Read a group, a point, an interval, a set, or a floor; ("bracket", left, right, item, ...)."""
        if left == r"\{" and self.skip(r"\}"):
            return ("symbol", "emptyset")
        outside = self.bars, self.closing
        self.bars, self.closing = 0, _CLOSING[left]
        items = [self.relation()]
        condition = left == r"\{" and self.skip("|", ":")
        if condition:
            items.append(self.relation())
        while self.skip(",", ";"):
            items.append(self.relation())
        right = self.take().text
        self.bars, self.closing = outside
        if right not in _CLOSING[left] or right == "|":
            raise UnreadableError(f"{left!r} is closed by {right!r}")
        return ("such_that", *items) if condition else ("bracket", left, right, *items)

    def absolute(self, right: str) -> Tree:
        self.bars += 1
        inner = self.sum()
        self.bars -= 1
        self.need(right)
        return ("determinant", *inner[1:]) if inner[0] == "matrix" else ("absolute", inner)

    def determinant(self) -> Tree:
        inner = self.operand()
        if inner[0] == "bracket" and len(inner) == 4:
            inner = inner[3]
        if inner[0] != "matrix":
            raise UnreadableError("the determinant of what is no matrix")
        return ("determinant", *inner[1:])

    def function(self, name: str) -> Tree:
        if name == "sqrt":
            return self.root()
        base = self.script() if self.skip("_") else None
        power = self.script() if self.skip("^") else None
        tree: Tree = ("function", name, base, self.operand())
        return tree if power is None else ("function_power", tree, power)

    def operand(self) -> Tree:
        r"""Read a function's argument: a bracketed one alone, else a product up to the next sign or function."""
        if self.next.text in ("(", "[", "{"):
            return self.atom()
        if self.skip("-"):
            return ("-", ("number", "0"), self.operand())
        tree = self.factor()
        while self.starts_factor() and self.next.text[1:] not in FUNCTIONS and self.next.text not in ("(", "["):
            tree = ("*", tree, self.factor())
        return tree

    def root(self) -> Tree:
        degree: Tree = ("number", "2")
        if self.skip("["):
            degree = self.sum()
            self.need("]")
        return ("root", self.argument(), degree)

    def fraction(self) -> Tree:
        return ("/", self.argument(), self.argument())

    def numbers(self) -> Tree:
        r"""Read ``\mathbb{R}``; the other sets of numbers are no intervals, and no answers are compared with them."""
        self.need("{")
        if self.take() != Token("name", "R"):
            raise UnreadableError("a set of numbers that is not the reals")
        self.need("}")
        return ("symbol", "reals")

    def binomial(self) -> Tree:
        return ("binomial", self.argument(), self.argument())

    def matrix(self, frame: str) -> Tree:
        r"""Read ``\begin{pmatrix} ... \end{pmatrix}`` into ("matrix" or "determinant", row, ...), rows of trees."""
        name = frame.partition("{")[2].rstrip("}")
        if not frame.startswith(r"\begin") or name not in _MATRICES:
            raise UnreadableError(f"{frame!r} is not known")
        if name == "array":
            self.columns()
        bars, self.bars = self.bars, 0
        rows: list[list[Tree]] = [[]]
        while self.next.kind != "frame" or self.next.text.startswith(r"\begin"):
            rows[-1].append(self.sum())
            if self.skip("\\\\"):
                if self.next.kind != "frame":
                    rows.append([])
            elif not self.skip("&"):
                break
        if self.take() != Token("frame", frame.replace("begin", "end")):
            raise UnreadableError("a matrix does not end")
        self.bars = bars
        return ("determinant" if name == "vmatrix" else "matrix", *map(tuple, rows))

    def columns(self) -> None:
        r"""Pass over the columns of an array, ``{c|cc}``."""
        self.need("{")
        while not self.skip("}"):
            self.take()


_COMMANDS = {
    r"\frac": _Reader.fraction,
    r"\binom": _Reader.binomial,
    r"\mathbb": _Reader.numbers,
    r"\det": _Reader.determinant,
}
