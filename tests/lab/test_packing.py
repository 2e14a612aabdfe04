from collections import Counter

import numpy as np
import pytest

from lab import corpus, packing, tokenizer
from lab.world import build_world

PAD = tokenizer.vocabulary()[tokenizer.PAD]


@pytest.fixture(scope="module")
def documents():
    return list(corpus.documents(build_world(), 1_200_000, "high", 0))


@pytest.fixture(scope="module")
def packed(documents):
    return packing.pack(documents, 0)


def every(packed):
    return [rows for phase in packed.phases for rows in phase]


def test_no_kind_is_read_before_its_phase_and_every_kind_in_its_own(packed):
    for number, phase in enumerate(packed.phases):
        found = set(np.concatenate([np.unique(rows.kinds) for rows in phase]).tolist()) - {-1}
        assert {packed.kinds[k] for k in found} == {k for k in packed.kinds if corpus.PHASE.get(k, 0) <= number}


def test_every_token_is_packed_once(documents, packed):
    wanted, found = Counter(), Counter()
    for document in documents:
        wanted.update(document.ids.tolist())
    for rows in every(packed):
        found.update(rows.ids.ravel().tolist())
    del found[PAD]
    assert found == wanted
    assert sum(packed.tokens.values()) == wanted.total()


def test_taught_tokens_keep_their_mark_and_kind(documents, packed):
    wanted = Counter(dict.fromkeys(packed.kinds, 0))
    for document in documents:
        wanted[document.kind] += int(document.taught.sum())
    found = Counter()
    for rows in every(packed):
        found.update(rows.kinds[rows.kinds >= 0].tolist())
    assert {packed.kinds[number]: count for number, count in found.items()} == wanted


def test_documents_are_told_apart_within_a_row(documents, packed):
    wanted, found = Counter(len(document.ids) for document in documents), Counter()
    for rows in every(packed):
        for row in rows.documents:
            found.update(np.bincount(row[row >= 0]).tolist() if (row >= 0).any() else [])
    assert found == wanted
    assert all(np.array_equal(rows.documents < 0, rows.ids == PAD) for rows in every(packed))


def test_little_is_padding(packed):
    padding = sum(int((rows.ids == PAD).sum()) for rows in every(packed))
    assert padding / sum(rows.ids.size for rows in every(packed)) < 0.15


def test_batches_are_those_of_the_seed_and_hold_each_row_at_most_once(packed):
    batches, again, others = packed.batches(3), packed.batches(3), packed.batches(4)
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(batches, again, strict=True))
    assert not all(np.array_equal(a, b) for (_, a), (_, b) in zip(batches, others, strict=True))
    for rows in every(packed):
        used = np.concatenate([np.empty(0, int), *(numbers for source, numbers in batches if source is rows)])
        assert len(set(used.tolist())) == len(used)
        assert len(used) > 0.95 * len(rows.ids) - 10
