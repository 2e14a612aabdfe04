"""What the claims about P(IK) estimate, each from what the heads of one seed said.

The outcome is that a question is known: more than half of its thirty samples are right. P(IK) less the share right is
estimated where the claim names the share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from common import claims, guards
from common.arrays import Floats
from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import estimates as calibration
from common.stats.calibration import excess
from common.stats.calibration.excess import Excess
from common.stats.calibration.resampling import Forecasts
from common.stats.estimates import Estimate, Found, Undefined, attempt
from replications.p_true import ladder
from replications.p_true.ladder import NO_LADDER, Model
from replications.p_true.p_ik import hints
from replications.p_true.p_ik.articles import CONTROL, TELLING
from replications.p_true.p_ik.experiment import ALL, Said, Truth
from replications.p_true.p_ik.hints import BAD, FOREIGN, GOOD, THIRDS
from replications.p_true.p_ik.knowing import Known
from replications.p_true.p_ik.params import PIkParams
from replications.p_true.p_ik.prompts import PLAIN, Version
from replications.p_true.weakest import weakest

AWAY = ("p-ik-transfers", "p-ik-transfer-uncalibrated", "p-ik-underconfident", "p-ik-both-tasks", "p-ik-size")
"""Claims about a task that the first head was not trained on."""
NO_SECOND = Undefined("needs a second task, which the head was not trained on")


@dataclass(frozen=True, slots=True)
class Case:
    """What heads of one seed said, and how it is measured."""

    models: Sequence[Model]
    truths: Mapping[str, Truth]
    """By model."""
    said: Mapping[str, Said]
    """By model."""
    params: PIkParams
    seed: int

    @property
    def main(self) -> str:
        """The model that the claims are about."""
        return self.models[0].name

    @property
    def home(self) -> str:
        """The task that the first head was trained on, and that head."""
        return self.params.tasks[0]

    @property
    def widest(self) -> str:
        """The head trained on all tasks."""
        return ALL if len(self.params.tasks) > 1 else self.home

    def known(self, task: str, model: str = "") -> Known:
        """What a model (the main one by default) knows of the tested questions of a task."""
        return self.truths[model or self.main].tested[task]

    def p_ik(self, head: str, task: str, model: str = "") -> Floats:
        """P(IK) of the tested questions of a task.

        Raises:
            InputError: the head said nothing; why.
        """
        return _there(self.said[model or self.main].plain[head])[task]

    def forecasts(self, head: str, task: str, model: str = "") -> Forecasts:
        """P(IK) and whether the question is known."""
        return forecasts(self.known(task, model), self.p_ik(head, task, model))

    def rng(self) -> np.random.Generator:
        """Random numbers of one estimate: the same for each, so that none depends on the others."""
        return np.random.default_rng(self.seed)

    def auroc(self, head: str, task: str, model: str = "") -> Found:
        """AUROC of P(IK) against what is known."""
        return attempt(lambda: calibration.auroc(self.forecasts(head, task, model), self.rng(), self.params.resamples))

    def brier(self, head: str, task: str, model: str = "") -> Found:
        """Brier score of P(IK) against what is known."""
        return attempt(lambda: calibration.brier(self.forecasts(head, task, model), self.rng(), self.params.resamples))

    def errors(self, head: str, task: str, model: str = "") -> Excess | Undefined:
        """Calibration error of P(IK) against what is known; its one cell is `head`."""

        def measured() -> Excess:
            cells = {head: (self.p_ik(head, task, model), self.known(task, model).known)}
            return excess.measure(cells, self.rng(), self.params.resamples, self.params.redraws)

        return attempt(measured)

    def held(self, found: Found, task: str, model: str = "") -> Found:
        """The estimate, if a model knows enough questions of a task, and does not know enough."""
        known = self.known(task, model)
        total = len(known.questions) + known.left_out
        return guards.both(
            guards.read(found, known.left_out, total, f"questions of {task}"), known.known, f"questions of {task}"
        )

    def excess(self, head: str, task: str) -> Found:
        """ECE less its noise floor."""
        measured = self.errors(head, task)
        return measured if isinstance(measured, Undefined) else measured.contrast({head: 1.0})

    def likelihood(self, task: str, model: str = "") -> Found:
        """AUROC of the likelihood of the greedy answer against what is known."""
        known = self.known(task, model)
        return attempt(lambda: calibration.auroc(forecasts(known, known.likelihood), self.rng(), self.params.resamples))

    def over_likelihood(self, task: str) -> Found:
        """AUROC of the widest head less AUROC of the likelihood of the greedy answer."""

        def gain() -> Estimate:
            likelihood = forecasts(self.known(task), self.known(task).likelihood)
            mine = self.forecasts(self.widest, task)
            return calibration.auroc_difference(mine, likelihood, self.rng(), self.params.resamples)

        return attempt(gain)

    def mean(self, of: str, head: str, values: Callable[[Mapping[Version, Floats]], Floats]) -> Found:
        """Mean over questions of a function of P(IK) by version; questions without one of the versions do not count.

        Args:
            of: "articles" or "hints".
            head: whose P(IK).
            values: from P(IK) by version to a number a question.
        """

        def estimate() -> Estimate:
            found = values(_there(getattr(self.said[self.main], of)[head]))
            there = found[~np.isnan(found)]
            if len(there) < 2:
                raise InputError(f"{len(there)} questions have both versions, a mean with an interval takes two")
            return intervals.mean(there)

        return attempt(estimate)


def forecasts(known: Known, p: Floats) -> Forecasts:
    """A probability of each question, and whether it is known.

    Raises:
        InputError: fewer than two questions.
    """
    return calibration.forecasts(p, known.known, [question.id for question in known.questions])


def estimates(case: Case) -> dict[str, Found]:
    """One estimate a claim of the notebook, by claim id."""
    found = {claim: case.held(one, case.home) for claim, one in _estimates(case).items()}
    for claim in (*AWAY, "p-ik-beats-likelihood"):
        for task in case.params.tasks[1:]:
            found[claim] = case.held(found[claim], task)
    return found


def _estimates(case: Case) -> dict[str, Found]:
    home, widest = case.home, case.widest
    rules = claims.rules("p_true")
    right = [PLAIN, *((GOOD, share) for share in THIRDS)]
    return {
        "p-ik-separates": case.auroc(home, home),
        "p-ik-calibrated": case.excess(home, home),
        **(_carried_over(case, case.params.tasks[1]) if len(case.params.tasks) > 1 else _nothing_carried_over()),
        "p-ik-beats-likelihood": weakest(
            rules["p-ik-beats-likelihood"], [case.over_likelihood(task) for task in case.params.tasks]
        ),
        "article-raises": case.mean("articles", home, lambda p: p[TELLING] - p[PLAIN]),
        "article-control": case.mean("articles", home, lambda p: p[TELLING] - p[CONTROL]),
        "hints-fraction": case.mean(
            "hints", widest, lambda p: hints.slopes(np.stack([p[version] for version in right], axis=1))
        ),
        "hints-good-over-bad": case.mean("hints", widest, lambda p: p[GOOD, 1.0] - p[BAD, 1.0]),
        "hints-distract": case.mean("hints", widest, lambda p: p[FOREIGN, 1.0] - p[PLAIN]),
    }


def _carried_over(case: Case, away: str) -> dict[str, Found]:
    """Claims about a task that the first head was not trained on."""
    home = case.home
    return {
        "p-ik-transfers": case.auroc(home, away),
        "p-ik-transfer-uncalibrated": case.excess(home, away),
        "p-ik-underconfident": attempt(lambda: intervals.mean(case.p_ik(home, away) - case.known(away).shares)),
        "p-ik-both-tasks": attempt(
            lambda: calibration.brier_difference(
                case.forecasts(ALL, away), case.forecasts(home, away), case.rng(), case.params.resamples
            )
        ),
        "p-ik-size": _size(case, away),
    }


def _nothing_carried_over() -> dict[str, Found]:
    return dict.fromkeys(AWAY, NO_SECOND)


def _size(case: Case, away: str) -> Found:
    """AUROC of the largest size less that of the smallest (its weakest seed), each on what it knows itself."""
    sizes = list(ladder.sizes(case.models).values())
    if len(sizes) < 2:
        return NO_LADDER
    largest = sizes[-1][0].name

    def gain(small: str) -> Estimate:
        sides = [(case.known(away, name), case.p_ik(case.home, away, name)) for name in (largest, small)]
        shared = set.intersection(*({q.id for q in known.questions} for known, _ in sides))
        a, b = (_among(forecasts(known, p), shared) for known, p in sides)
        return calibration.auroc_difference(a, b, case.rng(), case.params.resamples)

    found = [case.held(attempt(partial(gain, model.name)), away, model.name) for model in sizes[0]]
    return weakest(claims.rules("p_true")["p-ik-size"], found)


def _among(of: Forecasts, names: set[str]) -> Forecasts:
    """Some of the questions."""
    kept = np.array([of.names[at] in names for at in of.question])
    return calibration.forecasts(of.p[kept], of.c[kept], np.array(of.names)[of.question[kept]])


Made = TypeVar("Made")


def _there(found: Made | Undefined) -> Made:
    if isinstance(found, Undefined):
        raise InputError(found.reason)
    return found
