"""P(True) on models' own samples and on each other's: the experiment (Kadavath et al. 2022, section 4, appendix B).

Every model answers every question of a task thirty times; the first readable sample is judged. Each model judges its
own samples in every condition, and the sizes of the ladder judge each other's with comparison and twenty examples,
which are the judge's own samples. Beside P(True) stand three scores that ask the model nothing more: the likelihood of
the judged sample, the entropy of the thirty answers, and how often the judged answer occurs among the five ideas. All
are brought to [0, 1], larger meaning more trust; only their order counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from common.arrays import Floats
from common.engines import Engine
from common.errors import InputError
from common.labels import TAUGHT, Layout
from replications.p_true.ladder import Model
from replications.p_true.p_true import prompts
from replications.p_true.p_true.prompts import COMPARISON_20, CONDITIONS, IDEAS, Condition, Judged
from replications.p_true.tasks import SAMPLES, Sample, Sheet, draw

BASELINES = ("likelihood", "certainty", "agreement")
"""exp(mean log-probability per token of the judged sample); exp(-entropy of answers); share of equals among five."""


class Key(NamedTuple):
    """Who judged whose samples in which condition (its name)."""

    task: str
    evaluator: str
    writer: str
    condition: str


@dataclass(frozen=True, slots=True)
class Written:
    """What one model wrote for one task."""

    rows: pd.DataFrame
    """Index: question id; level, right, share_right, unreadable (of thirty), and the baselines."""
    items: tuple[Judged, ...]
    """One a row."""
    examples: tuple[Judged, ...]
    questions: int
    """How many were asked; those without five readable samples have no row."""
    cut_off: float
    """Share of all samples to the questions asked that ended at `max_tokens`."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One run of everything under one seed; made by `perform`."""

    tasks: dict[str, Sheet]
    written: dict[tuple[str, str], Written]
    """By task and model."""
    judged: dict[Key, pd.DataFrame]
    """The writer's rows with p_true and mass."""

    def rows(self, task: str, condition: Condition, evaluator: str, writer: str | None = None) -> pd.DataFrame:
        """What an evaluator said of a writer's samples (its own by default)."""
        return self.judged[Key(task, evaluator, writer or evaluator, condition.name)]


def most_tokens(task: Sheet) -> int:
    """Tokens that sampling a task generates at most, examples among them."""
    return (len(task.questions) + len(task.examples)) * SAMPLES * task.max_tokens


def perform(
    engines: Mapping[str, Engine],
    models: Sequence[Model],
    tasks: Mapping[str, Sheet],
    seed: int,
    layout: Layout = TAUGHT,
) -> Experiment:
    """Sample, judge own samples in every condition, judge each other's across the sizes (first seed of each).

    Raises:
        InputError: too few readable samples, or a prompt too long for a model.
    """
    written = {(task, name): write(engine, tasks[task], seed) for task in tasks for name, engine in engines.items()}
    sizes = [model.name for model in models if model.rung and model.seed == 0]
    found = {}
    for task in tasks.values():
        six = prompts.six_of_the_lab(seed) if task.lab else prompts.SIX_IN_WORDS
        for evaluator, engine in engines.items():
            own = written[task.name, evaluator]
            for condition in CONDITIONS:
                shown = own.examples if condition.shots else six
                others = sizes if condition == COMPARISON_20 and evaluator in sizes else []
                for writer in dict.fromkeys([evaluator, *others]):
                    key = Key(task.name, evaluator, writer, condition.name)
                    found[key] = _judge(engine, shown, written[task.name, writer], condition, layout)
    return Experiment(dict(tasks), written, found)


def write(engine: Engine, task: Sheet, seed: int) -> Written:
    """Sample answers to the questions and the examples of a task, and pick what is judged.

    Raises:
        InputError: fewer than two questions, or twenty examples, with five readable samples.
    """
    drawn = draw(engine, task, [*task.questions, *task.examples], seed)
    count = len(task.questions)
    found = [
        (question, samples, one)
        for question, samples in zip(task.questions, drawn[:count], strict=True)
        if (one := prompts.judged(question, samples))
    ]
    if len(found) < 2:
        raise InputError(f"{task.name}: {len(found)} of {count} questions have five readable samples, it takes two")
    rows = [{"question": q.id, "level": q.level} | _row(samples) for q, samples, _ in found]
    return Written(
        rows=pd.DataFrame(rows).set_index("question"),
        items=tuple(one for _, _, one in found),
        examples=tuple(prompts.first_twenty(task.examples, drawn[count:])),
        questions=count,
        cut_off=float(np.mean([sample.cut_off for samples in drawn[:count] for sample in samples])),
    )


def _row(samples: Sequence[Sample]) -> dict[str, float]:
    """What the samples to one question say without being judged; unreadable ones are left out and counted."""
    readable = [sample for sample in samples if sample.answer is not None]
    answers = pd.Series([sample.answer for sample in readable])
    return {
        "right": float(readable[0].right),
        "share_right": float(np.mean([sample.right for sample in readable])),
        "unreadable": len(samples) - len(readable),
        "likelihood": float(np.exp(readable[0].logprob)),
        "certainty": float(np.exp(-stats.entropy(answers.value_counts()))),
        "agreement": float((answers[:IDEAS] == answers[0]).mean()),
    }


def _judge(
    engine: Engine, shown: Sequence[Judged], written: Written, condition: Condition, layout: Layout
) -> pd.DataFrame:
    p, mass = p_true(engine, shown, written.items, condition, layout)
    return written.rows.assign(p_true=p, mass=mass)


def p_true(
    engine: Engine, shown: Sequence[Judged], items: Sequence[Judged], condition: Condition, layout: Layout = TAUGHT
) -> tuple[Floats, Floats]:
    """P(True) of each judged answer after examples, and the raw mass of both labels, shape [items] each.

    P(True) is the probability of the label of "True" over that of both.

    Raises:
        InputError: a prompt too long for the model, and as `Layout.scores`.
    """
    examples = [prompts.prompt(one, condition, layout.lettering) for one in shown]
    texts = [prompts.prompt(one, condition, layout.lettering).prompt for one in items]
    scores = layout.scores(engine, [(one.prompt, one.completion) for one in examples], texts, 2)
    return scores.probabilities[:, int(condition.swapped)].astype(np.float64), scores.mass.astype(np.float64)
