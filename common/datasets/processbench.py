"""ProcessBench: where the first wrong step is, marked by experts on real LLM solutions (Zheng et al. 2024,
arXiv 2412.06559). For evaluation only, never for training.

Source: https://github.com/QwenLM/ProcessBench (no licence file there; the copy Qwen/ProcessBench on the Hugging
Face hub says Apache-2.0). Subsets gsm8k (400), math, olympiadbench and omnimath (1,000 each).

    Solution(id='math-0', generator='Meta-Llama-3-8B-Instruct', problem='Determine the remainder of 194 (mod 11).',
             steps=("To determine the remainder ...", "Since we're looking for ..."), label=0,
             final_answer_correct=False)
"""

from dataclasses import dataclass
from typing import Literal

from common.datasets.records import one_of, read_json, require_rows, require_unique
from common.errors import InputError

Subset = Literal["gsm8k", "math", "olympiadbench", "omnimath"]
SUBSETS: tuple[Subset, ...] = ("gsm8k", "math", "olympiadbench", "omnimath")


@dataclass(frozen=True)
class Solution:
    """One solution by `generator`; `label` is the index (from 0) of its first wrong step, -1 when all are right.

    A right final answer does not mean right steps: `final_answer_correct` and `label` >= 0 do come together.
    """

    id: str
    generator: str
    problem: str
    steps: tuple[str, ...]
    label: int
    final_answer_correct: bool


def load(subset: Subset) -> list[Solution]:
    """The solutions of one subset, in file order.

    Raises InputError on an unknown subset, a duplicate id, a label that is no step, or another number of rows
    than pinned, and what `records.read_json` raises.
    """
    path = f"processbench/{one_of('subset', subset, SUBSETS)}.json"
    solutions = read_json(path, list[Solution])
    require_rows(path, len(solutions))
    require_unique(path, "id", (solution.id for solution in solutions))
    for solution in solutions:
        if not -1 <= solution.label < len(solution.steps):
            raise InputError(f"{solution.id}: label {solution.label} is neither -1 nor one of its steps")
    return solutions
