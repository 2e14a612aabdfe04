from dataclasses import replace

import numpy as np
import pytest

from replications.genrm_vs_sc import comparisons, compute, tables
from tests.replications.genrm_vs_sc.made_up import VOTES, made


def test_a_vote_may_have_any_number_of_solutions_up_to_the_most_of_the_full_run_and_four_an_octave_beyond():
    assert comparisons.vote_sizes(100) == list(range(1, 101))
    sizes = comparisons.vote_sizes(300)
    assert sizes == [*range(1, 129), 152, 181, 215, 256, 300]
    assert comparisons.vote_sizes(1) == [1]


def test_the_vote_spends_exactly_what_the_largest_cell_costs():
    given, verified = made()
    found = comparisons.outcome(given, verified).comparison
    dear = replace(found, ratio=np.full(len(found.ratio), 0.375))  # 4 solutions with 2 verifications cost 7
    bought = dear.sc[:, np.flatnonzero(dear.sc_sizes == 7)[0]]
    assert compute.largest_gain(dear) == pytest.approx(dear.verified[:, -1, -1] - bought)


def test_all_solutions_vote_and_the_first_are_verified():
    given, verified = made()
    found = comparisons.outcome(given, verified)
    assert found.comparison.sc_sizes.tolist() == list(range(1, VOTES + 1))
    assert found.measured.sc[:, 0] == pytest.approx(given.votes.share_right)
    assert found.measured.genrm[:, 0, 0] == pytest.approx(found.pools.share_right)
    table = tables.grid_table(found.measured, found.pools, given.votes, given.weights).set_index(["strategy", "S", "V"])
    assert table.loc[("self-consistency", 3, 0), "near_whole_pool"] == 0  # of 8
    assert table.loc[("best-of-N", 4, 1), "near_whole_pool"] == 1  # of 4


def test_grids_are_powers_of_two_and_the_limit():
    assert comparisons.powers(24) == [1, 2, 4, 8, 16, 24]


def test_bands_of_difficulty_split_the_questions_and_keep_their_means(pool, measured, weights):
    bands = comparisons.by_difficulty(pool, measured, weights, np.full(len(weights), 2.5))
    counts = [n for n, _ in bands.values()]
    assert sum(counts) == len(pool.questions)
    pooled = sum(n * comparison.sc[0] for n, comparison in bands.values()) / sum(counts)
    assert pooled == pytest.approx(measured.sc.mean(axis=0))
    assert len(tables.difficulty_table(bands)) == 3 * len(tables.BUDGETS)
