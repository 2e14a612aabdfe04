"""What a live experiment found: verifiers on the same pools, tables and the estimates that `claims.yaml` judges.

Everything is measured by the functions of the re-analysis (`curves`, `compute`, `method`, `exponents`, `verifier`);
here they are applied to several verifiers of the same solutions, real and made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from common import guards
from common.arrays import Bools, Floats, Ints
from common.errors import InputError
from common.stats.estimates import Found, Undefined
from common.stats.resamples import from_resamples, resample_weights
from replications.genrm_vs_sc import controls, curves, exponents, verifier
from replications.genrm_vs_sc import experiment as live
from replications.genrm_vs_sc import tables as method
from replications.genrm_vs_sc.compute import (
    Comparison,
    as_columns,
    compare,
    cost_to_reach,
    equal_solutions_gain,
    factor_to_match,
    largest_gain,
    lead,
    saving,
    weigh,
)
from replications.genrm_vs_sc.controls import MadeUp
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.experiment import Verified
from replications.genrm_vs_sc.params import LiveParams
from replications.genrm_vs_sc.pools import Pools

TOLERANCE = 0.01
"""Accuracy within which a peak counts as reached: a curve that has gone flat peaks anywhere."""
EVERY = 128
"""Up to here votes are measured at every size, beyond at four an octave: exact votes of many are dear."""
ALIKE = "the pools hold no right solution, or no wrong one: nothing to choose between"


@dataclass(frozen=True)
class Outcome:
    """One verifier on the pools: curves, what its verifications cost, and both set against voting."""

    pools: Pools
    measured: Curves
    ratios: dict[str, Floats]  # by accounting, [R] each
    comparison: Comparison  # output accounting


@dataclass(frozen=True)
class Setting:
    """What all verifiers share: the verified solutions, the votes, the grid, and the weights of the questions."""

    rows: pd.DataFrame  # of verified solutions
    votes: Pools  # all solutions, so that a vote can spend what verifications cost
    vote_sizes: Ints  # [T]
    voted: Floats  # self-consistency among so many of them, [Q, T]
    n_verdicts: int
    weights: Floats  # [R, Q]
    seed: int
    subsets: int

    @property
    def sizes(self) -> list[int]:
        """Powers of two up to the number of verified solutions."""
        return powers(int(self.rows["sample"].max()) + 1)


def powers(limit: int) -> list[int]:
    """Powers of two up to a limit, and the limit."""
    return sorted({2**k for k in range(limit.bit_length())} | {limit})


def vote_sizes(limit: int) -> list[int]:
    """Every number of votes up to `EVERY`, then four an octave, powers of two among them, and the limit."""
    laid = {round(2 ** (k / 4)) for k in range(4 * limit.bit_length()) if 2 ** (k / 4) > EVERY}
    return sorted(size for size in {*range(1, EVERY + 1), *laid, limit} if size <= limit)


def setting(rows: pd.DataFrame, verified: pd.DataFrame, params: LiveParams) -> Setting:
    """The setting of an experiment: all solutions (rows of `live.solve`), and those that are verified.

    Raises:
        InputError: they are of other questions.
    """
    votes, n = live.unverified(rows), verified["question_id"].nunique()
    if len(votes.questions) != n:
        raise InputError(f"votes on {len(votes.questions)} questions, verified are {n}: take the same")
    sizes = sorted({*vote_sizes(int(votes.sizes.min())), *powers(int(verified["sample"].max()) + 1)})
    voted = curves.vote(votes, np.array(sizes))
    weights = resample_weights(n, params.resamples, np.random.default_rng([params.seed, 15])) / n
    return Setting(verified, votes, np.array(sizes), voted, params.verifications, weights, params.seed, params.subsets)


def by_name(given: Setting, by_verifier: Mapping[str, Verified]) -> dict[str, Outcome]:
    """Each real verifier by its text verdicts; and controls, one with the numbers of the first and a random one."""
    found = {name: outcome(given, verified) for name, verified in by_verifier.items()}
    first = next(iter(found.values()))
    controlled = {"same numbers": observed(first, given.weights[:1])[0], "random": controls.RANDOM}
    return found | {name: made_up(given, first, quality) for name, quality in controlled.items()}


def outcome(given: Setting, verified: Verified, mode: str = "text") -> Outcome:
    """Measure best-of-N by one verifier in one mode of scoring. All share the Monte Carlo subsets."""
    ratios = live.costs(given.rows, verified, given.weights)
    return _measured(given, live.pools_of(given.rows, verified, mode), ratios)


def made_up(given: Setting, base: Outcome, quality: MadeUp) -> Outcome:
    """The same solutions judged by a made-up verifier, at the price of a real one.

    Best-of-N is exact over all that the verifier might have said; the pools hold one draw of it.
    """
    rng = np.random.default_rng([given.seed, 13])
    drawn = controls.verdicts(quality, base.pools, given.n_verdicts, rng)
    found = _measured(given, replace(base.pools, verdicts=drawn), base.ratios)
    exact = controls.accuracy(quality, base.pools, found.measured.sizes, found.measured.n_verdicts)
    measured = replace(found.measured, genrm=exact)
    return replace(found, measured=measured, comparison=compare(measured, given.weights, base.ratios["output"]))


def _measured(given: Setting, pools: Pools, ratios: dict[str, Floats]) -> Outcome:
    rng = np.random.default_rng([given.seed, 14])
    measured = curves.measure(pools, given.sizes, powers(given.n_verdicts), rng, given.subsets)
    wide = replace(measured, sc_sizes=given.vote_sizes, sc=given.voted)
    return Outcome(pools, wide, ratios, compare(wide, given.weights, ratios["output"]))


def priced(base: Outcome, weights: Floats) -> dict[str, Comparison]:
    """The comparison with voting under each accounting."""
    return {name: compare(base.measured, weights, ratio) for name, ratio in base.ratios.items()}


def weighted(base: Outcome, weights: Floats) -> Comparison:
    """The vote weighted by verdicts in the place of best-of-N, output accounting."""
    return compare(base.measured, weights, base.ratios["output"], "weighted")


def quality(found: Mapping[str, Outcome], by_probability: Outcome, weights: Floats) -> pd.DataFrame:
    """How good the verifiers are (see `verifier.quality`), and the first of them by the probability of Yes."""
    pools = {name: one.pools for name, one in found.items()}
    return verifier.quality({**pools, "Base, p(Yes)": by_probability.pools}, weights)


def good_enough(base: Outcome, weights: Floats) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """How good a verifier must be for GenRM to win: `controls.phase` and both tables of `controls.by_accuracy`.

    The phase diagram is drawn at three budgets, with independent repeats and with those of the real verifier.
    """
    ratio, alike = base.ratios["output"], round(observed(base, weights[:1])[0].correlation, 2)
    budgets = 2 ** np.arange(2, int(np.log2(base.comparison.cost[0].max())) + 1)
    shown = budgets[sorted({min(1, len(budgets) - 1), len(budgets) // 2, len(budgets) - 1})]
    phases = [
        controls.phase(base.measured, base.pools, float(ratio[0]), shown, kind).assign(correlation=kind)
        for kind in sorted({0.0, alike})
    ]
    table, needed = controls.by_accuracy(base.measured, base.pools, weights, ratio, budgets, alike)
    return pd.concat(phases, ignore_index=True), table, needed


def metrics(rows: pd.DataFrame, told: pd.DataFrame, gained: pd.DataFrame) -> dict[str, object]:
    """Headline numbers of an experiment."""
    by_verifier = gained.set_index("verifier")
    return {
        "problems": int(rows["question_id"].nunique()),
        "right": round(float(rows["right"].mean()), 4),
        "without_a_verdict": told.set_index("verifier")["without a verdict"].round(4).to_dict(),
        "verification_cost": by_verifier["ratio"].round(3).to_dict(),
        "gain_equal_compute": by_verifier["gain_equal_compute"].round(4).to_dict(),
    }


def observed(base: Outcome, weights: Floats) -> list[MadeUp]:
    """The made-up verifier with the numbers of a real one, for the data and each resample; undefined ones are 0."""
    (tpr, alike_right), (fpr, alike_wrong) = (
        verifier.acceptance(base.pools, right, weights) for right in (True, False)
    )
    share = weights @ base.pools.share_right
    alike = share * np.nan_to_num(alike_right) + (1 - share) * np.nan_to_num(alike_wrong)
    rates = (np.clip(np.nan_to_num(values), 0, 1) for values in (tpr, fpr, alike))
    return [MadeUp(*map(float, numbers)) for numbers in zip(*rates, strict=True)]


def beyond_three_numbers(base: Outcome, weights: Floats) -> Floats:
    """Accuracy of the largest cell less that of the made-up verifier with the same numbers, [R]."""
    sizes, n_verdicts = base.measured.sizes[-1:], base.measured.n_verdicts[-1:]
    made = [controls.accuracy(one, base.pools, sizes, n_verdicts)[:, 0, 0] for one in observed(base, weights)]
    beyond: Floats = base.comparison.verified[:, -1, -1] - np.sum(weights * np.array(made), axis=1)
    return beyond


def scale_faster(base: Outcome, weights: Floats) -> Floats:
    """a - b at a nominal cost of 1, the smallest over the recipes that lay budgets, [R]; NaN with too few points."""
    nominal = compare(base.measured, weights, np.ones(len(weights)))
    spent = exponents.budgets(nominal)
    recipes = [recipe for recipe in exponents.RECIPES.values() if recipe is not exponents.frontier]
    fits = [exponents.fit(recipe(nominal, spent), nominal) for recipe in recipes]
    smallest: Floats = np.min([fit.a - fit.b for fit in fits], axis=0)
    return smallest


def estimates(
    base: Outcome,
    tuned: Outcome | str,
    by_probability: Outcome,
    hard: Bools,
    weights: Floats,
    by_verifier: Mapping[str, Verified],
) -> dict[str, Found]:
    """One estimate a claim of the live notebook, by claim id.

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
    values: dict[str, Floats | str] = {
        "sc-first": -np.mean([lead(voted, budget) for budget in method.LOW_BUDGETS], axis=0),
        "costs-more-within-a-point": factor_to_match(voted, TOLERANCE),
        "genrm-wins-later": largest_gain(voted),
        "fine-tuning-pays": tuned if isinstance(tuned, str) else saving(voted, tuned.comparison, TOLERANCE),
        "equal-solutions": equal_solutions_gain(voted),
        "hard-gains-more": _hard_less_easy(base, hard, weights),
        "scale-solutions-faster": scale_faster(base, weights),
        "probability-scores": by_probability.comparison.verified[:, -1, 0] - voted.verified[:, -1, 0],
        "three-numbers-suffice": beyond_three_numbers(base, weights),
    }
    share = base.pools.share_right.mean()
    reason = ALIKE if share in (0, 1) else ""
    found = {name: _estimate(reason or value, len(hard)) for name, value in values.items()}
    said = verified.mass[np.isfinite(verified.mass)]
    name = "probability-scores"
    found[name] = guards.said(found[name], said if len(said) else 0.0, "Yes and No")
    found = {name: _held(one, base.pools, verified) for name, one in found.items()}
    for tuned_one in others:
        found["fine-tuning-pays"] = _held(found["fine-tuning-pays"], base.pools, tuned_one)
    return found


