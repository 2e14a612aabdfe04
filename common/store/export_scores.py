"""Stored scores as a table: one scored continuation a row, of option scores by layer one a layer."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from common.store.export import intact
from common.store.request import Request, digest
from common.store.upkeep import requests

ROWS = 20_000
"""Scores in a batch, at least."""
LISTED = (
    "SELECT id, digest, text FROM texts WHERE typeof(text) = 'blob' AND id IN "
    "(SELECT part FROM rows JOIN requests ON request = requests.id WHERE kind != 'sample')"
)
"""The lists of what was scored."""

SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("backend", pa.string()),
        ("dtype", pa.string()),
        ("prompt", pa.string()),
        ("continuation", pa.string()),
        ("layer", pa.int64()),  # null but for scores by layer
        ("logprob", pa.float32()),  # of a continuation
        ("probability", pa.float32()),  # of an option, renormalised
        ("mass", pa.float32()),  # of all options together
        ("versions", pa.string()),
        ("created", pa.timestamp("s", tz="UTC")),
    ]
)

logger = logging.getLogger(__name__)


def batches(connection: sqlite3.Connection, model: str | None = None) -> Iterator[pa.RecordBatch]:
    """Read the intact scores in the order in which they were stored; damaged rows are left out and reported.

    Raises:
        InputError: no stored model starts with `model`.
    """
    chosen = {id_: request for id_, request in requests(connection, model).items() if request.kind != "sample"}
    listed = {id_: text for id_, named, text in connection.execute(LISTED) if named == digest(text)}
    rows: list[dict[str, Any]] = []
    for id_, cells, row in intact(connection, chosen):
        if row.part not in listed:
            logger.warning("a row whose list of continuations is damaged is left out")
            continue
        common = _identity(chosen[id_]) | cells
        rows += [common | score for score in _scores(chosen[id_].kind, json.loads(listed[row.part]), row.data)]
        if len(rows) >= ROWS:
            yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)
            rows = []
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def _identity(request: Request) -> dict[str, Any]:
    identity = json.loads(request.identity)
    return {name: identity.get(name) for name in ("model", "backend", "dtype")}


def _scores(kind: str, continuations: list[str], data: bytes) -> Iterator[dict[str, Any]]:
    values = np.frombuffer(data, "<f4")
    if kind == "logprobs":
        yield from ({"continuation": text, "logprob": value} for text, value in zip(continuations, values, strict=True))
        return
    for layer, (*shares, mass) in enumerate(values.reshape(-1, len(continuations) + 1).tolist()):
        where = {"layer": layer if kind == "layers" else None, "mass": mass}
        for text, share in zip(continuations, shares, strict=True):
            yield where | {"continuation": text, "probability": share}
