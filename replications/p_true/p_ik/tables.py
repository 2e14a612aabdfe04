"""Tables of P(IK): what the heads of one seed said. What does not exist is left empty."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from common import tables
from common.arrays import Floats
from common.stats import intervals
from common.stats.calibration import binned
from common.stats.calibration.excess import BINS, Excess
from common.stats.estimates import Undefined, attempt
from replications.p_true.p_ik.estimates import Case
from replications.p_true.p_ik.experiment import Material, Truth, trained_on
from replications.p_true.p_ik.knowing import Known
from replications.p_true.p_ik.prompts import Version
from replications.p_true.tasks import SAMPLES


def known_table(truths: dict[str, Truth]) -> pd.DataFrame:
    """One row a model, task and use (to learn, to test): questions, what is known of them, what was left out."""
    rows = []
    for model, truth in truths.items():
        for use, known in (("to learn", truth.learned), ("to test", truth.tested)):
            for task, found in known.items():
                row = {"model": model, "task": task, "use": use, "n": len(found.questions), "left_out": found.left_out}
                shares = {"share_right": found.shares.mean(), "known": found.known.mean()}
                rows.append(row | shares | {"unreadable_samples": found.unreadable, "cut_off": found.cut_off})
    return pd.DataFrame(rows)


def cut_off(known: pd.DataFrame) -> dict[str, float]:
    """Share of the samples that ended at `max_tokens`, by task, for the model and use of which most did."""
    return {f"answers to {task}": float(part["cut_off"].max()) for task, part in known.groupby("task")}


def cell_table(case: Case) -> pd.DataFrame:
    """One row a model, head and task: AUROC, Brier score and calibration error of P(IK), each with its reference.

    `ece` is against what is known, as the claims have it; `ece_share` against the share right, which the head was
    trained on, with its own floor.
    """
    rows = []
    for model in case.models:
        for head in trained_on(case.params.tasks):
            rows += [model.columns | _cell(case, head, task, model.name) for task in case.params.tasks]
    return pd.DataFrame(rows)


def _cell(case: Case, head: str, task: str, model: str) -> dict[str, Any]:
    known = case.known(task, model)
    row: dict[str, Any] = {"head": head, "task": task, "n": len(known.questions), "known": known.known.mean()}
    row |= case.auroc(head, task, model).columns("auroc") | case.brier(head, task, model).columns("brier")
    errors = case.errors(head, task, model)
    if isinstance(errors, Excess):
        p = case.p_ik(head, task, model)
        row |= tables.forecast(p, known.known) | tables.errors(errors, head) | _against_shares(case, p, known)
    return row


def _against_shares(case: Case, p: Floats, known: Known) -> dict[str, float]:
    """Calibration error against the shares right, and that of a calibrated predictor, thirty samples a question."""
    rng = case.rng()
    draws = [binned.ece(p, rng.binomial(SAMPLES, p) / SAMPLES, BINS) for _ in range(case.params.redraws)]
    return {
        "share_right": float(known.shares.mean()),
        "ece_share": binned.ece(p, known.shares, BINS),
        "floor_share": float(np.mean(draws)),
    }


def likelihood_table(case: Case) -> pd.DataFrame:
    """AUROC of the likelihood of the greedy answer against what is known: one row a model and task."""
    rows = []
    for model in case.models:
        for task in case.params.tasks:
            rows.append(model.columns | {"task": task} | case.likelihood(task, model.name).columns("auroc"))
    return pd.DataFrame(rows)


def transfer_table(cells: pd.DataFrame, model: str) -> pd.DataFrame:
    """The paper's Table 1 for one model, a row a head: AUROC, Brier score and its reference, ECE and its floor."""
    shown = ["auroc", "brier", "base_rate_brier", "ece", "floor"]
    mine = cells[cells["model"] == model].reindex(columns=["head", "task", *shown])
    wide = mine.pivot(index="head", columns="task", values=shown)
    heads, tasks = (list(dict.fromkeys(mine[name])) for name in ("head", "task"))
    return wide.swaplevel(axis=1).loc[heads, [(task, what) for task in tasks for what in shown]]


