import dataclasses
import itertools

import numpy as np
import pytest

from replications.genrm_vs_sc import curves


def test_one_solution_is_as_good_as_the_pool_under_every_strategy(pool, measured):
    for values in (measured.sc[:, :1], measured.genrm[:, 0], measured.weighted[:, 0], measured.passed[:, :1]):
        assert values == pytest.approx(np.broadcast_to(pool.share_right[:, None], values.shape))


def test_no_selection_beats_having_one_right_solution(measured):
    assert np.all(measured.genrm <= measured.passed[:, :, None] + 1e-9)
    assert np.all(measured.weighted.mean(axis=0) <= measured.passed.mean(axis=0)[:, None] + 1e-9)
    assert np.all(measured.sc[:, measured.sizes - 1] <= measured.passed + 1e-9)


def test_self_consistency_is_measured_at_every_size(measured):
    assert measured.sc_sizes.tolist() == list(range(1, 9))
    assert measured.sc.shape == (30, 8)


def test_best_of_two_by_one_verdict_equals_enumeration(pool):
    verdicts = np.nan_to_num(pool.verdicts[:1])
    expected = []
    for i, j in itertools.combinations(range(12), 2):
        for a, b in itertools.product(range(4), repeat=2):
            first, second = verdicts[0, i, a], verdicts[0, j, b]
            chosen = [i, j] if first == second else [i] if first > second else [j]
            expected.append(pool.correct[0, chosen].mean())
    assert curves.best_of_n(pool_of(pool, 0), verdicts, [2], [1])[0, 0, 0] == pytest.approx(np.mean(expected))


def pool_of(pool, question):
    one = slice(question, question + 1)
    return dataclasses.replace(
        pool, **{field.name: getattr(pool, field.name)[one] for field in dataclasses.fields(pool)}
    )


def test_a_verifier_that_always_says_yes_makes_the_weighted_vote_a_plain_one(pool):
    believing = dataclasses.replace(pool, verdicts=np.ones_like(pool.verdicts))
    found = curves.measure(believing, (2, 5, 12), (1, 4), np.random.default_rng(0), n_subsets=400)
    error = 5 * np.sqrt((found.weighted_se**2).sum(axis=0)) / len(pool.questions) + 1e-9
    plain = found.sc[:, found.sizes - 1].mean(axis=0)
    assert np.all(np.abs(found.weighted.mean(axis=0) - plain[:, None]) < error)
    assert np.array_equal(found.weighted[:, :, 0], found.weighted[:, :, 1])  # the same subsets for every V


def test_mean_verdict_leaves_missing_ones_out_and_is_zero_without_any():
    verdicts = [[1, 0, np.nan], [np.nan, np.nan, np.nan], [1, 1, np.nan]]
    assert curves.mean_verdict(np.array(verdicts)).tolist() == [0.5, 0, 1]


def test_scores_that_are_probabilities_agree_with_verdicts_where_they_say_the_same(pool):
    softened = dataclasses.replace(pool, verdicts=0.2 + 0.6 * pool.verdicts)
    exact = curves.best_of_n(pool, np.nan_to_num(pool.verdicts, nan=0.0), (1, 3, 12), (1, 4))
    filled = dataclasses.replace(softened, verdicts=np.nan_to_num(softened.verdicts, nan=0.2))
    found = curves.best_of_n_by_score(filled, (1, 3, 12), (1, 4), np.random.default_rng(0), 300)
    assert found[:, :, 1] == pytest.approx(exact[:, :, 1])  # all verdicts: nothing left to chance
    assert found[:, :, 0].mean(axis=0) == pytest.approx(exact[:, :, 0].mean(axis=0), abs=0.01)
    measured = curves.measure(filled, (1, 3, 12), (1, 4), np.random.default_rng(0), 300)
    assert np.array_equal(measured.genrm, found)


def test_a_vote_at_some_sizes_is_what_it_is_at_all(pool, measured):
    assert curves.vote(pool, np.array([1, 8])) == pytest.approx(measured.sc[:, [0, 7]])
