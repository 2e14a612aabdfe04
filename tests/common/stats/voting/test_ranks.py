from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.stats.voting import best_of_n, pass_at_k

BIG = 16384
scored = st.lists(
    st.tuples(st.sampled_from([-np.inf, 0.0, 0.5, 1.0]), st.sampled_from([0, 1, 0.25])), min_size=1, max_size=8
)


def enumerated_best(scores, correct, size):
    total = 0.0
    for drawn in combinations(range(len(scores)), size):
        top = max(scores[i] for i in drawn)
        total += np.mean([correct[i] for i in drawn if scores[i] == top])
    return total / comb(len(scores), size)


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_pass_at_k_equals_the_share_of_draws_with_a_correct_solution(correct):
    n = len(correct)
    ks = range(1, n + 1)
    expected = [np.mean([any(draw) for draw in combinations(correct, k)]) for k in ks]
    np.testing.assert_allclose(pass_at_k(sum(correct), n, list(ks)), expected, atol=1e-14)


@given(scored)
def test_best_of_n_equals_full_enumeration_with_ties_infinite_scores_and_partial_credit(pool):
    scores, correct = zip(*pool, strict=True)
    sizes = list(range(1, len(pool) + 1))
    expected = [enumerated_best(scores, correct, s) for s in sizes]
    np.testing.assert_allclose(best_of_n(scores, correct, sizes), expected, atol=1e-14)


def test_a_perfect_scorer_turns_best_of_n_into_pass_at_k():
    correct = np.random.default_rng(0).random((5, 40)) < 0.1
    ks = [1, 3, 17, 40]
    np.testing.assert_allclose(best_of_n(correct, correct, ks), pass_at_k(correct.sum(1), 40, ks), atol=1e-14)


def test_a_constant_score_gives_mean_accuracy_at_every_size():
    correct = np.random.default_rng(1).random(33) < 0.4
    np.testing.assert_allclose(best_of_n(np.full(33, 0.7), correct, [1, 2, 16, 33]), correct.mean(), atol=1e-14)


def test_one_solution_gives_mean_accuracy_and_the_whole_pool_the_mean_of_the_top_tie():
    scores, correct = [0.1, 0.9, 0.9, 0.9, 0.2], [1, 1, 0, 0, 1]
    np.testing.assert_allclose(best_of_n(scores, correct, [1, 5]), [3 / 5, 1 / 3], atol=1e-15)


def test_ragged_pools_give_what_each_pool_gives_alone_whatever_fills_the_absent_slots():
    rng = np.random.default_rng(2)
    scores, correct = rng.integers(0, 4, (3, 2, 9)).astype(float), (rng.random((3, 2, 9)) < 0.5).astype(float)
    present = rng.permuted(np.arange(9) < np.array([4, 9, 6])[:, None, None], axis=-1)
    present = np.broadcast_to(present, scores.shape)
    alone = [
        [best_of_n(s[p], c[p], [1, 2, 4]) for s, c, p in zip(*rows, strict=True)]
        for rows in zip(scores, correct, present, strict=True)
    ]
    scores[~present], correct[~present] = np.nan, 7
    np.testing.assert_allclose(best_of_n(scores, correct, [1, 2, 4], present), alone, atol=1e-15)
    n_correct = np.where(present, correct, 0).sum(-1).astype(int)
    perfect = best_of_n(correct, correct, [1, 2, 4], present)
    np.testing.assert_allclose(pass_at_k(n_correct, present.sum(-1), [1, 2, 4]), perfect, atol=1e-14)


def test_a_batch_of_no_problems_gives_no_estimates():
    assert best_of_n(np.empty((0, 5)), np.empty((0, 5)), [1, 2]).shape == (0, 2)
    assert pass_at_k(np.empty(0), np.empty(0), [1, 2]).shape == (0, 2)


@pytest.mark.parametrize(
    ("c", "k"), [(1, 1), (1, BIG), (3, 550), (40, 256), (8192, 7), (BIG - 5, 5), (0, 100), (BIG, 1)]
)
def test_pass_at_k_agrees_with_exact_integers_on_a_pool_of_16384(c, k):
    exact = 1 - Fraction(comb(BIG - c, k), comb(BIG, k))
    assert pass_at_k(c, BIG, [k])[0] == pytest.approx(float(exact), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("size", [1, 2, 550, 8192, BIG - 1, BIG])
def test_best_of_n_agrees_with_exact_integers_on_a_pool_of_16384(size):
    groups = [(0.1, 9000, 5000), (0.5, 7000, 100), (0.8, 380, 290), (0.9, 4, 1)]  # score, solutions, correct
    scores = np.repeat([g[0] for g in groups], [g[1] for g in groups])
    correct = np.concatenate([np.arange(n) < c for _, n, c in groups])
    exact, below = Fraction(0), 0
    for _, n, c in groups:
        exact += Fraction(comb(below + n, size) - comb(below, size), comb(BIG, size)) * Fraction(c, n)
        below += n
    assert best_of_n(scores, correct, [size])[0] == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [4]}, r"sizes must lie in 1\.\.3 \(the smallest pool\), got 4"),
        ({"sizes": [0, 1]}, "got 0"),
        ({"sizes": []}, "non-empty flat list"),
        ({"sizes": 2}, "non-empty flat list"),
        ({"sizes": [1.5]}, "sizes must be whole numbers"),
        ({"sizes": ["a"]}, "sizes must be a regular array of numbers"),
        ({"scores": [1, np.nan, 2]}, "scores hold NaN"),
        ({"scores": [1, 2]}, "scores has shape"),
        ({"correct": [0, 1, 2]}, "correctness must be 0, 1"),
        ({"correct": [0, 1, np.nan]}, "correctness must be 0, 1"),
        ({"scores": [], "correct": []}, "at least one solution"),
        ({"present": [False, False, False]}, "1 pools hold no solution"),
        ({"present": [True, True]}, "present must be boolean"),
        ({"present": [1, 1, 0]}, "present must be boolean"),
        ({"present": [True, True, False], "sizes": [3]}, r"1\.\.2"),
    ],
)  # fmt: skip
def test_best_of_n_refuses(arguments, message):
    good = {"scores": [1, 2, 3], "correct": [0, 1, 1], "sizes": [1]}
    with pytest.raises(InputError, match=message):
        best_of_n(**(good | arguments))


@pytest.mark.parametrize(
    ("c", "n", "ks", "message"),
    [
        (3, 2, [1], "n_correct <= n_solutions"),
        (-1, 2, [1], "n_correct <= n_solutions"),
        (0, 0, [1], "at least one solution"),
        (1, 2, [3], r"ks must lie in 1\.\.2"),
        ([1, 1], [5, 2], [3], r"ks must lie in 1\.\.2"),
        (0.5, 2, [1], "n_correct must be whole"),
        ([1, 2], [3, 3, 3], [1], "one number or shaped"),
    ],
)
def test_pass_at_k_refuses(c, n, ks, message):
    with pytest.raises(InputError, match=message):
        pass_at_k(c, n, ks)
