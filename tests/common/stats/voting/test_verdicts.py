from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from common.errors import InputError
from common.stats.voting import best_of_n, best_of_n_over_verdicts
from common.stats.voting.verdicts import score_chances

BIG = 16384
slots = st.integers(1, 4)


def pools_of(n_slots, verdict):
    solution = st.tuples(st.lists(verdict, min_size=n_slots, max_size=n_slots), st.sampled_from([0, 1, 0.5]))
    return st.lists(solution, min_size=1, max_size=4)


complete = slots.flatmap(lambda v0: pools_of(v0, st.sampled_from([0.0, 1.0])))
with_missing = slots.flatmap(lambda v0: pools_of(v0, st.sampled_from([0.0, 1.0, np.nan])))


def score(verdicts):
    parsed = [v for v in verdicts if not np.isnan(v)]
    return Fraction(int(sum(parsed)), len(parsed)) if parsed else Fraction(0)


def enumerated(pool, size, v):
    total, n = 0.0, 0
    for drawn in combinations(pool, size):
        credit = [c for _, c in drawn]
        for kept in product(*(combinations(verdicts, v) for verdicts, _ in drawn)):
            scores = [score(k) for k in kept]
            total += np.mean([c for c, s in zip(credit, scores, strict=True) if s == max(scores)])
            n += 1
    return total / n


@settings(max_examples=25, deadline=None)
@given(st.one_of(complete, with_missing))
def test_every_cell_equals_full_enumeration_of_solutions_and_verdict_subsets(pool):
    verdicts, correct = zip(*pool, strict=True)
    sizes, vs = range(1, len(pool) + 1), range(1, len(verdicts[0]) + 1)
    expected = [[enumerated(pool, s, v) for v in vs] for s in sizes]
    got = best_of_n_over_verdicts(verdicts, correct, list(sizes), list(vs))
    np.testing.assert_allclose(got, expected, atol=1e-13)


@given(
    st.integers(1, 6).flatmap(
        lambda v0: st.tuples(st.just(v0), st.integers(1, v0), st.integers(0, v0), st.integers(0, v0))
    )
)
def test_scores_without_missing_verdicts_are_hypergeometric(case):
    v0, v, yes, other_yes = case
    chance = score_chances(np.array([[yes, v0 - yes], [other_yes, v0 - other_yes]]), v0, v)
    for row, k in zip(chance, (yes, other_yes), strict=True):
        mass = hypergeom.pmf(np.arange(v + 1), v0, k, v)
        np.testing.assert_allclose(row[row > 0], mass[mass > 0], rtol=1e-10)


def test_all_verdicts_drawn_gives_best_of_n_on_the_mean_verdict():
    rng = np.random.default_rng(0)
    verdicts, correct = (rng.random((3, 50, 8)) < 0.6).astype(float), rng.random((3, 50)) < 0.4
    sizes = [1, 2, 10, 50]
    got = best_of_n_over_verdicts(verdicts, correct, sizes, [8])[..., 0]
    np.testing.assert_allclose(got, best_of_n(verdicts.mean(-1), correct, sizes), atol=1e-14)


def test_verdicts_that_agree_leave_nothing_to_chance():
    rng = np.random.default_rng(1)
    accepted, correct = rng.random(60) < 0.5, rng.random(60) < 0.4
    verdicts = np.repeat(accepted[:, None], 5, axis=1)
    sizes = [1, 7, 30, 59, 60]
    expected = np.repeat(best_of_n(accepted, correct, sizes)[:, None], 5, axis=1)
    np.testing.assert_allclose(best_of_n_over_verdicts(verdicts, correct, sizes, [1, 2, 3, 4, 5]), expected, atol=1e-12)


def test_one_solution_gives_mean_accuracy_for_every_number_of_verdicts():
    rng = np.random.default_rng(2)
    correct = rng.random(40) < 0.3
    got = best_of_n_over_verdicts(rng.random((40, 6)) < 0.5, correct, [1], [1, 2, 6])
    np.testing.assert_allclose(got, correct.mean(), atol=1e-13)


