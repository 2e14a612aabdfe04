r"""The normal form of an answer: what it is compared by, found without evaluating any of it.

An answer is one of four kinds. A *number* is compared exactly, as a fraction, by hashing. *Text* is compared as
a string. *Maths* is LaTeX or algebra that has to be read and compared in the guarded process. A *refused* answer is
too long, too deep or too large to be handed to any algebra system and is compared as a string.

What is a choice among these conventions stands in the package's docstring.
"""

import re
from enum import Enum
from typing import NamedTuple

from common.algebra.tokens import FUNCTIONS, GREEK
from common.algebra.units import WORDS
from common.grading.numerals import number, parse_number
from common.grading.spelling import MAX_LENGTH, depth, normalise

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Kind", "NormalForm", "normal_form", "normalise", "parse_number"]

MAX_DEPTH = 12
"""Deepest nesting of brackets that is handed on."""

_OR = re.compile(r"[,;]?\s*(?:\\text\s*\{\s*,?\s*or\s*\}|(?<![a-zA-Z\\])or(?![a-zA-Z]))\s*")
_AND = re.compile(r"[,;]?\s*(?:\\text\s*\{\s*,?\s*(?:and|[&,;])\s*\}|(?<![a-zA-Z\\])and(?![a-zA-Z]))\s*")
_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])")
_SPACED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])")
_NEXT = re.compile(r", (?=[0-9])")
_BRACED = re.compile(r"(?<=[0-9])\{,\}(?=[0-9])")
_UNIT = re.compile(
    r"(?P<marked>\\(?:text|math[a-z]+|operatorname|begin|end)\s*\{[^{}]*\})"
    rf"|(?<![a-zA-Z\\_^])(?:{WORDS}|per)(?:/[a-z](?![a-zA-Z]))?(?![a-zA-Z({{])",
    re.IGNORECASE,
)
_LETTER_UNIT = re.compile(r"([+-]?[0-9][0-9.,]*) ([mgshL])")
_NEEDLESS_SPACE = re.compile(r"(?<=[^\w]) | (?=[^\w])")

_NAMED = re.compile(r"\\(?:begin|end|text[a-z]*|math[a-z]+|operatorname)\s*\{[^{}]*\}|\\[a-zA-Z]+")
_READ = re.compile(rf"(?<![a-zA-Z])(?:{'|'.join(sorted(FUNCTIONS | GREEK, key=len, reverse=True))})(?![a-zA-Z])")
_PROSE = re.compile(r"[^\W\d_]{3,}|[$@#\"`?]")
_CLOCK = re.compile(r"(?<![a-z\\])[ap]\.?\s?m\b")
_MATHS = re.compile(r"[0-9\\^_=+*/<>|(){}\[\],-]")
_TOO_LARGE = re.compile(
    r"[0-9]{40,}"  # long integers
    r"|(?:\^|\*\*)\s*\{?\s*\(?\s*[+-]?\s*[0-9]{4,}"  # large exponents
    r"|\\(?:i+nt|oint|sum|prod|lim)(?![a-zA-Z])"  # work left undone
    r"|[0-9]{4,}\s*\}?\s*\)?\s*!|!\s*[!)}]*\s*!"  # large or repeated factorials
)
_CIRCLE = re.compile(r"\^\s*(?:\\circ|\{\s*\\circ\s*\})")
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
    value = number(text)
    if value is not None:
        return NormalForm(Kind.NUMBER, str(value))
    maths = _as_maths(text)
    prose = _PROSE.search(_READ.sub(" ", _NAMED.sub(" ", maths))) or _CLOCK.search(text)
    if prose or not _MATHS.search(text):
        return NormalForm(Kind.TEXT, text.casefold() if len(text) > 1 else text)
    return NormalForm(Kind.REFUSED if _is_dangerous(maths) else Kind.MATHS, maths)


def _as_maths(text: str) -> str:
    """Write groups of digits as one number, words between answers as signs and units as ``\\text``; drop spaces."""
    text = _AND.sub(";", _OR.sub(r"\\lor ", text))
    text = _BRACED.sub("", _SPACED.sub(lambda found: found.group().replace(" ", ""), text))
    if not any(bracket in text for bracket in ("(", "[", r"\{")):  # within brackets a comma separates
        text = _GROUPED.sub(lambda found: found.group().replace(",", ""), text)
    if any(character.isdigit() for character in text):
        text = _UNIT.sub(lambda found: found["marked"] or rf"\text{{{found.group().casefold()}}}", text)
    letter = _LETTER_UNIT.fullmatch(text)
    return rf"{letter[1]}\text{{{letter[2]}}}" if letter else _NEEDLESS_SPACE.sub("", text)


def _is_dangerous(text: str) -> bool:
    nesting = depth(text)
    return nesting is None or nesting > MAX_DEPTH or _TOO_LARGE.search(text) is not None or _has_tower(text)


def _has_tower(text: str) -> bool:
    """Say whether powers are stacked as in 9^9^9, 9^{9^9} or x^{x^{x^x}}; e^{x^2} and x^2y^3 are harmless."""
    flat = "".join(_CIRCLE.sub("", text).split()).replace("**", "^")
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
