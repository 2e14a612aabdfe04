from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.datasets import processbench
from common.stats.first_error import blind_floor, scores


def test_f1_is_the_harmonic_mean_of_the_two_accuracies():
    found = scores([-1, -1, 0, 2, 3, 1], [-1, 0, 0, 2, -1, np.nan])
    assert (found.error_accuracy, found.correct_accuracy) == (0.5, 0.5)
    assert found.f1 == 0.5
    assert scores([-1, 0], [-1, 1]).f1 == 0
    assert scores([-1, 0], [1, 1]).f1 == 0


def test_one_half_alone_has_no_f1():
    with pytest.raises(ValueError, match="with an error and solutions without"):
        scores([-1, -1], [-1, -1])


@given(st.lists(st.integers(-1, 3), min_size=2, max_size=8).filter(lambda x: -1 in x and max(x) >= 0))
def test_no_mixture_of_constant_answers_beats_the_blind_floor(labels):
    labels = np.array(labels)
    correct = np.mean([label == -1 for label in labels])
    assert 0 < correct < 1
    best = 0.0
    for index, share in product(range(4), np.linspace(0, 1, 51)):
        error = np.mean(labels[labels != -1] == index) * (1 - share)
        best = max(best, 2 * error * share / (error + share) if error + share else 0.0)
    assert blind_floor(labels) >= best - 1e-9
    assert blind_floor(labels) <= best + 1e-2


@pytest.mark.parametrize(("subset", "floor"), [("gsm8k", 0.248), ("math", 0.221)])
def test_floors_of_processbench(subset, floor, mirror):
    labels = [row.label for row in processbench.load(subset)]
    assert blind_floor(labels) == pytest.approx(floor, abs=0.001)
