"""Every table of the notebook, and its headline numbers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from common.arrays import Floats
from common.stats import intervals
from replications.prm_from_rl import curves, dependence, estimates, judging, pools
from replications.prm_from_rl.items import KINDS
from replications.prm_from_rl.judging import Resampled
from replications.prm_from_rl.study import (
    BASE,
    FORMAT,
    MODEL,
    OUTCOME,
    PRM,
    RANDOM,
    REJECTION,
    SHUFFLED,
    SMALLER,
    Study,
)

ARMS = (OUTCOME, FORMAT, RANDOM, REJECTION)
MODELS = (MODEL, BASE, *ARMS)
"""Arms that are whole models, and so solve as well as judge."""


def starting_point(study: Study, resampled: Resampled) -> pd.DataFrame:
    """What the base (or the model) can do before any training, with 95 % intervals, and the floors it must be above."""
    arm = MODEL if study.seeds(MODEL) else BASE
    rows: list[dict[str, object]] = []
    for what, task in (("solve", "solving"), ("own", "solving the judged problems")):
        for values in study.final(arm, what):
            found = intervals.wilson(int(values.sum()), len(values))
            rows.append({"measure": task, **found.columns("value", alone=True)})
    scores = judging.score_table({arm: study.final(arm)}, resampled).iloc[0]
    for column, name in (("f1", "judging F1"), ("error_accuracy", "on wrong"), ("correct_accuracy", "on right")):
        ends = {"low": scores[f"{column}_low"], "high": scores[f"{column}_high"]}
        rows.append({"measure": name, "value": scores[column], **ends})
    rows += [{"measure": f"floor: {row.floor}", "value": row.f1} for row in judging.floors(study.items).itertuples()]
    return pd.DataFrame(rows)


def judges(study: Study, resampled: Resampled) -> pd.DataFrame:
    """Scores of every judge at its end, each the mean over its runs; rejection where it solves as much as outcome."""
    compared: dict[str, list[Floats]] = {}
    for arm in (*MODELS, SMALLER, PRM, SHUFFLED):
        if found := study.final(arm):
            compared[arm] = found
        if voted := study.final(arm, "vote"):
            compared[f"{arm}, vote of 8"] = voted
    if equal := estimates.at_equal_solving(study):
        compared["rejection at equal solving"] = [rejection for _, rejection in equal]
        compared["outcome at equal solving"] = [outcome for outcome, _ in equal]
    return judging.score_table(compared, resampled)


def by_kind(study: Study) -> pd.DataFrame:
    """Share of items judged right, by judge and kind of item."""
    labels, rows = np.array([item.label for item in study.items]), []
    kinds = np.array([item.kind for item in study.items])
    for arm in (*MODELS, PRM):
        for kind in [kind for kind in (*KINDS, "real") if (kinds == kind).any()]:
            hits = [(said == labels)[kinds == kind].mean() for said in study.final(arm)]
            if hits:
                rows.append({"judge": arm, "kind": kind, "items": int((kinds == kind).sum()), "right": np.mean(hits)})
    return pd.DataFrame(rows)


def training(study: Study) -> pd.DataFrame:
    """What the rewards gave the trainings to learn from: means over steps and seeds by arm."""
    if study.training is None:
        return pd.DataFrame()
    columns = ["reward", "varied", "groups", "length", "truncated", "grad_norm"]
    means = study.training.groupby("arm", sort=False)[columns].mean().reset_index()
    return means.assign(runs=study.training.groupby("arm", sort=False)["seed"].nunique().to_numpy())


def learning_curves(study: Study) -> pd.DataFrame:
    """Solving and judging at every checkpoint of every run."""
    return curves.table(study, list(ARMS))


def mean_curves(table: pd.DataFrame) -> pd.DataFrame:
    """Curves as from `learning_curves`, means over the seeds; empty for an empty table."""
    return table.drop(columns="seed").groupby(["arm", "step"], sort=False).mean().reset_index()


def lagged(study: Study) -> pd.DataFrame:
    """Correlations of increments of the outcome runs, by lag: a description."""
    found = curves.of(study, OUTCOME)
    return curves.lags(found) if found else curves.NO_LAGS


def dependences(study: Study) -> pd.DataFrame:
    """Both tests of solving and judging, for every model; empty where no reference answers are known."""
    runs = [
        (arm, seed, own, said)
        for arm in MODELS
        for seed, (own, said) in enumerate(zip(study.final(arm, "own"), study.final(arm), strict=False))
    ]
    return dependence.table(study.items, runs)


def self_reference(study: Study, resampled: Resampled) -> pd.DataFrame:
    """F1 without and with the own solution, mean over runs, and the gain with its 95 % interval."""
    rows = []
    for arm in MODELS:
        if after := study.final(arm, "self-ref"):
            gain = resampled.estimate(np.mean(estimates.gain(study, arm, resampled), axis=0))
            with_own = float(np.mean([resampled.f1(run)[0] for run in after]))
            row = {"arm": arm, "runs": len(after), "without": with_own - gain.value, "with_own": with_own}
            rows.append(row | gain.columns("gain"))
    return pd.DataFrame(rows, columns=["arm", "runs", "without", "with_own", "gain", "gain_low", "gain_high"])


def best_of_n(study: Study, chosen: Mapping[str, Floats], rng: np.random.Generator, resamples: int) -> pd.DataFrame:
    """Accuracy of every strategy by number of samples, and its lead over majority voting with 95 % intervals."""
    columns = ["strategy", "k", "accuracy", "lead", "lead_low", "lead_high"]
    if study.pools is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for name, values in chosen.items():
        for at, size in enumerate(pools.sizes_of(study.pools)):
            lead = intervals.paired_bootstrap(values[:, at], chosen["majority"][:, at], rng, resamples, unit="problem")
            rows.append({"strategy": name, "k": size, "accuracy": float(values[:, at].mean())} | lead.columns("lead"))
    return pd.DataFrame(rows, columns=columns)


def acceptance(study: Study, rng: np.random.Generator, resamples: int) -> pd.DataFrame:
    """Base rate, TPR, FPR, precision and lift of accepted samples, with 95 % intervals, by band of difficulty."""
    if study.pools is None:
        return pd.DataFrame(columns=["band", "problems"])
    table, rows = pools.counts(study.pools), []
    sizes = pools.band_of(table).value_counts()
    for band, rates in pools.band_draws(table, rng, resamples).items():
        row: dict[str, object] = {"band": band, "problems": int(sizes.get(band, 0))}
        for name, draws in rates.items():
            low, high = np.nanquantile(draws[1:], [0.025, 0.975]) if np.isfinite(draws[0]) else (np.nan, np.nan)
            row |= {name: float(draws[0]), f"{name}_low": float(low), f"{name}_high": float(high)}
        rows.append(row)
    return pd.DataFrame(rows)


def headline(study: Study, resampled: Resampled) -> dict[str, dict[str, float]]:
    """Solving, and F1 with its two accuracies, of every model at its end; means over runs."""
    table = judges(study, resampled).set_index("judge")
    found = {}
    for name, row in table.iterrows():
        numbers = {column: round(float(row[column]), 4) for column in ("f1", "error_accuracy", "correct_accuracy")}
        solved = study.final(str(name), "solve")
        solving = {"solving": round(float(np.mean(solved)), 4)} if solved else {}
        found[str(name)] = solving | numbers
    return found
