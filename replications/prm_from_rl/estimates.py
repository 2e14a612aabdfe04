"""What the claims rest on: one estimate a claim, from a study.

Runs, and heads, are compared as means over seeds; the interval is Welch's, with a third part of variance for the
problems that all share. What is about final models is recomputed in resamples of problems. Where a study lacks what a
claim needs, the estimate says so.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import isotonic_regression

from common import claims, guards
from common.arrays import Floats
from common.stats import first_error, intervals
from common.stats.estimates import Estimate, Found, Interval, Undefined
from common.stats.resamples import from_resamples
from common.subjects import Route
from replications.prm_from_rl import curves, dependence, judging, pools
from replications.prm_from_rl.judging import Resampled
from replications.prm_from_rl.study import BASE, FORMAT, MODEL, OUTCOME, PRM, RANDOM, REJECTION, SMALLER, Study

KEPT = 0.1
"""Share of problems by which a control may solve fewer than the base. One that lost more has lost its arithmetic, and
any judge beats it: such a contrast says nothing of the reward (see `registration.md`)."""
JUDGED_AT = 32
"""Samples at which best-of-N claims are judged, the only k that is known of the paper's table."""
AS_IT_IS = ("judge-above-blind", "judge-above-answers", "vote-over-one", "judge-size")
"""Claims about a language model that was measured as it is."""
TWO_RUNS = "needs two runs of either arm"


def by_claim(
    study: Study,
    resampled: Resampled,
    chosen: Mapping[str, Floats],
    rng: np.random.Generator,
    resamples: int,
    route: Route = "lab",
) -> dict[str, Found]:
    """One estimate for each claim that has a rule, by claim id; `chosen` is of `pools.rerank`.

    Most are about trainings: of a model that was measured as it is only its judging is, and that of the lab's models
    was judged with their trainings (`route`).
    """
    if study.seeds(MODEL):
        reason = Undefined("about trainings of the lab, this run measured one model")
        found = dict.fromkeys(claims.rules("prm_from_rl"), reason) | as_it_is(study, resampled)
        return {name: one for name, one in found.items() if route == "model" or name not in AS_IT_IS}
    return {
        **over_seeds(study, resampled),
        **co_evolution(study),
        **judges(study, resampled),
        **per_item(study, resampled),
        **self_reference(study, resampled),
        **best_of_n(study, chosen, rng, resamples),
        **precision(study, rng, resamples),
    }


def as_it_is(study: Study, resampled: Resampled) -> dict[str, Found]:
    """How a single model judges: against floors, its own vote, its own solution and a smaller model."""
    model, only = study.final(MODEL), [judging.outcome_only(study.items)]
    floor = first_error.blind_floor([item.label for item in study.items])
    above_blind = [resampled.f1(run) - floor for run in model]
    return {
        "judge-above-blind": _read(_resampled(resampled, above_blind), model),
        "judge-above-answers": _by_problem(resampled, model, only, "not measured"),
        "vote-over-one": _by_problem(resampled, study.final(MODEL, "vote"), model, "no vote was asked for"),
        "judge-size": _by_problem(resampled, model, study.final(SMALLER), "no smaller model was asked (`beside`)"),
        "self-ref-helps-base": _read(_resampled(resampled, gain(study, MODEL, resampled)), model),
    }


def over_seeds(study: Study, resampled: Resampled) -> dict[str, Found]:
    """What the reward changes, at the final checkpoint."""
    final = {arm: study.final(arm) for arm in (OUTCOME, FORMAT, RANDOM)}
    equal = at_equal_solving(study)
    outcome, rejection = ([pair[side] for pair in equal] for side in (0, 1))
    found = {
        "outcome-raises-f1": _scores(resampled, final[OUTCOME], final[FORMAT]),
        "outcome-raises-location": _scores(resampled, final[OUTCOME], final[FORMAT], location=True),
        "outcome-beats-random": _scores(resampled, final[OUTCOME], final[RANDOM]),
        "outcome-beats-rejection": _scores(resampled, outcome, rejection),
        "solving-improves": _solving(study.final(OUTCOME, "solve"), study.final(FORMAT, "solve")),
    }
    controls = {claim: RANDOM if claim == "outcome-beats-random" else FORMAT for claim in found}
    lost = {arm: collapsed(study, arm) for arm in (FORMAT, RANDOM)}
    for claim in set(found) - {"outcome-beats-rejection"}:
        found[claim] = lost[controls[claim]] or found[claim]
    return found | over_base(study, resampled)


