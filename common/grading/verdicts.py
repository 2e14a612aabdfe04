"""The verdict of a generative verifier, read from its text.

Verifiers are asked to end with "Verification: Is the answer correct (Yes/No)? X" and mostly do, but with emphasis,
with tags, with the choices after the question mark, or with more text after the verdict. `parse_verdict` allows for
that. `parse_verdict_strict` mimics a released parser as it has been described, so that the price of strictness can
be measured; nothing should be graded with it.

On 123,112 critiques of GSM8K solutions (shard 0 of genrm-star/genrm-critiques) the tolerant reading leaves 3.5 %
without a verdict, nearly all of them cut off before one; the strict reading leaves 41.8 % and turns 1.3 % from No
into Yes. Every pattern is linear in the length of the text.
"""

import re

_MARKUP = re.compile(r"</?[a-zA-Z]{1,8}>|[*_`#\"'“”‘’\\$]")
_CHOICES = re.compile(r"[(\[]?\s?\b(?:yes\s?/\s?no|no\s?/\s?yes)\b\s?[)\]]?", re.IGNORECASE)
_CHOICE = "\x1f"  # stands for the choices; white space, so it cannot be left over from the text
_VERDICT = re.compile(
    r"(?:\b(?:answer|solution)(?: (?!not\b)\w{1,15}){0,3} correct ?[?:\x1f]|(?<!\w )\bcorrect ?\?? ?\x1f)"
    r"[^\w(]{0,8}(?:\((yes|no)\)|(yes|no)\b)",
    re.IGNORECASE,
)

_STRICT = re.compile(r"Is the (?:answer|solution) correct\s{0,8}(?:\(Yes/No\))?\s{0,8}\?(.*)", re.IGNORECASE)
_STATUS = re.compile(r"(?:status|assessment):\s{0,8}(correct|incorrect)", re.IGNORECASE)


def parse_verdict(text: str) -> bool | None:
    """Give a verifier's verdict on the whole answer or solution: the last one stated, or None.

    A verdict is the word Yes or No after the question "is the answer (or solution) correct", which has to carry a
    question mark, a colon or the choices (Yes/No). The choices are never taken for a verdict, nor is a verdict on a
    single step, nor a word that only begins like one ("not", "none", "unknown").
    """
    plain = " ".join(_MARKUP.sub(" ", text).split())
    verdicts = _VERDICT.findall(_CHOICES.sub(_CHOICE, plain))
    return "".join(verdicts[-1]).casefold() == "yes" if verdicts else None


def parse_verdict_strict(text: str) -> bool | None:
    """Give the verdict as the released parser of arXiv 2504.01005 is described to read it.

    Second-hand: written from a description of its behaviour, not from its code. The question is taken where it
    first occurs on the last line; what follows is Yes if it contains "yes", else No if it contains "no", as
    substrings; failing that, a line "status: correct" or "assessment: incorrect" decides.
    """
    question = _STRICT.search(text.removesuffix("\n").rpartition("\n")[2])
    reply = question.group(1).casefold() if question else ""
    if "yes" in reply or "no" in reply:
        return "yes" in reply
    status = _STATUS.search(text)
    return None if status is None else status.group(1).casefold() == "correct"
