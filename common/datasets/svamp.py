"""SVAMP: 1,000 one-step arithmetic word problems, varied so that shallow cues mislead (Patel et al. 2021,
arXiv 2103.07191).

Source: https://github.com/QwenLM/Qwen2.5-Math, evaluation/data/svamp/test.jsonl, a copy of arkilpatel/SVAMP (MIT).
A problem comes as body and question; where the body ends without a full stop, it gets one, as in that repository.

    Problem(id='chal-777', question="There are 87 oranges and 290 bananas in Philip's collection. ...", answer='145')
"""

from dataclasses import dataclass

from common.datasets.records import read_jsonl, require_unique
from common.errors import InputError

_PATH = "word_problems/svamp.jsonl"


@dataclass(frozen=True)
class Problem:
    """A problem and its final `answer`, a whole number in digits; `id` is SVAMP's own."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True)
class _Line:
    ID: str
    Body: str
    Question: str
    Answer: float


def load() -> list[Problem]:
    """All problems, in file order.

    Raises InputError on a duplicate id or an answer that is no whole number, and what `records.read_jsonl` raises.
    """
    lines = read_jsonl(_PATH, _Line)
    require_unique(_PATH, "ID", (line.ID for line in lines))
    return [_problem(line) for line in lines]


def _problem(line: _Line) -> Problem:
    if not line.Answer.is_integer():
        raise InputError(f"SVAMP {line.ID}: the answer {line.Answer:g} is no whole number")
    return Problem(line.ID, f"{line.Body.strip().removesuffix('.')}. {line.Question.strip()}", str(int(line.Answer)))
