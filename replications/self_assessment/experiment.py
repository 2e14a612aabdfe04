"""Asking any model and collecting its answers: generated text, option probabilities, and all of them as arrays.

A generated answer is read by the rules of the released scripts (`answers.read`); the option readout takes the five
labels as the templates write them and compares how likely the model is to begin its answer with each.

Array axes as in `shifts`: respondent m, trait t, condition c or pair p, item i.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from common import asking, guards, likert
from common.arrays import Floats
from common.engines import Engine, Sampling
from common.labels import TAUGHT, Layout
from common.subjects import Subject
from replications.self_assessment import answers, arrangements, prompts, shifts
from replications.self_assessment.answers import TEMPLATES, TRAITS
from replications.self_assessment.inventories import Respondent
from replications.self_assessment.shifts import CONDITIONS, Ratings

TOKENS, LAB_TOKENS = 120, 8
"""Of an answer, at most: as in the paper's code for Llama-2, and what a lab model needs."""
READOUTS = {"text": "greedy text", "options": "likeliest label"}
"""What counts as an answer: what a model writes, or the label that it would most probably begin with."""
PROBABILITIES = ["p1", "p2", "p3", "p4", "p5"]
"""Columns of an option readout: probability of the first to the last label, renormalised over the five."""


@dataclass(frozen=True)
class Answers:
    """All answers of a run as ratings [m, t, c, i], and the true levels [m, t] (NaN if unknown).

    The conditions c are those of `shifts.CONDITIONS` where nothing else is said; "by template" means `TEMPLATES`.
    """

    keyed: Ratings
    """Greedy text or likeliest label (`READOUTS`), keyed."""
    unkeyed: Ratings
    """The same, agreement."""
    draws: list[Ratings]
    """Keyed ratings at temperature 1, one a draw."""
    expected: Ratings
    """Keyed ratings expected under the option probabilities."""
    likeliest: dict[str, Floats]
    """Keyed ratings of the likeliest option by arrangement, by template."""
    shifted: Floats
    """Keyed expected ratings in the five cyclic shifts, by shift and then MPI and WHO: [shift, m, t, c, i]."""
    negated: Floats
    """Agreement with the negations of the items, original order, by template; NaN where an item has none."""
    levels: Floats

    @property
    def original(self) -> Floats:
        """Agreement, greedy, original order, by template."""
        return self.unkeyed.values[:, :, : len(TEMPLATES)]


def budget(count: int, draws: int, sampling: Sampling) -> str:
    """What `generate` may cost at most, in words."""
    most = count * draws * sampling.max_tokens
    return f"{count:,} prompts x {draws} draws x {sampling.max_tokens} tokens = {most:,} generated tokens at most"


def most_tokens(subject: Subject) -> int:
    """Tokens of an answer: what subjects.yaml has, else 8 for a lab model, which names a label alone, or 120."""
    return subject.tokens_of("ratings", LAB_TOKENS if subject.route == "lab" else TOKENS)


def decoding(lab: bool, max_tokens: int, seed: int) -> Sampling:
    """Greedy decoding (the paper's temperature is 0.01 or 0); a lab model's answer ends with its line."""
    return Sampling(temperature=0.0, max_tokens=max_tokens, stop=("\n",) if lab else (), seed=seed)


def generate(engine: Engine, questions: pd.DataFrame, sampling: Sampling) -> list[pd.DataFrame]:
    """Ask every question and read the answers (see `answers.read`): one frame a draw."""
    drawn = engine.sample(prompts.rendered(engine, questions["messages"]), sampling)
    about = questions.drop(columns="messages")
    found = []
    for k in range(sampling.n):
        cut_off = [each[k].finish_reason == "length" for each in drawn]
        found.append(answers.read(about.assign(answer=[each[k].text for each in drawn], cut_off=cut_off)))
    return found


