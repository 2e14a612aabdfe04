"""Tasks of one's own: `tasks/<name>.yaml` says where the questions are, and how an answer is read.

    file: capitals.jsonl                # JSON lines, or CSV with a header; beside the YAML file
    columns: {question: question, answer: capital, options: wrong_and_right}
    parse: words

`parse` names a reader and a grader of the public tasks: *words* (the answer that a text states, or else the whole text;
one normal form), *number* (the last number; equal values), *math* (what a solution states; equal expressions) or
*letter* (the letter of an option, which the question shows).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import eq
from pathlib import Path
from string import ascii_uppercase
from typing import Annotated, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common import paths
from common.datasets import registry
from common.datasets.splits import Split, cut
from common.errors import InputError
from common.given import Row, rows
from common.grading import extract_answer, normal_form, parse_number
from common.grading.normal_form import Kind
from common.layouts import open_question
from common.tasks import word_problems
from common.tasks.answers import form, same_value, same_words, words
from common.tasks.task import NEXT, Question, Task

PLACE = "{question}"
"""Where a template takes the question."""


@dataclass(frozen=True, slots=True)
class _Parse:
    read: Callable[[str], str | None]
    same: Callable[[str, str], bool]
    can: Callable[[str], bool]
    """Whether an answer is one of its kind."""
    max_tokens: int
    stop: tuple[str, ...]


def _stated_or_whole(text: str) -> str | None:
    return extract_answer(text) or words(text)


def _comparable(answer: str) -> bool:
    found = normal_form(answer)
    return found is not None and found.kind is not Kind.REFUSED


PARSES: Mapping[str, _Parse] = {
    "words": _Parse(_stated_or_whole, same_words, lambda answer: form(answer) is not None, 24, ("\n",)),
    "number": _Parse(word_problems.read, same_value, lambda answer: parse_number(answer) is not None, 320, NEXT),
    "math": _Parse(extract_answer, same_value, _comparable, 1024, NEXT),
    "letter": _Parse(partial(extract_answer, mode="choice"), eq, list(ascii_uppercase).__contains__, 16, NEXT),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Columns(_Strict):
    question: str
    answer: str
    options: str | list[str] = []  # a column with a list, or one column an option
    id: str = ""
    solution: str = ""


class _Sheet(_Strict):
    file: str
    columns: _Columns
    parse: Literal["words", "number", "math", "letter"]
    max_tokens: Annotated[int, Field(ge=1, le=32_768)] | None = None
    stop: list[Annotated[str, Field(min_length=1)]] | None = None
    template: Annotated[str, Field(pattern=re.escape(PLACE))] = open_question(PLACE).prompt
    split: str = ""  # a column with taught, dev or test


def sheet_of(name: str) -> Path:
    """Where the task of a name is described; the file may not be there."""
    return paths.TASKS / f"{name}.yaml"


def load(name: str) -> Task:
    """The task that `tasks/<name>.yaml` describes, with all of its rows checked.

    Raises:
        InputError: no such file, a malformed one, or a row that is no question of the task; names file and line.
    """
    file = sheet_of(name)
    sheet = _read(file)
    parse, data = PARSES[sheet.parse], file.parent / sheet.file
    asked, seen = [], dict[str, str]()
    for number, row in enumerate(rows(data)):
        question = _question(sheet, row, f"{name}/{number}")
        for what, value in (("id", question.id), ("question", question.text)):
            if seen.setdefault(f"{what} {value}", row.where) != row.where:
                raise row.wrong(f"{what} {value!r:.60} comes twice: first in {seen[f'{what} {value}']}")
        asked.append((question, _split(sheet, row)))
    needed: tuple[Split, ...] = ("dev", "test")  # what examples are taken from, and what is asked
    for split in needed:
        if not _part(asked, split):
            raise InputError(f"{data}: no question of {len(asked)} is in the split {split}: give more")
    return Task(
        name=name,
        load=partial(_questions, (file, data), asked),
        read=parse.read,
        same=parse.same,
        max_tokens=sheet.max_tokens or parse.max_tokens,
        stop=parse.stop if sheet.stop is None else tuple(sheet.stop),
    )


def _questions(files: tuple[Path, ...], asked: list[tuple[Question, str]], split: Split, most: int) -> list[Question]:
    """See `Task.load`."""
    for file in files:
        registry.note(file)
    return _part(asked, split)[:most]


def _part(asked: list[tuple[Question, str]], split: Split) -> list[Question]:
    """The questions of a split, by the user's column or else cut as the public sets are."""
    if asked[0][1]:
        return [question for question, part in asked if part == split]
    return cut([question for question, _ in asked], lambda question: question.text, split)


def _read(file: Path) -> _Sheet:
    try:
        return _Sheet.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise InputError(f"{file}: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False)[0]
    key = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden":
        keys = (_Columns if key.startswith("columns.") else _Sheet).model_fields
        return f"unknown key '{key}': there are {', '.join(keys)}"
    if detail["type"] == "missing":
        return f"no key '{key}'"
    if key == "template":
        return f"template: write {PLACE} where the question goes"
    return f"{key}: {detail['msg']}" if key else "write keys and values, as in tasks/example.yaml"


def _question(sheet: _Sheet, row: Row, usual_id: str) -> Question:
    columns, letters = sheet.columns, sheet.parse == "letter"
    text, answer, options = row.text(columns.question), row.text(columns.answer), _options(columns, row)
    answer = answer.upper() if letters else answer
    if not PARSES[sheet.parse].can(answer):
        raise row.wrong(f"answer {answer!r:.60} does not parse as {sheet.parse}")
    among = ascii_uppercase[: len(options)] if letters else options
    if options and answer not in among:
        raise row.wrong(f"answer {answer!r:.60} is not among the options ({', '.join(among)})")
    if letters and options:
        text = "\n".join([text, *(f"({letter}) {option}" for letter, option in zip(among, options, strict=True))])
    return Question(
        id=row.text(columns.id) if columns.id else usual_id,
        text=text,
        prompt=sheet.template.replace(PLACE, text),
        answer=answer,
        shown=_shown(sheet, row, answer),
        values=() if letters else options,
    )


def _options(columns: _Columns, row: Row) -> tuple[str, ...]:
    listed = columns.options
    found = row.texts(listed) if isinstance(listed, str) else [row.text(column) for column in listed]
    if len(set(found)) < len(found) or len(found) == 1 or len(found) > len(ascii_uppercase):
        raise row.wrong(f"options ({', '.join(found)}): give two to {len(ascii_uppercase)} different ones")
    return tuple(found)


def _shown(sheet: _Sheet, row: Row, answer: str) -> str:
    """The answer, after its solution where there is one that does not state it already."""
    if not sheet.columns.solution:
        return answer
    solution = row.text(sheet.columns.solution)
    stated = PARSES[sheet.parse].read(solution)
    return solution if stated and same_words(stated, answer) else f"{solution}\nAnswer: {answer}"


def _split(sheet: _Sheet, row: Row) -> str:
    if not sheet.split:
        return ""
    part = row.text(sheet.split)
    if part not in get_args(Split):
        raise row.wrong(f"split {part!r:.60}: one of {', '.join(get_args(Split))}")
    return part
