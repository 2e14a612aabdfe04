"""A recording in the place of an engine's store: look-ups go to it first, and what is new is added part by part."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from common.completions import Completion
from common.recordings import parts
from common.recordings.recording import Recording
from common.store import Request, Store
from common.store.store import ScoreKey

EVERY = 600
"""Seconds after which what is new becomes a part, so that it can be committed while a run goes on."""


class RecordedStore:
    """What `CachedEngine` needs of a store. What is computed also goes into `store`, which loses nothing.

    Args:
        recording: looked up first.
        store: looked up next, and where what is computed is kept chunk by chunk.
        keep: whether all that was asked and is not recorded yet is to be; else the recording stays as it is.
    """

    def __init__(self, recording: Recording, store: Store, keep: bool) -> None:
        self.recording = recording
        self.store = store
        self.keep = keep
        self._requests: dict[str, Request] = {}
        self._rows: list[parts.Row] = []
        self._versions: Mapping[str, str] = {}
        self._written = time.monotonic()

    @property
    def path(self) -> Path:
        """Where what is computed is kept."""
        return self.store.path

    def completions(self, request: Request, texts: Collection[str], n: int) -> dict[str, list[Completion]]:
        """As `Store.completions`."""
        found = self.recording.completions(request, texts, n)
        more = self.store.completions(request, [text for text in texts if text not in found], n)
        rows = (
            parts.completion_row(request, text, sample, one)
            for text, drawn in more.items()
            for sample, one in enumerate(drawn)
        )
        self._note(request, rows)
        return found | more

    def add_completions(
        self, request: Request, drawn: Mapping[str, Sequence[Completion]], versions: Mapping[str, str]
    ) -> None:
        """As `Store.add_completions`."""
        self._versions = versions
        self.store.add_completions(request, drawn, versions)

    def scores(self, request: Request, keys: Collection[ScoreKey]) -> dict[ScoreKey, np.ndarray]:
        """As `Store.scores`."""
        found = self.recording.scores(request, keys)
        more = self.store.scores(request, [key for key in keys if key not in found])
        self._note(request, (parts.score_row(request, *key, values) for key, values in more.items()))
        return found | more

    def add_scores(self, request: Request, scores: Mapping[ScoreKey, np.ndarray], versions: Mapping[str, str]) -> None:
        """As `Store.add_scores`."""
        self._versions = versions
        self.store.add_scores(request, scores, versions)

    def write(self) -> None:
        """Make a part of what is new. Raises as `Recording.append`."""
        if self._rows:
            self.recording.append(self._requests, self._rows, self._versions)
        self._requests, self._rows, self._written = {}, [], time.monotonic()

    def _note(self, request: Request, rows: Iterable[parts.Row]) -> None:
        if not self.keep:
            return
        self._requests[request.digest.hex()] = request
        self._rows += rows
        if time.monotonic() - self._written > EVERY:
            self.write()
