from collections import Counter

import numpy as np

from lab import arithmetic
from lab.arithmetic import chain_of
from lab.world import split_of
from replications.prm_from_rl import heads


def chain(solution):
    return chain_of(solution.prompt.removeprefix("Question: ").partition(" =?")[0])


def test_labelled_solutions_are_taught_half_wrong_at_every_length_and_labelled_truly():
    solutions, labels = heads.labelled("taught", 200, 0)
    assert {split_of(chain(one)) for one in solutions} == {"taught"}
    wrong = Counter(len(one.steps) for one, label in zip(solutions, labels, strict=True) if label != -1)
    assert wrong == dict.fromkeys((2, 3, 4, 5, 6), 20)
    for one, label in zip(solutions, labels, strict=True):
        right = [f" {step};" for step in arithmetic.solve(chain(one))]
        before = label if label != -1 else len(right)
        assert list(one.steps[:before]) == right[:before]
        assert label == -1 or one.steps[label] != right[label]


def test_shuffled_labels_keep_their_lengths_and_lose_their_solutions():
    solutions, labels = heads.labelled("taught", 200, 0)
    given = heads.shuffle(solutions, labels, np.random.default_rng(0))
    assert Counter(given) == Counter(labels)
    assert all(label < len(one.steps) for one, label in zip(solutions, given, strict=True))
    assert np.mean(np.array(given) == labels) < 0.6


def test_a_prediction_is_the_first_step_below_the_threshold():
    rows = [np.array([0.9, 0.4, 0.1]), np.array([0.9, 0.8])]
    assert heads.predictions(rows, 0.5).tolist() == [1, -1]
    assert heads.predictions(rows, 0.3).tolist() == [2, -1]


def test_the_threshold_is_the_one_that_scores_best_on_dev(monkeypatch):
    monkeypatch.setattr(heads, "DEV", 20)
    truth = heads.labelled("dev", 20, 1000)[1]

    def told(_, solutions):
        return [np.where(np.arange(len(s.steps)) == e, 0.6, 0.8) for s, e in zip(solutions, truth, strict=True)]

    monkeypatch.setattr(heads.prm, "step_probabilities", told)
    assert 0.6 < heads.best_threshold(None, 0) <= 0.8