def _held(found: Found, pools: Pools, verified: Verified) -> Found:
    """The estimate, if verdicts could be read and enough problems have a right and enough a wrong solution."""
    written = verified.text[verified.prompt_tokens > 0]
    found = guards.read(found, float(np.isnan(written).sum()), written.size, "verifications")
    right = pools.present & (pools.correct == 1)
    some_right, some_wrong = right.any(axis=1), (pools.present & ~right).any(axis=1)
    return guards.both(found, [1.0] * int(some_right.sum()) + [0.0] * int(some_wrong.sum()), "problems' solutions")


def _hard_less_easy(base: Outcome, hard: Bools, weights: Floats) -> Floats | str:
    if hard.sum() < 2 or (~hard).sum() < 2:
        return "fewer than two hard or two easy questions"
    bands = method.in_bands({"hard": hard, "easy": ~hard}, base.measured, weights, base.ratios["output"])
    gains: Floats = largest_gain(bands["hard"][1]) - largest_gain(bands["easy"][1])
    return gains


def _estimate(values: Floats | str, n: int) -> Found:
    if isinstance(values, str):
        return Undefined(values)
    if np.isnan(values).any():
        return Undefined("undefined in the data or in a resample: too few points or questions")
    return from_resamples(values, n)


def gains(by_verifier: Mapping[str, Outcome]) -> pd.DataFrame:
    """What verification gains over voting: one row a verifier, with intervals.

    Columns: gain_equal_compute and gain_equal_solutions (largest cell), factor_to_match (cost of the first cell that
    comes within a point of SC's peak, over what SC needs for that), ratio (cost of a verification in solutions).
    """
    rows = []
    for name, one in by_verifier.items():
        row: dict[str, object] = {"verifier": name}
        n = len(one.pools.questions)
        for column, values in (
            ("gain_equal_compute", largest_gain(one.comparison)),
            ("gain_equal_solutions", equal_solutions_gain(one.comparison)),
            ("factor_to_match", factor_to_match(one.comparison, TOLERANCE)),
            ("ratio", one.comparison.ratio),
        ):
            row |= as_columns(from_resamples(values, n), column)
        rows.append(row)
    return pd.DataFrame(rows)


