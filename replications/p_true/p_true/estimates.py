"""What the claims about P(True) estimate, each from one experiment. Every estimand is for the weakest task.

Arithmetic of the lab is shown, not judged: its models failed the gate for P(True) there (docs/lab-log.md, try 27).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common import claims, guards
from common.errors import InputError
from common.stats.calibration import excess
from common.stats.calibration.excess import Excess
from common.stats.estimates import Found, Undefined
from replications.p_true import ladder
from replications.p_true.ladder import NO_LADDER, Model
from replications.p_true.p_true.experiment import Experiment
from replications.p_true.p_true.prompts import (
    COMPARISON_20,
    COMPARISON_SIX,
    CONDITIONS,
    ONE_20,
    ONE_SIX,
    SWAPPED,
    Condition,
)
from replications.p_true.p_true.scoring import Scoring
from replications.p_true.params import LiveParams
from replications.p_true.weakest import weakest

Errors = dict[tuple[str, str], Excess | Undefined]
"""By task and model: calibration errors of its conditions, by their names."""


def measure_excess(experiment: Experiment, params: LiveParams, seed: int) -> Errors:
    """Excess calibration error of every model, task and condition, on own samples."""
    found: Errors = {}
    for number, (task, model) in enumerate(experiment.written):
        judged = {condition.name: experiment.rows(task, condition, model) for condition in CONDITIONS}
        cells = {name: (rows["p_true"].to_numpy(), rows["right"].to_numpy()) for name, rows in judged.items()}
        try:
            rng = np.random.default_rng([seed, number])
            found[task, model] = excess.measure(cells, rng, params.resamples, params.redraws)
        except InputError as error:
            found[task, model] = Undefined(str(error))
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """One task of an experiment, seen from the model that the claims are about."""

    experiment: Experiment
    task: str
    model: str
    errors: Errors
    scoring: Scoring

    def rows(self, condition: Condition = COMPARISON_20, evaluator: str = "", writer: str = "") -> pd.DataFrame:
        """What the model (or another) said of its own samples (or another's)."""
        judge = evaluator or self.model
        return self.experiment.rows(self.task, condition, judge, writer or judge)

    def auroc(self, rows: pd.DataFrame) -> Found:
        """AUROC of what was said."""
        return held(self.scoring.auroc(rows), rows)

    def beyond_base_rate(self) -> Found:
        """Brier score less that of the base rate."""
        return held(self.scoring.brier_beyond_base_rate(self.rows()), self.rows())

    def conditional_gain(self) -> Found:
        """Share right where P(True) is above one half, less share right."""
        return held(self.scoring.conditional_gain(self.rows()), self.rows())

    def excess(self, condition: Condition) -> Found:
        """Excess calibration error of the model in a condition."""
        measured = self.errors[self.task, self.model]
        if isinstance(measured, Undefined):
            return measured
        return held(measured.contrast({condition.name: 1.0}), self.rows(condition))

    def brier_gain(self, a: Condition, b: Condition) -> Found:
        """Brier score in one condition less that in another."""
        return held(self.scoring.brier_gain(self.rows(a), self.rows(b)), self.rows(a), self.rows(b))

    def auroc_gain(self, a: pd.DataFrame, b: pd.DataFrame) -> Found:
        """AUROC of what was said in rows a less that in rows b."""
        return held(self.scoring.auroc_gain(a, b), a, b)

    def beyond(self, baseline: str) -> Found:
        """AUROC of P(True) less that of a score that needs no question."""
        return held(self.scoring.auroc_gain(self.rows(), self.rows(), baseline), self.rows())


def held(found: Found, *several: pd.DataFrame) -> Found:
    """The estimate, if both labels would be said and enough of the judged answers are right and wrong."""
    for rows in several:
        found = guards.both(guards.said(found, rows["mass"], "True and False"), rows["right"], "judged answers")
    return found


ONE_MODEL: dict[str, Callable[[Case], Sequence[Found]]] = {
    "separates": lambda case: [case.auroc(case.rows())],
    "better-than-base-rate": lambda case: [case.beyond_base_rate()],
    "conditional-accuracy": lambda case: [case.conditional_gain()],
    "ideas-help": lambda case: [case.auroc_gain(case.rows(COMPARISON_SIX), case.rows(ONE_SIX))],
    "ideas-help-at-20": lambda case: [case.brier_gain(COMPARISON_20, ONE_20)],
    "shots-calibrate": lambda case: [case.brier_gain(COMPARISON_20, COMPARISON_SIX)],
    "shots-alone": lambda case: [case.brier_gain(ONE_20, ONE_SIX)],
    "shots-not-ranking": lambda case: [case.auroc_gain(case.rows(), case.rows(COMPARISON_SIX))],
    "prompt-uncalibrated": lambda case: [case.excess(COMPARISON_SIX)],
    "twenty-calibrated": lambda case: [case.excess(COMPARISON_20)],
    "best-everywhere": lambda case: [
        case.brier_gain(COMPARISON_20, other) for other in (COMPARISON_SIX, ONE_SIX, ONE_20)
    ],
    "label-swap": lambda case: [case.auroc(case.rows(SWAPPED))],
    "beats-likelihood": lambda case: [case.beyond("likelihood")],
    "beats-entropy": lambda case: [case.beyond("certainty")],
    "beats-agreement": lambda case: [case.beyond("agreement")],
}
"""Claims about one model: the estimates for one task, of which the weakest over all tasks is judged."""


def p_true_size(case: Case, models: Sequence[Model]) -> list[Found]:
    """AUROC of the largest size less that of the smallest, each on its own samples, for every seed of the smallest."""
    smallest, *_, largest = ladder.sizes(models).values()
    mine = case.rows(evaluator=largest[0].name)
    return [case.auroc_gain(mine, case.rows(evaluator=model.name)) for model in smallest]


def small_models_easier(case: Case, models: Sequence[Model]) -> list[Found]:
    """AUROC on samples of the smallest size less that on samples of the largest, for every size as evaluator."""
    names = _first_seeds(models)
    return [
        case.auroc_gain(case.rows(evaluator=judge, writer=names[0]), case.rows(evaluator=judge, writer=names[-1]))
        for judge in names
    ]


def large_models_judge_better(case: Case, models: Sequence[Model]) -> list[Found]:
    """AUROC of the largest size less that of the smallest on the same samples, for every size as writer."""
    names = _first_seeds(models)
    return [
        case.auroc_gain(case.rows(evaluator=names[-1], writer=writer), case.rows(evaluator=names[0], writer=writer))
        for writer in names
    ]


def untaught(case: Case, models: Sequence[Model]) -> list[Found]:
    """AUROC of the model without judging documents on its own samples."""
    found = [model for model in models if model.dose == "none"]
    return [case.auroc(case.rows(evaluator=model.name)) for model in found] or [NO_DOSE]


def dose(case: Case, models: Sequence[Model]) -> list[Found]:
    """AUROC with the high dose of judging documents less that with the low one, same size, each on own samples."""
    low = [model for model in models if model.dose == "low"]
    high = [model for model in models if model.rung and model.seed == 0 and model.size in {m.size for m in low}]
    return [
        case.auroc_gain(case.rows(evaluator=a.name), case.rows(evaluator=b.name))
        for a, b in zip(high, low, strict=True)
    ] or [NO_DOSE]


NOT_JUDGED = ("arithmetic",)
ONLY_ARITHMETIC = Undefined("P(True) of lab arithmetic missed the lab's gate: run with tasks that include facts")
NO_DOSE = Undefined("needs lab models of other doses of judging documents: run with compare=all")
LADDER: dict[str, Callable[[Case, Sequence[Model]], list[Found]]] = {
    "p-true-size": p_true_size,
    "small-models-easier": small_models_easier,
    "large-models-judge-better": large_models_judge_better,
    "untaught": untaught,
    "dose": dose,
}
"""Claims about several models of the ladder."""


def estimates(experiment: Experiment, models: Sequence[Model], errors: Errors, scoring: Scoring) -> dict[str, Found]:
    """One estimate a claim of the notebook, by claim id."""
    rules = claims.rules("p_true")
    tasks = [task for task in experiment.tasks if task not in NOT_JUDGED]
    if not tasks:
        return dict.fromkeys([*ONE_MODEL, *LADDER], ONLY_ARITHMETIC)
    cases = [Case(experiment, task, models[0].name, errors, scoring) for task in tasks]
    found: dict[str, Found] = {}
    for claim, one in ONE_MODEL.items():
        found[claim] = weakest(rules[claim], [estimate for case in cases for estimate in one(case)])
    ladders = len(ladder.sizes(models)) > 1
    for claim, several in LADDER.items():
        if ladders:
            found[claim] = weakest(rules[claim], [estimate for case in cases for estimate in several(case, models)])
        else:
            found[claim] = NO_LADDER
    for task in tasks:
        written = experiment.written[task, models[0].name]
        unread = written.questions - len(written.items)
        found = {claim: guards.read(each, unread, written.questions, "questions") for claim, each in found.items()}
    return found


def _first_seeds(models: Sequence[Model]) -> list[str]:
    """The first seed of each size, smallest size first."""
    return [seeds[0].name for seeds in ladder.sizes(models).values()]
