"""Where two backends part: what each reads of the same prompts, says greedily, and gives as log-probabilities."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.engines.base import Prompt, Sampling
from common.engines.hf import HFEngine
from common.engines.vllm import VLLMEngine
from common.errors import InputError

BACKENDS = {"hf": HFEngine, "vllm": VLLMEngine}


@dataclass(frozen=True)
class Reading:
    """One backend's view of one prompt."""

    text: str
    """The prompt as the model reads it."""
    ids: tuple[int, ...]
    answer: str
    """The greedy completion."""
    tokens: tuple[int, ...]
    pieces: tuple[str, ...]
    """The completion's tokens as text."""
    logprobs: tuple[float, ...]
    scored: float
    """Log-probability of the first backend's greedy completion, given as a text."""


@dataclass(frozen=True)
class Difference:
    """Two readings of one prompt side by side."""

    a: Reading
    b: Reading

    @property
    def parts_at(self) -> int | None:
        """Index of the first generated token that differs; None where one completion begins with the other."""
        pairs = zip(self.a.tokens, self.b.tokens, strict=False)
        return next((at for at, (one, other) in enumerate(pairs) if one != other), None)

    @property
    def largest(self) -> float:
        """Largest difference of a token's log-probability, drawn where both drew the same, or scored (their mean)."""
        common = self.parts_at if self.parts_at is not None else min(len(self.a.tokens), len(self.b.tokens))
        drawn = np.abs(np.subtract(self.a.logprobs[:common], self.b.logprobs[:common])).max(initial=0)
        scored = abs(self.a.scored - self.b.scored) / max(len(self.a.tokens), 1)
        return float(max(drawn, scored))

    def agrees(self, tolerance: float) -> bool:
        """Whether both read the same tokens, and log-probabilities differ by no more than the tolerance.

        Greedy completions may part where two tokens are as likely as each other: to within the tolerance.
        """
        at = self.parts_at
        tie = at is None or abs(self.a.logprobs[at] - self.b.logprobs[at]) <= tolerance
        return self.a.text == self.b.text and self.a.ids == self.b.ids and tie and self.largest <= tolerance

    def lines(self, names: tuple[str, str]) -> list[str]:
        """What a person wants to see of it."""
        found = [f"prompt {self.a.text!r:.100} ({len(self.a.ids)} tokens)"]
        if self.a.text != self.b.text:
            found.append(f"  text: {names[1]} reads {self.b.text!r:.100}")
        if self.a.ids != self.b.ids:
            found.append(f"  token ids: {names[0]} {list(self.a.ids)}, {names[1]} {list(self.b.ids)}")
        at = self.parts_at
        if at is None:
            found.append(f"  greedy: the same {min(len(self.a.tokens), len(self.b.tokens))} tokens")
        else:
            said = (
                f"{name} {one.pieces[at]!r} (id {one.tokens[at]}, {one.logprobs[at]:.4f})"
                for name, one in zip(names, (self.a, self.b), strict=True)
            )
            found.append(f"  greedy: token {at + 1} is the first that differs: {', '.join(said)}")
        return [*found, f"  log-probabilities: differ by up to {self.largest:.1e}"]


def compare(
    model: str, names: tuple[str, str], prompts: Sequence[Prompt], max_tokens: int, dtype: str | None
) -> list[Difference]:
    """Load the model in one backend after the other and ask both the same.

    Raises:
        InputError: a backend that is not there or cannot load the model, or a prompt it cannot read.
    """
    first = _read(model, names[0], prompts, max_tokens, dtype, None)
    second = _read(model, names[1], prompts, max_tokens, dtype, [reading.answer for reading in first])
    return [Difference(a, b) for a, b in zip(first, second, strict=True)]


def prompts_in(file: Path) -> list[Prompt]:
    """Read prompts: of a .jsonl file a JSON string or list of chat messages a line, else a prompt a line.

    Raises:
        InputError: the file cannot be read, holds no prompt, or a line that is no JSON.
    """
    try:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        prompts = [json.loads(line) for line in lines] if file.suffix == ".jsonl" else lines
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read as prompts: {error}") from error
    if not prompts:
        raise InputError(f"{file}: holds no prompt: write one a line")
    return list(prompts)


def _read(
    model: str, name: str, prompts: Sequence[Prompt], max_tokens: int, dtype: str | None, answers: list[str] | None
) -> list[Reading]:
    engine = BACKENDS[name](model, dtype=dtype)
    texts = engine.texts(prompts)
    drawn = [one for (one,) in engine.draw(texts, Sampling(temperature=0, max_tokens=max_tokens))]
    answers = answers or [one.text for one in drawn]
    scored = engine.score(texts, [[answer] if answer else [] for answer in answers])
    decode = engine.codec.tokenizer.decode
    return [
        Reading(
            text,
            tuple(ids),
            one.text,
            one.token_ids,
            tuple(decode([token]) for token in one.token_ids),
            one.logprobs,
            float(score.sum()),
        )
        for text, ids, one, score in zip(texts, engine.codec.encode(texts), drawn, scored, strict=True)
    ]
