import numpy as np

from common.stats.voting.answers import answer_classes, tally


def test_classes_are_numbered_from_zero_in_each_problem_and_invalid_or_absent_ones_are_not():
    answers = np.array([[700, 3, 700, -4], [3, 8, 9, 8]])
    present = np.array([[True] * 4, [False, True, True, True]])
    got = answer_classes(answers, np.zeros(answers.shape), present)
    assert got.tolist() == [[1, 0, 1, -1], [-1, 0, 1, 0]]


def test_tally_sums_each_value_over_each_class():
    label = np.array([[1, 0, 1, -1], [-1, 0, 0, 0]])
    votes, weight = tally(label, np.ones((2, 4)), np.array([[0.5, 1, 2, 9], [9, 1, 1, 1.0]]))
    assert votes.tolist() == [[1, 2], [3, 0]]
    assert weight.tolist() == [[1, 2.5], [3, 0]]
