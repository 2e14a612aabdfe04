"""An engine with a store: what was computed once is read back, what is new is stored chunk by chunk.

Chunks are cut by the full request, never by what is left of it, and a chunk that lacks anything is computed whole. So a
run that was killed and started again ends with the very bytes of an undisturbed one. Everything given out has been read
back from the store, so that the first run and the later ones see the same.

A prompt that occurs twice in a request is computed once: its draws depend on its text alone, so both occurrences get
the same completions.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Literal, TypeVar

import numpy as np

from common.completions import Completion
from common.engines.base import Engine, OptionScores, Prompt, Sampling
from common.errors import InputError
from common.progress import Progress
from common.store import Request, Store
from common.store.request import Kind
from common.store.store import ScoreKey

PROMPTS = 256
"""Prompts scored and stored at a time."""
READING = {"boundary": "refused"}
"""A part of every score's key: what was stored without it may be of continuations that merge with their prompt."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class CachedEngine(Engine):
    """The same engine with a memory on disk. Interrupted at any time, it keeps all chunks it has finished.

    Args:
        engine: computes what the store lacks.
        store: where completions and scores are kept.

    Raises:
        InputError: every method that computes, beside the engine's own reasons, where the store cannot be used.
    """

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine = engine
        self.store = store
        self.identity = engine.identity
        self.versions = engine.versions
        self.context_length = engine.context_length

    def render(self, prompt: Prompt) -> str:
        """Give the text the model reads: see `Engine.render`."""
        return self.engine.render(prompt)

    def plan(self, texts: Sequence[str], sampling: Sampling) -> list[list[int]]:
        """Cut a request as the engine does: see `Engine.plan`."""
        return self.engine.plan(texts, sampling)

    def sample_chunk(self, texts: Sequence[str], sampling: Sampling, chunk: Sequence[int]) -> list[list[Completion]]:
        """Draw one chunk of the plan, past the store: see `Engine.sample_chunk`."""
        return self.engine.sample_chunk(texts, sampling, chunk)

    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Tokens of each text: see `Engine.lengths`."""
        return self.engine.lengths(texts, continuations)

    def draw(self, texts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        """Draw or read back `sampling.n` completions for each text: see `Engine.sample`.

        The same text twice gets the same completions.
        """
        distinct = list(dict.fromkeys(texts))
        request = Request.of("sample", self.identity, _settings(sampling))

        def look_up(keys: Sequence[str]) -> Mapping[str, list[Completion]]:
            return self.store.completions(request, keys, sampling.n)

        def compute(chunk: Sequence[int]) -> None:
            drawn = self.engine.sample_chunk(distinct, sampling, chunk)
            by_text = {distinct[index]: completions for index, completions in zip(chunk, drawn, strict=True)}
            self.store.add_completions(request, by_text, self.engine.versions)

        found = self._complete("sample", distinct, look_up, lambda: self.engine.plan(distinct, sampling), compute)
        return [list(found[text]) for text in texts]

    def score(self, texts: Sequence[str], continuations: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Compute or read back log-probabilities of continuations: see `Engine.logprobs`."""
        keys = [(text, tuple(listed)) for text, listed in zip(texts, continuations, strict=True)]

        def score(some: Sequence[ScoreKey]) -> Sequence[np.ndarray]:
            return self.engine.score([text for text, _ in some], [list(listed) for _, listed in some])

        found = self._scored("logprobs", keys, score)
        return [found[key].copy() for key in keys]

    def score_options(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Compute or read back scores of single-token options: see `Engine.option_scores`."""
        return self._options("options", self.engine.score_options, texts, options)

    def score_layers(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Compute or read back scores of single-token options by layer: see `Engine.option_scores_by_layer`."""
        return self._options("layers", self.engine.score_layers, texts, options)

    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """Read hidden states, which are not stored: see `Engine.hidden_states`."""
        return self.engine.hidden_states(prompts)

    def _options(
        self,
        kind: Literal["options", "layers"],
        ask: Callable[[Sequence[str], Sequence[str]], OptionScores],
        texts: Sequence[str],
        options: Sequence[str],
    ) -> OptionScores:
        """Scores of options, stored as their shares and, after these, their mass, layer by layer."""
        if not texts or isinstance(options, str) or not isinstance(options, Sequence):
            return ask(texts, options)
        keys = [(text, tuple(options)) for text in texts]

        def score(some: Sequence[ScoreKey]) -> Sequence[np.ndarray]:
            scores = ask([text for text, _ in some], options)
            rows = np.concatenate([scores.probabilities, scores.mass[..., None]], axis=-1)
            return list(rows.reshape(len(some), -1))

        found = self._scored(kind, keys, score)
        table = np.stack([found[key] for key in keys])
        if kind == "layers":
            table = table.reshape(len(keys), -1, len(options) + 1)
        return OptionScores(probabilities=table[..., :-1], mass=table[..., -1])

    def _scored(
        self,
        kind: Kind,
        keys: Sequence[ScoreKey],
        score: Callable[[Sequence[ScoreKey]], Sequence[np.ndarray]],
    ) -> dict[ScoreKey, np.ndarray]:
        distinct = list(dict.fromkeys(keys))
        request = Request.of(kind, self.identity, READING)

        def look_up(some: Sequence[ScoreKey]) -> Mapping[ScoreKey, np.ndarray]:
            return self.store.scores(request, some)

        def plan() -> list[list[int]]:
            by_length = sorted(range(len(distinct)), key=lambda index: len(distinct[index][0]))
            return [by_length[start : start + PROMPTS] for start in range(0, len(distinct), PROMPTS)]

        def compute(chunk: Sequence[int]) -> None:
            some = [distinct[index] for index in chunk]
            self.store.add_scores(request, dict(zip(some, score(some), strict=True)), self.engine.versions)

        return self._complete(kind, distinct, look_up, plan, compute)

    def _complete(
        self,
        what: str,
        keys: Sequence[Key],
        look_up: Callable[[Sequence[Key]], Mapping[Key, Value]],
        plan: Callable[[], list[list[int]]],
        compute: Callable[[Sequence[int]], None],
    ) -> dict[Key, Value]:
        """Look everything up, compute the chunks that lack something, and look those up again."""
        found = dict(look_up(keys))
        if len(found) == len(keys):
            return found
        chunks = plan()
        lacking = [chunk for chunk in chunks if any(keys[index] not in found for index in chunk)]
        done = len(keys) - sum(map(len, lacking))
        with Progress(what, len(keys), "prompt", done) as bar:
            for chunk in lacking:
                compute(chunk)
                some = [keys[index] for index in chunk]
                found |= look_up(some)
                if any(key not in found for key in some):
                    raise InputError(f"store {self.store.path}: does not give back what was written: check the disk")
                bar.update(len(chunk))
        return found


def _settings(sampling: Sampling) -> dict[str, object]:
    """What a draw depends on beside the model; sums that nobody asked for have no part in the key."""
    settings = sampling.model_dump(mode="json", exclude={"n"})
    return settings if sampling.logit_sums else {name: settings[name] for name in settings if name != "logit_sums"}
