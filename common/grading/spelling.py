r"""One spelling of what can be spelled in several ways: signs in Unicode, spacing commands, delimiters, wrappers.

Only what carries no meaning is changed: the row break of a matrix and the comma of a list stay.
"""

import re

MAX_LENGTH = 400
"""Longest answer, in characters, that is more than a string; longer ones are refused."""

_HALVES = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
    "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
_SIGNS = {
    **dict.fromkeys("−–", "-"), **dict.fromkeys("\u00a0\u202f\u2009\u200a\u2007", " "),
    **dict.fromkeys("×✕", r"\times "),
    **dict.fromkeys("·⋅∙", r"\cdot "), **dict.fromkeys("\u200b\ufeff\u2061\u2062", ""), "÷": "/", "∕": "/", "⁄": "/",
    "π": r"\pi ", "∞": r"\infty ", "∪": r"\cup ", "∩": r"\cap ", "∖": r"\setminus ", "∈": r"\in ", "≤": r"\le ",
    "⩽": r"\le ", "≥": r"\ge ", "⩾": r"\ge ", "≠": r"\ne ", "±": r"\pm ", "∓": r"\mp ", "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℕ": r"\mathbb{N}", "ℂ": r"\mathbb{C}",
    "θ": r"\theta ", "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "λ": r"\lambda ",
    "μ": r"\mu ", "σ": r"\sigma ", "φ": r"\phi ", "ϕ": r"\phi ", "ω": r"\omega ", "ρ": r"\rho ", "τ": r"\tau ",
    "°": r"^\circ ", "º": r"^\circ ", "…": "...", "⟨": r"\langle ", "⟩": r"\rangle ", "′": "'", "∨": r"\lor ",
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ",
    **{half: rf"\frac{{{ratio[0]}}}{{{ratio[2]}}}" for half, ratio in _HALVES.items()},
}  # fmt: skip
_CHARACTERS = str.maketrans(_SIGNS)
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_RAISED_RUN = re.compile(f"[{''.join(_RAISED)}]+")
_LOWERED_RUN = re.compile(f"[{''.join(_LOWERED)}]+")
_ROOT_SIGN = re.compile(r"([√∛])\s*([0-9]+(?:\.[0-9]+)?|[a-zA-Z](?![a-zA-Z]))?")

# each starts with a row break, which is passed over, so that its second backslash begins nothing
_GAP = re.compile(r"(\\\\)(?:\s*\[-?[0-9.]*[a-z]{2}\])?|\\[,;: ]|\\q?quad(?![a-zA-Z])|~")
_NOTHING = re.compile(
    r"(\\\\)|\\!|\\(?:left|right|middle)(?![a-zA-Z])(?:\s*\.)?"
    r"|\\(?:[bB]igg?[lrm]?|displaystyle|textstyle|limits)(?![a-zA-Z])|\\\$\s*(?=[0-9.])"
)
_SYNONYM = re.compile(r"(\\\\)|\\([a-zA-Z]+|[%|])")
_SYNONYMS = {
    **dict.fromkeys(("dfrac", "tfrac", "cfrac"), r"\frac"),
    **dict.fromkeys(("dbinom", "tbinom"), r"\binom"),
    **dict.fromkeys(
        ("mbox", "hbox", "textrm", "textbf", "textit", "textsf", "texttt", "textup", "textnormal"), r"\text"
    ),
    **{"varnothing": r"\emptyset", "leq": r"\le", "leqslant": r"\le", "geq": r"\ge", "geqslant": r"\ge", "neq": r"\ne"},
    **{"lbrace": r"\{", "rbrace": r"\}", "vert": "|", "mid": "|", "lvert": "|", "rvert": "|", "lbrack": "["},
    **{
        "rbrack": "]",
        "vee": r"\lor",
        "wedge": r"\land",
        "backslash": r"\setminus",
        "R": r"\mathbb{R}",
        "%": "%",
        "cr": r"\\",
        "colon": ":",
    },
    **dict.fromkeys(("dots", "ldots", "cdots", "dotsc"), "..."),
}
_THIN_COMMA = re.compile(r"(?:,|\{,\})\s*\\!\s*")
_ROMAN = re.compile(r"\{\s*\\rm(?![a-zA-Z])|\\rm\s*\{")
_BARE_LETTER = re.compile(r"(\\(?:mathrm|mathbf|mathbb|text))\s+([a-zA-Z])(?![a-zA-Z])")
_UNIT_RATIO = re.compile(r"\\frac\s?" + r"\s?".join([r"\{\s?\\(?:text|mathrm)\{([^{}]*)\}\s?\}"] * 2))
_TEMPERATURE = re.compile(r"\^\s*\{?\s*\\circ\s*\}?\s*(?:\\(?:text|mathrm)\s*\{\s*([CF])\s*\}|([CF])(?![a-zA-Z]))")