def collapsed(study: Study, arm: str) -> Undefined | None:
    """Why a control is none: its final models solve far less than the base."""
    finals = study.final(arm, "solve")
    if not finals or (BASE, 0, 0, "solve") not in study.values:
        return None
    solved, before = float(np.mean(finals)), float(study.value(BASE, 0, 0, "solve").mean())
    if solved >= before - KEPT:
        return None
    return Undefined(f"the control collapsed: with {arm} rewards models solve {solved:.2f}, the base {before:.2f}")


def over_base(study: Study, resampled: Resampled) -> dict[str, Found]:
    """What outcome rewards change against the untrained base."""
    base, needs = study.final(BASE), "needs outcome runs and the base"
    solved = study.final(OUTCOME, "solve")
    before = study.values.get((BASE, 0, 0, "solve"))
    return {
        "outcome-over-base": _by_problem(resampled, study.final(OUTCOME), base, needs),
        "solving-over-base": intervals.mean(np.mean(solved, axis=0) - before)
        if solved and before is not None
        else Undefined(needs),
    }


def at_equal_solving(study: Study) -> list[tuple[Floats, Floats]]:
    """Predictions of each outcome run and of the rejection run of its seed, taken where they solve as much."""
    return [
        (study.value(OUTCOME, seed, ours), study.value(REJECTION, seed, theirs))
        for seed, ours, theirs in equal_steps(study)[["seed", "outcome_step", "rejection_step"]].to_numpy().tolist()
    ]


def equal_steps(study: Study) -> pd.DataFrame:
    """Where outcome and rejection runs are compared, one row a seed.

    `level` is the solving that both reach: the final one of the outcome run if the rejection run ever has it
    (`reached`), else the highest that both have. Steps are looked up on rising curves (isotonic regression): a curve of
    400 problems first touches a level where its noise is up, and a model taken there solves less than it seems to.
    """
    rows = []
    for seed in sorted(set(study.seeds(OUTCOME)) & set(study.seeds(REJECTION))):
        curve = {arm: _solving_curve(study, arm, seed) for arm in (OUTCOME, REJECTION)}
        rising = {arm: isotonic_regression(list(found.values())).x for arm, found in curve.items()}
        final, best = list(curve[OUTCOME].values())[-1], rising[REJECTION][-1]
        reached = bool(best >= final)
        level = final if reached else float(min(best, rising[OUTCOME][-1]))
        steps = {arm: list(curve[arm])[int(np.argmax(rising[arm] >= level))] for arm in curve}
        if reached:
            steps[OUTCOME] = list(curve[OUTCOME])[-1]
        rows.append((seed, level, reached, steps[OUTCOME], steps[REJECTION]))
    return pd.DataFrame(rows, columns=["seed", "level", "reached", "outcome_step", "rejection_step"])


def co_evolution(study: Study) -> dict[str, Found]:
    """Whether increments of solving and judging go together within a run."""
    found = {arm: curves.of(study, arm) for arm in (OUTCOME, RANDOM)}
    matrices = {arm: curves.correlations(c.solving, c.f1) for arm, c in found.items() if c and len(c.steps) > 3}
    within = {arm: np.diag(matrix) for arm, matrix in matrices.items()}
    ours, control = matrices.get(OUTCOME), within.get(RANDOM)
    result: dict[str, Found] = dict.fromkeys(
        ("co-evolution", "co-evolution-control"), Undefined("needs two runs with four checkpoints whose curves move")
    )
    if ours is not None and len(ours) > 1 and not np.isnan(ours).any():
        result["co-evolution"] = intervals.mean(curves.excess(ours))
        if control is not None and len(control) > 1 and not np.isnan(control).any():
            result["co-evolution-control"] = collapsed(study, RANDOM) or welch(within[OUTCOME], control)
    return result


