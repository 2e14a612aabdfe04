"""One model's answers under its own P(True), to look at: sorted, right and wrong side by side, and cut at a threshold.

What a threshold buys is the trade of selective prediction: answer only where P(True) is above it, and be right more
often on fewer questions.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from common.engines import Engine
from common.errors import InputError
from common.figures import GREY, PALETTE
from common.labels import TAUGHT, Layout
from common.stats import intervals
from common.stats.calibration import scores
from replications.p_true.p_true import experiment
from replications.p_true.p_true.prompts import COMPARISON_20
from replications.p_true.tasks import Sheet


def judge(engine: Engine, task: Sheet, seed: int, layout: Layout = TAUGHT) -> pd.DataFrame:
    """Sample answers to the questions of a task and judge the first readable one of each.

    Comparison, twenty examples (`p_true.prompts`).

    Returns:
        One row a question, surest first: question, level, answer (sampled), right (1 or 0), p_true, and the ideas.

    Raises:
        InputError: too few readable samples, or a prompt too long for the model.
    """
    written = experiment.write(engine, task, seed)
    p, _ = experiment.p_true(engine, written.examples, written.items, COMPARISON_20, layout)
    rows = pd.DataFrame(
        {
            "question": [item.question for item in written.items],
            "level": written.rows["level"].to_numpy(),
            "answer": [item.ideas[0] for item in written.items],
            "right": written.rows["right"].to_numpy(),
            "p_true": p,
            "ideas": [", ".join(item.ideas) for item in written.items],
        }
    )
    return rows.sort_values("p_true", ascending=False, kind="stable", ignore_index=True)


def side_by_side(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Up to `count` right answers and as many wrong ones, from the surest to the least sure, evenly spaced."""
    columns = ["p_true", "question", "answer"]
    sides = {}
    for name, right in (("right", 1), ("wrong", 0)):
        side = rows.loc[rows["right"] == right, columns].sort_values("p_true", ascending=False, kind="stable")
        shown = np.unique(np.linspace(0, len(side) - 1, min(count, len(side))).round().astype(int))
        sides[name] = side.iloc[shown].reset_index(drop=True)
    return pd.concat(sides, axis=1)


def at(rows: pd.DataFrame, threshold: float) -> dict[str, float]:
    """Share of the questions answered if only those with P(True) above the threshold are, and share of those right.

    `low` and `high` are the 95% Wilson interval of the share right; where nothing is answered, the three are NaN.

    Raises:
        InputError: a threshold outside [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise InputError(f"a threshold must lie in [0, 1], got {threshold}")
    found = scores.conditional_accuracy(rows["p_true"], rows["right"], threshold)
    row = {"threshold": threshold, "coverage": found.n_above / found.n, "answered": float(found.n_above)}
    if found.above is None:
        return row | dict.fromkeys(("accuracy", "low", "high"), np.nan)
    share = intervals.wilson(round(found.above * found.n_above), found.n_above)
    return row | share.columns("accuracy", alone=True)


def trade(rows: pd.DataFrame) -> pd.DataFrame:
    """`at` for thresholds from 0 to 1 in hundredths."""
    return pd.DataFrame([at(rows, threshold) for threshold in np.arange(100) / 100])


def figure(rows: pd.DataFrame, threshold: float) -> Figure:
    """P(True) of right and wrong answers, and coverage and accuracy by threshold, with one threshold marked."""
    drawn, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9))
    for outcome, colour, label in ((1, PALETTE[0], "right answers"), (0, PALETTE[1], "wrong answers")):
        p = rows.loc[rows["right"] == outcome, "p_true"]
        left.hist(p, np.linspace(0, 1, 21).tolist(), color=colour, alpha=0.55, label=label)
    curve, marked = trade(rows), at(rows, threshold)
    right.plot(curve["threshold"], curve["coverage"], "--", color=GREY, label="share answered")
    right.plot(curve["threshold"], curve["accuracy"], color=PALETTE[2], label="share of those right")
    right.fill_between(curve["threshold"], curve["low"], curve["high"], color=PALETTE[2], alpha=0.2, lw=0)
    right.plot([threshold], [marked["accuracy"]], "o", color=PALETTE[2])
    right.plot([threshold], [marked["coverage"]], "o", color=GREY)
    for ax in (left, right):
        ax.axvline(threshold, color="black", lw=0.9, ls=":")
        ax.legend(loc="upper center", ncols=2)
    left.margins(y=0.2)
    left.set(xlabel="P(True)", ylabel="answers", title="what the model says of its answers")
    right.set(xlabel="threshold", ylim=(0, 1.2), title="answer only above the threshold (95% Wilson)")
    right.set_yticks(np.linspace(0, 1, 6))
    return drawn
