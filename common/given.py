"""Files that a user gives: rows of JSON lines or CSV, and errors that name the file, the line and what is wrong."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError


@dataclass(frozen=True, slots=True)
class Row:
    """One row; numbers of a JSON row are texts, as they were written."""

    where: str
    """File and line, for errors."""
    values: Mapping[str, Any]

    def wrong(self, what: str) -> InputError:
        """The error that this row has something wrong."""
        return InputError(f"{self.where}: {what}")

    def text(self, column: str) -> str:
        """The text of a column, without white space around it.

        Raises:
            InputError: there is no such column, it is empty, or no text.
        """
        if column not in self.values:
            raise self.wrong(f"no column '{column}': it has {', '.join(self.values) or 'none'}")
        value = self.values[column]
        if not isinstance(value, str):
            raise self.wrong(f"column '{column}' is {json.dumps(value)}, a text or a number expected")
        if not value.strip():
            raise self.wrong(f"column '{column}' is empty")
        return value.strip()

    def texts(self, column: str) -> list[str]:
        """The texts of a column that holds a list of them, each without white space around it.

        Raises:
            InputError: there is no such column, or it is no list of texts.
        """
        value = self.values.get(column)
        if not (isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)):
            raise self.wrong(f"column '{column}' is no list of texts or numbers")
        return [one.strip() for one in value]


def rows(file: Path) -> list[Row]:
    """The rows of a file, `.csv` with a header, anything else one JSON object a line.

    Raises:
        InputError: no such file, one without rows, an empty row, or a row that is no JSON object or does not fit the
            header.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from error
    found = list(_csv(file, text) if file.suffix == ".csv" else _json(file, text))
    if not found:
        raise InputError(f"{file} has no rows")
    return found


def _json(file: Path, text: str) -> Iterator[Row]:
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        where = f"{file}, line {number}"
        if not line.strip():
            raise InputError(f"{where} is empty: delete it")
        try:
            values = json.loads(line, parse_int=str, parse_float=str)
        except json.JSONDecodeError as error:
            raise InputError(f"{where} is no JSON: {error.msg} at column {error.colno}") from error
        except RecursionError as error:
            raise InputError(f"{where} is no JSON that can be read: it is nested too deeply") from error
        if not isinstance(values, dict):
            raise InputError(f'{where} is no JSON object: write {{"column": "value", ...}}')
        yield Row(where, values)


def _csv(file: Path, text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        for cells in reader:
            where = f"{file}, line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                raise InputError(f"{where} is empty: delete it")
            if len(cells) != len(header):
                raise InputError(f"{where} has {len(cells)} cells, the header {len(header)}")
            yield Row(where, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise InputError(f"{file}, line {reader.line_num} is no CSV: {error}") from error