def judges(study: Study, resampled: Resampled) -> dict[str, Found]:
    """The outcome judge against a PRM head and against a judge of answers."""
    outcome = study.final(OUTCOME)
    only = [judging.outcome_only(study.items)]
    heads = study.final(PRM) if head_learned(study) else []
    return {
        "beats-prm": _scores(
            resampled, outcome, heads, needs="needs two of both judges, PRM heads above the blind floor"
        ),
        "beats-outcome-only": _by_problem(resampled, outcome, only, "needs outcome runs"),
    }


def head_learned(study: Study) -> bool:
    """Whether the PRM heads judge better than a judge who reads nothing; if not, to beat them says nothing."""
    labels = [item.label for item in study.items]
    found = [first_error.scores(labels, said).f1 for said in study.final(PRM)]
    return bool(found) and float(np.mean(found)) > first_error.blind_floor(labels)


def per_item(study: Study, resampled: Resampled) -> dict[str, Found]:
    """Whether solving a problem and judging a solution of it go together."""
    found = [
        dependence.log_odds(study.items, own, said, resampled)
        for own, said in zip(study.final(OUTCOME, "own"), study.final(OUTCOME), strict=True)
    ]
    return {
        "dependence": _resampled(resampled, [one.within_strata for one in found]),
        "dependence-plain": _resampled(resampled, [one.plain for one in found]),
    }


def self_reference(study: Study, resampled: Resampled) -> dict[str, Found]:
    """What an own solution adds."""
    gains = {arm: gain(study, arm, resampled) for arm in (BASE, OUTCOME)}
    base = _resampled(resampled, gains[BASE])
    if not gains[BASE] or not gains[OUTCOME]:
        return {"self-ref-helps-base": base, "self-ref-not-for-rl": Undefined("needs the base and outcome runs")}
    difference = gains[BASE][0] - np.mean(gains[OUTCOME], axis=0)
    return {"self-ref-helps-base": base, "self-ref-not-for-rl": _resampled(resampled, [difference])}


def gain(study: Study, arm: str, resampled: Resampled) -> list[Floats]:
    """[R + 1] gain in F1 from the own solution, of every run of an arm, at its end."""
    return [
        resampled.f1(after) - resampled.f1(before)
        for after, before in zip(study.final(arm, "self-ref"), study.final(arm), strict=False)
    ]


def best_of_n(study: Study, chosen: Mapping[str, Floats], rng: np.random.Generator, resamples: int) -> dict[str, Found]:
    """Strategies to choose among samples, paired by problem."""
    names = ("self-prm-beats-majority", "self-prm-grows", "prm-below-majority", "prm-beats-shuffled")
    if study.pools is None or pools.sizes_of(study.pools)[-1] < max(pools.SIZES):
        return dict.fromkeys(names, Undefined(f"needs {max(pools.SIZES)} samples of every problem"))
    at = pools.sizes_of(study.pools).index(JUDGED_AT)

    def difference(first: Floats, second: Floats) -> Estimate:
        return intervals.paired_bootstrap(first, second, rng, resamples, unit="problem")

    lead = chosen["Self-PRM"] - chosen["majority"]
    result: dict[str, Found] = {
        "self-prm-beats-majority": difference(chosen["Self-PRM"][:, at], chosen["majority"][:, at]),
        "self-prm-grows": difference(lead[:, -1], lead[:, 0]),
    }
    if "PRM head" not in chosen or not head_learned(study):
        return result | dict.fromkeys(names[2:], Undefined("needs PRM heads above the blind floor"))
    head, shuffled = chosen["PRM head"][:, at], chosen["PRM head, shuffled labels"][:, at]
    return result | {
        "prm-below-majority": difference(head, chosen["majority"][:, at]),
        "prm-beats-shuffled": difference(head, shuffled),
    }