def test_all_verdicts_missing_is_a_tie_of_all_solutions():
    correct = [1, 0, 0, 1, 1]
    got = best_of_n_over_verdicts(np.full((5, 3), np.nan), correct, [1, 3, 5], [1, 3])
    np.testing.assert_allclose(got, 0.6, atol=1e-13)


def test_a_missing_verdict_leaves_the_mean_but_a_solution_with_none_left_scores_zero():
    verdicts, correct = [[1, np.nan], [1, 0]], [1, 0]
    # V = 2: the first scores 1, the other 1/2. V = 1: the first scores 1 or, with nothing parsed, 0.
    got = best_of_n_over_verdicts(verdicts, correct, [2], [1, 2])[0]
    np.testing.assert_allclose(got, [(1 / 2 + 1 + 0 + 1 / 2) / 4, 1], atol=1e-14)


def test_ragged_pools_give_what_each_pool_gives_alone_whatever_fills_the_absent_slots():
    rng = np.random.default_rng(3)
    verdicts = rng.choice([0, 1, np.nan], p=[0.4, 0.5, 0.1], size=(6, 12, 4))
    correct, present = (rng.random((6, 12)) < 0.4).astype(float), rng.random((6, 12)) < 0.8
    alone = [
        best_of_n_over_verdicts(v[p], c[p], [1, 2, 5], [1, 3, 4])
        for v, c, p in zip(verdicts, correct, present, strict=True)
    ]
    verdicts[~present], correct[~present] = 7, np.nan
    got = best_of_n_over_verdicts(verdicts, correct, [1, 2, 5], [1, 3, 4], present)
    np.testing.assert_allclose(got, alone, atol=1e-13)


def test_a_pool_of_256_agrees_with_sampled_verdict_subsets():
    rng = np.random.default_rng(4)
    correct = rng.random(256) < 0.3
    verdicts = rng.random((256, 16)) < np.where(correct, rng.beta(3, 1, 256), rng.beta(2, 2, 256))[:, None]
    sizes, drawn = [4, 64, 256], 5
    rounds = [
        best_of_n(rng.permuted(verdicts, axis=1)[:, :drawn].mean(1), correct, sizes) for _ in range(1500)
    ]  # exact given the subsets, so only the subsets are sampled
    error = np.std(rounds, axis=0, ddof=1) / np.sqrt(len(rounds))
    exact = best_of_n_over_verdicts(verdicts, correct, sizes, [drawn])[:, 0]
    assert np.all(np.abs(np.mean(rounds, axis=0) - exact) < 4 * error)


def counted_best(pool, size, v):
    """Draws by solutions drawn and tied on a level, with and without a chosen correct one, in exact integers."""
    ways = [Counter(score(kept) for kept in combinations(verdicts, v)) for verdicts, _ in pool]
    won = Fraction(0)
    for level in set().union(*ways):
        plain, chosen = np.zeros((2, size + 1, size + 1), object)
        plain[0, 0] = 1
        for (_, correct), scores in zip(pool, ways, strict=True):
            below, at = sum(n for s, n in scores.items() if s < level), scores[level]
            on_plain, on_chosen = plain.copy(), chosen.copy()
            on_plain[1:] += below * plain[:-1]
            on_chosen[1:] += below * chosen[:-1]
            on_plain[1:, 1:] += at * plain[:-1, :-1]
            on_chosen[1:, 1:] += at * (chosen[:-1, :-1] + correct * plain[:-1, :-1])
            plain, chosen = on_plain, on_chosen
        won += sum(Fraction(int(chosen[size, tied]), tied) for tied in range(1, size + 1))
    return float(won / (comb(len(pool), size) * comb(len(pool[0][0]), v) ** size))


