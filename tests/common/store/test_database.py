import sqlite3
from contextlib import closing
from functools import partial

import pytest

from common.errors import InputError
from common.store import Store, database
from common.store.database import VERSION
from tests.common.store.conftest import SAMPLE, VERSIONS, drawn, edit, in_children


def set_pragma(path, pragma):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {pragma}")


def test_a_store_of_a_newer_version_is_refused_with_both_versions(path):
    Store(path).close()
    set_pragma(path, f"user_version = {VERSION + 6}")
    with pytest.raises(InputError, match=f"version {VERSION + 6}, this program knows up to {VERSION}"):
        Store(path)


def test_a_store_of_an_older_version_is_read_and_from_then_on_of_this_one(path):
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(2, 2), VERSIONS)
    set_pragma(path, "user_version = 1")
    with closing(Store(path)) as store:
        assert store.completions(SAMPLE, [*drawn(2, 2)], 2) == drawn(2, 2)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_store_of_an_older_version_that_may_not_be_written_is_read_all_the_same(path, monkeypatch):
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(2, 2), VERSIONS)
    set_pragma(path, "user_version = 1")
    monkeypatch.setattr(database, "_address", lambda path: f"{path.as_uri()}?immutable=1")
    with closing(Store(path)) as store:
        assert store.completions(SAMPLE, [*drawn(2, 2)], 2) == drawn(2, 2)


def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    path.write_bytes(b"prompt,completion\n" * 100)
    with pytest.raises(InputError, match="is not a store"):
        Store(path)
    assert path.read_bytes() == b"prompt,completion\n" * 100


def test_the_database_of_another_program_is_refused_and_left_alone(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()
    with pytest.raises(InputError, match="database of another program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_cut_short_is_refused_or_served_right(path):
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(50, 4), VERSIONS)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="damaged beyond single rows"):
        Store(path).completions(SAMPLE, [*drawn(50, 4)], 4)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        Store(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="folder cannot be made"):
        Store(tmp_path / "file" / "store.sqlite")


def test_missing_folders_are_made(tmp_path):
    Store(tmp_path / "a" / "b c?#%" / "store.sqlite").close()
    assert (tmp_path / "a" / "b c?#%" / "store.sqlite").is_file()


def test_an_empty_file_becomes_a_store(path):
    path.touch()
    with closing(Store(path)) as store:
        assert store.completions(SAMPLE, ["a"], 1) == {}


def test_tables_that_are_gone_are_damage(path):
    with closing(Store(path)) as store:
        store.connection.execute("DROP TABLE rows")
        with pytest.raises(InputError, match="damaged beyond single rows"):
            store.completions(SAMPLE, ["a"], 1)


def test_a_mistake_in_the_program_is_no_input_error(store):
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.completions(SAMPLE, ["a"], 1)


def test_many_processes_may_make_the_same_store_at_once(tmp_path):
    def make(trial):
        with closing(Store(tmp_path / f"{trial}.sqlite")) as store:
            store.add_completions(SAMPLE, drawn(1, 1), VERSIONS)

    for trial in range(5):
        in_children(*[partial(make, trial)] * 4)
        with closing(Store(tmp_path / f"{trial}.sqlite")) as store:
            assert store.completions(SAMPLE, ["prompt 0"], 1) == drawn(1, 1)


def test_a_store_whose_making_was_interrupted_is_made_whole(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with closing(Store(path)) as store:
        store.add_completions(SAMPLE, drawn(1, 1), VERSIONS)
    edit(path, "UPDATE rows SET size = size")
