"""Arithmetic word problems without worked solutions: MultiArith, 600 of some steps (Roy & Roth 2015, "Solving General
Arithmetic Word Problems"), and SVAMP, 1,000 of one step, varied so that shallow cues mislead (Patel et al. 2021,
arXiv 2103.07191).

Source: https://github.com/QwenLM/Qwen2.5-Math, evaluation/data. SVAMP is a copy of arkilpatel/SVAMP (MIT). For the file
of MultiArith no licence is stated, so nothing of it is passed on.

    Problem(id='multiarith/0', question='For Halloween Debby and her sister combined the candy ...?', answer='39')
    Problem(id='chal-777', question="There are 87 oranges and 290 bananas in Philip's collection. ...", answer='145')
"""

from dataclasses import dataclass

from common.datasets.records import read_jsonl, require_unique
from common.errors import InputError


@dataclass(frozen=True)
class Problem:
    """A problem and its final `answer`, a whole number in digits; `id` is multiarith/line from 0, or SVAMP's own."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True)
class _MultiArithLine:
    input: str
    target: int


@dataclass(frozen=True)
class _SvampLine:
    ID: str
    Body: str
    Question: str
    Answer: float


def multiarith() -> list[Problem]:
    """All problems of MultiArith, in file order. Raises what `records.read_jsonl` raises."""
    lines = read_jsonl("word_problems/multiarith.jsonl", _MultiArithLine)
    return [Problem(f"multiarith/{index}", line.input, str(line.target)) for index, line in enumerate(lines)]


def svamp() -> list[Problem]:
    """All problems of SVAMP, in file order; a body without a full stop gets one, as in the source's own evaluation.

    Raises InputError on a duplicate id or an answer that is no whole number, and what `records.read_jsonl` raises.
    """
    path = "word_problems/svamp.jsonl"
    lines = read_jsonl(path, _SvampLine)
    require_unique(path, "ID", (line.ID for line in lines))
    return [_svamp(line) for line in lines]


def _svamp(line: _SvampLine) -> Problem:
    if not line.Answer.is_integer():
        raise InputError(f"SVAMP {line.ID}: the answer {line.Answer:g} is no whole number")
    return Problem(line.ID, f"{line.Body.strip().removesuffix('.')}. {line.Question.strip()}", str(int(line.Answer)))
