"""MATH-500: the 500 test problems of MATH (Hendrycks et al. 2021, arXiv 2103.03874) held out by Lightman et al.
2023 (arXiv 2305.20050).

Source: https://github.com/openreasoner/openr (MIT), envs/MATH/dataset/test500.jsonl.

    Problem(id='test/precalculus/807.json', problem='Convert the point $(0,3)$ in rectangular ...',
            solution='We have that $r = ...', answer='\\\\left( 3, \\\\frac{\\\\pi}{2} \\\\right)',
            subject='Precalculus', level=2)

`answer` is the LaTeX inside the solution's last box; comparing it takes a grader, not `==`.
"""

from dataclasses import dataclass
from typing import Literal

from common.datasets.records import read_jsonl, require_unique

_PATH = "math/math500_test.jsonl"


@dataclass(frozen=True)
class Problem:
    """A problem with its reference `solution` and LaTeX `answer`; `level` runs from 1 (easy) to 5."""

    id: str
    problem: str
    solution: str
    answer: str
    subject: str
    level: int


@dataclass(frozen=True)
class _Line:
    unique_id: str
    problem: str
    solution: str
    answer: str
    subject: str
    level: Literal["Level 1", "Level 2", "Level 3", "Level 4", "Level 5"]


def load() -> list[Problem]:
    """The 500 problems, in file order. Raises InputError on a duplicate id and what `records.read_jsonl` raises."""
    lines = read_jsonl(_PATH, _Line)
    require_unique(_PATH, "unique_id", (line.unique_id for line in lines))
    return [
        Problem(line.unique_id, line.problem, line.solution, line.answer, line.subject, int(line.level.split()[1]))
        for line in lines
    ]
