"""Recorded solutions to GSM8K training problems with four generative verifications each (genrm-star, shard 0).

Source: https://github.com/genrm-star/genrm-critiques (MIT), critiques/data_collection, the data released with
"Generative Verifiers" (Zhang et al. 2024, arXiv 2408.15240). 763 questions, 22,457 right and 8,321 wrong
solutions, rounds 0 to 3; 20 questions have no right solution and 79 no wrong one.

    Solution(question_id=0, solution_id=0, question='There were 349 pieces of candy in a bowl. ...',
             solution='Talitha took 108 pieces ... The answer is 88.', answer='88', target='88', correct=True,
             critiques=('**Verification:**\\n\\n1. Talitha took ... (Yes/No)? Yes', ...),
             prompt_chars=(938, ...), reference_chars=(231, ...))

Notable limits:
- The verifier saw a reference solution, nearly always another one each round. Its verdicts are those of a
  verifier that knows the answer.
- The pool of a question is capped at 32 right and 32 wrong solutions, so the share of right ones is not the
  model's accuracy. `solution_id` is a place among the solutions sampled for the question; places left out of
  the pool are missing.

Of the verifier's prompts, nearly half of the bytes, only two lengths are kept: that of the prompt, and that of
the reference solution with its label, which ends every prompt. Rounds are joined on (question_id, model_output_id),
which is unique over right and wrong files together.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from common.datasets.records import read_jsonl, require_unique
from common.errors import InputError

ROUNDS = (0, 1, 2, 3)
_REFERENCE = "\nExpected Answer: "


@dataclass(frozen=True, slots=True)
class Solution:
    """One solution: its final `answer`, the `target`, whether they agree (`correct`), and `critiques` by round.

    `prompt_chars` are the characters of the verifier's prompt in each round, `reference_chars` those of them that
    show the reference solution.
    """

    question_id: int
    solution_id: int
    question: str
    solution: str
    answer: str
    target: str
    correct: bool
    critiques: tuple[str, ...]
    prompt_chars: tuple[int, ...]
    reference_chars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    question_id: int
    model_output_id: int
    question: str
    model_output: str
    extracted_answer: str
    target: str
    correctness: Literal[0, 1]


@dataclass(frozen=True, slots=True)
class _Critique:
    question_id: int
    model_output_id: int
    verifier_prompt: str
    verifier_output: str


class _Read(NamedTuple):
    critique: str
    prompt_chars: int
    reference_chars: int


def load() -> list[Solution]:
    """All 30,778 solutions, right ones first, in file order; each with four critiques, one a round.

    Takes a few seconds and some 150 MB. Raises InputError when a round lacks a solution, on a duplicate id, and
    what `records.read_jsonl` raises.
    """
    return _pool("correct") + _pool("incorrect")


def _pool(kind: Literal["correct", "incorrect"]) -> list[Solution]:
    rounds = [_critiques(_path(kind, round_)) for round_ in ROUNDS]
    path = _path(kind, 0)
    lines = read_jsonl(path, _Line)
    if any(len(round_) != len(lines) for round_ in rounds):
        raise InputError(f"data/{path}: the rounds hold different numbers of solutions")
    try:
        return [_solution(line, rounds) for line in lines]
    except KeyError as error:
        raise InputError(f"data/{path}: solution {error} lacks a critique in some round") from None


def _path(kind: str, round_: int) -> str:
    return f"genrm_critiques/critique_gen_{kind}_solutions_round_{round_}_shard_0.jsonl.gz"


def _critiques(path: str) -> dict[tuple[int, int], _Read]:
    rows = read_jsonl(path, _Critique)
    require_unique(path, "(question_id, model_output_id)", ((r.question_id, r.model_output_id) for r in rows))
    return {(row.question_id, row.model_output_id): _read(row) for row in rows}


def _read(row: _Critique) -> _Read:
    _, label, reference = row.verifier_prompt.rpartition(_REFERENCE)
    return _Read(row.verifier_output, len(row.verifier_prompt), len(label + reference) if label else 0)


def _solution(line: _Line, rounds: list[dict[tuple[int, int], _Read]]) -> Solution:
    reads = [round_[line.question_id, line.model_output_id] for round_ in rounds]
    return Solution(
        question_id=line.question_id,
        solution_id=line.model_output_id,
        question=line.question,
        solution=line.model_output,
        answer=line.extracted_answer,
        target=line.target,
        correct=line.correctness == 1,
        critiques=tuple(read.critique for read in reads),
        prompt_chars=tuple(read.prompt_chars for read in reads),
        reference_chars=tuple(read.reference_chars for read in reads),
    )
