"""The store that engines read from and write to.

Many rows are read by one query. A row that fails its checksum counts as missing, is reported, and is replaced when its
completions are added again. Adding looks, under the write lock, at what is there already and writes only the rest, so
that processes which compute the same thing at once neither double nor overwrite anything.
"""

import logging
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.completions import Completion
from common.paths import OUTPUTS
from common.store import rows
from common.store.blocks import pack, unpack
from common.store.database import connect, in_plain_words, transaction
from common.store.request import Request, canonical
from common.store.rows import ANY_PART, New, Row

if TYPE_CHECKING:
    import pandas as pd

ScoreKey = tuple[str, tuple[str, ...]]
"""A prompt, and the continuations or options that were scored after it."""

logger = logging.getLogger(__name__)


class Store:
    """Completions and scores in one file, for several readers and writers at once.

    Args:
        path: the file, made where there is none; by default `store.sqlite` under OUTPUTS.

    Raises:
        InputError: the file is no store, or was written by a newer version. So does every method where the disk is
            full, or the file read-only, locked for long, or damaged.
    """

    def __init__(self, path: Path = OUTPUTS / "store.sqlite") -> None:
        self.path = Path(path)
        self._connections = {os.getpid(): connect(self.path)}

    @property
    def connection(self) -> sqlite3.Connection:
        """This process's own connection: SQLite forbids to use one across a fork."""
        if os.getpid() not in self._connections:
            self._connections[os.getpid()] = connect(self.path)
        return self._connections[os.getpid()]

    def close(self) -> None:
        """Let go of the file; the store cannot be used afterwards."""
        self.connection.close()

    def completions(self, request: Request, texts: Collection[str], n: int) -> dict[str, list[Completion]]:
        """Look up the first `n` completions of each prompt; prompts that lack any of them are left out."""
        joined = {text: _joined(blocks, n) for text, blocks in self._intact(request, texts, n).items()}
        return {text: drawn for text, drawn in joined.items() if len(drawn) == n}

    def add_completions(
        self, request: Request, drawn: Mapping[str, Sequence[Completion]], versions: Mapping[str, str]
    ) -> None:
        """Add completions number 0, 1, ... of each prompt, all or none; those already there stay as they are."""
        with self._adding(request, drawn) as (connection, there):
            new = [
                New(text, gap.start, len(gap), pack(completions[gap.start : gap.stop]))
                for text, completions in drawn.items()
                for gap in _gaps(there.get(text, []), len(completions))
            ]
            rows.insert(connection, request, versions, new)

    def scores(self, request: Request, keys: Collection[ScoreKey]) -> dict[ScoreKey, np.ndarray]:
        """Look up scores, one float32 array a key; keys that were not scored yet are left out."""
        with in_plain_words(self.path):
            ids = rows.text_ids(self.connection, {_listing(key) for key in keys})
        wanted = {(key[0], ids[_listing(key)]): key for key in keys if _listing(key) in ids}
        there = self._intact(request, {prompt for prompt, _ in wanted}, ANY_PART)
        return {
            wanted[text, row.part]: np.frombuffer(row.data, "<f4")
            for text, found in there.items()
            for row in found
            if (text, row.part) in wanted
        }

    def add_scores(self, request: Request, scores: Mapping[ScoreKey, np.ndarray], versions: Mapping[str, str]) -> None:
        """Add the scores of some prompts, all or none; those already there stay as they are."""
        with self._adding(request, {prompt for prompt, _ in scores}) as (connection, there):
            ids = rows.add_texts(connection, {_listing(key) for key in scores})
            known = {(text, row.part) for text, found in there.items() for row in found}
            new = [
                New(key[0], ids[_listing(key)], len(values), values.astype("<f4").tobytes())
                for key, values in scores.items()
                if (key[0], ids[_listing(key)]) not in known
            ]
            rows.insert(connection, request, versions, new)

    def frame(self, model: str | None = None, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """All stored completions, one a row, with their prompts and settings.

        Args:
            model: only models whose name starts so.
            columns: only these of `export.SCHEMA`; token ids and log-probabilities take most of the memory.

        Raises:
            InputError: no stored model starts so, or no column is called so.
        """
        from common.store.export import frame  # engines need no pandas

        with in_plain_words(self.path):
            return frame(self.connection, model, columns)

    def _intact(self, request: Request, texts: Collection[str], below: int) -> dict[str, list[Row]]:
        with in_plain_words(self.path):
            intact, failed = rows.select(self.connection, request, texts, below)
        if failed:
            logger.warning(
                "store %s: %d damaged row(s) count as missing (first id: %d)", self.path, len(failed), min(failed)
            )
        return intact

    @contextmanager
    def _adding(
        self, request: Request, texts: Collection[str]
    ) -> Iterator[tuple[sqlite3.Connection, dict[str, list[Row]]]]:
        """Hold the write lock, with damaged rows of these prompts gone and the others at hand."""
        with in_plain_words(self.path), transaction(self.connection):
            intact, failed = rows.select(self.connection, request, texts)
            rows.delete(self.connection, failed)
            yield self.connection, intact


def _joined(blocks: Sequence[Row], n: int) -> list[Completion]:
    """The completions from number 0 up to the first gap, at most `n`."""
    drawn: list[Completion] = []
    for block in sorted(blocks, key=lambda block: block.part):
        if block.part == len(drawn):
            drawn += unpack(block.data).completions()
    return drawn[:n]


def _gaps(blocks: Sequence[Row], n: int) -> list[range]:
    """Runs of sample numbers below `n` that no block holds."""
    edges = sorted((block.part, block.part + block.size) for block in blocks if block.part < n)
    starts = [0, *(end for _, end in edges)]
    ends = [*(start for start, _ in edges), n]
    return [range(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _listing(key: ScoreKey) -> str:
    return canonical(list(key[1]))
