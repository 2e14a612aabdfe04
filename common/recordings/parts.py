"""Parts of a recording: Parquet files, one row a completion, a score or a hidden state.

A prompt is named by the digest of its text alone, and so are the continuations that were scored after it: the texts are
made anew from pinned data, whose licences stay respected. Everything that an engine gave is there to the last bit, but
hidden states, which are float16.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from common.completions import Completion, LogitSums
from common.files import whole
from common.store.request import Request, canonical, digest, text_bytes

HIDDEN = "hidden"
"""The kind of request whose scores are the features of a hidden state."""
SCHEMA = pa.schema(
    [
        ("kind", pa.string()),  # as `common.store.request.Kind`
        ("request", pa.string()),  # digest of kind, identity and settings; meta.json has the settings
        ("prompt", pa.binary(16)),  # BLAKE2 of the text that the model read
        ("sample", pa.int32()),  # number of a completion
        ("text", pa.string()),
        ("token_ids", pa.list_(pa.int32())),
        ("logprobs", pa.list_(pa.float32())),  # a token's, natural, at temperature 1
        ("total_logprob", pa.float32()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int32()),
        ("logit_sums", pa.list_(pa.float32())),  # fields of `LogitSums`, where they were asked for
        ("scored", pa.binary(16)),  # BLAKE2 of the list of continuations or options, as JSON
        ("scores", pa.list_(pa.float32())),  # of options their shares, then their mass, layer by layer
        ("features", pa.list_(pa.float16())),  # of a hidden state
    ]
)
Row = Mapping[str, Any]


def of_text(text: str) -> bytes:
    """The digest that stands for a prompt."""
    return digest(text_bytes(text))


def of_list(listed: Iterable[str]) -> bytes:
    """The digest that stands for continuations or options."""
    return digest(canonical(list(listed)).encode())


def completion_row(request: Request, text: str, sample: int, one: Completion) -> Row:
    """A completion as a row."""
    return {
        "kind": request.kind,
        "request": request.digest.hex(),
        "prompt": of_text(text),
        "sample": sample,
        "text": one.text,
        "token_ids": one.token_ids,
        "logprobs": one.logprobs,
        "total_logprob": sum(one.logprobs),
        "finish_reason": one.finish_reason,
        "prompt_tokens": one.prompt_tokens,
        "logit_sums": one.logits,
    }


def score_row(request: Request, text: str, listed: Iterable[str], values: np.ndarray) -> Row:
    """Scores, or a hidden state, as a row."""
    column = "features" if request.kind == HIDDEN else "scores"
    named = {"kind": request.kind, "request": request.digest.hex(), "prompt": of_text(text), "scored": of_list(listed)}
    return named | {column: values.astype(np.float16 if request.kind == HIDDEN else np.float32)}


def completion(row: Row) -> Completion:
    """The completion of a row."""
    sums = row["logit_sums"]
    return Completion(
        row["text"],
        tuple(row["token_ids"]),
        tuple(row["logprobs"]),
        row["finish_reason"],
        row["prompt_tokens"],
        None if sums is None else LogitSums(*sums),
    )


def scores(row: Row) -> np.ndarray:
    """The scores, or the features, of a row: float32."""
    values = row["features"] if row["kind"] == HIDDEN else row["scores"]
    return np.array(values, dtype=np.float32)


def write(file: Path, rows: Sequence[Row]) -> None:
    """Write a part, whole or not at all."""
    columns = [[row.get(name) for row in rows] for name in SCHEMA.names]
    arrays = [pa.array(_plain(column), field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    with whole(file) as partial:
        pq.write_table(pa.table(arrays, SCHEMA), partial, compression="zstd", compression_level=19)


def read(file: Path) -> list[Row]:
    """Rows of a part."""
    rows: list[Row] = pq.read_table(file, schema=SCHEMA).to_pylist()
    return rows


def _plain(column: list[Any]) -> list[Any]:
    return [list(one) if isinstance(one, tuple) else one for one in column]
