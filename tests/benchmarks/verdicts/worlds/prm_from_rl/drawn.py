"""Worlds drawn a few dozen times: is the mean of their estimates the truth that they say?"""

import numpy as np

from common.stats.estimates import Estimate


def means(world, truth, studies):
    """Mean of the estimates of each claim, with its standard error."""
    found = [world.study(truth, np.random.default_rng([7, seed])) for seed in range(studies)]
    values = {
        name: np.array([one[name].value for one in found if isinstance(one[name], Estimate)]) for name in world.rules
    }
    return {name: (row.mean(), row.std(ddof=1) / np.sqrt(len(row))) for name, row in values.items()}


def check(world, truth, studies, slack=0.0):
    """The mean lies within four standard errors of the truth, and a slack for biases of small samples."""
    for name, (mean, error) in means(world, truth, studies).items():
        assert abs(mean - truth) < 4 * error + slack, (name, mean, error)
        assert error > 0
