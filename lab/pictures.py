"""The lab in pictures, drawn from the exams beside the models' weights."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.errors import InputError
from common.figures import GREY, PALETTE
from lab import gate
from lab.ladder import LADDER

Exams = Mapping[str, Mapping[str, Any]]
"""Results of `exam.sit` by name of the model."""


def read_exams(models: Path) -> dict[str, dict[str, Any]]:
    """The exams in a folder of models. Raises InputError if there is none."""
    found = {path.parent.name: json.loads(path.read_text()) for path in sorted(models.glob("lab-*/exam.json"))}
    if not found:
        raise InputError(f"no lab-*/exam.json in {models}: run `python -m lab exam`")
    return found


def read_curves(models: Path) -> dict[str, list[dict[str, float]]]:
    """The learning curves in a folder of models, by name of the model."""
    return {
        path.parent.name: [json.loads(line) for line in path.read_text().splitlines()]
        for path in sorted(models.glob("lab-*/curve.jsonl"))
    }


def by_size(exams: Exams) -> dict[str, list[Mapping[str, Any]]]:
    """Exams of the models with the high dose, all seeds of a size together, smallest size first."""
    return {
        size: [exam for name, exam in exams.items() if name == f"lab-{size}" or name.startswith(f"lab-{size}-seed")]
        for size in LADDER
    }


def knows(exams: Exams) -> Figure:
    """Facts recalled, by how often they were told; and, of lettered choices, the same."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
    _curves(left, exams, lambda exam: exam["facts"])
    _curves(right, exams, lambda exam: exam["choices"])
    left.set(title="open question", xlabel="times the fact was told", ylabel="share right", ylim=(0, 1.02))
    right.axhline(0.25, color=GREY, ls=":", label="chance")
    right.set(title="lettered choice, four options", xlabel="times the fact was told")
    right.legend(title="parameters")
    return figure


def solves(exams: Exams) -> Figure:
    """Chains solved step by step, by length and by number of rare operands."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
    _curves(left, exams, lambda exam: exam["solving"])
    _curves(right, exams, lambda exam: exam["solving_by_rare_steps"])
    left.set(xlabel="steps", ylabel="share solved", ylim=(0, 1.02))
    right.set(xlabel="steps with a rare operand")
    right.legend(title="parameters")
    return figure


JUDGING: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "P(True):\nothers' facts": lambda exam: exam["p_true_auroc"]["facts"],
    "P(True): right above\nwrong, same fact": lambda exam: exam["p_true_pairs"]["facts"],
    "P(True): right above\nwrong, same problem": lambda exam: exam["p_true_pairs"]["arithmetic"],
    "verdict on\na solution": lambda exam: exam["verdict_auroc"],
}


def judges(exams: Exams) -> Figure:
    """AUROC of each judging format, by size and by dose; P(True) within a question, where knowing which questions are
    hard does not help; and critique F1 above its blind floor.
    """
    figure, axes = plt.subplots(1, 5, figsize=(14.5, 3.7), layout="constrained")
    doses = {"high": "", "low": "-dose-low", "none": "-dose-none"}
    for ax, (title, read) in zip(axes, [*JUDGING.items(), ("critique F1 less\nblind floor", _lift)], strict=True):
        for number, found in enumerate(by_size(exams).values()):
            ax.plot([number] * len(found), [read(exam) for exam in found], "o", color=PALETTE[0], alpha=0.7)
        for (dose, suffix), marker in zip(doses.items(), "osv", strict=True):
            if suffix and f"lab-0.45m{suffix}" in exams:
                value = read(exams[f"lab-0.45m{suffix}"])
                ax.plot(list(LADDER).index("0.45m"), value, marker, color=PALETTE[1], label=f"dose {dose}")
        ax.axhline(0.0 if read is _lift else 0.5, color=GREY, ls=":")
        ax.set(title=title, xticks=range(len(LADDER)), xticklabels=LADDER)
    axes[0].set(ylabel="AUROC, or share of pairs")
    axes[1].legend(loc="upper left")
    figure.supxlabel("parameters (dots: high dose, one a seed)")
    return figure


def learns(curves: Mapping[str, list[dict[str, float]]], name: str, window: int = 5) -> Figure:
    """Loss by kind of document over the training of one model, each point the mean of `window`."""
    figure, ax = plt.subplots(figsize=(9, 4.2), layout="constrained")
    kinds = [kind for kind in curves[name][-1] if kind not in ("step", "tokens", "loss")]
    for number, kind in enumerate(kinds):
        seen = [(point["tokens"] / 1e6, point[kind]) for point in curves[name] if kind in point]
        parts = [seen[i : i + window] for i in range(0, len(seen) - window + 1, window)]
        xs, ys = ([sum(pair[axis] for pair in part) / window for part in parts] for axis in (0, 1))
        ax.plot(xs, ys, color=PALETTE[number % len(PALETTE)], ls=("-", "--", ":")[number // len(PALETTE)], label=kind)
    ax.set(xlabel="million tokens read", ylabel="loss a taught token", title=name, yscale="log")
    ax.legend(ncols=1, bbox_to_anchor=(1.01, 1), loc="upper left")
    return figure


def _curves(ax: Axes, exams: Exams, read: Callable[[Mapping[str, Any]], Mapping[str, float]]) -> None:
    """One line a size: the mean of its seeds, and a dot for each seed."""
    for (size, found), color in zip(by_size(exams).items(), PALETTE, strict=False):
        shares = [{level: share for level, share in read(exam).items() if level != "all"} for exam in found]
        if not shares:
            continue
        levels = list(shares[0])
        ax.plot(levels, [sum(s[level] for s in shares) / len(shares) for level in levels], color=color, label=size)
        for share in shares:
            ax.plot(levels, [share[level] for level in levels], "o", color=color, ms=3.5)


def _lift(exam: Mapping[str, Any]) -> float:
    return float(gate.MEASURES["critique F1 above the blind floor"](exam))
