r"""The normal form of an answer: what it is compared by, found without evaluating any of it.

An answer is one of four kinds. A *number* is compared exactly, as a fraction, by hashing. *Text* is compared as
a string. *Maths* is LaTeX or algebra that math-verify has to judge. A *refused* answer is too long, too deep or
too large to be handed to any algebra system and is compared as a string.

Conventions:

- A number is exact: 0.333 is not 1/3. A tolerance would not be transitive, hence no grouping.
- A percent sign, a currency sign in front and a degree sign are units and are dropped, as the MATH benchmark's own
  check drops them (Hendrycks et al. 2021): 50% is 50, not 0.5.
- A comma before groups of three digits separates thousands: 1,000 is 1000, never the pair (1, 0).
- An integral, sum, product or limit is a task and not an answer; it is refused rather than worked out.
- Words are text even beside digits ("5 apples" is not "5"): an algebra system reads a word as a product of its
  letters and calls anagrams equal.
- A leading zero, a plus sign and trailing zeros carry no value: 042, +42 and 42.0 are 42.
"""

import re
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

MAX_LENGTH = 400
"""Longest answer, in characters, that is more than a string; longer ones are refused."""

MAX_DEPTH = 12
"""Deepest nesting of brackets that is handed on."""

_CHARACTERS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "°": "", "×": r"\times "})
_SPACING = re.compile(r"\\(?:left|right|displaystyle)(?![a-zA-Z])|\\[!,;:]|\^\s*(?:\\circ|\{\s*\\circ\s*\})|\\degree")
_REWRITES = (
    (r"\dfrac", r"\frac"),
    (r"\tfrac", r"\frac"),
    (r"\%", "%"),
    (r"\$", "$"),
    ("{,}", ","),
    (r"\ ", " "),
    ("~", " "),
)
_WRAPPERS = (
    *((mark, mark) for mark in ("$$", "$", "**", "`")),
    (r"\(", r"\)"),
    (r"\[", r"\]"),
)
_COMMAND = re.compile(r"\\(?:boxed|fbox|text|textbf|textit|mathrm|mathbf)\s*\{([^{}]*)\}|\\(?:boxed|fbox)\s*\{(.*)\}")
_CURRENCY = re.compile(r"^([+-]?)\s*[$€£¥]\s*(?=[-+.0-9])")
_LETTER = re.compile(r"\(\s*([A-Za-z])\s*\)")

_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
_DECIMAL = re.compile(
    rf"([+-]?)\s*({_WHOLE}(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?:(?:[eE]|\s*(?:\\times|\\cdot|\*)\s*10\s*\^\s*)(?:([+-]?[0-9]{1,3})|\{\s*([+-]?[0-9]{1,3})\s*\}))?"
)
_RATIO = re.compile(
    rf"([+-]?)\s*(?:({_WHOLE})\s*/\s*({_WHOLE})"
    r"|\\frac\s*(?:\{\s*([+-]?[0-9]+)\s*\}|([0-9]))\s*(?:\{\s*([+-]?[0-9]+)\s*\}|([0-9])))"
)

_NAMED = re.compile(r"\\(?:begin|end|text[a-z]*|math[a-z]+|operatorname)\s*\{[^{}]*\}|\\[a-zA-Z]+")
_PROSE = re.compile(r"[^\W\d_]{3,}|[$@#;\"`?]")
_CLOCK = re.compile(r"(?<![a-z\\])[ap]\.?\s?m\b")
_MATHS = re.compile(r"[0-9\\^_=+*/<>|(){}\[\],-]")
_TOO_LARGE = re.compile(
    r"[0-9]{40,}"  # long integers
    r"|(?:\^|\*\*)\s*\{?\s*\(?\s*[+-]?\s*[0-9]{4,}"  # large exponents
    r"|\\(?:i+nt|oint|sum|prod|lim)(?![a-zA-Z])"  # work left undone
    r"|[0-9]{4,}\s*\}?\s*\)?\s*!|!\s*[!)}]*\s*!"  # large or repeated factorials
)
_STACKED = re.compile(
    r"\^[+-]?(?:[0-9]+|[a-zA-Z]|\{[^{}]*\}|\([^()]*\))\^"  # 9^9^9, read by some parsers
    r"|[0-9]\^[{(][+-]?[0-9]+\^[{(]?[+-]?[0-9]"  # 9^{9^9}
    r"|\)\^\{?[0-9]+\}?\)\^"  # ((9)^9)^9
)


class Kind(Enum):
    """What an answer is compared by."""

    NUMBER = "number"
    TEXT = "text"
    MATHS = "maths"
    REFUSED = "refused"


