"""Stored completions as tables: one completion a row, read in batches of bounded size."""

import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from common.completions import LogitSums
from common.errors import InputError
from common.store.blocks import FINISH_REASONS, Block, unpack
from common.store.request import Request, digest
from common.store.rows import Row
from common.store.upkeep import requests

BATCH = 20_000
"""Completions in a batch, and in a row group of a Parquet file."""

SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("backend", pa.string()),
        ("dtype", pa.string()),
        ("temperature", pa.float64()),
        ("top_p", pa.float64()),
        ("max_tokens", pa.int64()),
        ("stop", pa.list_(pa.string())),
        ("seed", pa.int64()),
        ("prompt", pa.string()),
        ("sample", pa.int64()),
        ("text", pa.string()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("token_ids", pa.list_(pa.uint32())),
        ("logprobs", pa.list_(pa.float32())),
        *((name, pa.float32()) for name in LogitSums._fields),
        ("versions", pa.string()),
        ("created", pa.timestamp("s", tz="UTC")),
    ]
)

logger = logging.getLogger(__name__)


class Piece(NamedTuple):
    """The completions of one row, and what they have in common: cells of the table by column."""

    common: dict[str, Any]
    first: int
    block: Block


def frame(
    connection: sqlite3.Connection, model: str | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """All completions of models whose name starts with `model`, with all or some columns of `SCHEMA`.

    Raises:
        InputError: no stored model starts so, or no column is called so.
    """
    names = SCHEMA.names if columns is None else list(columns)
    unknown = [name for name in names if name not in SCHEMA.names]
    if unknown:
        raise InputError(f"no column {', '.join(unknown)} in the store (there are: {', '.join(SCHEMA.names)})")
    chosen = (batch.select(names) for batch in batches(connection, model))
    table = pa.Table.from_batches(chosen, pa.schema([SCHEMA.field(name) for name in names]))
    rows: pd.DataFrame = table.to_pandas()
    return rows


def to_parquet(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    """Write a table to a Parquet file, batch by batch; the file appears when it is whole.

    Returns:
        Number of rows.

    Raises:
        InputError: the file cannot be written.
    """
    if not path.name:
        raise InputError(f"{path}: cannot be written: give the path of a file")
    partial = path.with_name(f".{path.name}.partial")
    written = 0
    try:
        with parquet.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                written += batch.num_rows
        os.replace(partial, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return written


def batches(connection: sqlite3.Connection, model: str | None = None) -> Iterator[pa.RecordBatch]:
    """Read the intact completions in the order in which they were stored; damaged rows are left out and reported.

    Raises:
        InputError: no stored model starts with `model`.
    """
    pieces: list[Piece] = []
    size = 0
    for piece in _pieces(connection, requests(connection, model)):
        pieces.append(piece)
        size += len(piece.block.texts)
        if size >= BATCH:
            yield _batch(pieces)
            pieces, size = [], 0
    if pieces:
        yield _batch(pieces)


def intact(connection: sqlite3.Connection, chosen: Mapping[int, Request]) -> Iterator[tuple[int, dict[str, Any], Row]]:
    """Rows of these requests in the order in which they were stored: the request's id, cells of the table, the row.

    Damaged rows are left out and reported.
    """
    failed = 0
    for request, text, versions, *values in connection.execute(
        "SELECT request, text, versions.versions, rows.id, digest, part, size, rows.versions, created, checksum, data "
        f"FROM rows LEFT JOIN texts ON prompt = texts.id LEFT JOIN versions ON rows.versions = versions.id "
        f"WHERE request IN ({','.join(map(str, chosen))}) ORDER BY rows.id"
    ):
        row = Row._make(values)
        sound = request in chosen and isinstance(text, bytes) and digest(text) == row.prompt
        if not sound or not row.holds(chosen[request].digest):
            failed += 1
            continue
        cells = {"prompt": text.decode("utf-8", "replace"), "versions": versions, "created": row.created}
        yield request, cells, row
    if failed:
        logger.warning("%d damaged row(s) left out: `python -m common.store verify` lists them", failed)


def _pieces(connection: sqlite3.Connection, chosen: dict[int, Request]) -> Iterator[Piece]:
    asked = {id_: request for id_, request in chosen.items() if request.kind == "sample"}
    common = {id_: _cells(request) for id_, request in asked.items()}
    for id_, cells, row in intact(connection, asked):
        yield Piece(common[id_] | cells, row.part, unpack(row.data))


def _cells(request: Request) -> dict[str, Any]:
    identity, settings = json.loads(request.identity), json.loads(request.settings)
    return {name: (identity | settings).get(name) for name in SCHEMA.names}


def _batch(pieces: Sequence[Piece]) -> pa.RecordBatch:
    """Lay the columns of several rows end to end."""
    blocks = [piece.block for piece in pieces]
    counts = [len(block.texts) for block in blocks]
    repeats = np.repeat(np.arange(len(pieces)), counts)
    offsets = np.concatenate([[0], *(block.lengths for block in blocks)]).cumsum().astype(np.int32)
    own = {
        "sample": np.concatenate([np.arange(count) + piece.first for count, piece in zip(counts, pieces, strict=True)]),
        "text": [text.encode("utf-8", "replace").decode() for block in blocks for text in block.texts],
        "finish_reason": np.array(FINISH_REASONS)[np.concatenate([block.finish for block in blocks])],
        "prompt_tokens": np.concatenate([block.prompt_tokens for block in blocks]).astype(np.int64),
        "token_ids": _lists(offsets, np.concatenate([block.token_ids.astype(np.uint32) for block in blocks])),
        "logprobs": _lists(offsets, np.concatenate([block.logprobs for block in blocks])),
        **_sums(blocks),
    }
    columns = [
        pa.array(own[field.name], field.type)
        if field.name in own
        else pa.array([piece.common[field.name] for piece in pieces], field.type).take(pa.array(repeats))
        for field in SCHEMA
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _sums(blocks: Sequence[Block]) -> dict[str, pa.Array]:
    """Columns of the sums of logits, null where there are none."""
    none = np.zeros((1, len(LogitSums._fields)), dtype=np.float32)
    rows = [none.repeat(len(block.texts), axis=0) if block.logits is None else block.logits for block in blocks]
    lacking = np.concatenate([np.full(len(block.texts), block.logits is None) for block in blocks])
    every = np.concatenate(rows)
    return {name: pa.array(every[:, at], mask=lacking) for at, name in enumerate(LogitSums._fields)}


def _lists(offsets: np.ndarray, values: np.ndarray) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values))
