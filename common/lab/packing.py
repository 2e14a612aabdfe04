"""Documents into rows of tokens: short ones into rows of 256, long ones into rows of 1,280, little padding, shuffled
by a seed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from common.lab.corpus import JUDGING, Encoded
from common.lab.tokenizer import PAD, vocabulary

SHORT, LONG = 256, 1280
BATCH_TOKENS = 2560
_OPEN_ROWS = 64


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one length: token ids, and for each token the number of its kind where it is taught, else -1."""

    ids: np.ndarray
    kinds: np.ndarray


@dataclass(frozen=True, slots=True)
class Packed:
    """A corpus ready for training."""

    kinds: tuple[str, ...]
    phases: tuple[tuple[Rows, Rows], ...]
    """Short and long rows of each phase."""
    tokens: dict[str, int]
    """Tokens of each kind, padding aside."""

    def batches(self, seed: int) -> list[tuple[Rows, np.ndarray]]:
        """All batches of about `BATCH_TOKENS`, phase by phase in the order of a seed: (rows, row numbers)."""
        rng = np.random.default_rng([seed, 4])
        ordered = []
        for phase in self.phases:
            found = [(rows, chosen) for rows in phase for chosen in _cut(rng.permutation(len(rows.ids)), rows)]
            ordered += [found[i] for i in rng.permutation(len(found))]
        return ordered


def pack(documents: Iterable[Encoded], seed: int) -> Packed:
    """Shuffle documents and fill rows, each document whole; judging documents wait for the second phase.

    A model that meets verifications before it can solve learns to copy the result it is shown, and stays there.
    """
    everything = list(documents)
    kinds = tuple(dict.fromkeys(document.kind for document in everything))
    tokens = dict.fromkeys(kinds, 0)
    for document in everything:
        tokens[document.kind] += len(document.ids)
    rng = np.random.default_rng([seed, 5])
    phases: tuple[list[Encoded], list[Encoded]] = ([], [])
    for i in rng.permutation(len(everything)):
        early = rng.random() < FIRST_PHASE and everything[i].kind not in JUDGING
        phases[0 if early else 1].append(everything[i])
    return Packed(kinds, tuple(_rows(phase, kinds) for phase in phases), tokens)


FIRST_PHASE = 0.5
"""Share of the documents that judge nothing which are read before the first one that judges."""


def _rows(documents: Sequence[Encoded], kinds: Sequence[str]) -> tuple[Rows, Rows]:
    short = [document for document in documents if len(document.ids) <= SHORT]
    long = [document for document in documents if SHORT < len(document.ids) <= LONG]
    return _fill(short, SHORT, kinds), _fill(long, LONG, kinds)


def _cut(order: np.ndarray, rows: Rows) -> list[np.ndarray]:
    """Row numbers in whole batches; what is left over at the end is dropped."""
    size = BATCH_TOKENS // rows.ids.shape[1]
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _fill(documents: Sequence[Encoded], length: int, kinds: Sequence[str]) -> Rows:
    """First fit over a bounded number of open rows."""
    closed: list[list[Encoded]] = []
    rows: list[list[Encoded]] = []
    room: list[int] = []
    for document in documents:
        at = next((i for i, left in enumerate(room) if left >= len(document.ids)), None)
        if at is None:
            if len(rows) == _OPEN_ROWS:
                fullest = int(np.argmin(room))
                closed.append(rows.pop(fullest))
                room.pop(fullest)
            rows.append([])
            room.append(length)
            at = len(rows) - 1
        rows[at].append(document)
        room[at] -= len(document.ids)
    return _stack(closed + rows, length, kinds)


def _stack(rows: Sequence[Sequence[Encoded]], length: int, kinds: Sequence[str]) -> Rows:
    ids = np.full((len(rows), length), vocabulary()[PAD], np.uint16)
    labels = np.full((len(rows), length), -1, np.int8)
    for number, row in enumerate(rows):
        end = 0
        for document in row:
            start, end = end, end + len(document.ids)
            ids[number, start:end] = document.ids
            labels[number, start:end][document.taught] = kinds.index(document.kind)
    return Rows(ids, labels)
