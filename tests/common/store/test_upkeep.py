import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import pytest

from common.errors import InputError
from common.store import Request, Store, request, upkeep
from common.store.upkeep import Holding
from tests.common.store.conftest import SAMPLE, VERSIONS, drawn, edit

OTHER = Request.of("sample", {"backend": "fake", "model": "other"}, {"seed": 1})
SCORED = Request.of("options", {"backend": "fake", "model": "other"}, {})


def count(store, table):
    return store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture
def full(store):
    """Two models, one of them with two settings and with scores."""
    store.add_completions(SAMPLE, drawn(4, 3), VERSIONS)
    store.add_completions(OTHER, drawn(2, 2), VERSIONS)
    store.add_completions(Request("sample", OTHER.identity, '{"seed":2}'), drawn(2, 5, first=2), VERSIONS)
    store.add_scores(SCORED, {("prompt 9", (" a", " b")): np.zeros(3, dtype=np.float32)}, {"torch": "3"})
    return store


def test_holdings_count_requests_rows_and_values_by_model_and_kind(full):
    assert upkeep.holdings(full.connection) == [
        Holding(SAMPLE.identity, "sample", 1, 4, 12),
        Holding(OTHER.identity, "options", 1, 1, 3),
        Holding(OTHER.identity, "sample", 2, 4, 14),
    ]


def test_an_intact_store_has_no_damage(full):
    assert not [*upkeep.damaged(full.connection), *upkeep.structure(full.connection)]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (
            "UPDATE rows SET data = x'00' WHERE id = 2",
            "(2, 'does not fit its checksum (model owner/model@abc, 3 sample)')",
        ),
        ("UPDATE texts SET text = x'00' WHERE text = CAST('prompt 3' AS BLOB)", "prompt is damaged"),
        ("UPDATE texts SET text = 'prompt 3' WHERE text = CAST('prompt 3' AS BLOB)", "prompt is damaged"),
        ("DELETE FROM texts WHERE text = CAST('prompt 3' AS BLOB)", "prompt is damaged"),
        (
            "UPDATE texts SET text = x'00' WHERE text = CAST('[\" a\",\" b\"]' AS BLOB)",
            "list of what was scored is damaged",
        ),
        ("UPDATE requests SET identity = '{}' WHERE id = 1", "request is damaged"),
        ("UPDATE requests SET identity = x'7b7d' WHERE id = 1", "request is damaged"),
    ],
)
def test_damage_anywhere_is_found_and_pruned(full, path, damage, problem):
    edit(path, damage)
    found = [*upkeep.damaged(full.connection)]
    assert problem in str(found)
    assert upkeep.prune(full.connection, bad=True) == len(found)
    assert not [*upkeep.damaged(full.connection), *upkeep.structure(full.connection)]


@pytest.mark.parametrize("place", [0, 1])  # in the table and in its index
def test_a_damaged_digest_is_found_and_mended(path, place):
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(3, 1), VERSIONS)
    file = path.read_bytes()
    digest = request.digest(b"prompt 1")
    assert file.count(digest) == 2
    at = file.find(digest) if place == 0 else file.rfind(digest)
    path.write_bytes(file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :])
    with closing(Store(path)) as store:
        assert [*upkeep.damaged(store.connection), *upkeep.structure(store.connection)]
        upkeep.prune(store.connection, bad=True)
        assert not [*upkeep.damaged(store.connection), *upkeep.structure(store.connection)]
        store.add_completions(SAMPLE, drawn(3, 1), VERSIONS)
        assert store.completions(SAMPLE, [*drawn(3, 1)], 1) == drawn(3, 1)


def test_pruning_a_model_removes_all_that_only_it_used(full):
    assert upkeep.prune(full.connection, model="oth") == 5
    assert full.completions(SAMPLE, [*drawn(4, 3)], 3) == drawn(4, 3)
    assert full.completions(OTHER, [*drawn(2, 2)], 1) == {}
    assert [count(full, table) for table in ("rows", "texts", "requests", "versions")] == [4, 4, 1, 1]


def test_pruning_keeps_the_lists_of_scores_that_stay(full):
    upkeep.prune(full.connection, model="owner")
    assert full.scores(SCORED, [("prompt 9", (" a", " b"))])["prompt 9", (" a", " b")].tolist() == [0, 0, 0]


def test_pruning_by_age(full, path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE rows SET created = 1000 WHERE id <= 3")
    assert upkeep.prune(full.connection, before=datetime.fromtimestamp(1000, UTC)) == 0
    assert upkeep.prune(full.connection, before=datetime.fromtimestamp(1001, UTC), model="other") == 0
    assert upkeep.prune(full.connection, before=datetime.fromtimestamp(1001, UTC)) == 3
    assert count(full, "rows") == 6


def test_pruning_gives_space_back(store, path):
    store.add_completions(SAMPLE, drawn(300, 8), VERSIONS)
    store.add_completions(OTHER, drawn(3, 1), VERSIONS)
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.stat().st_size
    upkeep.prune(store.connection, model="owner/")
    assert path.stat().st_size < before / 4
    assert store.completions(OTHER, [*drawn(3, 1)], 1) == drawn(3, 1)


def test_an_unknown_model_is_an_input_error_and_removes_nothing(full):
    with pytest.raises(InputError, match="no stored model starts with 'gpt'"):
        upkeep.prune(full.connection, model="gpt")
    assert count(full, "rows") == 9
