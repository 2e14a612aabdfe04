"""Reading pinned files into typed rows, with errors that name the file, the line and what is wrong.

Types are strict: a number in quotes is not a number. pydantic checks each record straight from its JSON text;
columns that a schema does not name are skipped. Schemas are frozen dataclasses.
"""

import gzip
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from common.datasets import registry
from common.errors import InputError

T = TypeVar("T")


def read_jsonl(path: str, schema: type[T]) -> list[T]:
    """One `schema` a line of the registered file `path`; `.gz` is unpacked on the way.

    Raises InputError on a malformed line, a missing column, a wrong type, or another number of rows than
    pinned, and what `registry.locate` raises.
    """
    file = registry.locate(path)
    adapter = TypeAdapter(schema)
    rows = []
    for number, line in enumerate(_lines(file), start=1):
        try:
            rows.append(adapter.validate_json(line, strict=True))
        except ValidationError as error:
            raise InputError(f"{file}, line {number}: {_first(error)}") from None
    require_rows(path, len(rows))
    return rows


def read_json(path: str, schema: type[T]) -> T:
    """The one JSON document in the registered file `path`, as `schema` (say `list[Item]`).

    Raises InputError on malformed JSON, a missing column or a wrong type, and what `registry.locate` raises.
    """
    file = registry.locate(path)
    try:
        return TypeAdapter(schema).validate_json(file.read_bytes(), strict=True)
    except ValidationError as error:
        raise InputError(f"{file}: {_first(error)}") from None


def require_rows(path: str, found: int) -> None:
    """Raise InputError unless `found` is the number of rows pinned for `path`."""
    pinned = registry.entry(path).rows
    if found != pinned:
        raise InputError(f"data/{path} has {found:,} rows, {pinned:,} pinned: mend common/datasets/registry.yaml")


def require_unique(path: str, column: str, values: Iterable[Hashable]) -> None:
    """Raise InputError when a value of `column` comes twice in `path`."""
    value, times = max(Counter(values).items(), key=lambda pair: pair[1], default=(None, 0))
    if times > 1:
        raise InputError(f"data/{path}: {column} {value!r} comes {times} times, once expected")


def one_of(what: str, value: T, known: Iterable[T]) -> T:
    """`value`, or InputError when it is not one of the `known` ones; `what` names it in the message."""
    names = list(known)
    if value not in names:
        raise InputError(f"unknown {what} {value!r}: one of {', '.join(map(repr, names))}")
    return value


def _lines(file: Path) -> Iterator[bytes]:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        yield from (line.rstrip(b"\r\n") for line in stream)


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    if detail["type"] == "json_invalid":
        return f"not JSON ({detail['ctx']['error'].replace('at line 1 column', 'at column')})"
    spots = [f"row {spot + 1}" if isinstance(spot, int) else f"column '{spot}'" for spot in detail["loc"]]
    where = ", ".join(spots)
    if detail["type"] in ("missing", "missing_argument"):
        return f"{where} is missing"
    return f"{where}: {detail['msg']}" if where else detail["msg"]
