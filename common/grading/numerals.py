r"""The exact value of a number in any of its usual spellings.

Read are signs, groups of three digits, decimals, ``a/b``, ``\frac{a}{b}``, mixed numbers, ``1e3`` and
``1.5 \times 10^{3}`` with exponents of up to three digits, and repeating decimals.
"""

import re
from fractions import Fraction

from common.grading.spelling import MAX_LENGTH, normalise

_GROUPS = "|".join(rf"[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+" for separator in (",", r"\{,\}", " "))
_WHOLE = rf"(?:{_GROUPS}|[0-9]+)"
_DECIMAL = re.compile(
    rf"([+-]?)\s*({_WHOLE}(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?:(?:[eE]|\s*(?:\\times|\\cdot|\*)\s*10\s*\^\s*)(?:([+-]?[0-9]{1,3})|\{\s*([+-]?[0-9]{1,3})\s*\}))?"
)
_RATIO = re.compile(
    rf"([+-]?)\s*(?:({_WHOLE})\s*/\s*({_WHOLE})"
    r"|\\frac\s*(?:\{\s*([+-]?[0-9]+)\s*\}|([0-9]))\s*(?:\{\s*([+-]?[0-9]+)\s*\}|([0-9])))"
)
_MIXED = re.compile(
    rf"([+-]?)\s*({_WHOLE})(?:\s+([0-9]+)\s*/\s*([0-9]+)"
    r"|\s*\\frac\s*(?:\{\s*([0-9]+)\s*\}|([0-9]))\s*(?:\{\s*([0-9]+)\s*\}|([0-9])))"
)
_REPEATING = re.compile(
    r"([+-]?)\s*([0-9]*)\.([0-9]*)(?:\\(?:overline|bar|dot)\s*(?:\{\s*([0-9]+)\s*\}|([0-9]))|\(([0-9]+)\)|(\.\.\.))"
)
_DEGREE = re.compile(r"\^\s*(?:\\circ|\{\s*\\circ\s*\})|\\degree")
_SEPARATOR = re.compile(r"[, {}]+")


def parse_number(answer: str) -> Fraction | None:
    """Give the exact value of a number, or None for anything else; the signs that `normalise` drops may stand."""
    text = normalise(answer)
    return number(text) if len(text) <= MAX_LENGTH else None


def number(text: str) -> Fraction | None:
    """Give the exact value of a number in normalised spelling, or None."""
    text = _DEGREE.sub("", text).strip()
    for pattern, value in ((_DECIMAL, _decimal), (_RATIO, _ratio), (_MIXED, _mixed), (_REPEATING, _repeating)):
        found = pattern.fullmatch(text)
        if found is not None:
            return value(*found.groups())
    return None


def _decimal(sign: str, digits: str, *exponents: str | None) -> Fraction:
    exponent = int(exponents[0] or exponents[1] or 0)
    return Fraction(sign + _SEPARATOR.sub("", digits)) * Fraction(10) ** exponent


def _ratio(sign: str, *parts: str | None) -> Fraction | None:
    above, below = (int(_SEPARATOR.sub("", part)) for part in parts if part is not None)
    return Fraction(int(f"{sign}1") * above, below) if below else None


def _mixed(sign: str, *parts: str | None) -> Fraction | None:
    """Read 1 1/2; a whole number before a fraction that is not below one is a product."""
    whole, above, below = (int(_SEPARATOR.sub("", part)) for part in parts if part is not None)
    return int(f"{sign}1") * (whole + Fraction(above, below)) if above < below else None


def _repeating(sign: str, whole: str, start: str, *marked: str | None) -> Fraction | None:
    period = next((part for part in marked if part), "")
    if period == "...":
        start, period = _period(start)
    if not period:
        return None
    repeated = Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(start))
    return int(f"{sign}1") * (Fraction(f"{whole or 0}.{start or 0}") + repeated)


def _period(digits: str) -> tuple[str, str]:
    """Part digits before an ellipsis into start and period: what their end repeats over three digits or more."""
    for size in range(1, len(digits) // 2 + 1):
        period, rest = digits[-size:], digits
        while rest.endswith(period):
            rest = rest.removesuffix(period)
        if len(digits) - len(rest) >= max(3, 2 * size):
            return rest, period
    return digits, ""
