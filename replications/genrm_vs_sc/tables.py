"""Every table of both notebooks, and the live one's headline numbers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from common.arrays import Floats, Ints
from replications.genrm_vs_sc import controls, exponents, verifier
from replications.genrm_vs_sc.comparisons import Outcome, observed
from replications.genrm_vs_sc.compute import (
    Comparison,
    columns,
    cost_to_lead,
    cost_to_reach,
    equal_solutions_gain,
    largest_gain,
    lead,
    rounded,
    weigh,
)
from replications.genrm_vs_sc.crossings import of_peak
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.estimates import TOLERANCE
from replications.genrm_vs_sc.experiment import Verified
from replications.genrm_vs_sc.pools import Pools, graded

BUDGETS = (4, 8, 16, 32, 64, 128)
LEVELS = 6
"""Accuracies at which verifiers are compared."""


def regrading(rows: pd.DataFrame) -> pd.DataFrame:
    """What grading anew changes against the recorded flag, from the recorded and from our extracted answers."""
    recorded = rows["recorded_right"]
    found = [(column, graded(rows, column)["right"]) for column in ("answer", "last_number")]
    table = [
        (column, len(rows), rows[column].isna().sum(), (right & ~recorded).sum(), (~right & recorded).sum())
        for column, right in found
    ]
    return pd.DataFrame(table, columns=["answer", "solutions", "no_answer", "now_right", "now_wrong"])


def told(rows: pd.DataFrame, by_verifier: Mapping[str, Verified]) -> pd.DataFrame:
    """What could not be read, and what it cost: one row a verifier."""
    found = []
    for name, verified in by_verifier.items():
        verifiable = verified.prompt_tokens > 0
        found.append(
            {
                "verifier": name,
                "solutions": len(rows),
                "without an answer": int(rows["answer"].isna().sum()),
                "solutions cut off": float(rows["cut_off"].mean()),
                "verifications cut off": verified.cut_off,
                "mass of Yes and No": verified.mean_mass,
                "unreadable": int((~verifiable).sum()),
                "without a verdict": float(np.isnan(verified.text[verifiable]).mean()) if verifiable.any() else 1.0,
                "tokens a solution": float(rows["solution"].mean()),
                "tokens a verification": float(verified.tokens[verifiable].mean()) if verifiable.any() else 0.0,
                "tokens written": int(verified.tokens.sum()),
            }
        )
    return pd.DataFrame(found)


def grid_table(curves: Curves, pools: Pools, votes: Pools, weights: Floats) -> pd.DataFrame:
    """Accuracy with its interval of every strategy in every cell; self-consistency drew from `votes`.

    `mc_se` is the Monte Carlo part of the error (weighted vote only). `near_whole_pool` is the share of questions
    with S > N/2, where draws overlap so much that the interval, which resamples questions, is all there is.
    """
    unverified = np.array([0])
    parts: dict[str, tuple[Floats, Ints, Ints, Pools]] = {
        "self-consistency": (curves.sc[:, :, None], curves.sc_sizes, unverified, votes),
        "best-of-N": (curves.genrm, curves.sizes, curves.n_verdicts, pools),
        "weighted vote": (curves.weighted, curves.sizes, curves.n_verdicts, pools),
        "pass@S": (curves.passed[:, :, None], curves.sizes, unverified, pools),
    }
    n = len(pools.questions)
    mc_se = np.sqrt((curves.weighted_se**2).sum(axis=0)) / n
    rows = []
    for strategy, (values, sizes, n_verdicts, drawn_from) in parts.items():
        means = weigh(weights, values)
        for i, j in np.ndindex(means.shape[1:]):
            row = {"strategy": strategy, "S": int(sizes[i]), "V": int(n_verdicts[j])}
            row |= columns(n, accuracy=means[:, i, j])
            row["mc_se"] = float(mc_se[i, j]) if strategy == "weighted vote" else 0.0
            row["near_whole_pool"] = float((2 * sizes[i] > drawn_from.sizes).mean())
            rows.append(row)
    return pd.DataFrame(rows)


def parser_effect(tolerant: Floats, strict: Floats, curves: Curves, weights: Floats) -> pd.DataFrame:
    """Best-of-N accuracy [Q, S, V] under two parsers and what the strict one costs, by S and V."""
    by_tolerant, by_strict = weigh(weights, tolerant), weigh(weights, strict)
    difference = by_strict - by_tolerant
    rows = [
        {"S": int(s), "V": int(v), "tolerant": by_tolerant[0, i, j], "strict": by_strict[0, i, j]}
        | columns(len(tolerant), difference=difference[:, i, j])
        for i, s in enumerate(curves.sizes)
        for j, v in enumerate(curves.n_verdicts)
    ]
    return pd.DataFrame(rows)


def leads(comparisons: Mapping[str, Comparison], n: int) -> pd.DataFrame:
    """How far the best verified cell within a budget is ahead of SC, by accounting and budget."""
    rows = [
        {"accounting": accounting, "budget": budget, **columns(n, lead=lead(comparison, budget))}
        for accounting, comparison in comparisons.items()
        for budget in BUDGETS
    ]
    return pd.DataFrame(rows)


def crossings(comparisons: Mapping[str, Comparison], n: int) -> pd.DataFrame:
    """Where verification catches up under each accounting; budgets in solutions, unbounded ends infinite.

    `ratio` cost of a verification over that of a solution; `peak` SC's best accuracy, reached with `peak_size`
    solutions; `to_lead` cost of the first cell that beats SC at equal compute; `to_match` cost of the first cell that
    reaches SC's peak; `factor` that cost over SC's at the peak.
    """
    rows = []
    for accounting, comparison in comparisons.items():
        accuracy, size = comparison.sc_peak
        to_match = cost_to_reach(comparison, accuracy)
        found = {"ratio": comparison.ratio, "peak": accuracy, "to_lead": cost_to_lead(comparison)}
        found |= {"to_match": to_match, "factor": to_match / size}
        rows.append({"accounting": accounting, "peak_size": int(size[0]), **columns(n, **found)})
    return pd.DataFrame(rows)


def difficulty_table(bands: Mapping[str, tuple[int, Comparison]]) -> pd.DataFrame:
    """Lead of verification over SC in each band of difficulty, by budget."""
    tables = [leads({band: comparison}, n).assign(questions=n) for band, (n, comparison) in bands.items()]
    return pd.concat(tables, ignore_index=True).rename(columns={"accounting": "band"})


def exponent_table(comparison: Comparison) -> pd.DataFrame:
    """Exponents by recipe, by budgets an octave, and with or without the points on the grid's edges.

    The rows with `points` "all" and one budget an octave are the named recipes that the claims are about; the others
    show how much the choice matters. `a_plus_bf` and `budget` check the accounting identity (see `exponents`).
    """
    rows = []
    for recipe, per_octave in [(r, k) for r in exponents.RECIPES for k in (1, 4)][:-1]:  # the frontier has no budgets
        optima = exponents.RECIPES[recipe](comparison, exponents.budgets(comparison, per_octave))
        for points, chosen in (("all", optima), ("interior", exponents.interior(optima, comparison))):
            fit = exponents.fit(chosen, comparison)
            row = {"recipe": recipe, "per_octave": per_octave, "points": points, "n_points": int(chosen.used[0].sum())}
            for name, values in (("a", fit.a), ("b", fit.b), ("a_minus_b", fit.a - fit.b)):
                low, high = np.quantile(values[1:], [0.025, 0.975])
                ends = {name: values[0], f"{name}_low": low, f"{name}_high": high}
                row |= {column: round(float(value), 9) for column, value in ends.items()}
            rows.append(row | {"f": fit.f[0], "a_plus_bf": (fit.a + fit.b * fit.f)[0], "budget": fit.budget[0]})
    return pd.DataFrame(rows)


def exponents_testable(comparison: Comparison) -> pd.DataFrame:
    """Whether a grid can show exponents at all: how many optima lie inside it, at which V; a and b if enough do."""
    rows = []
    for recipe, optima_of in exponents.RECIPES.items():
        inside = exponents.interior(optima_of(comparison, exponents.budgets(comparison)), comparison)
        points = exponents.points(inside)
        seen = sorted(points["verdicts"].astype(int).unique())
        row: dict[str, object] = {"recipe": recipe, "interior": len(points), "V": ", ".join(map(str, seen))}
        enough = len(points) >= exponents.FEWEST and len(seen) > 1
        fit = exponents.fit(inside, comparison)
        row |= {"a": fit.a[0] if enough else None, "b": fit.b[0] if enough else None}
        few = f"not testable: under {exponents.FEWEST} optima inside, or one V only"
        row["finding"] = f"fitted, over V = {row['V']} only" if enough else few
        rows.append(row)
    return pd.DataFrame(rows)


def quality(found: Mapping[str, Outcome], by_probability: Outcome, weights: Floats) -> pd.DataFrame:
    """How good the verifiers are (see `verifier.quality`), and the first of them by the probability of Yes."""
    pools = {name: one.pools for name, one in found.items()}
    return verifier.quality({**pools, "Base, p(Yes)": by_probability.pools}, weights)


def gains(by_verifier: Mapping[str, Outcome]) -> pd.DataFrame:
    """What verification gains over voting: one row a verifier, with intervals.

    Columns: gain_equal_compute and gain_equal_solutions (largest cell), factor_to_match (cost of the first cell that
    comes within a point of SC's peak, over what SC needs for that), ratio (cost of a verification in solutions).
    """
    rows: list[dict[str, object]] = []
    for name, one in by_verifier.items():
        n = len(one.pools.questions)
        gains = {"gain_equal_compute": largest_gain, "gain_equal_solutions": equal_solutions_gain}
        row: dict[str, object] = {"verifier": name}
        rows.append(
            row
            | columns(n, **{column: gain(one.comparison) for column, gain in gains.items()})
            | rounded(of_peak(one.comparison, TOLERANCE, n).columns("factor_to_match"))
            | columns(n, ratio=one.comparison.ratio)
        )
    return pd.DataFrame(rows)


def at_equal_accuracy(base: Outcome, tuned: Outcome) -> pd.DataFrame:
    """Compute that both verifiers need to reach accuracies from that of one solution to the better one's best."""
    low = base.comparison.verified[0, 0, 0]
    high = max(one.comparison.verified[0].max() for one in (base, tuned))
    rows = []
    for level in np.linspace(low, high, LEVELS + 1)[1:]:
        wanted = np.full(len(base.comparison.ratio), level)
        needed = {name: cost_to_reach(one.comparison, wanted) for name, one in (("base", base), ("tuned", tuned))}
        rows.append({"accuracy": float(level), **columns(len(base.pools.questions), **needed)})
    return pd.DataFrame(rows)


def scorings(by_mode: Mapping[str, Outcome], weights: Floats) -> pd.DataFrame:
    """Accuracy with the most solutions by mode of scoring and V, with its difference to text verdicts."""
    n, n_verdicts = weights.shape[1], by_mode["text"].measured.n_verdicts
    accuracy = {mode: weigh(weights, one.measured.genrm[:, -1]) for mode, one in by_mode.items()}
    rows = [
        {"mode": mode, "V": int(v)} | columns(n, accuracy=values[:, j], less_text=values[:, j] - accuracy["text"][:, j])
        for mode, values in accuracy.items()
        for j, v in enumerate(n_verdicts)
    ]
    return pd.DataFrame(rows)


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
