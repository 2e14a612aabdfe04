r"""An answer cut into tokens, one pass over the text.

A token is a pair of kind and text: "number", "name" (a letter, or a function's name in plain letters), "command"
(``\frac``), "words" (the content of ``\text{...}``), "frame" (``\begin{...}`` or ``\end{...}``) or "sign".
"""

import re
from typing import NamedTuple

FUNCTIONS = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log lg exp sqrt max min gcd lcm".split()
)
"""Functions, written with or without a backslash."""

GREEK = frozenset("pi theta alpha beta gamma delta epsilon lambda mu omega phi sigma rho tau varphi infty".split())
"""Names of letters that are read without a backslash too."""

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|\\(?:text|operatorname|math(?:rm|bf|it|sf))\s*\{(?P<words>[^{}]*)\}"
    r"|(?P<frame>\\(?:begin|end)\s*\{[a-zA-Z*]*\})"
    r"|(?P<command>\\(?:[a-zA-Z]+|.))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<letters>[a-zA-Z]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)


_UPRIGHT = FUNCTIONS - {"min", "sec"} | {"e", "i"}
"""What is read alike with and without ``\\mathrm``; minutes and seconds are units there."""


class Token(NamedTuple):
    """A token's kind and text."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """Cut an answer into tokens; white space only parts them."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, content = str(match.lastgroup), match.group(match.lastgroup or 0)
        if kind == "letters":
            found += _names(content)
        elif kind == "words" and content.strip() in _UPRIGHT:
            found += _names(content.strip())
        elif kind != "space":
            found.append(Token(kind, content))
    return found


def _names(letters: str) -> list[Token]:
    """Read a run of letters as one function or Greek letter, or as a product of letters."""
    if letters in FUNCTIONS or letters in GREEK:
        return [Token("command", "\\" + letters)]
    return [Token("name", letter) for letter in letters]
