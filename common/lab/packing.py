"""Documents into rows of tokens: short ones into rows of 256, long ones into rows of 1,280, little padding, shuffled
by a seed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from common.lab.corpus import Encoded
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
    short: Rows
    long: Rows
    tokens: dict[str, int]
    """Tokens of each kind, padding aside."""

    def batches(self, seed: int) -> list[tuple[Rows, np.ndarray]]:
        """All batches of about `BATCH_TOKENS` in the order of a seed: (rows, row numbers)."""
        rng = np.random.default_rng([seed, 4])
        found = []
        for rows in (self.short, self.long):
            order = rng.permutation(len(rows.ids))
            size = BATCH_TOKENS // rows.ids.shape[1]
            found += [(rows, order[start : start + size]) for start in range(0, len(order) - size + 1, size)]
        return [found[i] for i in rng.permutation(len(found))]


def pack(documents: Iterable[Encoded], seed: int) -> Packed:
    """Shuffle documents and fill rows, each document whole."""
    everything = list(documents)
    kinds = tuple(dict.fromkeys(document.kind for document in everything))
    tokens = dict.fromkeys(kinds, 0)
    for document in everything:
        tokens[document.kind] += len(document.ids)
    order = np.random.default_rng([seed, 5]).permutation(len(everything))
    shuffled = [everything[i] for i in order]
    short = [document for document in shuffled if len(document.ids) <= SHORT]
    long = [document for document in shuffled if SHORT < len(document.ids) <= LONG]
    return Packed(kinds, _fill(short, SHORT, kinds), _fill(long, LONG, kinds), tokens)


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
