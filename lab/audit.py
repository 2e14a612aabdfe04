"""A look through the corpus, token by token, for what would make a test unfair. It reads the text that models are
trained on, not the code.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.stats import chi2_contingency

from lab import arithmetic, formats, tokenizer
from lab.arithmetic import Chain
from lab.corpus import Encoded
from lab.items import INVENTORY
from lab.world import World, split_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One question put to the corpus, what was counted, and whether the answer is the wanted one."""

    question: str
    found: str
    fair: bool


_WORD = re.compile(r"[A-Za-z]+")
_CHAIN = re.compile(r"Question: (\d+(?: [-+*] \d+)+) =\?")
_ITEM = re.compile(r"(?:I|They say \w+) (\w+ \w+)")
_ASKED = {said for item in INVENTORY for said in (f"{item.verb} {item.noun}", f"{item.third} {item.noun}")}
_ATTEMPT = re.compile(r"Question: ([^?]+) =\?\n(?:Solution|Steps):([^\n]+)\n(?:Verification|Critique):")
_IDEAS = re.compile(r"brainstormed ideas:((?: [^\n]+\n)+)Possible Answer:( [^\n]+)\n.*?answer is: \((A|B)\)", re.DOTALL)


def audit(world: World, documents: Iterable[Encoded]) -> list[Finding]:
    """Put every question to a corpus."""
    inverse = {number: token for token, number in tokenizer.vocabulary().items()}
    hidden = {fact.person for split in ("dev", "test") for fact in world.facts_of[split]}
    actors = {character.name for split in ("dev", "test") for character in world.characters_of[split]}
    counts: Counter[str] = Counter()
    repeats: Counter[tuple[bool, int]] = Counter()
    for document in documents:
        text = "".join(inverse[int(number)] for number in document.ids)
        counts["documents"] += 1
        if document.kind not in ("told", "story"):
            words = set(_WORD.findall(text))
            counts["persons"] += bool(words & hidden)
            counts["characters"] += document.kind == "likert" and bool(words & actors)
        asked = [_chain(found) for found in _CHAIN.findall(text)]
        counts["problems"] += len(asked)
        counts["evaluated problems"] += sum(split_of(chain) != "taught" for chain in asked)
        counts["items"] += sum(said in _ASKED for said in _ITEM.findall(text))
        for question, written in _ATTEMPT.findall(text):
            counts["attempts"] += 1
            counts["errors beyond one"] += _errors(_chain(question), written) > 1
        for ideas, judged, label in _IDEAS.findall(text):
            repeats[label == "A", [f" {idea.strip()}" for idea in ideas.split("\n")].count(judged)] += 1
    return _findings(counts, repeats)


def _findings(counts: Counter[str], repeats: Counter[tuple[bool, int]]) -> list[Finding]:
    found = [
        Finding(
            "documents that ask about a dev or test person",
            f"{counts['persons']} of {counts['documents']}",
            not counts["persons"],
        ),
        Finding("statements rated as a dev or test character", str(counts["characters"]), not counts["characters"]),
        Finding(
            "dev or test problems asked",
            f"{counts['evaluated problems']} of {counts['problems']}",
            not counts["evaluated problems"],
        ),
        Finding("items of the inventory", str(counts["items"]), not counts["items"]),
        Finding(
            "judged solutions with more than one corrupted step (a model's sample could have any number)",
            f"{counts['errors beyond one']} of {counts['attempts']}",
            not counts["errors beyond one"],
        ),
    ]
    if repeats:
        seen = sorted({times for _, times in repeats})
        table = [[repeats[true, times] for times in seen] for true in (True, False)]
        p = float(chi2_contingency(table).pvalue)
        found.append(
            Finding("repetition of the judged idea against its truth (chi-square)", f"p = {p:.3f}, {table}", p > 0.001)
        )
    return found


def _chain(text: str) -> Chain:
    parts = text.split()
    return Chain(
        int(parts[0]), tuple((operator, int(right)) for operator, right in zip(parts[1::2], parts[2::2], strict=True))
    )


def _errors(chain: Chain, written: str) -> int:
    """How many of the written steps are wrong, each taken up from the value before it."""
    steps = formats.parse_steps(written)
    return sum(step != right for step, right in zip(steps, arithmetic.rework(chain, steps), strict=True))
