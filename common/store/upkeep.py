"""Looking after a store: what is in it, which rows are damaged, and removing rows."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from common.errors import InputError
from common.store.database import transaction
from common.store.request import Request, digest
from common.store.rows import Row

ORPHANS = (
    "DELETE FROM texts WHERE id NOT IN (SELECT prompt FROM rows) AND id NOT IN "
    "(SELECT part FROM rows JOIN requests ON request = requests.id WHERE kind != 'sample')",
    "DELETE FROM requests WHERE id NOT IN (SELECT request FROM rows)",
    "DELETE FROM versions WHERE id NOT IN (SELECT versions FROM rows)",
)
"""What no row refers to."""


@dataclass(frozen=True)
class Holding:
    """What a store holds of one kind from one model."""

    identity: str
    kind: str
    requests: int
    """Different settings."""
    rows: int
    """Prompts of each request, summed."""
    values: int
    """Completions, or scored continuations."""


def requests(connection: sqlite3.Connection, model: str | None = None) -> dict[int, Request]:
    """The intact requests by id, of models whose name starts with `model`.

    Raises:
        InputError: `model` is given, and no stored one starts so.
    """
    stored = connection.execute("SELECT id, digest, kind, identity, settings FROM requests")
    every = {id_: (named, Request(*what)) for id_, named, *what in stored if {*map(type, what)} == {str}}
    intact = {id_: request for id_, (named, request) in every.items() if request.digest == named}
    chosen = {id_: request for id_, request in intact.items() if model is None or request.model.startswith(model)}
    if model is not None and not chosen:
        raise InputError(f"no stored model starts with {model!r}: `python -m common.store show` lists them")
    return chosen


def holdings(connection: sqlite3.Connection) -> list[Holding]:
    """Count what is stored, by model and kind."""
    counted = {
        request: (n, values)
        for request, n, values in connection.execute("SELECT request, count(*), sum(size) FROM rows GROUP BY request")
    }
    groups: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for id_, request in requests(connection).items():
        groups.setdefault((request.identity, request.kind), []).append(counted.get(id_, (0, 0)))
    return [
        Holding(*key, len(group), sum(n for n, _ in group), sum(values for _, values in group))
        for key, group in sorted(groups.items())
    ]


def damaged(connection: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Check every row, and all that rows refer to; give the id of each damaged one and what is wrong with it."""
    good = requests(connection)
    stored = connection.execute("SELECT id, digest, text FROM texts")
    bad_texts = {id_ for id_, named, text in stored if not isinstance(text, bytes) or digest(text) != named}
    for prompt, request, *values in connection.execute(
        "SELECT prompt, request, rows.id, digest, part, size, versions, created, checksum, data "
        "FROM rows LEFT JOIN texts ON prompt = texts.id"
    ):
        row = Row._make(values)
        if request not in good:
            yield row.id, "its request is damaged"
        elif row.prompt is None or prompt in bad_texts:
            yield row.id, "its prompt is damaged"
        elif good[request].kind != "sample" and row.part in bad_texts:
            yield row.id, "the list of what was scored is damaged"
        elif not row.holds(good[request].digest):
            yield row.id, f"does not fit its checksum (model {good[request].model}, {row.size} {good[request].kind})"


def structure(connection: sqlite3.Connection) -> list[str]:
    """SQLite's own complaints about tables and indexes, which checksums do not cover."""
    return [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]


def prune(
    connection: sqlite3.Connection, model: str | None = None, before: datetime | None = None, bad: bool = False
) -> int:
    """Remove the rows that meet all conditions given, and what no row refers to any more; give the freed space back.

    Args:
        connection: of the store.
        model: only rows of models whose name starts so.
        before: only rows written before this time.
        bad: only damaged rows.

    Returns:
        Number of rows removed.

    Raises:
        InputError: no stored model starts with `model`.
    """
    conditions = ["1"]
    if model is not None:
        conditions.append(f"request IN ({','.join(map(str, requests(connection, model)))})")
    if before is not None:
        conditions.append(f"created < {int(before.timestamp())}")
    with transaction(connection):
        if bad:
            connection.execute("REINDEX")  # a damaged index would hide rows
            conditions.append("id = ?")
        there = connection.total_changes
        ids = [(id_,) for id_, _ in damaged(connection)] if bad else [()]
        connection.executemany(f"DELETE FROM rows WHERE {' AND '.join(conditions)}", ids)
        removed = connection.total_changes - there
        for statement in ORPHANS:
            connection.execute(statement)
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return removed
