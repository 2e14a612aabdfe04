r"""Units of measurement in one spelling: ``cm^2``, "square centimeters" and "sq cm" are the same unit.

Nothing is converted: 5 cm and 50 mm are different answers, as a question that names a unit wants that unit.
A percent sign, a degree sign and the word for either are no units here, but signs that may stand or not.
"""

import re
from collections import Counter

Unit = tuple[tuple[str, int], ...]
"""Powers of base units, sorted by name; empty without a unit."""

_SPELLINGS = {
    "mm": "millimeter millimeters millimetre millimetres",
    "cm": "centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres",
    "km": "kilometer kilometers kilometre kilometres kms",
    "in": "inch inches",
    "ft": "foot feet",
    "yd": "yard yards yds",
    "mi": "mile miles",
    "mg": "milligram milligrams",
    "g": "gram grams",
    "kg": "kilogram kilograms kgs",
    "oz": "ounce ounces",
    "lb": "pound pounds lbs",
    "ml": "milliliter milliliters millilitre millilitres mL",
    "l": "liter liters litre litres L",
    "s": "second seconds sec secs",
    "min": "minute minutes mins",
    "h": "hour hours hr hrs",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years yr yrs",
    "cent": "cents",
    "dollar": "dollars USD",
    "euro": "euros EUR",
    "unit": "units",
    "": "degree degrees deg percent",
}
_NAMES = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in (*spellings.split(), name)}
_SHORTHANDS = {"mph": (("h", -1), ("mi", 1)), "kph": (("h", -1), ("km", 1)), "kmh": (("h", -1), ("km", 1))}
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_AFTER = {"squared": 2, "cubed": 3}
_PART = re.compile(r"[^\W\d_]+|[/^]|-?[0-9]+")

WORDS = "|".join(
    sorted((*(name for name in _NAMES if len(name) > 1), *_SHORTHANDS, *_POWERS, *_AFTER), key=len, reverse=True)
)
"""A pattern of the units that are recognised without ``\\text``; single letters are variables there."""


def read_unit(words: str) -> Unit:
    """Read a unit; words that are not known are units under their own name, singular and plural alike."""
    powers: Counter[str] = Counter()
    last, ahead, sign = "", 1, 1
    for part in _PART.findall(words):
        if part in ("/", "per"):
            sign = -1
        elif part in _POWERS:
            ahead = _POWERS[part]
        elif part in _AFTER or part.lstrip("-").isdigit():
            powers[last] *= _AFTER.get(part) or int(part)
        elif part in _SHORTHANDS:
            powers.update(dict(_SHORTHANDS[part]))
        elif part != "^":
            last = name_of(part)
            powers[last] += sign * ahead
            ahead, sign = 1, 1
    return tuple(sorted((name, power) for name, power in powers.items() if name and power))


def name_of(word: str) -> str:
    """Give a unit's one name."""
    lower = word.lower()
    return _NAMES.get(word) or _NAMES.get(lower, lower[:-1] if len(lower) > 3 and lower.endswith("s") else lower)
