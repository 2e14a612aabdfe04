from types import SimpleNamespace

import pytest

from replications.p_true import reanalysis
from replications.p_true.method import ReanalysisParams
from tests.replications.p_true import made_up

PARAMS = ReanalysisParams(resamples=200, redraws=50)


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
