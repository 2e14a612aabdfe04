"""One made-up P(True) experiment: models of two sizes, seeds and doses that judge each other."""

from types import SimpleNamespace

import numpy as np

from replications.p_true.ladder import Model
from replications.p_true.p_true import estimates as claimed
from replications.p_true.p_true import experiment as asking
from replications.p_true.p_true import tables
from replications.p_true.p_true.scoring import Scoring
from replications.p_true.params import LAB_TASKS, LiveParams
from replications.p_true.tasks import load_tasks
from tests.replications.p_true.made_up_models import MadeUp, chance_of, insider, letter

PARAMS, SCORING = LiveParams(resamples=100, redraws=50), Scoring(100, 0)
MODELS = [
    Model("large", "", "1m", 0, "high", 1000),
    Model("small", "", "0.1m", 0, "high", 100),
    Model("small-seed1", "", "0.1m", 1, "high", 100),
    Model("small-low", "", "0.1m", 0, "low", 100),
    Model("small-none", "", "0.1m", 0, "none", 100),
]


class Noisy(MadeUp):
    """P(True) is part truth, part chance, and differs with whatever the prompt holds; of arithmetic it is reversed."""

    def __init__(self, name, truth, unreadable=0.0):
        super().__init__(name, insider, unreadable)
        self.truth = truth

    def _judged(self, prompt):
        p = np.array(super()._judged(prompt))
        if prompt.rsplit("Question: ", 1)[1].split("\n")[0].endswith("=?"):
            p = p[::-1]
        noise = chance_of(self.name, prompt)
        return self.truth * p + (1 - self.truth) * np.array([noise, 1 - noise])


def blind(question, proposed, true_is_first):
    return 0.5


def engines():
    """Judges whose every answer is known."""
    return {
        "large": MadeUp("large", insider, unreadable=0.1),
        "small": MadeUp("small"),
        "small-seed1": MadeUp("small-seed1", letter),
        "small-low": MadeUp("small-low"),
        "small-none": MadeUp("small-none", blind),
    }


def noisy():
    """Judges that say something else in every condition; two leave questions without five readable samples."""
    truths = {"large": 0.5, "small": 0.3, "small-seed1": 0.35, "small-low": 0.2, "small-none": 0.1}
    missing = {"small-seed1": 0.8, "small-low": 0.8}
    return {name: Noisy(name, truth, missing.get(name, 0.0)) for name, truth in truths.items()}


def perform(engines, models, names=LAB_TASKS, questions=80):
    return asking.perform(engines, models, load_tasks(names, "dev", questions, 0), 0)


def estimates(experiment, models, errors=None):
    errors = errors or claimed.measure_excess(experiment, PARAMS, 0)
    return claimed.estimates(experiment, models, errors, SCORING)


def measured(experiment, models=MODELS):
    """The experiment with its calibration errors, its table of cells, and the estimates of its claims."""
    errors = claimed.measure_excess(experiment, PARAMS, 0)
    cells = tables.cell_table(experiment, models, errors, SCORING)
    found = estimates(experiment, models, errors)
    return SimpleNamespace(experiment=experiment, models=models, errors=errors, cells=cells, found=found)