_WRAPPERS = (
    *((mark, mark) for mark in ("$$", "$", "**", "`")),
    (r"\(", r"\)"),
    (r"\[", r"\]"),
)
_COMMAND = re.compile(r"\\(?:boxed|fbox|text|mathrm|mathbf)\s*\{([^{}]*)\}|\\(?:boxed|fbox)\s*\{(.*)\}", re.DOTALL)
_CURRENCY = re.compile(r"^([+-]?)\s*(?:US)?\\?[$€£¥]\s*(?=[-+.0-9])")
_CURRENCY_BEHIND = re.compile(r"(?<=[0-9])\s*(?:\\\$|[€£¥])$")
_LETTER = re.compile(r"\(\s*([A-Za-z])\s*\)")


def normalise(answer: str) -> str:
    r"""Strip what carries no meaning: delimiters, wrappers, spacing commands, currency and percent, a final full stop.

    An answer longer than four times MAX_LENGTH is only stripped of white space: nothing could make it short enough.
    """
    text = answer.strip()
    if len(text) > 4 * MAX_LENGTH:
        return text
    text = _without_unicode(text)
    while (simpler := _peel(_plain(text))) != text:  # what is taken off may lay bare more, as in `\\$`
        text = simpler
    return text


def depth(text: str) -> int | None:
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


def _without_unicode(text: str) -> str:
    """Write signs, raised and lowered digits and roots as LaTeX."""
    text = _RAISED_RUN.sub(lambda run: f"^{{{''.join(map(_RAISED.__getitem__, run.group()))}}}", text)
    text = _LOWERED_RUN.sub(lambda run: f"_{{{''.join(map(_LOWERED.__getitem__, run.group()))}}}", text)
    text = text.translate(_CHARACTERS)
    return _ROOT_SIGN.sub(_root, text)


def _root(found: re.Match[str]) -> str:
    sign, radicand = found.groups()
    return (r"\sqrt" if sign == "√" else r"\sqrt[3]") + (f"{{{radicand}}}" if radicand else " ")


def _plain(text: str) -> str:
    """Without spacing commands, with the plainer of two spellings and single spaces."""
    text = _THIN_COMMA.sub("{,}", " ".join(text.split()))
    text = _GAP.sub(lambda gap: gap.group(1) or " ", text)
    text = _NOTHING.sub(lambda found: found.group(1) or "", text)
    text = _SYNONYM.sub(_synonym, text)
    text = _BARE_LETTER.sub(r"\1{\2}", _ROMAN.sub(r"\\text{", text))
    text = _TEMPERATURE.sub(_temperature, _UNIT_RATIO.sub(r"\\text{\1/\2}", text))
    return " ".join(text.split())


def _synonym(found: re.Match[str]) -> str:
    return _SYNONYMS.get(found.group(2) or "", found.group())


def _temperature(found: re.Match[str]) -> str:
    return r"\text{celsius}" if "C" in found.groups() else r"\text{fahrenheit}"


def _peel(text: str) -> str:
    """Take one layer off: a pair of delimiters, a wrapping command, a sign, a mark of punctuation."""
    for left, right in _WRAPPERS:
        inner = text[len(left) : -len(right)]
        wraps = text.startswith(left) and text.endswith(right) and inner and not inner.endswith("\\")
        if wraps and left not in inner.replace(r"\$", ""):
            return inner.strip()
        if (
            text.endswith(right) and right.startswith("\\") and left not in text
        ):  # half of a pair, cut off with the rest
            return text.removesuffix(right).strip()
    wrapped = _COMMAND.fullmatch(text)
    if wrapped is not None:
        inner = wrapped.group(1) or wrapped.group(2) or ""
        return inner.strip() if depth(inner) is not None else text
    letter = _LETTER.fullmatch(text)
    if letter is not None:
        return letter.group(1)
    if len(text) > 1 and not text.endswith("..."):
        text = _CURRENCY_BEHIND.sub("", text.rstrip(" %.,;:"))
    return _CURRENCY.sub(r"\1", text)