def precision(study: Study, rng: np.random.Generator, resamples: int) -> dict[str, Found]:
    """What acceptance says on hard problems and on easy ones."""
    names = ("precision-hard", "discriminates-less", "acceptance-lifts")
    if study.pools is None:
        return dict.fromkeys(names, Undefined("needs samples that were judged"))
    table = pools.counts(study.pools)
    drawn, sizes = pools.band_draws(table, rng, resamples), pools.band_of(table).value_counts()
    first, *_, last = pools.BANDS
    hard, easy = drawn[first], drawn[last]
    few, both = (int(sum(sizes.get(band, 0) for band in bands)) for bands in ((first,), (first, last)))
    less = hard["tpr"] - hard["fpr"] - (easy["tpr"] - easy["fpr"])
    return {
        "precision-hard": _from_draws(hard["precision"], few, len(table)),
        "discriminates-less": _from_draws(less, both, len(table)),
        "acceptance-lifts": _from_draws(hard["lift"], few, len(table)),
    }


def welch(a: ArrayLike, b: ArrayLike, shared: float = 0.0, problems: int = 2) -> Estimate:
    """Mean of a less mean of b: t interval by Welch and Satterthwaite.

    Args:
        a, b: one number a run, at least two each.
        shared: variance that all runs have in common, since they are asked the same problems.
        problems: how many.
    """
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    value = float(x.mean() - y.mean())
    parts = np.array([x.var(ddof=1) / len(x), y.var(ddof=1) / len(y), shared])
    freedom = np.array([len(x) - 1, len(y) - 1, problems - 1])
    se = math.sqrt(parts.sum())
    degrees = parts.sum() ** 2 / (parts**2 / freedom).sum() if se else math.inf

    def interval(level: float) -> Interval:
        half = float(stats.t.ppf((1 + level) / 2, degrees)) * se if se else 0.0
        return value - half, value + half

    name = f"Welch t interval, {len(x)} and {len(y)} runs"
    return Estimate(value, len(x) + len(y), name + (f", {problems} problems" if shared else ""), interval)


def _scores(
    resampled: Resampled, a: Sequence[Floats], b: Sequence[Floats], *, location: bool = False, needs: str = TWO_RUNS
) -> Found:
    """F1 (or accuracy on wrong solutions) of runs a less that of runs b, over seeds and problems."""
    if len(a) < 2 or len(b) < 2:
        return Undefined(needs)

    def draws(runs: Sequence[Floats]) -> Floats:
        return np.array([resampled.accuracies(run)[0] if location else resampled.f1(run) for run in runs])

    first, second = draws(a), draws(b)
    shared = float((first.mean(axis=0) - second.mean(axis=0))[1:].var(ddof=1))
    return _read(welch(first[:, 0], second[:, 0], shared, resampled.n), a, b)


def _solving(a: Sequence[Floats], b: Sequence[Floats]) -> Found:
    if len(a) < 2 or len(b) < 2:
        return Undefined(TWO_RUNS)
    difference = np.mean(a, axis=0) - np.mean(b, axis=0)
    shared = float(difference.var(ddof=1) / len(difference))
    return welch([run.mean() for run in a], [run.mean() for run in b], shared, len(difference))


def _by_problem(resampled: Resampled, a: Sequence[Floats], b: Sequence[Floats], needs: str) -> Found:
    if not a or not b:
        return Undefined(needs)
    draws = [np.mean([resampled.f1(run) for run in runs], axis=0) for runs in (a, b)]
    return _read(_resampled(resampled, [draws[0] - draws[1]]), a, b)


def _read(found: Found, *arms: Sequence[Floats]) -> Found:
    """The estimate, if most critiques of each arm could be read."""
    for runs in arms:
        said = np.concatenate(list(runs))
        found = guards.read(found, float(np.isnan(said).sum()), said.size, "critiques")
    return found


def _resampled(resampled: Resampled, runs: Sequence[Floats]) -> Found:
    if not runs:
        return Undefined("not measured")
    draws = np.mean(runs, axis=0)
    return _from_draws(draws, resampled.n, resampled.n)


def _from_draws(draws: Floats, n: int, problems: int) -> Found:
    """Estimate about n units from a statistic of the data (first) and of resamples of all problems (the rest)."""
    if not np.isfinite(draws[0]) or np.isnan(draws).any():
        return Undefined("undefined on these data or on a resample of them")
    return replace(from_resamples(draws, problems, "problem"), n=n)


def _solving_curve(study: Study, arm: str, seed: int) -> Mapping[int, float]:
    return {step: float(study.value(arm, seed, step, "solve").mean()) for step in study.steps(arm, seed, "solve")}
