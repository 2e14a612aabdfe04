from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from common.errors import InputError
from common.stats.voting import majority_vote, weighted_vote

credit_of_class = np.array([1.0, 0.0, 1.0, 0.25, 0.0, 0.0])  # the last is label -1, invalid
labels = st.lists(st.integers(-1, 4), min_size=1, max_size=9).map(np.array)


def enumerated_vote(answers, correct, size):
    total = Fraction(0)
    for drawn in combinations(range(len(answers)), size):
        votes = [answers[i] for i in drawn if answers[i] >= 0]
        most = max((votes.count(a) for a in votes), default=0)
        winners = {a: Fraction(correct[i]) for i in drawn if (a := answers[i]) >= 0 and votes.count(a) == most}
        total += sum(winners.values(), Fraction(0)) / max(len(winners), 1)
    return float(total / comb(len(answers), size))


@settings(max_examples=60)
@given(labels)
def test_majority_vote_equals_full_enumeration_with_ties_and_invalid_answers(answers):
    correct = credit_of_class[answers]
    sizes = list(range(1, len(answers) + 1))
    expected = [enumerated_vote(answers.tolist(), correct.tolist(), s) for s in sizes]
    np.testing.assert_allclose(majority_vote(answers, correct, sizes), expected, atol=1e-13)


