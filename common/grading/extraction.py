r"""The final answer of a solution, cut out of its text.

Three ways of stating an answer are read, the most explicit one first and the last occurrence of each:
GSM8K's ``#### 42`` (Cobbe et al. 2021), ``\boxed{...}`` as in MATH (Hendrycks et al. 2021), and the sentence
"The final answer is X. I hope it is correct." of the Minerva prompt (Lewkowycz et al. 2022, appendix D) with its
shorter forms "the answer is X" and "Answer: X".

An answer comes after the thinking: what stands before the closing tag is not searched, and a thought that does not end
has no answer. Where the prompt opened the thinking, put the opening tag in front of the text. Nor is there an answer in
a text that breaks off within its last box.

A text that states no answer gives None. Taking its last number instead is a guess that can turn a truncated
solution into a right one, so it has to be asked for by name. Every pattern is linear in the length of the text.
"""

import re
from typing import Literal, get_args

from common.errors import InputError
from common.grading.choices import stated_choice
from common.grading.normal_form import Kind, normal_form, parse_number

Mode = Literal["stated", "last_number", "choice"]

_SENTENCE_LIMIT = 1_000
_HASHES = re.compile(r"####[ \t]{0,8}(\S[^\n]{0,99})")
_PHRASE = re.compile(r"\banswer(?:\s{1,8}is\b\s{0,8}:?|\s{0,8}:)(?:[\s*_]{0,8})", re.IGNORECASE)
_BRACES = re.compile(r"\\(?:boxed|fbox)(?![a-zA-Z])\s{0,8}\{?|\\.|[{}]", re.DOTALL)
_BARE = re.compile(
    r"[-+]?[0-9]{1,99}(?:[.,/][0-9]{1,99}){0,9}(?![\w\\^])|(?=[\\\w(+-])[^\s$]{1,99}(?=\$)|[a-zA-Z](?![a-zA-Z])"
)
_INLINE_MATHS = re.compile(r"\$(?!\s)[^$\n]{0,999}(?<!\s)\$(?!\d)|\\\([^\n]{0,999}?\\\)")
_SENTENCE_END = re.compile(r"\.(?=\s|$)|\n|I hope it is correct", re.IGNORECASE)
_REASONS = frozenset("of in because since as so for which that when if".split())
_NUMBER = re.compile(
    r"(?<![\w)\].])-?\$?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+|/[1-9][0-9]*(?![\w/]))?|\.[0-9]+)"
)


def extract_answer(text: str, mode: Mode = "stated", thinking: str | None = "think") -> str | None:
    r"""Give the answer that a solution states, or None where it states none.

    Args:
        text: the solution, of any length; read in time linear in it.
        mode: "stated" takes only an answer that the text declares. "last_number" falls back on the last number
            of the statement, if that is no number or marked maths ("18 dollars"), or else of the whole text. "choice"
            gives the letter of a multiple-choice answer.
        thinking: the name of the tag around the thinking, None if there is none.

    Raises:
        InputError: unknown mode.
    """
    if mode not in get_args(Mode):
        raise InputError(f"mode is {mode!r}; give {' or '.join(map(repr, get_args(Mode)))}")
    text = text if thinking is None else _after_thinking(text, thinking)
    content, closed = _last_box(text)
    if not closed:
        return None
    box = text[content].strip() or None
    if mode == "choice":
        return stated_choice(text, box)
    marked = _after_hashes(text) or box
    stated = marked or _after_phrase(text)
    if mode == "stated" or (stated is not None and _is_answer(stated, boxed=stated == box)):
        return stated
    return (_last_number(stated) if stated else None) or _last_number(text)


def last_boxed(text: str) -> str | None:
    r"""Give the content of the last ``\boxed{...}``, or None if there is none or it never closes; one pass."""
    content, closed = _last_box(text)
    return text[content].strip() or None if closed else None


def _last_box(text: str) -> tuple[slice, bool]:
    """Give the place of the last box's content, and whether the box that was opened last is closed."""
    opened: list[int | None] = []
    content, latest = slice(0, 0), -1
    for token in _BRACES.finditer(text):
        sign = token.group()
        if sign == "{":
            opened.append(None)
        elif sign == "}":
            start = opened.pop() if opened else None
            content = content if start is None else slice(start, token.start())
        elif sign.startswith((r"\boxed", r"\fbox")):
            if sign.endswith("{"):
                latest = token.end()
                opened.append(latest)
            elif bare := _BARE.match(text, token.end()):
                content = slice(*bare.span())
    return content, latest not in opened


def _after_thinking(text: str, tag: str) -> str:
    """Cut off the thinking, or everything where it does not end."""
    answer = text.rpartition(f"</{tag}>")[2]
    return "" if f"<{tag}>" in answer else answer


def _is_answer(stated: str, boxed: bool) -> bool:
    """Say whether a statement is an answer as it stands: a number, or maths that is marked as such."""
    form = normal_form(stated)
    if form is None or form.kind is Kind.TEXT:
        return False
    return form.kind is Kind.NUMBER or boxed or (_INLINE_MATHS.fullmatch(stated) is not None and "=" not in stated)


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
    sentence = rest[: stop.start() if stop else None].strip(" \t\r*_,;:.")
    return _without_reason(sentence) or None


def _without_reason(sentence: str) -> str:
    """Cut a sentence after its value: "72, in total, so she earns that much" and "5/6 of the pie"."""
    words = sentence.split(" ")
    for place in range(1, len(words) - 1):
        said, word = words[:place], words[place].strip(",")
        new_clause = said[-1].endswith(",") and len(word) > 1 and word.isalpha() and word not in ("and", "or")
        if (word in _REASONS or new_clause) and any(map(str.isdigit, "".join(said))):
            return " ".join(said).rstrip(",")
    return sentence


def _last_number(text: str) -> str | None:
    numbers = _NUMBER.findall(text)
    return numbers[-1] if numbers else None
