import pandas as pd
import pytest

from common.datasets import llm_personality
from replications.self_assessment import answers, shifts, weighting
from replications.self_assessment.params import RecordedParams


@pytest.fixture(scope="module")
def scored(mirror_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_MIRROR", str(mirror_folder))
        return answers.read(pd.DataFrame(llm_personality.load()))


@pytest.fixture(scope="module")
def data(scored):
    return {name: shifts.ratings(scored, column) for name, column in answers.SCORINGS.items()}


@pytest.fixture(scope="module")
def weights():
    return weighting.of_recorded(RecordedParams(resamples=100))


@pytest.fixture(scope="module")
def rejected(data, weights):
    return shifts.significance(data, weights, alpha=0.05)