def at_equal_accuracy(base: Outcome, tuned: Outcome, steps: int = 6) -> pd.DataFrame:
    """Compute that both verifiers need to reach accuracies from that of one solution to the better one's best."""
    n = len(base.pools.questions)
    low = base.comparison.verified[0, 0, 0]
    high = max(one.comparison.verified[0].max() for one in (base, tuned))
    rows = []
    for level in np.linspace(low, high, steps + 1)[1:]:
        wanted = np.full(len(base.comparison.ratio), level)
        row: dict[str, object] = {"accuracy": float(level)}
        for name, one in (("base", base), ("tuned", tuned)):
            row |= as_columns(from_resamples(cost_to_reach(one.comparison, wanted), n), name)
        rows.append(row)
    return pd.DataFrame(rows)


def scorings(by_mode: Mapping[str, Outcome], weights: Floats) -> pd.DataFrame:
    """Accuracy with the most solutions by mode of scoring and V, with its difference to text verdicts."""
    rows = []
    for mode, one in by_mode.items():
        values, text = (weigh(weights, o.measured.genrm[:, -1]) for o in (one, by_mode["text"]))
        for j, v in enumerate(one.measured.n_verdicts):
            row = {"mode": mode, "V": int(v)} | as_columns(
                from_resamples(values[:, j], len(one.pools.questions)), "accuracy"
            )
            difference = from_resamples(values[:, j] - text[:, j], len(one.pools.questions))
            rows.append(row | as_columns(difference, "less_text"))
    return pd.DataFrame(rows)
