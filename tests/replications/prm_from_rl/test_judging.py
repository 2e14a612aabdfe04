from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.stats import first_error
from replications.prm_from_rl import items, judging
from replications.prm_from_rl.items import SteppedSolution
from tests.replications.prm_from_rl import made_up

PUBLISHED = pd.read_csv(Path(__file__).with_name("processbench_published.csv"), comment="#")
# uniform guess, best blind mix, perfect verdict on the solution with one index (computed once from the published files)
FLOORS = {
    "processbench-gsm8k": (17.2, 24.8),
    "processbench-math": (15.5, 22.1),
    "processbench-olympiadbench": (11.9, 20.9),
    "processbench-omnimath": (12.7, 22.1),
}


def test_f1_of_every_published_row_is_the_harmonic_mean_of_its_accuracies():
    assert len(PUBLISHED) == 176
    found = judging.f1(PUBLISHED["acc_erroneous"], PUBLISHED["acc_correct"])
    assert np.abs(found - PUBLISHED["f1"]).max() < 0.15


def test_f1_is_0_where_both_accuracies_are():
    assert judging.f1(0, 0) == 0
    assert judging.f1([0, 1, 0.5], [1, 1, 0.5]).tolist() == [0, 1, 0.5]


@pytest.mark.parametrize("task", FLOORS)
def test_floors_of_the_real_subsets_are_the_known_ones(task, mirror):
    found = judging.floors(items.real(task)).set_index("floor")["f1"]
    uniform, blind = FLOORS[task]
    assert 100 * found["uniform guess"] == pytest.approx(uniform, abs=0.06)
    assert 100 * found["blind mix of -1 and one index"] == pytest.approx(blind, abs=0.06)


def test_a_judge_of_answers_names_one_index_where_the_answer_is_wrong():
    rows = [
        SteppedSolution("a", "g", "k", "p", ("s", "t"), -1, True),
        SteppedSolution("b", "g", "k", "p", ("s", "t"), 1, False),
        SteppedSolution("c", "g", "k", "p", ("s", "t"), 1, True),
        SteppedSolution("d", "g", "k", "p", ("s", "t"), 0, False),
    ]
    assert judging.outcome_only(rows).tolist() == [-1, 1, -1, 1]
    only = judging.floors(rows).set_index("floor").loc["perfect on answers, one index"]
    assert (only["error_accuracy"], only["correct_accuracy"]) == (pytest.approx(1 / 3), 1)


def test_votes_count_parsed_answers_and_ties_go_to_the_first_seen():
    assert judging.modal([2, -1, -1, None]) == -1
    assert judging.modal([3, 1, 1, 3]) == 3
    assert judging.modal([None, None, None, 0]) == 0
    assert judging.modal([None, None]) is None


@given(st.integers(0, 10_000))
def test_scores_of_the_data_themselves_are_those_of_processbench(seed):
    rng = np.random.default_rng(seed)
    rows = made_up.solutions(20, seed)
    said = rng.choice([-1.0, 0, 1, np.nan], len(rows))
    resampled = judging.Resampled(rows, rng, 10)
    expected = first_error.scores([row.label for row in rows], said)
    error, correct = resampled.accuracies(said)
    assert resampled.f1(said)[0] == pytest.approx(expected.f1)
    assert (error[0], correct[0]) == (pytest.approx(expected.error_accuracy), pytest.approx(expected.correct_accuracy))


def test_items_of_one_problem_are_resampled_together():
    rows = [SteppedSolution(f"{n}", "g", "k", f"problem {n // 2}", ("s",), n % 2 - 1, n % 2 == 0) for n in range(40)]
    resampled = judging.Resampled(rows, np.random.default_rng(0), 200)
    assert resampled.n == 20
    first, second = resampled.sums(np.arange(40) % 2 == 0), resampled.sums(np.arange(40) % 2 == 1)
    assert (first == second).all()


def test_a_half_that_is_missing_from_a_resample_counts_as_0():
    rows = [
        SteppedSolution("a", "g", "k", "p", ("s",), 0, False),
        SteppedSolution("b", "g", "k", "q", ("s",), -1, True),
    ]
    draws = judging.Resampled(rows, np.random.default_rng(0), 50).f1([0, -1])
    assert set(draws.tolist()) == {0.0, 1.0}


def test_tables_hold_means_over_runs_and_count_what_could_not_be_parsed():
    rows = made_up.solutions(40)
    labels = np.array([row.label for row in rows], dtype=float)
    nothing = np.full(len(rows), np.nan)
    resampled = judging.Resampled(rows, np.random.default_rng(0), 100)
    table = judging.score_table({"perfect": [labels], "mixed": [labels, nothing]}, resampled).set_index("judge")
    assert table.loc["perfect", ["f1", "f1_low", "f1_high", "unparseable"]].tolist() == [1, 1, 1, 0]
    assert table.loc["mixed", ["runs", "f1", "error_accuracy", "unparseable"]].tolist() == [2, 0.5, 0.5, 0.5]
