import numpy as np
import pytest

from common.stats.resamples import resample_weights
from replications.genrm_vs_sc import compute, curves, figure1b
from replications.genrm_vs_sc.pools import Pools


def synthetic_pools(questions=30, solutions=12, seed=0):
    """Right solutions answer 0, wrong ones 1 to 3; a verifier says Yes to 80% of right and 20% of wrong ones."""
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.1, 0.9, (questions, 1))
    correct = (rng.random((questions, solutions)) < chance).astype(float)
    answers = np.where(correct == 1, 0, rng.integers(1, 4, correct.shape))
    yes = rng.random((questions, solutions, 4)) < np.where(correct == 1, 0.8, 0.2)[..., None]
    verdicts = np.where(rng.random(yes.shape) < 0.05, np.nan, yes)
    return Pools(np.arange(questions), answers, correct, verdicts, np.ones(correct.shape, bool))


@pytest.fixture(scope="session")
def pool():
    return synthetic_pools()


@pytest.fixture(scope="session")
def measured(pool):
    return curves.measure(pool, (1, 2, 4, 8), (1, 2, 4), np.random.default_rng(1), n_subsets=50)


@pytest.fixture(scope="session")
def weights(pool):
    return resample_weights(len(pool.questions), 200, np.random.default_rng(2)) / len(pool.questions)


@pytest.fixture(scope="session")
def comparison(measured, weights):
    return compute.compare(measured, weights, np.full(len(weights), 2.5))


@pytest.fixture(scope="module")
def figure():
    return figure1b.digitised(100, np.random.default_rng(0))
