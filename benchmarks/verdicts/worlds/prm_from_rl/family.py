"""The primary claims of one experiment, all on their boundary at once, with the dependence that one study gives them.

Outcome runs judge as format runs do, on wrong solutions and in all, and no better than heads; they solve and judge
independently, item by item and checkpoint by checkpoint; they lose as much by an own solution as the base; acceptance
helps no choice, and tells right from wrong as well on hard problems as on easy ones. All that they share, they share
here: the outcome runs' critiques (five of the eight claims), their ends and their curves, the base, the samples.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from scipy import optimize

from benchmarks.verdicts.world import World
from benchmarks.verdicts.worlds.prm_from_rl import curves, judges, samples, trainings
from benchmarks.verdicts.worlds.prm_from_rl.judges import ITEMS, SEEDS, Arm, at_f1, f1
from common import claims, subjects
from common.arrays import Floats
from common.stats import first_error
from common.stats.estimates import Found
from replications.prm_from_rl import estimates
from replications.prm_from_rl.judging import Resampled
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME, PRM, Study

RESAMPLES = 1000
"""Holm asks for intervals at a level of .6 %, whose ends 500 resamples do not give."""
LAB = subjects.find("lab-0.15m")
PRIMARY = {one.id: one.rule for one in claims.stated("prm_from_rl") if one.rule and one.rule.primary and one.about(LAB)}
EQUAL = replace(judges.OUTCOME, error=judges.FORMAT.error, correct=judges.FORMAT.correct)
"""Outcome runs that judge as format runs do."""
OWN = Arm(0.55, loading=0.92, alike=0.94)
LEFT = at_f1(trainings.AFTER_BASE, f1(judges.BASE) + f1(trainings.AFTER_OUTCOME) - f1(EQUAL))
"""The base after its own solution, having lost as much as outcome runs."""
ARMS: trainings.Arms = {
    (BASE, "judge"): (judges.BASE, 1),
    (BASE, "self-ref"): (LEFT, 1),
    (OUTCOME, "judge"): (EQUAL, SEEDS),
    (OUTCOME, "self-ref"): (trainings.AFTER_OUTCOME, SEEDS),
    (OUTCOME, "solve"): (judges.SOLVING, SEEDS),
    (OUTCOME, "own"): (OWN, SEEDS),
    (BASE, "solve"): (judges.SOLVING_BASE, 1),
    (FORMAT, "judge"): (judges.FORMAT, SEEDS),
    (PRM, "judge"): (at_f1(judges.HEADS, f1(EQUAL)), 3),
}


@cache
def useless() -> samples.Judge:
    """A judge whose acceptance helps no choice among 32, and as little on hard problems as on easy ones."""

    def at(wrong_easy: float) -> samples.Judge:
        start = replace(samples.EVEN, wrong_easy=wrong_easy)
        return samples.judge_at(samples.loss, 0.0, start, "right_hard", (0.001, 0.999))

    return at(float(optimize.brentq(lambda wrong: samples.self_gain(at(wrong)), 0.05, 0.4, xtol=1e-4)))


def experiment(rng: np.random.Generator) -> tuple[Study, samples.Pool]:
    """A study in which every primary claim lies on its boundary, and its samples."""
    made = trainings.trained(ARMS, rng)
    labels = np.array([item.label for item in made.items], dtype=float)
    for seed in range(SEEDS):
        before, after = _level(made, labels, BASE, 0, 0), _level(made, labels, OUTCOME, seed, trainings.LAST)
        noise = replace(curves.TRAINED, solving=(before[0], after[0]), f1=(before[1], after[1]))
        (solving,), (score,) = curves.drawn(noise, 0.0, rng, runs=1)
        between = curves.rounded(solving, score, OUTCOME, seed, labels)
        made.values.update({key: row for key, row in between.items() if 0 < key[2] < curves.CHECKPOINTS - 1})
    drawn = samples.pool(useless(), samples.PROBLEMS, samples.SAMPLES, rng)
    return replace(made, pools=drawn.frame()), drawn


def _level(made: Study, labels: Floats, arm: str, seed: int, step: int) -> tuple[float, float]:
    """Solving and judging F1 of a model."""
    score = first_error.scores(labels, made.value(arm, seed, step)).f1
    return float(made.value(arm, seed, step, "solve").mean()), score


def _all(truth: float, rng: np.random.Generator) -> dict[str, Found]:
    made, drawn = experiment(rng)
    chosen = samples.chosen(drawn, (samples.SELF, samples.MAJORITY))
    found = estimates.by_claim(made, Resampled(made.items, rng, RESAMPLES), chosen, rng, RESAMPLES)
    return {name: found[name] for name in PRIMARY}


WORLDS = [World("family", f"prm_from_rl: {len(PRIMARY)} primary claims of one study", ITEMS, (0.0,), _all, PRIMARY)]
