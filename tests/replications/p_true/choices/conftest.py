from types import SimpleNamespace

import pytest

from replications.p_true.choices import recorded_estimates
from replications.p_true.choices.params import RecordedParams
from tests.replications.p_true.choices import made_up, made_up_exam

PARAMS = RecordedParams(resamples=200, redraws=50)


def analysed(world, questions=2000):
    """Everything the notebook computes about MMLU and ARC in a world of made-up models."""
    data = {name: made_up.recorded(name, world, questions, seed) for seed, name in enumerate(("mmlu", "arc"))}
    tops = {name: recorded_estimates.tops(recorded, PARAMS) for name, recorded in data.items()}
    errors = {name: recorded_estimates.measure_excess(name, tops[name], PARAMS) for name in data}
    mended = {name: recorded_estimates.mend(recorded, PARAMS) for name, recorded in data.items()}
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
