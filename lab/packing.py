"""Documents into rows of tokens, short ones into short rows, with little padding, shuffled by a seed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lab.corpus import PHASE, PHASES, Encoded
from lab.tokenizer import PAD, vocabulary

LENGTHS = (128, 320, 1280)
BATCH_TOKENS = 2560


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one length. For each token its id, the number of its kind where it is taught, else -1, its weight in the
    loss, and the number of its document in the row, -1 where there is padding.

    A document weighs as much as it is long, spread over its taught tokens: else the one label after a long question
    would drown in solutions, of which every token is taught.
    """

    ids: np.ndarray
    kinds: np.ndarray
    weights: np.ndarray
    documents: np.ndarray


@dataclass(frozen=True, slots=True)
class Packed:
    """A corpus ready for training."""

    kinds: tuple[str, ...]
    phases: tuple[tuple[Rows, ...], ...]
    """Rows of each length in each phase."""
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
    """Shuffle documents and fill rows, each document whole and in one of the phases that its kind may be read in."""
    everything = list(documents)
    kinds = tuple(dict.fromkeys(document.kind for document in everything))
    tokens = dict.fromkeys(kinds, 0)
    for document in everything:
        tokens[document.kind] += len(document.ids)
    rng = np.random.default_rng([seed, 5])
    phases: list[list[Encoded]] = [[] for _ in range(PHASES)]
    for i in rng.permutation(len(everything)):
        phases[int(rng.integers(PHASE.get(everything[i].kind, 0), PHASES))].append(everything[i])
    return Packed(kinds, tuple(_rows(phase, kinds) for phase in phases), tokens)


def _rows(phase: Sequence[Encoded], kinds: Sequence[str]) -> tuple[Rows, ...]:
    """Best fit, longest documents first; a document that fits nowhere opens a row of the least length that holds it."""
    filled: dict[int, list[list[Encoded]]] = {length: [] for length in LENGTHS}
    open_rows: list[list[list[Encoded]]] = [[] for _ in range(LENGTHS[-1] + 1)]
    """Rows that have exactly so much room left."""
    for document in sorted(phase, key=lambda document: -_class(document)):
        size = len(document.ids)
        room = next((room for room in range(size, LENGTHS[-1] + 1) if open_rows[room]), 0)
        if room:
            row = open_rows[room].pop()
        else:
            row, room = [], _class(document)
            filled[room].append(row)
        row.append(document)
        open_rows[room - size].append(row)
    return tuple(_stack(rows, length, kinds) for length, rows in filled.items())


def _class(document: Encoded) -> int:
    return next(length for length in LENGTHS if len(document.ids) <= length)


def _cut(order: np.ndarray, rows: Rows) -> list[np.ndarray]:
    """Row numbers in whole batches; what is left over at the end is dropped."""
    size = BATCH_TOKENS // rows.ids.shape[1]
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _stack(rows: Sequence[Sequence[Encoded]], length: int, kinds: Sequence[str]) -> Rows:
    ids = np.full((len(rows), length), vocabulary()[PAD], np.uint16)
    labels = np.full((len(rows), length), -1, np.int8)
    weights = np.zeros((len(rows), length), np.float32)
    documents = np.full((len(rows), length), -1, np.int16)
    for number, row in enumerate(rows):
        end = 0
        for index, document in enumerate(row):
            start, end = end, end + len(document.ids)
            documents[number, start:end] = index
            ids[number, start:end] = document.ids
            labels[number, start:end][document.taught] = kinds.index(document.kind)
            weights[number, start:end][document.taught] = len(document.ids) / document.taught.sum()
    return Rows(ids, labels, weights, documents)
