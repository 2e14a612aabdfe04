import pytest

from tests.replications.p_true.p_true import made_up_experiment


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
