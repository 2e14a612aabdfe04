"""The letter of a multiple-choice answer, cut out of a text.

A letter counts where it is declared: in the last box, after "answer", "option" or "choice" or ``####``, else in
brackets or ``\text``, else at the beginning of a line, "E: its text". A word, as the article in "A train", does not.
"""

import re

_DECLARED = re.compile(r"(?:\b(?:answer|option|choice)s?\b(?:\s{1,8}is\b)?\s{0,8}:?|####)\s{0,8}", re.IGNORECASE)
_OPENING = re.compile(r"(?:\\(?:text|textbf|mathrm|mathbf|boxed)\s{0,8}\{|[\s*_$(\[`\"'“\\]){0,16}")
_CAPITAL = re.compile(r"([A-Z])(?![\w'’])(?!\s{1,8}[a-z])|([B-HJ-Z])(?![\w'’])")
_SMALL = re.compile(r"([a-z])(?=\s{0,8}[)\]}*.]{0,8}\s{0,8}$|\))")
_MARKED = re.compile(r"\(\s{0,8}([A-Z])\s{0,8}\)|\\(?:text|textbf|mathrm|mathbf)\s{0,8}\{\s{0,8}\(?([A-Z])\)?\s{0,8}\}")
_LINE = re.compile(r"^[ \t*]{0,8}([A-Z])(?:[:.)]|[ \t*]{0,8}$)", re.MULTILINE)


def stated_choice(text: str, box: str | None) -> str | None:
    """Give the letter that a text declares, a capital, or None; `box` is the content of its last box."""
    declared = [_letter(text[found.end() : found.end() + 99]) for found in _DECLARED.finditer(text)]
    loose = [marked.group(1) or marked.group(2) for marked in _MARKED.finditer(text)] or _LINE.findall(text)
    letters = [_letter(box or ""), *reversed(declared), *reversed(loose)]
    return next((letter for letter in letters if letter), None)


def _letter(statement: str) -> str | None:
    """Give the letter that a statement begins with."""
    opening = _OPENING.match(statement)
    start = opening.end() if opening else 0
    found = _CAPITAL.match(statement, start) or _SMALL.match(statement, start)
    return next(group for group in found.groups() if group).upper() if found else None
