from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.stats.voting import best_of_n, majority_vote, weighted_vote

credit_of_class = np.array([1.0, 0.0, 1.0, 0.25, 0.0, 0.0])  # the last is label -1, invalid
pools = st.lists(st.tuples(st.integers(-1, 4), st.sampled_from([0, 0.25, 0.5, 1])), min_size=1, max_size=7)


def enumerated_vote(scores, answers, size):
    values = []
    for drawn in combinations(range(len(answers)), size):
        sums = {}
        for i in drawn:
            if answers[i] >= 0:
                sums[answers[i]] = sums.get(answers[i], 0) + scores[i]
        winners = [a for a in sums if sums[a] == max(sums.values())]
        values.append(np.mean(credit_of_class[winners]) if winners else 0)
    return values


@settings(max_examples=60)
@given(pools)
def test_one_two_and_all_solutions_are_exact_and_equal_full_enumeration(pool):
    answers, scores = map(np.array, zip(*pool, strict=True))
    sizes = sorted({1, min(2, len(pool)), len(pool)})
    got = weighted_vote(scores, answers, credit_of_class[answers], sizes, np.random.default_rng(0))
    expected = [np.mean(enumerated_vote(scores, answers, s)) for s in sizes]
    np.testing.assert_allclose(got.value, expected, atol=1e-13)
    assert not got.standard_error.any()


@settings(max_examples=25)
@given(pools.filter(lambda pool: len(pool) > 3), st.integers(0, 2**32))
def test_sampled_sizes_lie_within_the_standard_error_of_full_enumeration(pool, seed):
    answers, scores = map(np.array, zip(*pool, strict=True))
    sizes = list(range(3, len(pool)))
    got = weighted_vote(scores, answers, credit_of_class[answers], sizes, np.random.default_rng(seed), n_subsets=2000)
    for i, size in enumerate(sizes):
        values = enumerated_vote(scores, answers, size)
        true_error = np.std(values) / np.sqrt(2000)
        assert abs(got.value[i] - np.mean(values)) <= 6 * true_error + 1e-12
        assert got.standard_error[i] == pytest.approx(true_error, rel=0.5, abs=0.004)


def test_equal_scores_make_it_a_majority_vote():
    rng = np.random.default_rng(0)
    answers = rng.integers(-1, 6, (8, 30))
    correct = answers == 0
    sizes = [1, 2, 5, 20, 30]
    got = weighted_vote(np.full((8, 30), 0.3), answers, correct, sizes, rng, n_subsets=3000)
    exact = majority_vote(answers, correct, sizes)
    assert np.all(np.abs(got.value - exact) <= 4.5 * got.standard_error + 1e-12)


def test_distinct_answers_make_it_best_of_n():
    rng = np.random.default_rng(1)
    scores, correct = rng.random(25), rng.random(25) < 0.4
    got = weighted_vote(scores, np.arange(25), correct, [1, 2, 6, 25], rng, n_subsets=4000)
    assert np.all(np.abs(got.value - best_of_n(scores, correct, [1, 2, 6, 25])) <= 4 * got.standard_error + 1e-12)


def test_scores_of_zero_tie_among_the_answers_drawn_and_invalid_ones_lose_even_then():
    answers, correct = [0, 1, 1, -1], [1, 0, 0, 0]
    got = weighted_vote(np.zeros(4), answers, correct, [1, 2, 4], np.random.default_rng(0))
    np.testing.assert_allclose(got.value, [1 / 4, (1 + 0.5 + 0.5) / 6, 1 / 2], atol=1e-14)
    assert weighted_vote([1, 9, 1], [-1] * 3, [0] * 3, [1, 2, 3], np.random.default_rng(0)).value.tolist() == [0, 0, 0]


def test_sums_that_differ_by_rounding_alone_tie():
    scores, answers, correct = [0.1, 0.2, 0.3], [0, 0, 1], [0, 0, 1]
    assert 0.1 + 0.2 != 0.3
    assert weighted_vote(scores, answers, correct, [3], np.random.default_rng(0)).value[0] == 0.5


def test_equal_seeds_share_the_subsets_between_methods():
    rng = np.random.default_rng(2)
    answers, scores = rng.integers(0, 5, (4, 40)), rng.random((4, 40))
    correct = answers == 1

    def run(weights, seed):
        return weighted_vote(weights, answers, correct, [10, 30], np.random.default_rng(seed), n_subsets=50)

    np.testing.assert_array_equal(run(scores, 7).value, run(scores, 7).value)
    other = np.where(np.arange(4)[:, None] == 0, 1 - scores, scores)
    np.testing.assert_array_equal(run(scores, 7).value[1:], run(other, 7).value[1:])
    assert np.any(run(scores, 7).value != run(scores, 8).value)


def test_ragged_pools_are_masked_whatever_fills_the_absent_slots():
    scores, answers = np.array([[1, 2, 2, 1.0], [np.nan, 1, 3, 1]]), np.array([[0, 1, 0, 1], [9, 1, 0, 1]])
    correct, present = np.array([[1, 0, 1, 0], [7, 0, 1, 0]]), np.array([[True] * 4, [False, True, True, True]])
    got = weighted_vote(scores, answers, correct, [1, 2], np.random.default_rng(0), present=present)
    np.testing.assert_allclose(got.value, [[1 / 2, 1 / 2], [1 / 3, 2 / 3]], atol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scores": [0.5, -0.1, 1]}, "finite and not negative"),
        ({"scores": [0.5, np.nan, 1]}, "finite and not negative"),
        ({"scores": [0.5, np.inf, 1]}, "finite and not negative"),
        ({"scores": [0.5, 1]}, "scores has shape"),
        ({"answers": [0, 1]}, "answers has shape"),
        ({"correct": [1, 0, 0]}, "one answer class differ in correctness"),
        ({"sizes": [4]}, r"sizes must lie in 1\.\.3"),
        ({"n_subsets": 1}, "n_subsets must be at least 2"),
        ({"scores": [], "answers": [], "correct": []}, "at least one solution"),
    ],
)
def test_weighted_vote_refuses(arguments, message):
    good = {
        "scores": [1, 1, 2],
        "answers": [0, 0, 1],
        "correct": [1, 1, 0],
        "sizes": [1],
        "rng": np.random.default_rng(0),
    }
    with pytest.raises(InputError, match=message):
        weighted_vote(**(good | arguments))
