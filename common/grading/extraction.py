r"""The final answer of a solution, cut out of its text.

Three ways of stating an answer are read, the most explicit one first and the last occurrence of each:
GSM8K's ``#### 42`` (Cobbe et al. 2021), ``\boxed{...}`` as in MATH (Hendrycks et al. 2021), and the sentence
"The final answer is X. I hope it is correct." of the Minerva prompt (Lewkowycz et al. 2022, appendix D) with its
shorter forms "the answer is X" and "Answer: X".

A text that states no answer gives None. Taking its last number instead is a guess that can turn a truncated
solution into a right one, so it has to be asked for by name. Every pattern is linear in the length of the text.
"""

import re
from typing import Literal

from common.errors import InputError
from common.grading.normal_form import parse_number

Mode = Literal["stated", "last_number"]

_SENTENCE_LIMIT = 1_000
_HASHES = re.compile(r"####[ \t]{0,8}(\S[^\n]{0,99})")
_PHRASE = re.compile(r"\banswer(?:\s{1,8}is\b\s{0,8}:?|\s{0,8}:)(?:[\s*_]{0,8})", re.IGNORECASE)
_BRACES = re.compile(r"\\(?:boxed|fbox)\s{0,8}\{|\\.|[{}]", re.DOTALL)
_INLINE_MATHS = re.compile(r"\$(?!\s)[^$\n]{0,999}(?<!\s)\$(?!\d)|\\\([^\n]{0,999}?\\\)")
_SENTENCE_END = re.compile(r"\.(?=\s|$)|\n|I hope it is correct", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w)\].])-?\$?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")


def extract_answer(text: str, mode: Mode = "stated") -> str | None:
    r"""Give the answer that a solution states, or None where it states none.

    Args:
        text: the solution, of any length; read in time linear in it.
        mode: "stated" takes only an answer that the text declares. "last_number" falls back on the last number
            of the statement, if that is not a number itself ("18 dollars"), or else of the whole text.

    Raises:
        InputError: unknown mode.
    """
    if mode not in ("stated", "last_number"):
        raise InputError(f"mode is {mode!r}; give 'stated' or 'last_number'")
    stated = _after_hashes(text) or last_boxed(text) or _after_phrase(text)
    if mode == "stated" or (stated is not None and parse_number(stated) is not None):
        return stated
    return (_last_number(stated) if stated else None) or _last_number(text)


def last_boxed(text: str) -> str | None:
    r"""Give the content of the last ``\boxed{...}`` whose braces close, or None; one pass over the text."""
    opened: list[int | None] = []
    content = slice(0, 0)
    for token in _BRACES.finditer(text):
        if token.group() == "{":
            opened.append(None)
        elif token.group() == "}":
            start = opened.pop() if opened else None
            content = content if start is None else slice(start, token.start())
        elif token.group().endswith("{") and token.group() != r"\{":
            opened.append(token.end())
    return text[content].strip() or None


def _after_hashes(text: str) -> str | None:
    """Read ``#### 42``; the marker is also a Markdown heading, so only a bare number counts."""
    numbers = [found.group(1).strip() for found in _HASHES.finditer(text)]
    numbers = [number for number in numbers if parse_number(number) is not None]
    return numbers[-1] if numbers else None


def _after_phrase(text: str) -> str | None:
    phrases = [phrase.end() for phrase in _PHRASE.finditer(text)]
    if not phrases:
        return None
    rest = text[phrases[-1] : phrases[-1] + _SENTENCE_LIMIT]
    maths = _INLINE_MATHS.match(rest)
    if maths is not None:
        return maths.group()
    stop = _SENTENCE_END.search(rest)
    return rest[: stop.start() if stop else None].strip(" \t\r*_,;:.") or None


def _last_number(text: str) -> str | None:
    numbers = _NUMBER.findall(text)
    return numbers[-1] if numbers else None
