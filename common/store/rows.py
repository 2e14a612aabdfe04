"""Rows of the file: found by request and prompts, checked when read, added, removed."""

import sqlite3
import struct
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from common.errors import InputError
from common.store.blocks import checksum
from common.store.request import Request, canonical, digest, text_bytes

AT_ONCE = 10_000
"""Texts in one query; SQLite takes up to 32,766."""
ANY_PART = 2**63 - 1


class Row(NamedTuple):
    """One row as it lies in the file; `prompt` is the digest of the prompt's text."""

    id: int
    prompt: bytes
    part: int
    size: int
    versions: int
    created: int
    checksum: int
    data: bytes

    def holds(self, request: bytes) -> bool:
        """Whether the row is what was written, for the request with this digest."""
        key = (self.part, self.size, self.versions, self.created)
        try:
            return self.checksum == checksum(request, self.prompt, *key, self.data)
        except (TypeError, struct.error):  # damage can turn a number into a text
            return False


class New(NamedTuple):
    """A row to add."""

    text: str
    part: int
    size: int
    data: bytes


def select(
    connection: sqlite3.Connection, request: Request, texts: Collection[str], below: int = ANY_PART
) -> tuple[dict[str, list[Row]], list[int]]:
    """Find the rows of a request with parts below `below`: intact ones by prompt, and the ids of those that fail."""
    intact: dict[str, list[Row]] = {}
    failed = []
    named = {digest(text_bytes(text)): text for text in texts}
    for digests in _slices(named):
        for values in connection.execute(
            "SELECT rows.id, digest, part, size, versions, created, checksum, data "
            "FROM texts CROSS JOIN rows ON prompt = texts.id "  # CROSS: by prompt, not through the whole request
            "WHERE request = (SELECT id FROM requests WHERE digest = ?) AND part < ? "
            f"AND digest IN ({_marks(digests)})",
            (request.digest, below, *digests),
        ):
            row = Row._make(values)
            if row.prompt in named and row.holds(request.digest):  # a damaged index can lead astray
                intact.setdefault(named[row.prompt], []).append(row)
            else:
                failed.append(row.id)
    return intact, failed


def delete(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Remove rows."""
    connection.executemany("DELETE FROM rows WHERE id = ?", ((id_,) for id_ in ids))


def insert(connection: sqlite3.Connection, request: Request, versions: Mapping[str, str], new: Collection[New]) -> None:
    """Add rows that are not there yet, under a transaction of the caller."""
    common = _request_id(connection, request), _versions_id(connection, versions)
    ids = add_texts(connection, {row.text for row in new})
    now = int(time.time())
    connection.executemany(
        "INSERT INTO rows (request, versions, prompt, part, size, created, checksum, data) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (*common, ids[text], part, size, now, check, data)
            for text, part, size, data in new
            for check in [checksum(request.digest, digest(text_bytes(text)), part, size, common[1], now, data)]
        ),
    )


def text_ids(connection: sqlite3.Connection, texts: Collection[str]) -> dict[str, int]:
    """Ids of those texts that are stored."""
    named = {digest(text_bytes(text)): text for text in texts}
    return {
        named[found]: id_
        for digests in _slices(named)
        for found, id_ in connection.execute(
            f"SELECT digest, id FROM texts WHERE digest IN ({_marks(digests)})", digests
        )
        if found in named
    }


def add_texts(connection: sqlite3.Connection, texts: Collection[str]) -> dict[str, int]:
    """Store texts, each once, and give their ids.

    Raises:
        InputError: an index of the file is damaged.
    """
    connection.executemany(
        "INSERT OR IGNORE INTO texts (digest, text) VALUES (?, ?)",
        ((digest(text_bytes(text)), text_bytes(text)) for text in texts),
    )
    ids = text_ids(connection, texts)
    if len(ids) < len(texts):
        raise InputError("an index of the store is damaged: `python -m common.store prune --bad` builds it anew")
    return ids


def _request_id(connection: sqlite3.Connection, request: Request) -> int:
    connection.execute(
        "INSERT OR IGNORE INTO requests (digest, kind, identity, settings) VALUES (?, ?, ?, ?)",
        (request.digest, request.kind, request.identity, request.settings),
    )
    found = connection.execute("SELECT id FROM requests WHERE digest = ?", (request.digest,)).fetchone()
    return int(found[0])


def _versions_id(connection: sqlite3.Connection, versions: Mapping[str, str]) -> int:
    text = canonical(dict(versions))
    connection.execute("INSERT OR IGNORE INTO versions (versions) VALUES (?)", (text,))
    return int(connection.execute("SELECT id FROM versions WHERE versions = ?", (text,)).fetchone()[0])


def _slices(digests: Iterable[bytes]) -> Iterator[list[bytes]]:
    every = list(digests)
    return (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))


def _marks(values: Collection[bytes]) -> str:
    return ",".join("?" * len(values))
