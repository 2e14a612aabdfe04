"""`python -m common.subjects import FILE --subject NAME [--task TASK]`: answers of one's own.

A row names a question by its `id` or by its `prompt` (the question, or the whole prompt of the task) and has the
`completion`; it may have its `logprob` (mean natural-log probability of its tokens), its `p_true` (probability that the
model gave to its being right) and a `grade` (true or false).
Every row is checked before anything is written. Exit codes: 0 done, 2 something is wrong (said in one line).
"""

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from common import recorded, subjects
from common.datasets.splits import Split
from common.errors import InputError
from common.files import whole, write_whole
from common.given import Row, rows
from common.recorded import Answer
from common.stats import intervals
from common.subjects import Subject
from common.tasks import EVERY, Question, Task, find

GRADES = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        print(*import_answers(options.file, options.subject, options.task or options.file.stem), sep="\n")
    except InputError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"cannot write {error.filename or 'the answers'}: {error.strerror or error}")
    return 0


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.subjects", description="What claims are judged on.")
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser("import", help="take answers of your own, and list them in subjects.yaml")
    importing.add_argument("file", type=Path, help="JSON lines, or CSV with a header")
    importing.add_argument(
        "--subject", required=True, help="whose answers they are: a new name, or one imported before"
    )
    importing.add_argument("--task", help="the task they answer (default: the name of the file)")
    return parser


def import_answers(file: Path, name: str, task_name: str) -> list[str]:
    """Check answers, put them in their place and list their subject; lines that say what they hold.

    Raises:
        InputError: a name that cannot be a new subject's, an unknown task, or a row that is no answer to one of its
            questions, or the second to the same.
        OSError: they cannot be written.
    """
    subject, listing = _subject(name)
    task = find(task_name)
    table = _table(rows(file), task)
    target = recorded.place(name, task.name)
    _write(table, target)
    if listing:
        write_whole(subjects.FILE, listing)
    more = ", ".join(f"{table[column].count():,} with {column}" for column in ("logprob", "p_true", "grade"))
    return [f"{len(table):,} answers of {name} to {task.name} ({more}): {target}", *_summary(subject, task)]


def _subject(name: str) -> tuple[Subject, str]:
    """The subject, and subjects.yaml with its line at the end; an empty text where it has one."""
    folder = f"answers/{name}"
    if known := subjects.listed().get(name):
        if folder not in known.answers:
            raise InputError(
                f"subject {name} is another: {subjects.FILE.name} lists it without {folder}; give a new name"
            )
        return known, ""
    if name in subjects.names() or name != subjects.slug(name) or not isinstance(yaml.safe_load(name), str):
        raise InputError(f"subject {name!r}: give a name of letters, digits and .+-_, and none of a family or a route")
    text = subjects.FILE.read_text(encoding="utf-8")
    new = Subject(id=name, route="recorded", answers=(folder,), about="answers of one's own")
    line = f"{name}: {{route: {new.route}, answers: [{folder}], about: {json.dumps(new.about)}}}\n"
    return new, f"{text}{'' if text.endswith(chr(10)) else chr(10)}{line}"


def _table(given: Sequence[Row], task: Task) -> pd.DataFrame:
    by_id = recorded.questions(task)
    by_prompt = {text: question for question in by_id.values() for text in (question.text, question.prompt)}
    found: dict[str, dict[str, Any]] = {}
    seen: dict[str, str] = {}
    for row in given:
        question = _question(row, task, by_id, by_prompt)
        if question.id in found:
            raise row.wrong(f"a second answer to {question.id}: the first is in {seen[question.id]}")
        completion = row.values.get("completion")
        if not isinstance(completion, str):
            raise row.wrong("no column 'completion' with the text of the answer")
        logprob = _number(row, "logprob", -sys.float_info.max, 0, "no finite number of at most 0")
        p_true = _number(row, "p_true", 0, 1, "no number in [0, 1]")
        found[question.id] = {"completion": completion, "logprob": logprob, "p_true": p_true, "grade": _grade(row)}
        seen[question.id] = row.where
    table = pd.DataFrame.from_dict(found, orient="index").rename_axis("id").reset_index()
    return table.astype({"completion": str, "logprob": "Float64", "p_true": "Float64", "grade": "boolean"})


def _question(row: Row, task: Task, by_id: Mapping[str, Question], by_prompt: Mapping[str, Question]) -> Question:
    if "id" not in row.values and "prompt" not in row.values:
        raise row.wrong("no column 'id' or 'prompt' that names the question")
    key, among = ("id", by_id) if "id" in row.values else ("prompt", by_prompt)
    value = row.text(key)
    if value not in among:
        raise row.wrong(
            f"{task.name} has no question with the {key} {value!r:.60}: its ids look like {next(iter(by_id))}"
        )
    return among[value]


def _number(row: Row, column: str, least: float, most: float, otherwise: str) -> float | None:
    given = row.values.get(column)
    if given is None or given == "":
        return None
    try:
        value = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not least <= value <= most:
        raise row.wrong(f"{column} {given!r:.60} is {otherwise}")
    return value


def _grade(row: Row) -> bool | None:
    given = row.values.get("grade")
    if given is None or given == "":
        return None
    key = given.lower() if isinstance(given, str) else given
    if not isinstance(key, str | bool) or key not in GRADES:
        raise row.wrong(f"grade {given!r:.60} is neither true nor false")
    return GRADES[key]


def _write(table: pd.DataFrame, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as partial:
        table.to_parquet(partial, index=False)


def _summary(subject: Subject, task: Task) -> list[str]:
    splits: tuple[Split, ...] = ("taught", "dev", "test")
    counted = ((split, recorded.answers(subject, task, split), len(task.load(split, EVERY))) for split in splits)
    return [f"{split}: {_accuracy(found, questions)}" for split, found, questions in counted if found]


def _accuracy(found: Sequence[Answer], questions: int) -> str:
    right, unread = sum(one.right for one in found), sum(one.unread for one in found)
    share = intervals.wilson(right, len(found))
    return (
        f"{len(found):,} of {questions:,} questions, accuracy {share.value:.3f} "
        f"(95% {share.low:.3f} to {share.high:.3f}, {share.method}); {unread:,} state no answer that can be read"
    )
