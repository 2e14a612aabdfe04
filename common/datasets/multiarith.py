"""MultiArith: 600 arithmetic word problems of some steps (Roy & Roth 2015, "Solving General Arithmetic Word Problems").

Source: https://github.com/QwenLM/Qwen2.5-Math, evaluation/data/mawps/multiarith.jsonl. No licence is stated for the
file, so nothing of it is passed on.

    Problem(id='multiarith/0', question='For Halloween Debby and her sister combined the candy ...?', answer='39')
"""

from dataclasses import dataclass

from common.datasets.records import read_jsonl


@dataclass(frozen=True)
class Problem:
    """A problem and its final `answer`, a whole number in digits; `id` is multiarith/line from 0."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True)
class _Line:
    input: str
    target: int


def load() -> list[Problem]:
    """All problems, in file order. Raises what `records.read_jsonl` raises."""
    lines = read_jsonl("word_problems/multiarith.jsonl", _Line)
    return [Problem(f"multiarith/{index}", line.input, str(line.target)) for index, line in enumerate(lines)]
