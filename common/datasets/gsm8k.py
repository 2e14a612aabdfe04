"""GSM8K: grade-school maths word problems with worked solutions (Cobbe et al. 2021, arXiv 2110.14168).

Source: https://github.com/openai/grade-school-math (MIT); train 7,473, test 1,319 problems.

    Problem(id='test/0', question='Janet’s ducks lay 16 eggs per day. ...',
            solution='Janet sells 16 - 3 - 4 = <<16-3-4=9>>9 duck eggs a day.\\nShe makes ...', answer='18')

`solution` keeps the calculator marks `<<...>>`. `answer` is what follows `####`, without thousands commas: an
integer in digits, which holds for every row.
"""

from dataclasses import dataclass
from typing import Literal

from common.datasets.records import one_of, read_jsonl
from common.errors import InputError


@dataclass(frozen=True)
class Problem:
    """A problem, its worked `solution` (the part before `####`) and final `answer`; `id` is split/line from 0."""

    id: str
    question: str
    solution: str
    answer: str


@dataclass(frozen=True)
class _Line:
    question: str
    answer: str


def load(split: Literal["train", "test"]) -> list[Problem]:
    """The problems of one split, in file order.

    Raises InputError on an unknown split or a solution without a final answer, and what `records.read_jsonl`
    raises.
    """
    path = f"gsm8k/{one_of('split', split, ('train', 'test'))}.jsonl"
    return [_problem(f"{split}/{index}", line) for index, line in enumerate(read_jsonl(path, _Line))]


def _problem(name: str, line: _Line) -> Problem:
    solution, mark, answer = line.answer.rpartition("####")
    if not mark or not answer.strip():
        raise InputError(f"GSM8K {name}: no final answer after '####'")
    return Problem(name, line.question, solution.rstrip(), answer.strip().replace(",", ""))