def options(engine: Engine, questions: pd.DataFrame, layout: Layout = TAUGHT) -> pd.DataFrame:
    """Option readout of every question: in a chat turn or as plain text, by the layout; how likely an answer is to name
    each of the template's labels at its beginning.

    New columns: `p1` to `p5`, `mass` (what the model gave to all five labels together), `label`, `agreement` and
    `keyed` of the likeliest label (see `answers.read`), and `expected`, the keyed rating under the probabilities.
    """
    answers.check(questions)
    labels = [likert.LABELS[template] for template in questions["template"]]
    begun = [[*several] if layout is TAUGHT else _beginnings(several) for several in labels]
    if layout is TAUGHT or layout.chat:
        rendered = prompts.rendered(engine, questions["messages"])
    else:  # a space at the end of a prompt belongs to the label: no tokenizer parts the two
        texts = [asking.joined(messages) for messages in questions["messages"]]
        rendered = [text.rstrip(" ") for text in texts]
        begun = [
            [f"{text[len(bare) :]}{beginning}" for beginning in several]
            for text, bare, several in zip(texts, rendered, begun, strict=True)
        ]
    found = engine.logprobs(rendered, begun)
    scores = np.array([logsumexp(np.reshape(each, (-1, 5)).astype(float), axis=0) for each in found])
    mass = np.exp(scores).sum(1)
    p = np.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    stands_for = np.array([arrangements.ARRANGEMENTS[order].agreement for order in questions["order"]], dtype=float)
    expected = (p * stands_for).sum(1)
    rated = answers.rate(
        questions.drop(columns="messages").assign(
            mass=mass, label=p.argmax(1) + 1.0, **dict(zip(PROBABILITIES, p.T, strict=True))
        )
    )
    return rated.assign(expected=np.where(rated["key"] == 1, expected, 6 - expected))


def _beginnings(labels: Sequence[str]) -> list[str]:
    """How an answer may begin that names one of the labels, all labels in one way and then in the next.

    "(A)" as "(A", since its bracket and a point after it may be one token, and as "A.", which is read alike.
    """
    if not labels[0].startswith("("):
        return [*labels]
    return [label[:2] for label in labels] + [f"{label[1]}." for label in labels]


def constrained(options: pd.DataFrame, draws: int, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Answers of a model that is held to the five labels: first its likeliest labels, then `draws` at temperature 1.

    Frames as those of `generate`, from an option readout. Where the labels of a prompt hold less than half of the
    probability (mean over its items), the model would have said something else, and no answer counts as read.
    """
    least = options.groupby(["template", "order"])["mass"].transform("mean") < guards.LEAST_MASS
    p, start = options[PROBABILITIES].to_numpy(), options.drop(columns=[*PROBABILITIES, "expected"])
    labels = [options["label"].to_numpy(), *(draw_labels(p, rng) for _ in range(draws))]
    reason = pd.Series("no label", index=options.index).where(least)
    return [
        answers.rate(start.assign(label=np.where(least, np.nan, each), reason=reason, refusal=False, cut_off=False))
        for each in labels
    ]


def draw_labels(p: Floats, rng: np.random.Generator) -> Floats:
    """One label from 1 a row of probabilities [n, 5], each row adding up to 1."""
    found: Floats = (p.cumsum(1)[:, :-1] < rng.random((len(p), 1))).sum(1) + 1.0
    return found


def collect(
    greedy: pd.DataFrame,
    draws: Sequence[pd.DataFrame],
    options: pd.DataFrame,
    negated: pd.DataFrame,
    respondents: Sequence[Respondent],
) -> Answers:
    """Arrange frames of `generate` and `options` as arrays."""
    names = [respondent.name for respondent in respondents]
    listed = list(arrangements.TEXTS)

    def values(frame: pd.DataFrame, column: str, conditions: Sequence[tuple[str, str]] = CONDITIONS) -> Ratings:
        return shifts.ratings(frame, column, names, conditions)

    cell = ["model", "template", "order", "trait", "item"]
    turned = greedy[cell].merge(negated[[*cell, "agreement"]], how="left", on=cell)
    likeliest = {
        arm: [(template, arm) for template in TEMPLATES] for arm in ("original", "reversed", "relabelled", "moved")
    }
    shifted = [[(template, arm) for template in listed] for arm in arrangements.SHIFTS]
    return Answers(
        keyed=values(greedy, "keyed"),
        unkeyed=values(greedy, "agreement"),
        draws=[values(draw, "keyed") for draw in draws],
        expected=values(options, "expected"),
        likeliest={arm: values(options, "keyed", cells).values for arm, cells in likeliest.items()},
        shifted=np.array([values(options, "expected", cells).values for cells in shifted]),
        negated=values(turned, "agreement", [(template, "original") for template in TEMPLATES]).values,
        levels=np.array([[each.levels.get(trait, np.nan) for trait in TRAITS] for each in respondents], dtype=float),
    )
