from collections import Counter

import numpy as np
import pytest

from common.lab import corpus, packing, tokenizer
from common.lab.world import build_world

PAD = tokenizer.vocabulary()[tokenizer.PAD]


@pytest.fixture(scope="module")
def documents():
    return list(corpus.documents(build_world(), 1_200_000, "high", 0))


@pytest.fixture(scope="module")
def packed(documents):
    return packing.pack(documents, 0)


def every(packed):
    return [rows for phase in packed.phases for rows in phase]


def test_no_judging_document_comes_in_the_first_phase(packed):
    judging = [packed.kinds.index(kind) for kind in corpus.JUDGING]
    first, second = ([np.isin(rows.kinds, judging).any() for rows in phase] for phase in packed.phases)
    assert not any(first)
    assert all(second)


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


def test_little_is_padding(packed):
    padding = sum(int((rows.ids == PAD).sum()) for rows in every(packed))
    assert padding / sum(rows.ids.size for rows in every(packed)) < 0.1


def test_batches_are_those_of_the_seed_and_hold_each_row_at_most_once(packed):
    batches, again, others = packed.batches(3), packed.batches(3), packed.batches(4)
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(batches, again, strict=True))
    assert not all(np.array_equal(a, b) for (_, a), (_, b) in zip(batches, others, strict=True))
    for rows in every(packed):
        used = np.concatenate([numbers for source, numbers in batches if source is rows])
        assert len(set(used.tolist())) == len(used)
        assert len(used) > 0.95 * len(rows.ids) - 10
