"""Engines that record what a model says, or give out what one said, also where it is not at hand."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from transformers.utils.chat_template_utils import render_jinja_template

from common.completions import Completion
from common.engines import load_engine
from common.engines.base import Engine, OptionScores, Prompt, Sampling
from common.engines.cached import CachedEngine
from common.engines.prompts import Codec
from common.errors import InputError
from common.paths import OUTPUTS
from common.recordings import recorded
from common.recordings.recording import Computing, Recording
from common.recordings.store import RecordedStore
from common.store import Store
from common.subjects import Subject

MODE = "RECORDINGS"
"""Environment variable: `keep` records what is computed, `live` leaves recordings alone; by default they are read."""
LIVE = OUTPUTS / "live.sqlite"
"""Store of answers that are compared with recordings: none that the recorded run left."""


def open_engine(subject: Subject, folder: Path, engine: str = "auto") -> Engine:
    """The engine of a subject: of its recording where there is one, which its model only helps out.

    Args:
        subject: a model.
        folder: of its recording; there may be none.
        engine: backend; another than the recorded one is asked itself.

    Raises:
        InputError: as `load_engine`, `Recording` and `Recording.check`.
    """
    mode = os.environ.get(MODE, "")
    there = recorded(folder)
    if mode == "live" and subject.route == "model":
        return load_engine(subject.source, engine=engine, store=LIVE)
    if subject.route != "model" or not (there or mode == "keep"):
        return load_engine(subject.source, engine=engine)

    def load() -> Engine:
        return load_engine(subject.source, engine=engine, store=None)

    if there:
        recording = Recording(folder)
        if engine not in ("auto", recording.meta["identity"]["backend"]):
            return load_engine(subject.source, engine=engine)
        asked: Engine = ReplayEngine(recording, load)
    else:
        asked = load()
        recording = Recording.begin(folder, subject, cast(Computing, asked))
    return RecordedEngine(asked, RecordedStore(recording, Store(), keep=mode == "keep"))


class RecordedEngine(CachedEngine):
    """An engine with a recording for its memory, which holds lengths and hidden states too.

    Args:
        engine: computes what was not recorded.
        store: the recording.
    """

    def __init__(self, engine: Engine, store: RecordedStore) -> None:
        super().__init__(engine, cast(Store, store))
        self.recorded = store

    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Tokens of each text, read back or counted: see `Engine.lengths`."""
        keys = [(text, tuple(listed)) for text, listed in zip(texts, continuations or [()] * len(texts), strict=True)]

        def count(some: Sequence[tuple[str, tuple[str, ...]]]) -> list[np.ndarray]:
            listed = [list(after) for _, after in some] if continuations else None
            return [
                np.array([length], np.float32) for length in self.engine.lengths([text for text, _ in some], listed)
            ]

        found = self._scored("lengths", keys, count)
        return [int(found[key][0]) for key in keys]

    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """Hidden states, read back or computed, rounded to float16: see `Engine.hidden_states`."""
        keys: list[tuple[str, tuple[str, ...]]] = [(text, ()) for text in self.texts(prompts)]

        def read(some: Sequence[tuple[str, tuple[str, ...]]]) -> list[np.ndarray]:
            states = self.engine.hidden_states([text for text, _ in some])
            return list(states.astype(np.float16).astype(np.float32))

        found = self._scored("hidden", keys, read)
        return np.stack([found[key] for key in keys])


class ReplayEngine(Engine):
    """What was recorded of a model, without the model: it renders prompts, and has the model loaded for all else.

    Args:
        recording: of the model.
        load: loads it, where it is.
    """

    def __init__(self, recording: Recording, load: Callable[[], Engine]) -> None:
        meta = recording.meta
        self.identity = meta["identity"]
        self.versions = {}  # until the model is loaded
        self.context_length = meta["context_length"]
        self.recording = recording
        self.codec = Codec(_Template(meta["chat_template"], meta["special_tokens"]))
        self._load = load

    @cached_property
    def model(self) -> Engine:
        """The model.

        Raises:
            InputError: it is not here, or another than was recorded.
        """
        try:
            loaded = self._load()
        except InputError as error:
            raise InputError(
                f"{self.recording.folder} lacks an answer to one of these prompts, and the model is not here to be "
                f"asked: {error}; or take the published parameters"
            ) from error
        self.recording.check(cast(Computing, loaded))
        self.versions = loaded.versions
        return loaded

    def render(self, prompt: Prompt) -> str:
        """Give the text that the model read: see `Engine.render`."""
        return self.codec.render(prompt)

    def plan(self, texts: Sequence[str], sampling: Sampling) -> list[list[int]]:
        """As the model does: see `Engine.plan`."""
        return self.model.plan(texts, sampling)

    def sample_chunk(self, texts: Sequence[str], sampling: Sampling, chunk: Sequence[int]) -> list[list[Completion]]:
        """As the model does: see `Engine.sample_chunk`."""
        return self.model.sample_chunk(texts, sampling, chunk)

    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """As the model does: see `Engine.lengths`."""
        return self.model.lengths(texts, continuations)

    def score(self, texts: Sequence[str], continuations: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """As the model does: see `Engine.score`."""
        return self.model.score(texts, continuations)

    def score_options(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """As the model does: see `Engine.score_options`."""
        return self.model.score_options(texts, options)

    def score_layers(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """As the model does: see `Engine.score_layers`."""
        return self.model.score_layers(texts, options)

    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """As the model does: see `Engine.hidden_states`."""
        return self.model.hidden_states(prompts)


class _Template:
    """As much of a tokenizer as rendering needs."""

    def __init__(self, chat_template: str, special_tokens: Mapping[str, str]) -> None:
        self.chat_template = chat_template
        self._special_tokens = special_tokens

    def apply_chat_template(
        self, messages: list[dict[str, str]], tokenize: Literal[False], add_generation_prompt: bool
    ) -> str:
        given: dict[str, Any] = {"add_generation_prompt": add_generation_prompt, **self._special_tokens}
        rendered: Any = render_jinja_template([messages], chat_template=self.chat_template, **given)
        return str(rendered[0][0])
