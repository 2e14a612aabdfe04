"""From the text of an answer to a score.

The rules are those of the authors' released scripts (github.com/akshat57/LLM_Personality, commit
f5da8dc), restated: which label an answer names, and when an answer is dropped. The released scripts
point at the 120-item folders; that the same rules were used for the 300 items is an inference,
supported by the exact match of all four published counts.
"""

import re

import pandas as pd

from common.errors import InputError
from replications.self_assessment.arrangements import ARRANGEMENTS

MODELS = ["gpt-3.5-turbo", "llama-2-7b", "llama-2-13b", "llama-2-70b"]
TEMPLATES = ["MPI", "WHO", "ENFJ"]
ORDERS = ["original", "reversed"]
CELL = ["model", "template", "order"]
SCORINGS = {"unkeyed": "agreement", "keyed": "keyed"}
"""Column of the ratings by scoring: as the released code has it, and as the inventory means it."""
TRAITS = ["O", "C", "E", "A", "N"]
TRAIT_NAMES = dict(
    zip(TRAITS, ["Openness", "Conscientiousness", "Extraversion", "Agreeableness", "Neuroticism"], strict=True)
)
FACETS = {
    "O": ["Imagination", "Artistic Interests", "Emotionality", "Adventurousness", "Intellect", "Liberalism"],
    "C": ["Self-Efficacy", "Orderliness", "Dutifulness", "Achievement-Striving", "Self-Discipline", "Cautiousness"],
    "E": ["Friendliness", "Gregariousness", "Assertiveness", "Activity Level", "Excitement-Seeking", "Cheerfulness"],
    "A": ["Trust", "Morality", "Altruism", "Cooperation", "Modesty", "Sympathy"],
    "N": ["Anxiety", "Anger", "Depression", "Self-Consciousness", "Immoderation", "Vulnerability"],
}
"""Names of the inventory's facets; facet O6 is the sixth of O."""

LETTER = re.compile(r"\((A|B|C|D|E)\)|([A-E])\.")
DIGIT = re.compile(r"\b[1-5]\b")
SCALE = {label: place for labels in ("ABCDE", "12345") for place, label in enumerate(labels, start=1)}
REFUSAL = re.compile(r"\b(?:cannot|can't|unable|not appropriate|not able|just an AI|as an AI)\b", re.IGNORECASE)


def parse(template: str, model: str, text: str) -> int | None:
    """Position 1-5 of the label that an answer names (A = 1), or None: the answer is dropped.

    MPI answers name a letter, the other two a digit. Several different letters, or more than one
    digit, drop the answer. For the 70B model only the text before the first blank line counts in
    MPI, and every letter found there must be the only one.
    """
    labels = _labels(template, model, text)
    # The 70B rule wants a single label; the others take one that is merely repeated.
    distinct = labels if template != "MPI" or model == "llama-2-70b" else list(dict.fromkeys(labels))
    return SCALE[distinct[0]] if len(distinct) == 1 else None


def _labels(template: str, model: str, text: str) -> list[str]:
    """All labels in the part of an answer that counts."""
    text = text.strip()
    if template != "MPI":
        return DIGIT.findall(text)
    if model == "llama-2-70b":
        text = text.split("\n\n")[0]
    return [bracketed or dotted for bracketed, dotted in LETTER.findall(text)]


def read(answers: pd.DataFrame) -> pd.DataFrame:
    """Add what an answer says to a frame with columns model, template, order, item, key and answer.

    New columns: `label` (1-5 as parsed, NaN if dropped), `reason` (why dropped: "no label" or "several
    labels"), `refusal` (dropped, and worded like a refusal), `agreement` (5 = agrees most: what the label
    stands for in that order, see `arrangements`) and `keyed` (agreement turned round for reverse-keyed
    items: 5 = most of the trait).

    Raises:
        InputError: an item occurs twice in a cell, or a key is not +1 or -1.
    """
    check(answers)
    texts = list(zip(answers["template"], answers["model"], answers["answer"], strict=True))
    labels = pd.Series([parse(*text) for text in texts], index=answers.index, dtype=float)
    dropped = labels.isna()
    named = pd.Series([bool(_labels(*text)) for text in texts], index=answers.index)
    reason = named.map({True: "several labels", False: "no label"}).where(dropped)
    refusal = dropped & answers["answer"].map(lambda text: bool(REFUSAL.search(text)))
    return rate(answers.assign(label=labels, reason=reason, refusal=refusal))


def check(answers: pd.DataFrame) -> None:
    """Check that each cell asks an item once, and that keys are numbers.

    Raises:
        InputError: they are not.
    """
    if (twice := answers.duplicated([*CELL, "item"])).any():
        raise InputError(f"item {answers.loc[twice, 'item'].iloc[0]} occurs twice in one cell: keep one answer an item")
    if not answers["key"].isin([-1, 1]).all():
        raise InputError("keys must be the numbers +1 and -1; as strings they would silently never match")


def rate(labelled: pd.DataFrame) -> pd.DataFrame:
    """Add `agreement` and `keyed` (see `read`) to a frame with columns order, key and label."""
    stands_for = {(order, k): float(a) for order, x in ARRANGEMENTS.items() for k, a in enumerate(x.agreement, start=1)}
    pairs = zip(labelled["order"], labelled["label"], strict=True)
    agreement = pd.Series([stands_for.get(pair, float("nan")) for pair in pairs], index=labelled.index, dtype=float)
    return labelled.assign(agreement=agreement, keyed=agreement.where(labelled["key"].eq(1), 6 - agreement))