@pytest.mark.parametrize(("size", "v"), [(5, 3), (20, 2), (45, 5), (49, 1)])
def test_a_pool_of_50_with_missing_verdicts_agrees_with_exact_integers(size, v):
    rng = np.random.default_rng(6)
    verdicts = rng.choice([0, 1, np.nan], p=[0.4, 0.5, 0.1], size=(50, 6))
    correct = (rng.random(50) < 0.4).astype(int)
    exact = counted_best(list(zip(verdicts.tolist(), correct.tolist(), strict=True)), size, v)
    assert best_of_n_over_verdicts(verdicts, correct, [size], [v])[0, 0] == pytest.approx(exact, abs=1e-13)


@pytest.mark.parametrize("size", [1, 2, 12, 40])
def test_a_pool_of_16384_agrees_with_exact_integers(size):
    right, wrong, refused = 3000, 5000, 8384  # one yes of two verdicts, one of two, none of two
    ways = Fraction(0)
    for r in range(size + 1):
        for w in range(size - r + 1):
            drawn = comb(right, r) * comb(wrong, w) * comb(refused, size - r - w)
            for yes, no_yes in product(range(r + 1), range(w + 1)):
                share = Fraction(yes, yes + no_yes) if yes + no_yes else Fraction(r, size)
                ways += drawn * comb(r, yes) * comb(w, no_yes) * share / 2 ** (r + w)
    verdicts = np.repeat([[1, 0], [0, 1], [0, 0]], [right, wrong, refused], axis=0)
    got = best_of_n_over_verdicts(verdicts, np.arange(BIG) < right, [size], [1])[0, 0]
    assert got == pytest.approx(float(ways / comb(BIG, size)), abs=1e-12)


def test_ties_of_thousands_are_broken_uniformly():
    correct = np.arange(BIG) < 5000
    value = best_of_n_over_verdicts(np.ones((BIG, 2)), correct, [1, 256, 8192, BIG - 1, BIG], [1])[:, 0]
    np.testing.assert_allclose(value, 5000 / BIG, rtol=1e-9)


def test_a_pool_of_16384_with_32_verdicts_stays_finite_up_to_the_whole_pool():
    rng = np.random.default_rng(5)
    correct = rng.random(BIG) < 0.3
    verdicts = rng.random((BIG, 32)) < np.where(correct, 0.8, 0.4)[:, None]
    value = best_of_n_over_verdicts(verdicts, correct, [1, 256, BIG - 1, BIG], [1, 4, 32])
    assert np.all((value >= 0) & (value <= 1))
    np.testing.assert_allclose(value[0], correct.mean(), rtol=1e-12)
    np.testing.assert_allclose(value[-1], value[-2], atol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [3]}, r"sizes must lie in 1\.\.2"),
        ({"n_verdicts": [4]}, r"n_verdicts must lie in 1\.\.3 \(the verdicts a solution has\), got 4"),
        ({"n_verdicts": [0]}, "got 0"),
        ({"verdicts": np.empty((2, 0))}, r"n_verdicts must lie in 1\.\.0"),
        ({"verdicts": [[0, 1, 0.5], [1, 1, 1]]}, r"verdicts must be 1, 0 or NaN"),
        ({"verdicts": [[0, 1], [1]]}, "verdicts must be a regular array of numbers"),
        ({"verdicts": [0, 1]}, r"verdicts \(2,\) do not fit correctness \(2,\)"),
        ({"verdicts": np.ones((2, 1001))}, "at most 1000 verdicts"),
        ({"correct": [0, 3]}, "correctness must be 0, 1"),
        ({"verdicts": np.empty((0, 3)), "correct": []}, "at least one solution"),
    ],
)
def test_best_of_n_over_verdicts_refuses(arguments, message):
    good = {"verdicts": [[0, 1, 1], [1, 1, 1]], "correct": [0, 1], "sizes": [1], "n_verdicts": [1]}
    with pytest.raises(InputError, match=message):
        best_of_n_over_verdicts(**(good | arguments))
