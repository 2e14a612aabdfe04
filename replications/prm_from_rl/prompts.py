r"""How judges are asked, in one place: the lab's critique format, and a template of our own for language models.

The template asks what ProcessBench's does (Zheng et al. 2024, section 4 and its released code): numbered paragraphs,
the index of the earliest error or -1, in \boxed{}. With a reference, the judge reads its own solution first
("Self-REF" of the paper, whose prompt is unknown to us).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from common import asking
from common.engines import Engine, Prompt, Sampling
from lab import formats
from lab.arithmetic import chain_of
from lab.tokenizer import readable
from replications.prm_from_rl.items import REAL, SteppedSolution, steps_of

TASKS = ("lab", *REAL)
_INDEX = re.compile(r"-?[0-9]{1,4}")
_BOXED = re.compile(r"\\boxed\{([^}]{0,99})\}")

SOLVE = "Solve this problem step by step. Give the final answer in \\boxed{{}}.\n\n{problem}"
OWN = "Before judging, you solved the problem yourself:\n\n{own}\n\n"
CRITIQUE = (
    "Below are a problem and a solution of it in numbered paragraphs, counted from 0.\n\n"
    "Problem:\n{problem}\n\nSolution:\n{solution}\n\n{own}"
    "Check the paragraphs one after the other. Find the first one that contains an error; what follows from an error "
    "does not matter. End with the index of that paragraph in \\boxed{{}}, or with \\boxed{{-1}} if there is no error."
)


@dataclass(frozen=True, slots=True)
class Format:
    """Prompts of one task and how their answers are read."""

    solve: Callable[[str], Prompt]
    """The prompt to solve a problem."""
    critique: Callable[[SteppedSolution, str], Prompt]
    """The prompt to judge an item, given the judge's own solution or ""."""
    parse: Callable[[str], int | None]
    """The index that a critique names, or None."""
    greedy: Sampling
    """One answer, for solutions and critiques alike."""
    voting: Sampling
    """Eight critiques to vote."""


def format_of(task: str, engine: Engine, max_tokens: int = 0) -> Format:
    """The format of a task.

    Args:
        task: one of `TASKS`.
        engine: is asked in chat messages if it has a chat template, else in plain text; the lab's prompts are plain.
        max_tokens: of a completion; 0 for the lab's own 64, or 2,048.
    """
    if task == "lab":
        greedy = Sampling(temperature=0.0, max_tokens=max_tokens or 64, stop=("\n",))
        voting = greedy.model_copy(update={"temperature": 1.0, "n": 8, "seed": 42})
        return Format(_lab_solve, _lab_critique, formats.parse_critique, greedy, voting)
    greedy = Sampling(temperature=0.0, max_tokens=max_tokens or 2048)
    voting = greedy.model_copy(update={"temperature": 1.0, "top_p": 0.9, "n": 8, "seed": 42})
    return Format(
        lambda problem: _in_form(engine, SOLVE.format(problem=problem)),
        lambda item, own: _in_form(engine, critique_text(item, own)),
        boxed_index,
        greedy,
        voting,
    )


def critique_text(item: SteppedSolution, own: str = "") -> str:
    """The words that a language model is asked to judge an item in."""
    solution = "\n\n".join(f"[{index}] {step}" for index, step in enumerate(item.steps))
    return CRITIQUE.format(problem=item.problem, solution=solution, own=OWN.format(own=own) if own else "")


def boxed_index(text: str) -> int | None:
    r"""The whole number in the last \boxed{} of a critique; None if there is none, or it holds anything else."""
    found = _BOXED.findall(text)
    return int(found[-1]) if found and _INDEX.fullmatch(found[-1].strip()) else None


def _in_form(engine: Engine, text: str) -> Prompt:
    return asking.prompt(engine, asking.user(text), f"{text}\n\n")


def _lab_solve(problem: str) -> str:
    return formats.solution(chain_of(problem)).prompt


def _lab_critique(item: SteppedSolution, own: str) -> str:
    chain = chain_of(item.problem)
    before = f"{formats.solution(chain).prompt}{own}\n\n" if own and readable(own) else ""
    return before + formats.critique(chain, steps_of(item)).prompt
