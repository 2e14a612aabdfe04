"""A world in which the truth is known, and the estimator that is put before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from common.claims import Claim, Rule, Status, Verdict, judge
from common.stats.estimates import Found
from common.subjects import Subject

RESAMPLES = 400
"""Bootstrap resamples of a simulated study; published runs have 1,000 to 10,000."""
REDRAWS = 60
"""Redraws of a noise floor; published runs have 400 to 1,000."""
Study = Callable[[float, np.random.Generator], Found]
"""One study of one claim: data drawn at a true value, and the estimate that they give."""
SUBJECT = Subject(id="simulated", route="recorded", answers=("simulated",))


@dataclass(frozen=True, eq=False)
class World:
    """Data of one shape, drawn at a true value of the estimand and measured by a paper's own estimator.

    A family of claims that are judged together is a world too: its `rules` are several, its `truths` one, at which
    each of them lies on its boundary.
    """

    kind: str
    """Of rule, as claims.yaml names it."""
    shape: str
    """What is simulated, in words: how many units, in which clusters."""
    n: int
    """Units that an interval speaks of."""
    truths: tuple[float, ...]
    """True values of the estimand: the first on the rule's boundary, the others where the claim holds."""
    study: Callable[[float, np.random.Generator], Mapping[str, Found]]
    """One study at a true value: an estimate a claim."""
    rules: Mapping[str, Rule]

    def verdicts(self, truth: float, rng: np.random.Generator) -> list[Verdict]:
        """What one study at a true value says of each claim."""
        return judge(self.claims, self.study(truth, rng), SUBJECT, "simulated")

    @property
    def claims(self) -> list[Claim]:
        """The rules as claims, all of them primary."""
        same = {"text": "", "where": "", "paper_value": "", "experiment": "simulated"}
        primary = {name: rule.model_copy(update={"primary": True}) for name, rule in self.rules.items()}
        return [Claim(id=name, rule=rule, **same) for name, rule in primary.items()]


def world(
    kind: str,
    shape: str,
    n: int,
    rule: Rule,
    truths: tuple[float, ...],
    study: Study,
) -> World:
    """A world of one claim."""
    return World(kind, shape, n, truths, lambda truth, rng: {kind: study(truth, rng)}, {kind: rule})


def greater(margin: float) -> Rule:
    """The rule that a value lies above a margin."""
    return Rule(estimand="", direction="greater", margin=margin)


def less(margin: float) -> Rule:
    """The rule that a value lies below a margin."""
    return Rule(estimand="", direction="less", margin=margin)


def within(margin: float, target: float = 0.0) -> Rule:
    """The rule that a value lies within a margin of a target."""
    return Rule(estimand="", direction="within", margin=margin, target=target)


def outcome(verdicts: list[Verdict]) -> dict[str, float | bool | None]:
    """What is kept of a study: whether any claim was decided which way; the numbers, of one claim alone."""
    statuses = {one.verdict for one in verdicts}
    alone = verdicts[0] if len(verdicts) == 1 else None
    return {
        "supported": Status.SUPPORTED in statuses,
        "contradicted": Status.CONTRADICTED in statuses,
        "not_testable": Status.NOT_TESTABLE in statuses,
        "value": alone.estimate if alone else None,
        "low": alone.low if alone else None,
        "high": alone.high if alone else None,
    }
