"""Trained runs against others: seeds against seeds, differences of F1 over problems, solving against the base.

True values are those of endless runs on endless items: what is said of *training* with a reward.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.verdicts.world import RESAMPLES, World, greater, world
from benchmarks.verdicts.worlds.prm_from_rl import judges
from benchmarks.verdicts.worlds.prm_from_rl.judges import ITEMS, SEEDS, Arm, at_f1, f1
from common.stats.estimates import Found
from replications.prm_from_rl import estimates, study
from replications.prm_from_rl.judging import Resampled
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME, PRM, Study

LAST = 300
"""Step of a final checkpoint."""
AFTER_BASE, AFTER_OUTCOME = Arm(0.47, 0.075, 0.6, 0.6), Arm(0.415, 0.073, 0.6, 0.93)
"""Judging after an own solution was shown, as published."""

Arms = Mapping[tuple[str, str], tuple[Arm, int]]
"""(arm, kind of measurement) -> the arm, and how many runs it has."""
Plan = Callable[[float], Arms]
"""The arms of a study, by the true value."""
Estimator = Callable[[Study, Resampled], Mapping[str, Found]]


def trained(arms: Arms, rng: np.random.Generator) -> Study:
    """A study of final checkpoints, all runs asked the same items; solving says nothing of judging."""
    found, labels = judges.items(ITEMS, rng)
    of_judging = rng.standard_normal(ITEMS)
    of_problems = {what: rng.standard_normal(ITEMS) for what in ("solve", "own")}
    values: dict[study.Key, np.ndarray] = {}
    for (name, what), (arm, runs) in arms.items():
        if what in of_problems:
            rows = judges.solved(arm, of_problems[what], runs, rng)
        else:
            rows = judges.judged(arm, of_judging, labels, runs, rng)
        step = 0 if name in (BASE, PRM) else LAST
        values |= {(name, seed, step, what): row for seed, row in enumerate(rows)}
    return Study(found, values)


def compared(
    kind: str, shape: str, n: int, truths: tuple[float, ...], claim: str, estimator: Estimator, plan: Plan
) -> World:
    """A world of one claim about arms."""

    def one(truth: float, rng: np.random.Generator) -> Found:
        made = trained(plan(truth), rng)
        return estimator(made, Resampled(made.items, rng, RESAMPLES))[claim]

    return world(kind, shape, n, greater(0), truths, one)


def lead(ours: Arm, control: Arm, runs: Sequence[int], names: tuple[str, str]) -> Plan:
    """Judging F1 of ours less that of a control."""
    return lambda truth: {
        (names[0], "judge"): (at_f1(ours, f1(control) + truth), runs[0]),
        (names[1], "judge"): (control, runs[1]),
    }


def location(truth: float) -> Arms:
    """Accuracy on wrong solutions."""
    ours = replace(judges.OUTCOME, error=judges.FORMAT.error + truth)
    return {(OUTCOME, "judge"): (ours, SEEDS), (FORMAT, "judge"): (judges.FORMAT, SEEDS)}


def solving(control: Arm, name: str, runs: int) -> Plan:
    """Share solved."""
    return lambda truth: {
        (OUTCOME, "solve"): (replace(judges.SOLVING, error=control.error + truth), SEEDS),
        (name, "solve"): (control, runs),
    }


def floor(truth: float) -> Arms:
    """Judging F1 against a judge of answers."""
    return {(OUTCOME, "judge"): (at_f1(judges.OUTCOME, judges.answers_only() + truth), SEEDS)}


def own_solution(truth: float) -> Arms:
    """Gain of the base from its own solution."""
    after = at_f1(AFTER_BASE, f1(judges.BASE) + truth)
    return {(BASE, "judge"): (judges.BASE, 1), (BASE, "self-ref"): (after, 1)}


def gains(truth: float) -> Arms:
    """The same, less the gain of outcome runs."""
    lost = f1(AFTER_OUTCOME) - f1(judges.OUTCOME)
    return {
        **own_solution(lost + truth),
        (OUTCOME, "judge"): (judges.OUTCOME, SEEDS),
        (OUTCOME, "self-ref"): (AFTER_OUTCOME, SEEDS),
    }


TRUTHS = (0.0, 0.03, 0.06)
SIX = (SEEDS, SEEDS)
BY_SEED, BY_PROBLEM = "seeds against seeds", "F1 difference"
OUTCOMES = f"{ITEMS} solutions, 6 runs"
WORLDS: list[World] = [
    compared(
        BY_SEED,
        "F1 on 400 solutions, 6 runs against 6",
        12,
        TRUTHS,
        "outcome-raises-f1",
        estimates.over_seeds,
        lead(judges.OUTCOME, judges.FORMAT, SIX, (OUTCOME, FORMAT)),
    ),
    compared(
        BY_SEED,
        "F1 on 400 solutions, 6 runs against 6 that differ",
        12,
        TRUTHS,
        "outcome-raises-f1",
        estimates.over_seeds,
        lead(judges.OUTCOME, judges.REJECTION, SIX, (OUTCOME, FORMAT)),
    ),
    compared(
        BY_SEED,
        "accuracy on 200 wrong solutions, 6 runs against 6",
        12,
        TRUTHS,
        "outcome-raises-location",
        estimates.over_seeds,
        location,
    ),
    compared(
        BY_SEED,
        "400 problems solved, 6 runs against 6",
        12,
        TRUTHS,
        "solving-improves",
        estimates.over_seeds,
        solving(judges.SOLVING_FORMAT, FORMAT, SEEDS),
    ),
    compared(
        BY_SEED,
        "F1 on 400 solutions, 6 runs against 3 heads that differ",
        9,
        (0.0, 0.15, 0.3),
        "beats-prm",
        estimates.judges,
        lead(judges.OUTCOME, judges.HEADS, (SEEDS, 3), (OUTCOME, PRM)),
    ),
    compared(
        BY_PROBLEM,
        f"{OUTCOMES} against the base",
        ITEMS,
        TRUTHS,
        "outcome-over-base",
        estimates.over_base,
        lead(judges.OUTCOME, judges.BASE, (SEEDS, 1), (OUTCOME, BASE)),
    ),
    compared(
        BY_PROBLEM,
        f"{OUTCOMES} against a judge of answers",
        ITEMS,
        (0.0, 0.06, 0.12),
        "beats-outcome-only",
        estimates.judges,
        floor,
    ),
    compared(
        BY_PROBLEM,
        f"{ITEMS} solutions, the base with its own solution and without",
        ITEMS,
        TRUTHS,
        "self-ref-helps-base",
        estimates.self_reference,
        own_solution,
    ),
    compared(
        BY_PROBLEM,
        f"{OUTCOMES} and the base, gains from an own solution",
        ITEMS,
        TRUTHS,
        "self-ref-not-for-rl",
        estimates.self_reference,
        gains,
    ),
    compared(
        "mean",
        "400 problems, six runs' mean less one run's",
        ITEMS,
        TRUTHS,
        "solving-over-base",
        estimates.over_base,
        solving(judges.SOLVING_BASE, BASE, 1),
    ),
]