class NormalForm(NamedTuple):
    """An answer's kind and canonical text; equal normal forms are equivalent answers."""

    kind: Kind
    text: str


def normal_form(answer: str | None) -> NormalForm | None:
    """Give the normal form of an answer; None for an answer that is missing or empty."""
    text = normalise(answer or "")
    if not text:
        return None
    if len(text) > MAX_LENGTH:
        return NormalForm(Kind.REFUSED, text)
    number = _number(text)
    if number is not None:
        return NormalForm(Kind.NUMBER, str(number))
    prose = _PROSE.search(_NAMED.sub(" ", text)) or _CLOCK.search(text)
    if prose or not _MATHS.search(text):
        return NormalForm(Kind.TEXT, text.casefold() if len(text) > 1 else text)
    return NormalForm(Kind.REFUSED if _is_dangerous(text) else Kind.MATHS, text)


def normalise(answer: str) -> str:
    r"""Strip what carries no meaning: delimiters, wrappers, spacing commands, units in signs, a final full stop.

    An answer longer than four times MAX_LENGTH is only stripped of white space: nothing could make it short enough.
    """
    text = answer.strip()
    if len(text) > 4 * MAX_LENGTH:
        return text
    text = text.translate(_CHARACTERS)
    while (simpler := _peel(_plain(text))) != text:  # what is taken off may lay bare more, as in `\\$`
        text = simpler
    return text


def _plain(text: str) -> str:
    """Without spacing commands, with the plainer of two spellings and single spaces."""
    text = _SPACING.sub("", text)
    for old, new in _REWRITES:
        text = text.replace(old, new)
    return " ".join(text.split())


def parse_number(answer: str) -> Fraction | None:
    r"""Give the exact value of a number in any of the usual spellings, or None for anything else.

    Read are signs, thousands separators, decimals, ``a/b``, ``\frac{a}{b}``, ``1e3`` and ``1.5 \times 10^{3}``
    with exponents of up to three digits, all with the units in signs that `normalise` drops.
    """
    text = normalise(answer)
    return _number(text) if len(text) <= MAX_LENGTH else None


def _number(text: str) -> Fraction | None:
    decimal = _DECIMAL.fullmatch(text)
    if decimal is not None:
        sign, digits, *exponents = decimal.groups()
        exponent = int(exponents[0] or exponents[1] or 0)
        return Fraction(sign + digits.replace(",", "")) * Fraction(10) ** exponent
    ratio = _RATIO.fullmatch(text)
    if ratio is None:
        return None
    sign, *parts = ratio.groups()
    above, below = (int(part.replace(",", "")) for part in parts if part is not None)
    return Fraction(int(f"{sign}1") * above, below) if below else None


def _peel(text: str) -> str:
    """Take one layer off: a pair of delimiters, a wrapping command, a sign, a mark of punctuation."""
    for left, right in _WRAPPERS:
        inner = text[len(left) : -len(right)]
        if text.startswith(left) and text.endswith(right) and inner and left not in inner:
            return inner.strip()
    wrapped = _COMMAND.fullmatch(text)
    if wrapped is not None:
        inner = wrapped.group(1) or wrapped.group(2) or ""
        return inner.strip() if _depth(inner) is not None else text
    letter = _LETTER.fullmatch(text)
    if letter is not None:
        return letter.group(1)
    return _CURRENCY.sub(r"\1", text.rstrip(" %.,;:") if len(text) > 1 else text)


def _is_dangerous(text: str) -> bool:
    depth = _depth(text)
    return depth is None or depth > MAX_DEPTH or _TOO_LARGE.search(text) is not None or _has_tower(text)


def _depth(text: str) -> int | None:
    """Give the nesting depth of brackets; None where the braces do not match up.

    Round and square brackets may pair up freely, as in the half-open interval [0, 1).
    """
    depth = deepest = braces = 0
    for character in text:
        if character in "([{":
            depth, braces = depth + 1, braces + (character == "{")
        elif character in ")]}":
            depth, braces = depth - 1, braces - (character == "}")
        deepest = max(deepest, depth)
        if braces < 0:
            return None
    return None if braces else deepest


def _has_tower(text: str) -> bool:
    """Say whether powers are stacked as in 9^9^9, 9^{9^9} or x^{x^{x^x}}; e^{x^2} and x^2y^3 are harmless."""
    flat = "".join(text.split()).replace("**", "^")
    if _STACKED.search(flat):
        return True
    groups: list[bool] = []
    for before, character in zip(" " + flat, flat, strict=False):
        if character == "^" and sum(groups) >= 2:
            return True
        if character in "({":
            groups.append(before == "^")
        elif character in ")}" and groups:
            groups.pop()
    return False
