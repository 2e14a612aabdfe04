"""Tables of one P(True) experiment. What does not exist (one class of outcome, too few rows) is left empty."""

from collections.abc import Sequence

import pandas as pd

from common import tables
from common.stats.calibration import scores
from common.stats.calibration.excess import BINS, Excess
from replications.p_true.ladder import Model
from replications.p_true.p_true.estimates import Errors
from replications.p_true.p_true.experiment import BASELINES, Experiment
from replications.p_true.p_true.prompts import COMPARISON_20, CONDITIONS
from replications.p_true.p_true.scoring import Scoring
from replications.p_true.tasks import SAMPLES


def cell_table(experiment: Experiment, models: Sequence[Model], errors: Errors, scoring: Scoring) -> pd.DataFrame:
    """One row a task, model and condition, on own samples: every measure with its reference and 95% interval."""
    rows = []
    for task, model in ((task, model) for task in experiment.tasks for model in models):
        measured = errors[task, model.name]
        for condition in CONDITIONS:
            judged = experiment.rows(task, condition, model.name)
            rows.append(
                {"task": task}
                | model.columns
                | {"condition": condition.name, "cut_off": experiment.written[task, model.name].cut_off}
                | measures(judged, scoring)
                | (tables.errors(measured, condition.name) if isinstance(measured, Excess) else {})
            )
    return pd.DataFrame(rows)


def measures(rows: pd.DataFrame, scoring: Scoring) -> dict[str, float | None]:
    """Every measure of P(True) but the calibration error; the mass of the labels where it is known."""
    p, c = rows["p_true"].to_numpy(), rows["right"].to_numpy()
    above = scores.conditional_accuracy(p, c)
    return {
        "n": len(p),
        "accuracy": c.mean(),
        "mean_p": p.mean(),
        **({"mass": rows["mass"].mean()} if "mass" in rows else {}),
        "n_above": above.n_above,
        "right_above": above.above,
        "base_rate_brier": scores.base_rate_brier(c),
        **scoring.auroc(rows).columns("auroc"),
        **scoring.conditional_gain(rows).columns("gain"),
        **scoring.brier(rows).columns("brier"),
    }


def written_table(experiment: Experiment) -> pd.DataFrame:
    """What was sampled: accuracy, questions without five readable samples, shares of samples unreadable and cut off."""
    return pd.DataFrame(
        {
            "task": task,
            "model": model,
            "asked": written.questions,
            "left_out": written.questions - len(written.items),
            "unreadable": written.rows["unreadable"].mean() / SAMPLES,
            "cut_off": written.cut_off,
            "accuracy": written.rows["right"].mean(),
            "share_right": written.rows["share_right"].mean(),
        }
        for (task, model), written in experiment.written.items()
    )


def cut_off(experiment: Experiment) -> dict[str, float]:
    """Share of the samples that ended at `max_tokens`, by task, for the model of which most did."""
    written = written_table(experiment)
    return {f"answers to {task}": float(part["cut_off"].max()) for task, part in written.groupby("task")}


def curve_table(experiment: Experiment) -> pd.DataFrame:
    """Reliability curves of P(True) on own samples, ten bins; none where there are fewer rows than bins."""
    parts = [pd.DataFrame(columns=["mean_p", "right", "low", "high", "task", "model", "condition"])]
    for task, model in experiment.written:
        for condition in CONDITIONS:
            rows = experiment.rows(task, condition, model)
            if len(rows) >= BINS:
                curve = tables.curve(rows["p_true"].to_numpy(), rows["right"].to_numpy())
                parts.append(curve.assign(task=task, model=model, condition=condition.name))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def baseline_table(experiment: Experiment, models: Sequence[Model], scoring: Scoring) -> pd.DataFrame:
    """AUROC of P(True), comparison and twenty examples, and of the scores that need no question."""
    return pd.DataFrame(
        {"task": task}
        | model.columns
        | {"score": score}
        | scoring.auroc(experiment.rows(task, COMPARISON_20, model.name), score).columns("auroc")
        for task in experiment.tasks
        for model in models
        for score in ("p_true", *BASELINES)
    )


def matrix_table(experiment: Experiment, models: Sequence[Model], scoring: Scoring) -> pd.DataFrame:
    """AUROC of every evaluator on every writer's samples, comparison and twenty examples, sizes of the ladder."""
    sizes = [model for model in models if model.rung and model.seed == 0]
    return pd.DataFrame(
        {"task": task, "evaluator": evaluator.name, "writer": writer.name}
        | {"evaluator_parameters": evaluator.parameters, "writer_parameters": writer.parameters}
        | scoring.auroc(experiment.rows(task, COMPARISON_20, evaluator.name, writer.name)).columns("auroc")
        for task in experiment.tasks
        for evaluator in sizes
        for writer in sizes
    )


def level_table(experiment: Experiment, models: Sequence[Model], scoring: Scoring) -> pd.DataFrame:
    """By level of difficulty: share right, mean P(True) and AUROC, comparison and twenty examples, own samples."""
    rows = []
    for name, task in experiment.tasks.items():
        for model in models:
            judged = experiment.rows(name, COMPARISON_20, model.name)
            for level in (level for level in task.levels if (judged["level"] == level).any()):
                part = judged[judged["level"] == level]
                row = {"task": name, "model": model.name, "level": level, "n": len(part)}
                found = {"accuracy": part["right"].mean(), "mean_p": part["p_true"].mean()}
                rows.append(row | found | scoring.auroc(part).columns("auroc"))
    return pd.DataFrame(rows)


def samples(experiment: Experiment) -> pd.DataFrame:
    """One row a judgement."""
    return pd.concat(
        [rows.reset_index().assign(**key._asdict()) for key, rows in experiment.judged.items()], ignore_index=True
    )
