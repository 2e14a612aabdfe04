import os
import resource
import signal
import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from common.errors import InputError
from common.store import Request, Store, rows, upkeep
from tests.common.store.conftest import SAMPLE, VERSIONS, drawn, edit, in_children


def stored(path):
    """Everything that is kept, but for the time of writing and the checksum over it."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT requests.digest, texts.digest, part, size, data FROM rows JOIN requests ON request = requests.id "
            "JOIN texts ON prompt = texts.id ORDER BY 1, 2, 3"
        ).fetchall()


def test_what_was_added_is_found_and_nothing_else(store):
    store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    assert store.completions(SAMPLE, [*drawn(5, 2)], 2) == drawn(3, 2)
    assert store.completions(SAMPLE, [*drawn(3, 2)], 1) == drawn(3, 1)
    assert store.completions(SAMPLE, [*drawn(3, 2)], 3) == {}
    assert store.completions(SAMPLE, [], 1) == {}


@pytest.mark.parametrize(
    "other",
    [
        Request("sample", SAMPLE.identity, '{"seed":2}'),
        Request("sample", SAMPLE.identity.replace("float32", "bfloat16"), SAMPLE.settings),
        Request("logprobs", SAMPLE.identity, SAMPLE.settings),
    ],
)
def test_another_request_finds_nothing(store, other):
    store.add_completions(SAMPLE, drawn(1, 1), VERSIONS)
    assert store.completions(other, [*drawn(1, 1)], 1) == {}


def test_the_order_of_names_makes_no_other_request():
    a, b = (
        Request.of("sample", {"x": 1, "y": "2"}, {"s": 1, "t": 2}),
        Request.of("sample", {"y": "2", "x": 1}, {"t": 2, "s": 1}),
    )
    assert a.digest == b.digest


def test_a_prompt_may_hold_anything_a_string_can(store):
    odd = {text: drawn(1, 1)["prompt 0"] for text in ("", "\0", "a\0b", "\ud800", "é", "🙂" * 10_000)}
    store.add_completions(SAMPLE, odd, VERSIONS)
    assert store.completions(SAMPLE, [*odd], 1) == odd


def test_more_prompts_than_one_query_takes(store, monkeypatch):
    monkeypatch.setattr(rows, "AT_ONCE", 4)
    store.add_completions(SAMPLE, drawn(11, 1), VERSIONS)
    assert store.completions(SAMPLE, [*drawn(11, 1)], 1) == drawn(11, 1)


def test_more_samples_join_those_already_there_which_stay_as_they_are(store, path):
    store.add_completions(SAMPLE, drawn(1, 2), VERSIONS)
    before = stored(path)
    changed = [*drawn(1, 5, first=7)["prompt 7"]]
    store.add_completions(SAMPLE, {"prompt 0": changed}, VERSIONS)
    assert store.completions(SAMPLE, ["prompt 0"], 5)["prompt 0"] == drawn(1, 2)["prompt 0"] + changed[2:]
    assert stored(path)[:1] == before
    store.add_completions(SAMPLE, drawn(1, 5), VERSIONS)
    assert len(stored(path)) == 2


def test_a_lost_block_between_others_is_filled_alone(store, path):
    for n in (2, 4, 6):
        store.add_completions(SAMPLE, drawn(1, n), VERSIONS)
    edit(path, "DELETE FROM rows WHERE part = 2")
    assert store.completions(SAMPLE, ["prompt 0"], 6) == {}
    assert store.completions(SAMPLE, ["prompt 0"], 2) == drawn(1, 2)
    store.add_completions(SAMPLE, drawn(1, 6), VERSIONS)
    assert store.completions(SAMPLE, ["prompt 0"], 6) == drawn(1, 6)
    assert [(part, size) for *_, part, size, _ in stored(path)] == [(0, 2), (2, 2), (4, 2)]


SCORES = {
    ("prompt 0", (" a", " b")): np.array([-1.5, -np.inf], dtype=np.float32),
    ("prompt 0", (" a",)): np.array([-1.5], dtype=np.float32),
    ("prompt 1", (" b", " a")): np.array([-0.1, -0.2], dtype=np.float32),
}
LOGPROBS = Request.of("logprobs", {"model": "m"}, {})


def test_scores_are_found_by_prompt_and_by_what_was_scored(store):
    store.add_scores(LOGPROBS, SCORES, VERSIONS)
    found = store.scores(LOGPROBS, [*SCORES, ("prompt 1", (" a", " b")), ("prompt 2", (" a",))])
    assert found.keys() == SCORES.keys()
    assert all((found[key] == SCORES[key]).all() and found[key].dtype == np.float32 for key in SCORES)


def test_scores_already_there_stay_as_they_are(store):
    store.add_scores(LOGPROBS, SCORES, VERSIONS)
    store.add_scores(LOGPROBS, {key: values - 1 for key, values in SCORES.items()}, VERSIONS)
    assert store.scores(LOGPROBS, [("prompt 0", (" a",))])["prompt 0", (" a",)].tolist() == [-1.5]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rows SET data = zeroblob(1) || substr(data, 2) WHERE id = 2",
        "UPDATE rows SET data = substr(data, 1, length(data) - 1) || x'00' WHERE id = 2",
        "UPDATE rows SET data = CAST(data AS TEXT) WHERE id = 2",
        "UPDATE rows SET data = x'' WHERE id = 2",
        "UPDATE rows SET checksum = checksum + 1 WHERE id = 2",
        "UPDATE rows SET size = 1 WHERE id = 2",
        "UPDATE rows SET size = 'two' WHERE id = 2",
        "UPDATE rows SET part = 1 WHERE id = 2",
        "UPDATE rows SET versions = 7 WHERE id = 2",
        "UPDATE rows SET created = created + 1 WHERE id = 2",
        "UPDATE rows SET prompt = 9 WHERE id = 2",
        "UPDATE rows SET request = 9 WHERE id = 2",
        "UPDATE texts SET digest = zeroblob(16) WHERE id = 2",
        "UPDATE requests SET digest = zeroblob(16)",
    ],
)
def test_a_damaged_row_is_never_served_and_is_replaced(store, path, damage):
    store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    edit(path, damage)
    found = store.completions(SAMPLE, [*drawn(3, 2)], 2)
    assert found == {text: completions for text, completions in drawn(3, 2).items() if text in found}
    assert len(found) < 3
    assert [*upkeep.damaged(store.connection)]
    store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    assert store.completions(SAMPLE, [*drawn(3, 2)], 2) == drawn(3, 2)


def test_a_prompt_that_got_anothers_number_is_not_served_the_others_completions(store, path):
    store.add_completions(SAMPLE, drawn(2, 1), VERSIONS)
    edit(path, "UPDATE texts SET id = 3 WHERE id = 1")
    edit(path, "UPDATE texts SET id = 1 WHERE id = 2")
    assert store.completions(SAMPLE, [*drawn(2, 1)], 1) == {}


def test_damage_is_reported_in_one_line(store, path, caplog):
    store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE rows SET data = x'00' WHERE id > 1")
    store.completions(SAMPLE, [*drawn(3, 2)], 2)
    (line,) = caplog.messages
    assert line == f"store {path}: 2 damaged row(s) count as missing (first id: 2)"
    store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    assert len(caplog.messages) == 1


def test_damaged_scores_are_replaced(store, path):
    store.add_scores(LOGPROBS, SCORES, VERSIONS)
    edit(path, "UPDATE rows SET data = zeroblob(4) WHERE size = 1")
    assert ("prompt 0", (" a",)) not in store.scores(LOGPROBS, [*SCORES])
    store.add_scores(LOGPROBS, SCORES, VERSIONS)
    assert len(store.scores(LOGPROBS, [*SCORES])) == 3


def test_one_flipped_bit_anywhere_in_the_file_never_changes_what_is_served(path, tmp_path):
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(30, 2), VERSIONS)
    whole = path.read_bytes()
    rng = np.random.default_rng(5)
    served = []
    for trial, bit in enumerate(rng.integers(0, 8 * len(whole), 300).tolist()):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        copy = tmp_path / f"{trial}.sqlite"
        copy.write_bytes(flipped)
        try:
            with closing(Store(copy)) as store:
                found = store.completions(SAMPLE, [*drawn(30, 2)], 2)
                store.frame()
        except InputError:
            continue
        assert all(drawn(30, 2)[text] == completions for text, completions in found.items())
        served.append(len(found))
    assert served.count(30) > 50  # the flip hit free space or another table
    assert sum(n < 30 for n in served) > 30


def add_and_die(path, monkeypatch):
    def insert_and_die(*arguments):
        insert(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    insert = rows.insert
    monkeypatch.setattr(rows, "insert", insert_and_die)
    Store(path).add_completions(SAMPLE, drawn(500, 4, first=100), VERSIONS)


def test_a_kill_in_the_middle_of_a_transaction_leaves_what_was_there(path, monkeypatch):
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    before = stored(path)
    child = get_context("fork").Process(target=add_and_die, args=(path, monkeypatch))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with closing(Store(path)) as store:
        assert stored(path) == before
        assert not upkeep.structure(store.connection)
        store.add_completions(SAMPLE, drawn(3, 4), VERSIONS)
        assert store.completions(SAMPLE, [*drawn(3, 4)], 4) == drawn(3, 4)


def test_an_interrupt_while_adding_leaves_the_store_usable(store, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rows, "insert", interrupt)
        with pytest.raises(KeyboardInterrupt):
            store.add_completions(SAMPLE, drawn(1, 1), VERSIONS)
    store.add_completions(SAMPLE, drawn(2, 1), VERSIONS)
    assert store.completions(SAMPLE, [*drawn(2, 1)], 1) == drawn(2, 1)


def add_without_end(store, count):
    for first in range(0, 1_000_000, 500):
        store.add_completions(SAMPLE, drawn(500, 2, first), VERSIONS)
        count.write_text(str(first + 500))


def fill_disk(path, count, size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    store = Store(path)
    with pytest.raises(InputError, match=r"disk is full or failing: free some space and run again; .* stays$"):
        add_without_end(store, count)
    kept = int(count.read_text())
    assert len(store.completions(SAMPLE, [*drawn(kept + 500, 1)], 2)) == kept


def test_a_full_disk_is_one_line_and_loses_nothing_that_was_there(path):
    count = path.with_name("count")
    in_children(partial(fill_disk, path, count, 2**20))
    kept = int(count.read_text())
    assert kept >= 500
    with closing(Store(path)) as store:
        assert store.completions(SAMPLE, [*drawn(kept + 500, 2)], 2) == drawn(kept, 2)
        assert not [*upkeep.damaged(store.connection), *upkeep.structure(store.connection)]
        store.add_completions(SAMPLE, drawn(500, 2, kept), VERSIONS)
        assert len(store.completions(SAMPLE, [*drawn(kept + 500, 2)], 2)) == kept + 500


def add_in_steps(path, prompts, n):
    store = Store(path)
    for first in prompts:
        store.add_completions(SAMPLE, drawn(5, n, first), VERSIONS)


def test_many_writers_of_the_same_and_of_other_rows_lose_and_double_nothing(path):
    forwards, backwards = range(0, 100, 5), range(95, -1, -5)
    in_children(
        *(partial(add_in_steps, path, prompts, n) for prompts in (forwards, backwards) for n in (1, 3)),
    )
    with closing(Store(path)) as store:
        assert store.completions(SAMPLE, [*drawn(100, 3)], 3) == drawn(100, 3)
        assert not [*upkeep.damaged(store.connection), *upkeep.structure(store.connection)]
    held = [(text, sample) for _, text, part, size, _ in stored(path) for sample in range(part, part + size)]
    assert len(held) == len(set(held)) == 300


def read_until(path, prompts):
    store, seen = Store(path), 0
    while seen < prompts:
        found = store.completions(SAMPLE, [*drawn(prompts, 2)], 2)
        assert all(drawn(prompts, 2)[text] == completions for text, completions in found.items())
        assert len(found) >= seen
        assert len(found) % 5 == 0  # whole transactions only
        seen = len(found)


def test_readers_see_whole_additions_while_another_process_writes(path):
    Store(path).close()
    in_children(partial(add_in_steps, path, range(0, 100, 5), 2), *[partial(read_until, path, 100)] * 2)


def test_a_store_may_be_carried_across_a_fork(store):
    def add_some(first):
        store.add_completions(SAMPLE, drawn(20, 1, first), VERSIONS)

    store.add_completions(SAMPLE, drawn(20, 1), VERSIONS)
    in_children(partial(add_some, 20), partial(add_some, 40))
    assert store.completions(SAMPLE, [*drawn(60, 1)], 1) == drawn(60, 1)


def use_without_rights(path):
    if os.getuid() == 0:
        os.setuid(65534)  # root may write everywhere
    store = Store(path)
    assert store.completions(SAMPLE, [*drawn(2, 1)], 1) == drawn(2, 1)
    with pytest.raises(InputError, match="is read-only: make it writable"):
        store.add_completions(SAMPLE, drawn(3, 1), VERSIONS)


def test_a_read_only_store_is_read_and_refuses_to_be_written():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # pytest's own folders are closed to other users
        folder, path = Path(name), Path(name) / "store.sqlite"
        with closing(Store(path)) as store:
            store.add_completions(SAMPLE, drawn(2, 1), VERSIONS)
        path.chmod(0o444)
        folder.chmod(0o555)
        in_children(partial(use_without_rights, path))
        folder.chmod(0o777)
        in_children(partial(use_without_rights, path))
