from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

from replications.p_true import reanalysis
from replications.p_true.params import RecordedParams
from tests.replications.p_true import made_up, made_up_exam, made_up_experiment

PARAMS = RecordedParams(resamples=200, redraws=50)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def analysed(world, questions=1000):
    """Everything the notebook computes about MMLU and ARC in a world of made-up models."""
    data = {name: made_up.recorded(name, world, questions, seed) for seed, name in enumerate(("mmlu", "arc"))}
    tops = {name: reanalysis.tops(recorded, PARAMS) for name, recorded in data.items()}
    errors = {name: reanalysis.measure_excess(name, tops[name], PARAMS) for name in data}
    mended = {name: reanalysis.mend(recorded, PARAMS) for name, recorded in data.items()}
    return SimpleNamespace(data=data, tops=tops, errors=errors, mended=mended)


@pytest.fixture(scope="session")
def as_claimed():
    return analysed(made_up.as_claimed)


@pytest.fixture(scope="session")
def calibrated():
    return analysed(made_up.calibrated)


@pytest.fixture(scope="session")
def overconfident():
    return analysed(made_up.overconfident)


@pytest.fixture(scope="session")
def exam():
    """What three made-up models answer to lettered questions, and what is measured of it."""
    return made_up_exam.sit(made_up_exam.engines())


@pytest.fixture(scope="session")
def judged():
    """P(True) of five made-up models whose every answer is known, and what is measured of it."""
    return made_up_experiment.measured(
        made_up_experiment.perform(made_up_experiment.engines(), made_up_experiment.MODELS)
    )


@pytest.fixture(scope="session")
def noisy():
    """The same with judges that say something else in every condition, and the opposite of arithmetic."""
    return made_up_experiment.measured(
        made_up_experiment.perform(made_up_experiment.noisy(), made_up_experiment.MODELS)
    )
