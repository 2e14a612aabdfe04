"""Asking any model: every statement to every respondent under every arrangement, as text and as option probabilities.

Nothing here knows what the answers mean for the paper. A generated answer is read by the rules of the released scripts
(`answers.read`); the option readout takes the five labels as the templates write them and compares how likely the model
is to begin its answer with each.

A prompt is the template's system and user message, in the form that the model takes (`common.asking`). Lab models have
no chat template and read the messages joined by newlines.
"""

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import pandas as pd

from common import asking, likert
from common.engines import Engine, Message, Prompt, Sampling
from common.errors import InputError
from common.labels import TAUGHT, Layout
from common.subjects import Subject
from replications.self_assessment import answers, arrangements
from replications.self_assessment.inventories import Respondent, Statement

TOKENS, LAB_TOKENS = 120, 8
"""Of an answer, at most: as in the paper's code for Llama-2, and what a lab model needs."""
PROBABILITIES = ["p1", "p2", "p3", "p4", "p5"]
"""Columns of an option readout: probability of the first to the last label, renormalised over the five."""


def questions(
    asked: Sequence[Statement],
    respondents: Sequence[Respondent],
    conditions: Iterable[tuple[str, str]],
    negated: bool = False,
) -> pd.DataFrame:
    """One row a respondent, condition (template, order) and statement: who and what is asked, with its `messages`.

    Columns as `answers.read` wants them (model is the respondent), and trait. With `negated`, the negations are asked
    of those statements that have one, under the statement's own name and key.
    """
    rows = [
        {
            "model": respondent.name,
            "template": template,
            "order": order,
            "item": statement.text,
            "trait": statement.trait,
            "key": statement.key,
            "messages": arrangements.messages(
                cast(likert.Template, template),
                (statement.negated or "") if negated else statement.text,
                order,
                respondent.persona,
            ),
        }
        for respondent in respondents
        for template, order in conditions
        for statement in asked
        if statement.negated or not negated
    ]
    return pd.DataFrame(rows)


def budget(prompts: int, draws: int, sampling: Sampling) -> str:
    """What `generate` may cost at most, in words."""
    most = prompts * draws * sampling.max_tokens
    return f"{prompts:,} prompts x {draws} draws x {sampling.max_tokens} tokens = {most:,} generated tokens at most"


def most_tokens(subject: Subject) -> int:
    """Tokens of an answer: what subjects.yaml has, else 8 for a lab model, which names a label alone, or 120."""
    return subject.tokens_of("ratings", LAB_TOKENS if subject.route == "lab" else TOKENS)


def decoding(lab: bool, max_tokens: int, seed: int) -> Sampling:
    """Greedy decoding (the paper's temperature is 0.01 or 0); a lab model's answer ends with its line."""
    return Sampling(temperature=0.0, max_tokens=max_tokens, stop=("\n",) if lab else (), seed=seed)


def generate(engine: Engine, asked: pd.DataFrame, sampling: Sampling) -> list[pd.DataFrame]:
    """Ask every question and read the answers (see `answers.read`): one frame a draw."""
    drawn = engine.sample(prompts(engine, asked["messages"]), sampling)
    about = asked.drop(columns="messages")
    found = []
    for k in range(sampling.n):
        cut_off = [each[k].finish_reason == "length" for each in drawn]
        found.append(answers.read(about.assign(answer=[each[k].text for each in drawn], cut_off=cut_off)))
    return found


def options(engine: Engine, asked: pd.DataFrame, layout: Layout = TAUGHT) -> pd.DataFrame:
    """Option readout of every question: in a chat turn or as plain text, by the layout; labels as the template has.

    New columns: `p1` to `p5`, `mass` (what the model gave to all five labels together), `label`, `agreement` and
    `keyed` of the likeliest label (see `answers.read`), and `expected`, the keyed rating under the probabilities.
    """
    labels = [list(likert.LABELS[template]) for template in asked["template"]]
    answers.check(asked)
    if layout is TAUGHT or layout.chat:
        rendered = prompts(engine, asked["messages"])
    else:  # a space at the end of a prompt belongs to the label: no tokenizer parts the two
        texts = [asking.joined(messages) for messages in asked["messages"]]
        rendered = [text.rstrip(" ") for text in texts]
        labels = [
            [f"{text[len(bare) :]}{label}" for label in several]
            for text, bare, several in zip(texts, rendered, labels, strict=True)
        ]
    scores = np.array(engine.logprobs(rendered, labels), dtype=float)
    mass = np.exp(scores).sum(1)
    p = np.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    stands_for = np.array([arrangements.ARRANGEMENTS[order].agreement for order in asked["order"]], dtype=float)
    expected = (p * stands_for).sum(1)
    found = asked.drop(columns="messages").assign(
        mass=mass, label=p.argmax(1) + 1.0, **dict(zip(PROBABILITIES, p.T, strict=True))
    )
    return answers.rate(found).assign(expected=np.where(found["key"] == 1, expected, 6 - expected))


def prompts(engine: Engine, asked: Iterable[Sequence[Message]]) -> list[Prompt]:
    """Messages in the form that the model takes.

    Raises:
        InputError: there are none.
    """
    found = [asking.prompt(engine, messages, asking.joined(messages)) for messages in asked]
    if not found:
        raise InputError("nothing to ask: the inventory has no item that fits")
    return found
