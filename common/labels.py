"""How a model is asked for one of a few lettered labels, and what it gives to each: a few layouts, by name.

A layout fits a model if the labels together hold most of the probability; if they do not, the model would have said
something else, and shares of what is left mean little. Which layout a model is asked in is therefore chosen by that
mass, on dev questions, before any question that counts (`subjects.yaml`), and never by how often it is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, softmax

from common.engines import Engine, OptionScores, Prompt

LETTERS = ("A", "B", "C", "D", "E")


@dataclass(frozen=True, slots=True)
class Lettering:
    """How a letter stands before an option in a list, and as an answer."""

    listed: str
    answer: str

    def option(self, letter: str, text: str) -> str:
        """A line of the list."""
        return self.listed.format(letter) + text

    def label(self, letter: str) -> str:
        """The label of an option, as it follows the prompt."""
        return self.answer.format(letter)


BRACKETS = Lettering(" ({}) ", " ({})")
"""As in Kadavath et al. 2022."""
POINTS = Lettering("{}. ", " {}")
"""As in MMLU (Hendrycks et al. 2021): most tokenizers hold " A" as one token, and few "(A)"."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to ask; see `LAYOUTS`."""

    name: str
    lettering: Lettering
    chat: bool = False
    """Whether examples are earlier turns of a conversation; else all is one text."""
    whole: bool = False
    """Whether labels are scored as strings of any number of tokens; else each has to be a single one."""

    def prompts(self, shown: Sequence[tuple[str, str]], asked: Sequence[str]) -> list[Prompt]:
        """Every prompt after the examples, prompts with their completions."""
        if not self.chat:
            head = "".join(f"{prompt}{completion}\n" for prompt, completion in shown)
            return [head + text for text in asked]
        turns = [
            {"role": role, "content": text.strip()}
            for example in shown
            for role, text in zip(("user", "assistant"), example, strict=True)
        ]
        return [[*turns, {"role": "user", "content": text}] for text in asked]

    def answer(self, text: str) -> str:
        """How an answer follows a prompt that ends without a space: after one in a text, at once in a turn."""
        return text.strip() if self.chat else f" {text.strip()}"

    def scores(
        self, engine: Engine, shown: Sequence[tuple[str, str]], asked: Sequence[str], labels: int
    ) -> OptionScores:
        """Probabilities of the first `labels` letters after each prompt: P prompts, [P, labels]; and their mass, [P].

        Raises:
            InputError: no chat template for a chat layout, a label that is not a single token of this model, one that
                merges with the prompt, or a prompt too long for the model.
        """
        options = [self.answer(self.lettering.label(letter)) for letter in LETTERS[:labels]]
        prompts = self.prompts(shown, asked)
        if not self.whole:
            return engine.option_scores(prompts, options)
        return among(engine.logprobs(prompts, [options] * len(prompts)))


def among(logprobs: Sequence[np.ndarray]) -> OptionScores:
    """Log-probabilities of whole strings, [K] a prompt, as shares of their sum, and that sum as the mass."""
    given = np.stack(logprobs)
    mass = np.exp(logsumexp(given, axis=1))
    return OptionScores(softmax(given, axis=1).astype(np.float32), mass.astype(np.float32))


TAUGHT = Layout("taught", BRACKETS)
"""For the lab's models: their labels are single tokens, brackets and all, and they were taught no other."""
LAYOUTS = {
    layout.name: layout
    for layout in (Layout("plain", POINTS), Layout("chat", POINTS, chat=True), Layout("whole", BRACKETS, whole=True))
}
"""plain: few-shot text that ends in "Answer:", then the letter, for tuned models too. chat: the letter is the first
token of the model's turn. whole: the text with labels in brackets, scored as whole strings whatever their tokens."""
