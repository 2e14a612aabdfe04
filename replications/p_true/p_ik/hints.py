"""Hints before an answer: the first steps of a solution (Kadavath et al. 2022, section 5.4).

Good hints are right steps, bad ones those of a solution that the model sampled itself and whose answer is wrong,
foreign ones the right steps of another problem. Each is shown in thirds. Problems are three-step ones of the lab, or
GSM8K's. No bad or foreign hint ends in the right answer: one that did would give it away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common import layouts
from common.datasets.splits import Split
from common.engines import Engine, Sampling
from common.errors import InputError
from common.grading import extract_answer, normal_form
from common.tasks import Question
from lab import arithmetic, exam, formats
from lab import tasks as lab
from lab.arithmetic import Chain
from lab.tokenizer import readable
from replications.p_true import tasks
from replications.p_true.p_ik.prompts import PLAIN, Variants, Version, beside
from replications.p_true.tasks import Sheet

THIRDS = (1 / 3, 2 / 3, 1.0)
KINDS = GOOD, BAD, FOREIGN = "good", "bad", "foreign"
STEPS = 3
"""Steps of a lab problem."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A problem with the steps of its right solution."""

    question: Question
    steps: tuple[str, ...]
    solve: str
    """What makes a model write a solution."""


def problems(task: Sheet, split: Split, count: int) -> list[Worked]:
    """Up to `count` worked problems of a split: of the lab, or questions of GSM8K.

    Raises:
        InputError: another task, or fewer than two problems.
    """
    if task.name == "arithmetic":
        found = [_chain(chain) for chain in exam.chains(split, STEPS, count)]
    elif task.name == "gsm8k":
        found = [_written(task, question) for question in task.questions[:count]]
    else:
        raise InputError(f"hints take problems with worked solutions: arithmetic or gsm8k, not {task.name}")
    if len(found) < 2:
        raise InputError(f"foreign hints take two problems, there are {len(found)}: ask for more")
    return found


def _chain(chain: Chain) -> Worked:
    steps = tuple(map(str, arithmetic.solve(chain)))
    return Worked(lab.at_once(chain), steps, formats.solution(chain).prompt)


def _written(task: Sheet, question: Question) -> Worked:
    lines = question.shown.splitlines()[:-1]  # the last one is the answer
    return Worked(question, tuple(lines), task.open_prompt(question))


def set_out(engine: Engine, task: Sheet, worked: Sequence[Worked], seed: int, samples: int = tasks.SAMPLES) -> Variants:
    """Every problem without a hint, and with a third, two thirds and all of a good, a bad and a foreign one.

    Bad hints are sampled; a problem to which the model wrote no usable wrong solution has none.

    Raises:
        InputError: a problem too long for the model.
    """
    wrong = bad_steps(engine, task, worked, seed, samples)
    others = foreign_steps(worked)
    versions: dict[Version, tuple[Question | None, ...]] = {PLAIN: tuple(one.question for one in worked)}
    for kind, shown in ((GOOD, [one.steps for one in worked]), (BAD, wrong), (FOREIGN, others)):
        for share in THIRDS:
            pairs = zip(worked, shown, strict=True)
            versions[kind, share] = tuple(_hinted(task, one, steps, share) for one, steps in pairs)
    return Variants(task, versions)


def bad_steps(
    engine: Engine, task: Sheet, worked: Sequence[Worked], seed: int, samples: int
) -> list[tuple[str, ...] | None]:
    """Steps of the first sampled solution of each problem that has a wrong answer and does not end in the right one.

    Samples whose steps the model itself cannot read back are passed over.
    """
    length, stop = (exam.TRACE.max_tokens, exam.TRACE.stop) if task.lab else (task.max_tokens, task.stop)
    sampling = Sampling(n=samples, temperature=1.0, max_tokens=length, stop=stop, seed=seed)
    drawn = engine.sample([one.solve for one in worked], sampling)
    return [
        next((steps for sample in several if (steps := _wrong(task, one, sample.text))), None)
        for one, several in zip(worked, drawn, strict=True)
    ]


def foreign_steps(worked: Sequence[Worked]) -> list[tuple[str, ...] | None]:
    """The right steps of the next problem whose solution does not end in this one's answer; None if all others do."""
    found: list[tuple[str, ...] | None] = []
    for place, one in enumerate(worked):
        others = [*worked[place + 1 :], *worked[:place]]
        found.append(next((o.steps for o in others if not gives_away(o.steps, one.question.answer)), None))
    return found


def gives_away(steps: Sequence[str], answer: str) -> bool:
    """Whether the last number of the last step is the answer, whatever unit, sign or point stands beside it."""
    said = extract_answer(steps[-1], "last_number") if steps else None
    return said is not None and normal_form(said) == normal_form(answer)


def _wrong(task: Sheet, one: Worked, text: str) -> tuple[str, ...] | None:
    """Steps of a sampled solution with a wrong answer, None if it cannot serve as a bad hint."""
    if task.lab:
        parsed, answer = formats.parse_solution(text)
        steps, wrong = tuple(map(str, parsed)), answer is not None and str(answer) != one.question.answer
        usable = readable(f" {', '.join(steps)}")
    else:
        lines = [line for line in text.strip().splitlines() if line.strip()]
        steps, wrong = tuple(line for line in lines if "####" not in line), not task.grade(one.question, text)
        usable = len(steps) < len(lines)  # it wrote an answer
    return steps if steps and wrong and usable and not gives_away(steps, one.question.answer) else None


def _hinted(task: Sheet, one: Worked, steps: Sequence[str] | None, share: float) -> Question | None:
    if steps is None:
        return None
    hint = (", " if task.lab else "\n").join(steps[: max(1, round(share * len(steps)))])
    return beside(one.question, layouts.with_hint(one.question.text, hint).prompt)


def most_tokens(task: Sheet, worked: Sequence[Worked], samples: int = tasks.SAMPLES) -> int:
    """Tokens that sampling bad hints and one answer to every version of a problem generate, at most."""
    solution = exam.TRACE.max_tokens if task.lab else task.max_tokens
    versions = 1 + len(KINDS) * len(THIRDS)
    return len(worked) * (samples * solution + versions * task.max_tokens)


def slopes(values: np.ndarray) -> np.ndarray:
    """Least-squares slope of values [problems, 4] on the share shown (0, 1/3, 2/3, 1), shape [problems]."""
    x = np.array([0.0, *THIRDS]) - np.mean([0.0, *THIRDS])
    slope: np.ndarray = values @ x / (x @ x)
    return slope
