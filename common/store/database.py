"""The SQLite file under a store: its tables, opening it, and what can go wrong with it in plain words.

Write-ahead logging lets readers go on while one process writes; writers wait for each other. What a kill, a crash or a
full disk interrupts is rolled back by SQLite. The file must lie on a local disk: network file systems do not lock
reliably.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import InputError

VERSION = 2
"""Format of the file, kept in it; bumped whenever an older program could no longer read or write it. Version 2
brought sums of logits."""
APPLICATION = 0x4C4C4D53
"""Tells a store from other SQLite databases."""
PATIENCE = 60
"""Seconds to wait for other writers."""

SCHEMA = """
CREATE TABLE requests (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL, identity TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE texts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, text BLOB NOT NULL);
CREATE TABLE versions (id INTEGER PRIMARY KEY, versions TEXT NOT NULL UNIQUE);
-- part: number of the first sample, or for scores the id of the text that lists what was scored (a JSON list)
CREATE TABLE rows (id INTEGER PRIMARY KEY, request INTEGER NOT NULL, prompt INTEGER NOT NULL, part INTEGER NOT NULL,
    size INTEGER NOT NULL, versions INTEGER NOT NULL, created INTEGER NOT NULL, checksum INTEGER NOT NULL,
    data BLOB NOT NULL, UNIQUE (request, prompt, part));
"""

_WRITE = "cannot be written, the disk is full or failing: free some space and run again; what is in it stays"
_DAMAGED = "is damaged beyond single rows: move it away, or restore a copy"
REASONS = {
    sqlite3.SQLITE_FULL: _WRITE,
    sqlite3.SQLITE_IOERR: _WRITE,
    sqlite3.SQLITE_READONLY: "is read-only: make it writable, or copy it to where you may write",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: give the path of a file, in a folder you may write to",
    sqlite3.SQLITE_BUSY: f"has been kept locked for {PATIENCE} s by another process: wait for it and run again",
    sqlite3.SQLITE_NOTADB: "is not a store: give another path, or move the file away",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,  # our statements are fixed: the tables are not as they were made
}


@contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the file, not about the program, into an InputError."""
    try:
        yield
    except UnicodeDecodeError as error:  # in Python's reading of SQLite's complaint about a damaged schema
        raise InputError(f"store {path}: {_DAMAGED}") from error
    except sqlite3.Error as error:
        reason = REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if reason is None:
            raise
        raise InputError(f"store {path}: {reason}") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing, holding the file's only write lock from the start."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # after a full disk SQLite has rolled back by itself
            connection.execute("ROLLBACK")
        raise


def connect(path: Path) -> sqlite3.Connection:
    """Open a store, made new where there is none.

    Raises:
        InputError: not a store, written by a newer version, or not to be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"store {path}: its folder cannot be made: {error.strerror}") from error
    with in_plain_words(path):
        connection = sqlite3.connect(_address(path), uri=True, timeout=PATIENCE, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _address(path: Path) -> str:
    uri = path.absolute().as_uri()
    if not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return f"{uri}?mode=rwc"
    logged = path.with_name(f"{path.name}-wal").exists()
    return f"{uri}?mode=ro" if logged else f"{uri}?immutable=1"  # plain mode=ro would want to write a log's index


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.text_factory = lambda data: data.decode("utf-8", "replace")  # damage is for the checksums to tell
    if _is_new(connection):
        _create(connection)
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise InputError(f"store {path}: is the database of another program: give another path")
    if version > VERSION:
        raise InputError(
            f"store {path}: has format version {version}, this program knows up to {VERSION}: "
            "update the program, or give another path"
        )
    if version < VERSION:
        _raise_version(connection)
    connection.execute("PRAGMA synchronous = NORMAL")  # safe with a log: a power cut may cost the last chunks, no more
    connection.execute(f"PRAGMA journal_size_limit = {2**26}")


def _raise_version(connection: sqlite3.Connection) -> None:
    """Mark an older file, which needs no other change, as one that only programs of this version can read."""
    try:
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:  # nothing new will be written to that one
            raise


def _is_new(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _create(connection: sqlite3.Connection) -> None:
    _log_ahead(connection)
    with transaction(connection):
        if not _is_new(connection):  # another process was faster
            return
        for statement in SCHEMA.split(";")[:-1]:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch the new file to write-ahead logging, for which SQLite does not wait by itself."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
