"""Respondents whose way of answering is known, as engines: they read the prompt's text, never our arrangements.

Each finds the character and the statement in the prompt, looks up how far the statement is true, and picks the label of
the option that says so; or does something worse.
"""

import re
import zlib
from types import SimpleNamespace

import numpy as np

from common import likert
from common.engines import Completion
from common.errors import InputError
from lab.items import STATEMENTS
from lab.lexicon import VERBS
from lab.world import build_world

CHARACTERS = {character.name: character for character in build_world().characters}
STATEMENTS = {item.text: item for item in STATEMENTS}
MEANINGS = {text: 5 - k for texts in (likert.MPI_OPTIONS, likert.WHO_OPTIONS) for k, text in enumerate(texts)}


def scale(text: str) -> dict[str, float]:
    """Label -> agreement, read from the options or anchors that the prompt shows."""
    listed = re.findall(r"^(\([A-E]\)|\d)(?:\.| =) (.+)$", text, re.MULTILINE)
    if listed:
        return {label: MEANINGS[meaning] for label, meaning in listed}
    anchors = {int(k): {"agree": 5, "disagree": 1}[a] for k, a in re.findall(r"(\d) being (agree|disagree)", text)}
    return {str(k): anchors[1] + (anchors[5] - anchors[1]) * (k - 1) / 4 for k in range(1, 6)}


def truth(text: str) -> int:
    """How far the statement in the prompt is true of the character in it; "do not" turns it round."""
    said = re.search(rf"\bI (do not )?((?:{'|'.join(VERBS)}) \w+)", text)
    level = STATEMENTS[f"I {said[2]}"].level(CHARACTERS[re.search(r"You are (\w+)", text)[1]])
    return 6 - level if said[1] else level


def honest(text: str) -> str:
    labels = scale(text)
    return min(labels, key=lambda label: abs(labels[label] - truth(text)))


def nearly_honest(text: str) -> str:
    """Honest but for one answer in twelve, which names another label."""
    said = honest(text)
    if zlib.crc32(text.encode()) % 12:
        return said
    labels = sorted(scale(text))
    return labels[labels.index(said) - 1]


def first_label(text: str) -> str:
    return sorted(scale(text))[0]


def first_place(text: str) -> str:
    return next(iter(scale(text)))


def refusing(text: str) -> str:
    return "As an AI I cannot say."


def deaf_to_not(text: str) -> str:
    return honest(text.replace("do not ", ""))


def only_who(text: str) -> str:
    """Honest under one template, and always the first label under the others."""
    return honest(text) if "Statement:" in text else first_label(text)


class Scripted:
    """An engine that answers by one of these; its option probabilities lie on the same label."""

    def __init__(self, answer):
        self.answer = answer

    def render(self, prompt):
        return prompt if isinstance(prompt, str) else "\n".join(message["content"] for message in prompt)

    def sample(self, prompts, sampling):
        texts = [self.answer(self.render(prompt)) for prompt in prompts]
        return [[Completion(text, (), (), "stop", 0)] * sampling.n for text in texts]

    def logprobs(self, prompts, continuations):
        rows = zip((self.answer(self.render(prompt)) for prompt in prompts), continuations, strict=True)
        return [np.log([0.6 if label == said else 0.1 for label in labels], dtype=np.float32) for said, labels in rows]


def without_system_role(engine):
    """The same, of a model whose chat template refuses a system message."""

    def render(prompt):
        if not isinstance(prompt, str) and any(message["role"] == "system" for message in prompt):
            raise InputError("the model's chat template refuses these messages")
        return engine.render(prompt)

    return SimpleNamespace(render=render)


def without_chat():
    """A model that takes text only."""

    def render(prompt):
        if not isinstance(prompt, str):
            raise InputError("this model has no chat template")
        return prompt

    return SimpleNamespace(render=render)