def curve_table(case: Case) -> pd.DataFrame:
    """Reliability of P(IK) of the main model: ten points a head and task; none where there are too few questions."""
    parts = []
    for head in trained_on(case.params.tasks):
        for task in case.params.tasks:
            found = attempt(partial(_curve, case, head, task))
            if not isinstance(found, Undefined):
                parts.append(found.assign(head=head, task=task))
    columns = ["mean_p", "right", "low", "high", "head", "task"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _curve(case: Case, head: str, task: str) -> pd.DataFrame:
    return tables.curve(case.p_ik(head, task), case.known(task).known)


def samples(cases: Sequence[Case]) -> pd.DataFrame:
    """One row a tested question, model, head and seed: what is known, and P(IK) where there is one."""
    parts = []
    for case in cases:
        for model in case.models:
            for head, said in case.said[model.name].plain.items():
                for task in case.params.tasks:
                    known = case.known(task, model.name)
                    p = np.full(len(known.questions), np.nan) if isinstance(said, Undefined) else said[task]
                    named: dict[str, Any] = {"model": model.name, "head": head, "seed": case.seed, "task": task}
                    parts.append(_questions(known).assign(**named, p_ik=p))
    return pd.concat(parts, ignore_index=True)


def _questions(known: Known) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "question": [question.id for question in known.questions],
            "level": [question.level for question in known.questions],
            "share_right": known.shares,
            "known": known.known,
            "likelihood": known.likelihood,
        }
    )


def level_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean P(IK) and share known by model, head, seed, task and level of difficulty, out of `samples`."""
    by = ["model", "head", "seed", "task", "level"]
    grouped = rows.groupby(by, sort=False)[["known", "share_right", "p_ik"]]
    return grouped.mean().assign(n=grouped.size()).reset_index()


def material_table(case: Case, material: Material, answered: dict[str, dict[Version, Floats]]) -> pd.DataFrame:
    """One row a material, head and version: mean P(IK) with 95% interval, and the share of right greedy answers."""
    rows = []
    for name, said in (("articles", case.said[case.main].articles), ("hints", case.said[case.main].hints)):
        if isinstance(getattr(material, name), Undefined):
            continue
        for head, found in said.items():
            for version, p in ({} if isinstance(found, Undefined) else found).items():
                row = {"material": name, "head": head, "kind": version[0], "share": version[1]}
                right = answered[name][version]
                rows.append(row | _mean(p) | {"right": np.nanmean(right) if np.isfinite(right).any() else np.nan})
    columns = ["material", "head", "kind", "share", "n", "p_ik", "p_ik_low", "p_ik_high", "right"]
    return pd.DataFrame(rows, columns=columns)


def article_levels(case: Case, material: Material) -> pd.DataFrame:
    """Mean P(IK) of the first head by version and level of the question: one row each, with 95% intervals."""
    said = case.said[case.main].articles.get(case.home)
    columns = ["kind", "level", "n", "p_ik", "p_ik_low", "p_ik_high"]
    if isinstance(material.articles, Undefined) or not isinstance(said, dict):
        return pd.DataFrame(columns=columns)
    levels = np.array([question.level for question in material.articles.questions])
    rows = [
        {"kind": version[0], "level": level} | _mean(p[levels == level])
        for version, p in said.items()
        for level in material.articles.task.levels
        if (levels == level).any()
    ]
    return pd.DataFrame(rows, columns=columns)


def _mean(p: Floats) -> dict[str, float]:
    there = p[~np.isnan(p)]
    return {"n": len(there)} | attempt(lambda: intervals.mean(there)).columns("p_ik")  # one question has none


def headline(cells: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The few numbers of one model that metrics show, by head and task; what has no value is left out."""
    found = {}
    for row in cells.to_dict("records"):
        shown = {name: row.get(name, np.nan) for name in ("auroc", "brier", "base_rate_brier", "excess")}
        found[f"{row['head']} on {row['task']}"] = {k: round(v, 4) for k, v in shown.items() if np.isfinite(v)}
    return found
