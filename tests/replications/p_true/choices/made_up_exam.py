"""One made-up lettered exam: a model that knows its limits, and two smaller ones that boast."""

from types import SimpleNamespace

import numpy as np

from replications.p_true.choices import estimates as claimed
from replications.p_true.choices import experiment, tables
from replications.p_true.ladder import Model
from replications.p_true.params import LiveParams
from replications.p_true.tasks import load_tasks
from tests.replications.p_true.made_up_models import MadeUp, insider

PARAMS = LiveParams(resamples=100, redraws=50)
MODELS = [
    Model("large", "", "1m", 0, "high", 1_000_000),
    Model("small", "", "0.1m", 0, "high", 100_000),
    Model("small-seed1", "", "0.1m", 1, "high", 100_000),
]


class Boasting(MadeUp):
    """Says more than it knows."""

    def _belief(self, question, shown):
        return boast(super()._belief(question, shown))


class Wavering(MadeUp):
    """Boasts of letters after examples, and is modest about letters without and about texts."""

    def _chosen(self, prompt, options):
        found = super()._chosen(prompt, options)
        return boast(found) if prompt.count("Question: ") > 1 else found


def boast(belief):
    return np.where(belief == np.max(belief), 0.97, 0.01)


def engines():
    return {"large": MadeUp("large"), "small": Boasting("small"), "small-seed1": Wavering("other", insider)}


def sit(engines, models=MODELS, names=("facts", "arithmetic"), questions=150):
    """All that the notebook computes before it judges."""
    exams = experiment.set_exams(load_tasks(names, "dev", questions, 0), 0)
    answers = experiment.ask(engines, exams)
    tops = claimed.chosen(answers, 0)
    stated = claimed.forecasts(answers, tops)
    errors = claimed.measure_excess(stated, PARAMS, 0)
    cells = tables.cell_table(models, answers, tops, stated, errors)
    return SimpleNamespace(models=models, answers=answers, tops=tops, stated=stated, errors=errors, cells=cells)


def estimates(exam, models=MODELS, route="lab"):
    return claimed.estimates(models, exam.answers, exam.tops, exam.errors, PARAMS, 0, route)