@settings(max_examples=30)
@given(st.lists(labels, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_ragged_pools_give_what_each_pool_gives_alone_whatever_fills_the_absent_slots(pools, random):
    sizes = list(range(1, min(map(len, pools)) + 1))
    answers, correct, present = (
        np.full((len(pools), 9), 77),
        np.full((len(pools), 9), np.nan),
        np.zeros((len(pools), 9), bool),
    )
    for row, pool in enumerate(pools):
        slots = sorted(random.sample(range(9), len(pool)))
        answers[row, slots], correct[row, slots], present[row, slots] = pool, credit_of_class[pool], True
    alone = [majority_vote(pool, credit_of_class[pool], sizes) for pool in pools]
    np.testing.assert_allclose(majority_vote(answers, correct, sizes, present), alone, atol=1e-13)


def test_one_solution_gives_mean_accuracy_and_the_whole_pool_its_tied_winners():
    answers = np.array([3, 3, 7, 7, 9, -1, -1, -1])
    correct = np.isin(answers, [7, 9])
    np.testing.assert_allclose(majority_vote(answers, correct, [1, 8]), [3 / 8, 1 / 2], atol=1e-14)


def test_invalid_answers_win_nothing_however_many_they_are():
    assert majority_vote([-1, -1, -1], [0, 0, 0], [1, 2, 3]).tolist() == [0, 0, 0]
    answers, correct = [-1, -1, -1, 5], [0, 0, 0, 1]
    np.testing.assert_allclose(majority_vote(answers, correct, [1, 2, 3, 4]), [0.25, 0.5, 0.75, 1], atol=1e-14)


@pytest.mark.parametrize("right", [0, 1])
def test_one_class_only_wins_always(right):
    np.testing.assert_allclose(majority_vote(np.full(20, 4), np.full(20, right), [1, 7, 20]), right, atol=1e-14)


def test_all_answers_different_gives_mean_accuracy_at_every_size():
    correct = np.arange(30) < 7
    np.testing.assert_allclose(majority_vote(np.arange(30), correct, [1, 2, 15, 29, 30]), 7 / 30, atol=1e-13)


def test_the_numbering_of_classes_does_not_matter():
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 6, (4, 20))
    renamed = np.array([-(2**63) + 1, 2**62, 5, 0, 999, 3])[answers]
    renamed[answers == 0] = 10**15
    correct = answers == 2
    np.testing.assert_array_equal(
        majority_vote(answers, correct, [1, 5, 20]), majority_vote(renamed, correct, [1, 5, 20])
    )


def test_a_pool_of_256_with_41_classes_agrees_with_sampled_votes():
    rng = np.random.default_rng(1)
    answers = np.minimum(rng.zipf(1.4, 256) - 2, 40)  # -1 is invalid
    correct = np.isin(answers, [0, 3])
    sizes = [3, 16, 64, 200]
    sampled = weighted_vote(np.ones(256), answers, correct, sizes, rng, n_subsets=4000)
    assert np.all(sampled.standard_error > 0)
    assert np.all(np.abs(majority_vote(answers, correct, sizes) - sampled.value) < 4 * sampled.standard_error)


def counted_vote(counts, right, invalid, size):
    """Draws by votes cast and classes tied on `most`, with and without a chosen right one, in exact integers."""
    won = Fraction(0)
    for most in range(1, size + 1):
        plain, chosen = np.zeros((2, size + 1, size // most + 2), object)
        plain[0, 0] = 1
        for count, is_right in zip(counts, right, strict=True):
            before, plain, chosen = (plain, chosen), 0 * plain, 0 * chosen
            for votes in range(min(count, most) + 1):
                tied, ways = int(votes == most), comb(count, votes)
                to, start = np.s_[votes:, tied:], np.s_[: size + 1 - votes, : plain.shape[1] - tied]
                plain[to] += ways * before[0][start]
                chosen[to] += ways * (before[1][start] + tied * is_right * before[0][start])
        for votes, tied in zip(*chosen.nonzero(), strict=True):
            won += Fraction(int(chosen[votes, tied]) * comb(invalid, size - int(votes)), int(tied))
    return float(won / comb(sum(counts) + invalid, size))


@pytest.mark.parametrize("size", [4, 17, 50])
def test_a_pool_of_128_with_20_classes_agrees_with_exact_integers(size):
    counts, right, invalid = (
        [25, 22, 20, 11, 7, 6, 5, 4, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1],
        [0, 1, 0, 1, *[0] * 16],
        9,
    )
    answers = np.repeat(np.arange(-1, 20), [invalid, *counts])
    exact = counted_vote(counts, right, invalid, size)
    assert majority_vote(answers, np.isin(answers, [1, 3]), [size])[0] == pytest.approx(exact, abs=1e-13)


@pytest.mark.parametrize("size", [1, 2, 3, 40, 150])
def test_a_pool_of_16384_agrees_with_exact_integers(size):
    right, wrong, invalid = 7000, 6900, 2484
    ways = Fraction(0)
    for r in range(size + 1):
        for w in range(min(r, size - r) + 1):
            ways += Fraction(comb(right, r) * comb(wrong, w) * comb(invalid, size - r - w), 1 + (r == w)) * (r > 0)
    exact = float(ways / comb(right + wrong + invalid, size))
    answers = np.repeat([0, 1, -1], [right, wrong, invalid])
    assert majority_vote(answers, answers == 0, [size])[0] == pytest.approx(exact, abs=1e-12)


def test_a_pool_of_16384_with_many_classes_stays_finite_and_right_at_both_ends():
    rng = np.random.default_rng(2)
    answers = np.minimum(rng.zipf(1.6, 16384), 3000) - 2
    correct = answers == 0
    value = majority_vote(answers, correct, [1, 2, 256, 16383, 16384])
    assert np.all((value >= 0) & (value <= 1))
    assert value[0] == pytest.approx(correct.mean(), rel=1e-12)
    assert value[1] == pytest.approx(enumerated_pairs(answers, correct), rel=1e-12)
    assert value[4] == pytest.approx(1, abs=1e-12)


def enumerated_pairs(answers, correct):
    n, n_right, n_invalid = len(answers), int(correct.sum()), int((answers < 0).sum())
    n_wrong = n - n_right - n_invalid
    return (comb(n_right, 2) + n_right * n_invalid + n_right * n_wrong / 2) / comb(n, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [4]}, r"sizes must lie in 1\.\.3"),
        ({"correct": [1, 0, 1]}, "one answer class differ in correctness"),
        ({"answers": [-1, 1, 2]}, "invalid answer .* is marked correct"),
        ({"answers": [0, 1]}, "answers has shape"),
        ({"answers": [0, 0.5, 1]}, "answers must be whole numbers"),
        ({"answers": ["7", "x", "8"]}, "answers must be a regular array of numbers"),
        ({"answers": np.array([0, 0, 2**64 - 1], dtype=np.uint64)}, "answers must be whole numbers"),
        ({"answers": [], "correct": []}, "at least one solution"),
        ({"present": [False] * 3}, "hold no solution"),
        ({"correct": [2, 2, 0]}, "correctness must be 0, 1"),
    ],
)
def test_majority_vote_refuses(arguments, message):
    good = {"answers": [0, 0, 1], "correct": [1, 1, 0], "sizes": [1]}
    with pytest.raises(InputError, match=message):
        majority_vote(**(good | arguments))


@pytest.mark.parametrize("size", [350, 362, 380])
def test_large_votes_of_large_pools_stay_finite_beside_answers_of_all_frequencies(size):
    """Some factors are as small as the smallest floats there are; two answers have a closed form."""
    right = np.array([1, 2, 5, 50, 100, 150, 185, 192, 200, 250, 300, 350, 384])
    answers = (np.arange(384) >= right[:, None]).astype(int)
    many = np.where(answers == 1, np.arange(384) % 28 + 1, 0)  # the rest scattered over 28 answers
    batch = np.concatenate([answers, many])
    found = majority_vote(batch, (batch == 0).astype(float), [size])[:, 0]
    assert np.isfinite(found).all()
    drawn = stats.hypergeom(384, right, size)
    expected = drawn.sf(size // 2) + 0.5 * drawn.pmf(size // 2) * (size % 2 == 0)
    np.testing.assert_allclose(found[: len(right)], expected, atol=1e-9)
