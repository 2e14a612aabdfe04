"""What the claims rest on: one estimate a claim, of recorded pools and the paper's figure, and of pools sampled live.

Singhi et al. 2025 (arXiv 2504.01005) ask whether a budget is better spent on more solutions and a majority vote
(self-consistency, SC) or on fewer solutions that a generative verifier scores (GenRM, best-of-N). `curves` measures
both exactly on the same pools, `compute` prices and compares them, `exponents` fits how the optimum moves with
the budget.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from common import guards
from common.arrays import Bools, Floats
from common.stats import intervals
from common.stats.estimates import Estimate, Found, Interval, Undefined
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import comparisons, controls, crossings, exponents, figure1b
from replications.genrm_vs_sc.comparisons import Outcome, observed
from replications.genrm_vs_sc.compute import (
    Comparison,
    best_within,
    compare,
    cost_to_reach,
    equal_solutions_gain,
    largest_gain,
    lead,
    saving,
)
from replications.genrm_vs_sc.experiment import Verified
from replications.genrm_vs_sc.pools import Pools

UPPER_BOUND = Undefined("needs a verifier that has not seen the reference solution, and pools that are not capped")
ONE_VERIFIER = Undefined("needs verifications by a base and by a fine-tuned verifier of the same solutions")
LOW_BUDGETS = (4, 8)

TOLERANCE = 0.01
"""Accuracy within which a peak counts as reached: a curve that has gone flat peaks anywhere."""
ALIKE = "the pools hold no right solution, or no wrong one: nothing to choose between"


def recorded(output: Comparison, n: int, figure: Comparison) -> dict[str, Found]:
    """One estimate a testable claim about recorded pools and the figure, by claim id.

    Args:
        output: self-consistency against best-of-N under the output accounting, with n questions resampled.
        n: number of questions.
        figure: the digitised Figure 1(b), perturbed within its reading error.
    """
    accuracy, size = figure.sc_peak
    spent = exponents.budgets(figure)
    fits = [exponents.fit(recipe(figure, spent), figure) for recipe in exponents.RECIPES.values()]
    a, b = np.array([fit.a for fit in fits]), np.array([fit.b for fit in fits])
    paper_a, paper_b = exponents.PAPER["Llama-3.1-8B"]
    return {
        "sc-first": sc_first(output, n),
        "costs-more-to-match": crossings.of_largest_vote(output, n),
        "headline-8x": _from_figure(cost_to_reach(figure, accuracy) / size),
        "exponent-solutions": _from_figure(_pick(a, np.abs(a - paper_a).argmax(axis=0))),
        "exponent-verifications": _from_figure(_pick(b, np.abs(b - paper_b).argmin(axis=0))),
        "scale-solutions-faster": _from_figure(_smallest_difference(fits)),
        "genrm-wins-later": UPPER_BOUND,
        "fine-tuning-pays": ONE_VERIFIER,
    }


def live(
    base: Outcome,
    tuned: Outcome | str,
    by_probability: Outcome,
    hard: Bools,
    weights: Floats,
    by_verifier: Mapping[str, Verified],
) -> dict[str, Found]:
    """One estimate a claim about sampled pools, by claim id.

    Args:
        base: the prompted model as verifier, by text.
        tuned: the fine-tuned one, or the reason why there is none.
        by_probability: the prompted one, scored by the probability of Yes.
        hard: which questions are hard, [Q].
        weights: of the questions, [R, Q].
        by_verifier: what the prompted one wrote, and then the tuned one; most verdicts must be read, and "Yes" or "No"
            be what the prompted one would say.
    """
    voted, (verified, *others) = base.comparison, by_verifier.values()
    values: dict[str, Floats | Found] = {
        "sc-first": sc_first(voted, len(hard)),
        "costs-more-within-a-point": crossings.of_peak(voted, TOLERANCE, len(hard)),
        "genrm-wins-later": largest_gain(voted),
        "fine-tuning-pays": Undefined(tuned) if isinstance(tuned, str) else saving(voted, tuned.comparison, TOLERANCE),
        "equal-solutions": equal_solutions_gain(voted),
        "hard-gains-more": hard_less_easy(base, hard, weights),
        "scale-solutions-faster": scale_faster(base, weights),
        "probability-scores": by_probability.comparison.verified[:, -1, 0] - voted.verified[:, -1, 0],
        "three-numbers-suffice": beyond_three_numbers(base, weights),
    }
    share = base.pools.share_right.mean()
    alike = share in (0, 1)
    found = {name: Undefined(ALIKE) if alike else _estimate(value, len(hard)) for name, value in values.items()}
    said = verified.mass[np.isfinite(verified.mass)]
    name = "probability-scores"
    found[name] = guards.said(found[name], said if len(said) else 0.0, "Yes and No")
    found = {name: _held(one, base.pools, verified) for name, one in found.items()}
    for tuned_one in others:
        found["fine-tuning-pays"] = _held(found["fine-tuning-pays"], base.pools, tuned_one)
    return found


def sc_first(comparison: Comparison, n: int) -> Estimate:
    """Accuracy of self-consistency less that of the best cell within the same low budget, mean over these.

    The lower end takes the largest vote that a budget affords in the place of the best one. A best one is best by
    chance, too, in the sample and in each resample again: where all are worth the same, its percentiles lie too high.
    """
    best = from_resamples(-np.mean([lead(comparison, budget) for budget in LOW_BUDGETS], axis=0), n)
    largest = [comparison.sc[:, comparison.sc_sizes <= budget][:, -1] for budget in LOW_BUDGETS]
    rivals = [best_within(comparison, budget) for budget in LOW_BUDGETS]
    sure = from_resamples(np.mean(largest, axis=0) - np.mean(rivals, axis=0), n)

    def interval(level: float) -> Interval:
        return sure.interval(level)[0], best.interval(level)[1]

    return replace(best, method=f"{best.method}, lower end by the largest votes", interval=interval)


def beyond_three_numbers(base: Outcome, weights: Floats) -> Floats:
    """Accuracy of the largest cell less that of the made-up verifier with the same numbers, [R]."""
    sizes, n_verdicts = base.measured.sizes[-1:], base.measured.n_verdicts[-1:]
    made = [controls.accuracy(one, base.pools, sizes, n_verdicts)[:, 0, 0] for one in observed(base, weights)]
    beyond: Floats = base.comparison.verified[:, -1, -1] - np.sum(weights * np.array(made), axis=1)
    return beyond


def hard_less_easy(base: Outcome, hard: Bools, weights: Floats) -> Floats | Undefined:
    """The gain in the largest cell on hard questions less that on easy ones, [R]."""
    if hard.sum() < 2 or (~hard).sum() < 2:
        return Undefined("fewer than two hard or two easy questions")
    bands = comparisons.in_bands({"hard": hard, "easy": ~hard}, base.measured, weights, base.ratios["output"])
    gains: Floats = largest_gain(bands["hard"][1]) - largest_gain(bands["easy"][1])
    return gains


def scale_faster(base: Outcome, weights: Floats) -> Floats:
    """a - b at a nominal cost of 1, the smallest over the recipes that lay budgets, [R]; NaN with too few points."""
    nominal = compare(base.measured, weights, np.ones(len(weights)))
    spent = exponents.budgets(nominal)
    recipes = [recipe for recipe in exponents.RECIPES.values() if recipe is not exponents.frontier]
    fits = [exponents.fit(recipe(nominal, spent), nominal) for recipe in recipes]
    return _smallest_difference(fits)


def _held(found: Found, pools: Pools, verified: Verified) -> Found:
    """The estimate, if verdicts could be read and enough problems have a right and enough a wrong solution."""
    written = verified.text[verified.prompt_tokens > 0]
    found = guards.read(found, float(np.isnan(written).sum()), written.size, "verifications")
    right = pools.present & (pools.correct == 1)
    some_right, some_wrong = right.any(axis=1), (pools.present & ~right).any(axis=1)
    return guards.both(found, [1.0] * int(some_right.sum()) + [0.0] * int(some_wrong.sum()), "problems' solutions")


def _estimate(values: Floats | Found, n: int) -> Found:
    if isinstance(values, Found):
        return values
    if np.isnan(values).any():
        return Undefined("undefined in the data or in a resample: too few points or questions")
    return from_resamples(values, n)


def _from_figure(values: Floats) -> Estimate:
    name = figure1b.error_name(len(values) - 1)
    return intervals.from_draws(values[0], values[1:], figure1b.PROBLEMS, name)


def _smallest_difference(fits: Sequence[exponents.Fit]) -> Floats:
    """a - b of the recipe where it is smallest, freed of rounding: slopes that are equal differ by 0, [R]."""
    smallest: Floats = np.round(np.min([fit.a - fit.b for fit in fits], axis=0), 9) + 0.0
    return smallest


def _pick(values: Floats, which: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    """One of the recipes for each row: [recipes, R] and [R] -> [R]."""
    picked: Floats = np.take_along_axis(values, which[None], axis=0)[0]
    return picked
